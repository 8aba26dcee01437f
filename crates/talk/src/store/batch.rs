//! The same statement for many rows: on SQLite a loop of a cached statement, on PostgreSQL one set.
//!
//! Such a statement takes first what all rows share, then each row's values: scalars on SQLite, arrays of them
//! (`UNNEST($4::bytea[], …)`) on PostgreSQL, under the same numbers.

use store::{Dialect, Row, Statement, StoreError, Tx, Value};

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
    if rows.is_empty() {
        return Ok(());
    }
    match tx.dialect() {
        Dialect::Sqlite => {
            for row in rows {
                tx.exec(statement, &joined(common, row)).await?;
            }
        }
        Dialect::Postgres => {
            tx.exec(statement, &joined(common, columns(rows))).await?;
        }
    }
    Ok(())
}

/// Asks for many keys; the answers come in no promised order.
///
/// # Errors
/// When the database refuses or is away.
pub async fn query_each(
    tx: &mut Tx<'_>,
    statement: &'static Statement,
    common: &[Value],
    rows: Vec<Vec<Value>>,
) -> Result<Vec<Row>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    match tx.dialect() {
        Dialect::Sqlite => {
            let mut answers = Vec::with_capacity(rows.len());
            for row in rows {
                answers.extend(tx.query(statement, &joined(common, row)).await?);
            }
            Ok(answers)
        }
        Dialect::Postgres => tx.query(statement, &joined(common, columns(rows))).await,
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
