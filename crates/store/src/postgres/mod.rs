//! PostgreSQL: one schema, a pooled connection a transaction, row-level security by tenant.

pub mod prepare;

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use kernel::TenantId;
use kernel::event::EventSink;
use tokio_postgres::{Config, NoTls};

use crate::measures::Measures;
use crate::tx::{Asked, Conn, postgres_ask};
use crate::{Row, StoreError, Tx, panics};

/// The schema that holds everything.
pub const SCHEMA: &str = "irori";

/// A pool, of a role that can't see through the tenants' walls.
pub(crate) struct Postgres {
    pool: Pool,
    patience: Duration,
    sink: Arc<dyn EventSink>,
    measures: Arc<Measures>,
}

/// Bytes that the server does not acknowledge for this long, or silence that keep-alives do not break: it is away.
const AWAY: Duration = Duration::from_secs(10);

impl Postgres {
    pub async fn open(
        url: &str,
        connections: usize,
        patience: Duration,
        sink: Arc<dyn EventSink>,
        measures: Arc<Measures>,
    ) -> Result<Self, StoreError> {
        let mut config: Config = url.parse().map_err(|error| StoreError::Schema(format!("--database: {error}")))?;
        config
            .application_name("irori")
            .connect_timeout(Duration::from_secs(5))
            .tcp_user_timeout(AWAY)
            .keepalives_idle(AWAY)
            // Nothing of ours runs longer; what does is a mistake that must not hold others up.
            .options(format!(
                "-c search_path={SCHEMA} -c statement_timeout=20s -c lock_timeout=5s -c idle_in_transaction_session_timeout=20s"
            ));
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let wait = Some(Duration::from_secs(5));
        let pool = Pool::builder(manager)
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts { wait, create: wait, recycle: wait })
            .build()
            .map_err(StoreError::unavailable)?;
        let postgres = Self { pool, patience, sink, measures };
        postgres.check().await?;
        Ok(postgres)
    }

    /// Refuses a schema of another version and a role that policies do not bind.
    pub async fn check(&self) -> Result<(), StoreError> {
        let client = self.client().await?;
        let failed = |error: tokio_postgres::Error| StoreError::from_postgres("check", &error);
        let role = client.query_one(prepare::ROLE_IS_BOUND, &[]).await.map_err(failed)?;
        if !role.get::<_, bool>(0) {
            return Err(StoreError::Schema(
                "the role of --database owns tables or bypasses row-level security: serve with the one that 'irori database prepare' made".to_owned(),
            ));
        }
        for (set, migrations) in prepare::SETS {
            let newest = migrations.last().map_or(0, |migration| migration.number);
            let version = prepare::version(&client, set).await?;
            if version != newest {
                return Err(StoreError::Schema(format!(
                    "the database is of {set} version {version}, this program needs {newest}: run 'irori database prepare'"
                )));
            }
        }
        Ok(())
    }

    async fn client(&self) -> Result<Object, StoreError> {
        let _place = self.measures.connections.join();
        self.pool.get().await.map_err(StoreError::unavailable)
    }

    pub async fn transact<R, E, F>(&self, tenant: Option<TenantId>, read_only: bool, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.in_time(self.transaction(tenant, read_only, work)).await
    }

    /// A read of these statements, begun, asked and ended in one way there and back.
    pub async fn ask(&self, tenant: Option<TenantId>, asked: &[Asked]) -> Result<Vec<Vec<Row>>, StoreError> {
        self.in_time(async {
            let mut open = Open(Some(self.client().await?));
            let answers = postgres_ask(open.client(), &begin(tenant, true), tenant, &self.measures, asked).await;
            open.give_back();
            answers
        })
        .await
    }

    /// Dropped when the time is up, wherever it stands: its connection is closed with it.
    async fn in_time<R, E: From<StoreError>>(&self, work: impl Future<Output = Result<R, E>>) -> Result<R, E> {
        let given_up = |_| Err(StoreError::Unavailable("the database took too long".to_owned()).into());
        tokio::time::timeout(self.patience, work).await.unwrap_or_else(given_up)
    }

    async fn transaction<R, E, F>(&self, tenant: Option<TenantId>, read_only: bool, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let mut open = Open(Some(self.client().await?));
        let mut tx = Tx::new(Conn::Postgres(open.client(), Some(begin(tenant, read_only))), tenant, &self.measures);
        // On a panic the connection, which may be in the middle of a statement, is closed and not given back.
        let outcome = panics::caught(work(&mut tx)).await?;
        let has_begun = tx.has_begun();
        let events = tx.into_events();
        if !has_begun {
            open.give_back();
            return outcome;
        }
        if read_only {
            open.end_behind();
            return outcome;
        }
        if outcome.is_err() {
            open.end("ROLLBACK").await?;
            return outcome;
        }
        let since = Instant::now();
        let committed = open.end("COMMIT").await;
        self.measures.committed(since.elapsed(), committed.is_ok(), 1);
        committed?;
        if !events.is_empty() {
            self.sink.committed(events);
        }
        outcome
    }
}

/// A connection inside a transaction. Dropped half-way (the caller went away, the work panicked), it is closed instead of going
/// back to the pool, and the server rolls back.
struct Open(Option<Object>);

impl Open {
    fn client(&mut self) -> &mut Object {
        self.0.as_mut().expect("open until ended")
    }

    async fn end(&mut self, how: &'static str) -> Result<(), StoreError> {
        self.client().batch_execute(how).await.map_err(|error| StoreError::from_postgres("end", &error))?;
        self.give_back();
        Ok(())
    }

    /// Nothing was changed: nobody needs to wait for the end but the connection.
    fn end_behind(mut self) {
        tokio::spawn(async move { self.end("ROLLBACK").await });
    }

    fn give_back(&mut self) {
        drop(self.0.take());
    }
}

fn begin(tenant: Option<TenantId>, read_only: bool) -> String {
    // A read sees one moment; a write reads what others have committed meanwhile, and locks what it changes.
    let mode = if read_only { "ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "READ WRITE" };
    let tenant = tenant.map_or_else(String::new, |id| format!("SET LOCAL irori.tenant = '{}'", id.0));
    format!("BEGIN {mode}; {tenant}")
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}
