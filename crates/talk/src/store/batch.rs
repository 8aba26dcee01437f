//! The same statement for many rows: on SQLite a loop of a cached statement, on PostgreSQL one set; and several such at once.
//!
//! Such a statement takes first what all rows share, then each row's values: scalars on SQLite, arrays of them
//! (`UNNEST($4::bytea[], …)`) on PostgreSQL, under the same numbers.

use store::{Dialect, Row, Statement, StoreError, Tx, Value};

/// A statement for many rows.
#[derive(Debug)]
pub struct Each {
    /// What is done with each.
    pub statement: &'static Statement,
    /// Each one's values.
    pub rows: Vec<Vec<Value>>,
}

/// Changes many rows.
///
/// # Errors
/// When the database refuses or is away.
pub async fn exec_each(
    tx: &mut Tx<'_>,
    statement: &'static Statement,
    common: &[Value],
    rows: Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    for values in asks(tx.dialect(), rows) {
        tx.exec(statement, &joined(common, values)).await?;
    }
    Ok(())
}

/// Asks for many keys; the answers come in no promised order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn query_each(tx: &mut Tx<'_>, each: Each) -> Result<Vec<Row>, StoreError> {
    Ok(all(tx, Vec::new(), vec![each]).await?.pop().unwrap_or_default())
}

/// Statements one after the other, in the time of one question: `first` as they are, then each of `sets` for its rows. An
/// answer a statement or set; one without rows is not asked.
///
/// # Errors
/// When the database refuses or is away.
pub async fn all(
    tx: &mut Tx<'_>,
    first: Vec<(&'static Statement, Vec<Value>)>,
    sets: Vec<Each>,
) -> Result<Vec<Vec<Row>>, StoreError> {
    let singles = first.len();
    let mut asked = first;
    let mut asks_of_set = Vec::with_capacity(sets.len());
    for Each { statement, rows } in sets {
        let asks = asks(tx.dialect(), rows);
        asks_of_set.push(asks.len());
        asked.extend(asks.into_iter().map(|values| (statement, values)));
    }
    let mut answers = tx.query_all(&asked).await?.into_iter();
    let mut gathered: Vec<Vec<Row>> = answers.by_ref().take(singles).collect();
    for asks in asks_of_set {
        gathered.push(answers.by_ref().take(asks).flatten().collect());
    }
    Ok(gathered)
}

/// The values of each time that the database is asked for these rows.
fn asks(dialect: Dialect, rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    match dialect {
        Dialect::Postgres if !rows.is_empty() => vec![columns(rows)],
        Dialect::Sqlite | Dialect::Postgres => rows,
    }
}

fn joined(common: &[Value], mut row: Vec<Value>) -> Vec<Value> {
    row.splice(0..0, common.iter().cloned());
    row
}

/// Turns rows into one list a column.
fn columns(rows: Vec<Vec<Value>>) -> Vec<Value> {
    let width = rows.first().map_or(0, Vec::len);
    let mut columns: Vec<Vec<Value>> = (0..width).map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns.into_iter().map(list).collect()
}

fn list(column: Vec<Value>) -> Value {
    match column.iter().find(|value| **value != Value::Null) {
        Some(Value::Int(_)) => Value::IntList(
            column.into_iter().map(|value| if let Value::Int(number) = value { Some(number) } else { None }).collect(),
        ),
        Some(Value::Text(_)) => Value::TextList(
            column.into_iter().map(|value| if let Value::Text(text) = value { Some(text) } else { None }).collect(),
        ),
        // A column of nothing but nulls looks the same in every type.
        _ => Value::BytesList(
            column.into_iter().map(|value| if let Value::Bytes(bytes) = value { Some(bytes) } else { None }).collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        let rows = vec![vec![Value::Int(1), Value::Null], vec![Value::Null, Value::Text("a".into())]];
        assert_eq!(columns(rows), [Value::IntList(vec![Some(1), None]), Value::TextList(vec![None, Some("a".into())])]);
        assert_eq!(columns(vec![vec![Value::Null]]), [Value::BytesList(vec![None])]);
    }
}
