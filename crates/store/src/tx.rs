//! A transaction: the one way to the data.

use std::time::Instant;

use deadpool_postgres::Object;
use futures_util::future::{join, join3, try_join_all};
use kernel::{Event, TenantId};
use rusqlite::Connection;
use tokio_postgres::types::ToSql;

use crate::measures::Measures;
use crate::{Dialect, Row, Statement, StoreError, Value};

/// Where a transaction's statements go.
pub(crate) enum Conn<'c> {
    /// `&mut`, so that futures which hold it are `Send`.
    Sqlite(&'c mut Connection),
    /// With what begins the transaction: it leaves together with the first statement.
    Postgres(&'c mut Object, Option<String>),
}

/// A statement and its parameters.
pub type Asked = (&'static Statement, Vec<Value>);

/// A transaction. What its closure does happens whole or not at all.
pub struct Tx<'c> {
    conn: Conn<'c>,
    tenant: Option<TenantId>,
    measures: &'c Measures,
    events: Vec<Event>,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(conn: Conn<'c>, tenant: Option<TenantId>, measures: &'c Measures) -> Self {
        Self { conn, tenant, measures, events: Vec::new() }
    }

    /// Whether anything has been asked of the database.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.conn, Conn::Postgres(_, Some(_)))
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(..) => Dialect::Postgres,
        }
    }

    /// Whose data this is.
    ///
    /// # Panics
    /// In the instance's own database, which belongs to no tenant.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant.expect("a tenant's transaction")
    }

    /// Says what happened; it leaves with the commit, or not at all.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    /// All rows.
    ///
    /// # Errors
    /// When the database refuses or is away.
    pub async fn query(&mut self, statement: &'static Statement, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let since = Instant::now();
        let answer = match &mut self.conn {
            Conn::Sqlite(connection) => sqlite_query(connection, self.tenant, statement, params),
            Conn::Postgres(client, begin) => begun(client, begin, postgres_query(client, self.tenant, statement, params)).await,
        };
        self.ran(statement, since, answer.as_ref().map_or(0, |rows| rows.len() as u64));
        answer
    }

    /// The one row that must be there.
    ///
    /// # Errors
    /// As [`Self::query`], and when there is none.
    pub async fn query_one(&mut self, statement: &'static Statement, params: &[Value]) -> Result<Row, StoreError> {
        self.query_opt(statement, params)
            .await?
            .ok_or_else(|| StoreError::Statement { statement: statement.name, message: "no row".to_owned() })
    }

    /// The first row, if any.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub async fn query_opt(&mut self, statement: &'static Statement, params: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(statement, params).await?.into_iter().next())
    }

    /// Runs a change and tells how many rows it touched.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub async fn exec(&mut self, statement: &'static Statement, params: &[Value]) -> Result<u64, StoreError> {
        let since = Instant::now();
        let answer = match &mut self.conn {
            Conn::Sqlite(connection) => sqlite_exec(connection, self.tenant, statement, params),
            Conn::Postgres(client, begin) => begun(client, begin, postgres_exec(client, self.tenant, statement, params)).await,
        };
        self.ran(statement, since, *answer.as_ref().unwrap_or(&0));
        answer
    }

    /// Several statements, one after the other. PostgreSQL gets them in one go, and so in the time of one way there and back.
    /// Each sees what those before it have done and locked.
    ///
    /// # Errors
    /// As [`Self::query`], of the first that fails; the transaction can do nothing more then.
    pub async fn query_all(&mut self, asked: &[Asked]) -> Result<Vec<Vec<Row>>, StoreError> {
        match &mut self.conn {
            Conn::Sqlite(_) => {
                let mut answers = Vec::with_capacity(asked.len());
                for (statement, params) in asked {
                    answers.push(self.query(statement, params).await?);
                }
                Ok(answers)
            }
            Conn::Postgres(client, begin) => {
                postgres_prepare(client, asked).await?;
                begun(client, begin, postgres_query_all(client, self.tenant, self.measures, asked)).await
            }
        }
    }

    /// What failed has taken its time too.
    fn ran(&self, statement: &'static Statement, since: Instant, rows: u64) {
        self.measures.ran(statement, self.dialect(), self.tenant, rows, since.elapsed());
    }
}

fn bound<'a>(tenant: Option<&'a Value>, params: &'a [Value]) -> Vec<&'a (dyn ToSql + Sync)> {
    tenant.into_iter().chain(params).map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// Begins the transaction before the first work in it, without waiting for the answer in between.
async fn begun<R>(
    client: &Object,
    begin: &mut Option<String>,
    work: impl Future<Output = Result<R, StoreError>>,
) -> Result<R, StoreError> {
    let Some(begin) = begin.take() else { return work.await };
    // Polled in this order, and so sent in it.
    let (begun, answer) = join(client.batch_execute(&begin), work).await;
    begun.map_err(|error| StoreError::from_postgres("begin", &error))?;
    answer
}

async fn postgres_query(
    client: &Object,
    tenant: Option<TenantId>,
    statement: &'static Statement,
    params: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let failed = |error: tokio_postgres::Error| StoreError::from_postgres(statement.name, &error);
    let prepared = client.prepare_cached(statement.text(Dialect::Postgres)).await.map_err(failed)?;
    let tenant = tenant.map(Value::from);
    let rows = client.query(&prepared, &bound(tenant.as_ref(), params)).await.map_err(failed)?;
    rows.iter()
        .map(|row| {
            let values = (0..row.len()).map(|index| Value::from_postgres(row, index)).collect::<Result<_, _>>();
            values.map(|values| Row { values }).map_err(failed)
        })
        .collect()
}

/// A whole transaction of these statements, which leaves in one go: its end waits for no answer.
pub(crate) async fn postgres_ask(
    client: &Object,
    begin: &str,
    tenant: Option<TenantId>,
    measures: &Measures,
    asked: &[Asked],
) -> Result<Vec<Vec<Row>>, StoreError> {
    postgres_prepare(client, asked).await?;
    // Polled in this order, and so sent in it.
    let asking = postgres_query_all(client, tenant, measures, asked);
    let (begun, answers, ended) = join3(client.batch_execute(begin), asking, client.batch_execute("ROLLBACK")).await;
    begun.and(ended).map_err(|error| StoreError::from_postgres("ask", &error))?;
    answers
}

/// Before several are sent in a row: one that still had to be prepared would be overtaken by those behind it.
async fn postgres_prepare(client: &Object, asked: &[Asked]) -> Result<(), StoreError> {
    for (statement, _) in asked {
        let preparing = client.prepare_cached(statement.text(Dialect::Postgres)).await;
        preparing.map_err(|error| StoreError::from_postgres(statement.name, &error))?;
    }
    Ok(())
}

async fn postgres_query_all(
    client: &Object,
    tenant: Option<TenantId>,
    measures: &Measures,
    asked: &[Asked],
) -> Result<Vec<Vec<Row>>, StoreError> {
    let since = Instant::now();
    let query = async |(statement, params): &Asked| {
        let answer = postgres_query(client, tenant, statement, params).await;
        let rows = answer.as_ref().map_or(0, |rows| rows.len() as u64);
        measures.ran(statement, Dialect::Postgres, tenant, rows, since.elapsed());
        answer
    };
    // Polled in order, and so sent in order.
    try_join_all(asked.iter().map(query)).await
}

async fn postgres_exec(
    client: &Object,
    tenant: Option<TenantId>,
    statement: &'static Statement,
    params: &[Value],
) -> Result<u64, StoreError> {
    let failed = |error: tokio_postgres::Error| StoreError::from_postgres(statement.name, &error);
    let prepared = client.prepare_cached(statement.text(Dialect::Postgres)).await.map_err(failed)?;
    let tenant = tenant.map(Value::from);
    client.execute(&prepared, &bound(tenant.as_ref(), params)).await.map_err(failed)
}

fn bind(prepared: &mut rusqlite::CachedStatement<'_>, tenant: Option<TenantId>, params: &[Value]) -> Result<(), rusqlite::Error> {
    let mut index = 1;
    if let Some(tenant) = tenant {
        prepared.raw_bind_parameter(index, tenant.0)?;
        index += 1;
    }
    for value in params {
        prepared.raw_bind_parameter(index, value.to_sqlite())?;
        index += 1;
    }
    Ok(())
}

fn sqlite_query(
    connection: &Connection,
    tenant: Option<TenantId>,
    statement: &'static Statement,
    params: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let run = || {
        let mut prepared = connection.prepare_cached(statement.text(Dialect::Sqlite))?;
        bind(&mut prepared, tenant, params)?;
        let columns = prepared.column_count();
        let mut rows = prepared.raw_query();
        let mut answer = Vec::new();
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|index| row.get_ref(index).map(Value::from_sqlite)).collect::<Result<_, _>>()?;
            answer.push(Row { values });
        }
        Ok(answer)
    };
    run().map_err(|error| StoreError::from_sqlite(statement.name, &error))
}

fn sqlite_exec(
    connection: &Connection,
    tenant: Option<TenantId>,
    statement: &'static Statement,
    params: &[Value],
) -> Result<u64, StoreError> {
    let run = || {
        let mut prepared = connection.prepare_cached(statement.text(Dialect::Sqlite))?;
        bind(&mut prepared, tenant, params)?;
        prepared.raw_execute()
    };
    run().map(|rows| rows as u64).map_err(|error| StoreError::from_sqlite(statement.name, &error))
}
