//! The values that both databases share: whole numbers, text, bytes, null; and lists as parameters.

use bytes::BytesMut;
use kernel::{ActorId, BroadcastId, ClientId, FileId, GroupId, OrgUnitId, RoomId, SessionId, TenantId, Time, UserId};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// A parameter or a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// BIGINT: numbers, times in microseconds, 0 and 1 for a bool.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BLOB or BYTEA: an id's 16 bytes, a hash.
    Bytes(Vec<u8>),
    /// A list of byte strings, as a parameter only.
    BytesList(Vec<Option<Vec<u8>>>),
    /// A list of numbers, as a parameter only.
    IntList(Vec<Option<i64>>),
    /// A list of texts, as a parameter only.
    TextList(Vec<Option<String>>),
}

impl Value {
    /// Lists reach SQLite as JSON: numbers and texts as they are, bytes in hexadecimal.
    pub(crate) fn to_sqlite(&self) -> rusqlite::types::ToSqlOutput<'_> {
        use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
        let json = |list: serde_json::Value| ToSqlOutput::Owned(Owned::Text(list.to_string()));
        match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::BytesList(list) => json(list.iter().map(|item| item.as_deref().map(hex)).collect()),
            Self::IntList(list) => json(serde_json::json!(list)),
            Self::TextList(list) => json(serde_json::json!(list)),
        }
    }

    pub(crate) fn from_sqlite(value: rusqlite::types::ValueRef<'_>) -> Self {
        use rusqlite::types::ValueRef;
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Int(number),
            // No column of ours is a float; one that appears is shown as text, and its reader complains.
            ValueRef::Real(number) => Self::Text(number.to_string()),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }

    pub(crate) fn from_postgres(row: &tokio_postgres::Row, index: usize) -> Result<Self, tokio_postgres::Error> {
        let kind = row.columns()[index].type_();
        Ok(match *kind {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(Self::Null, Self::Int),
            Type::INT4 => row.try_get::<_, Option<i32>>(index)?.map_or(Self::Null, |n| Self::Int(n.into())),
            Type::BOOL => row.try_get::<_, Option<bool>>(index)?.map_or(Self::Null, |b| Self::Int(b.into())),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.map_or(Self::Null, Self::Bytes),
            _ => row.try_get::<_, Option<String>>(index)?.map_or(Self::Null, Self::Text),
        })
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            // A bare number or LIMIT may be taken for an int4 by the server.
            Self::Int(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Int(number) if *kind == Type::BOOL => (*number != 0).to_sql(kind, out),
            Self::Int(number) if *kind == Type::INT8 => number.to_sql(kind, out),
            // The server inferred another type, and would read these bytes as one.
            Self::Int(_) => Err(format!("a number where {kind} is expected: CAST the parameter AS BIGINT").into()),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
            Self::BytesList(list) => list.to_sql(kind, out),
            Self::IntList(list) => list.to_sql(kind, out),
            Self::TextList(list) => list.to_sql(kind, out),
        }
    }

    fn accepts(_kind: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Int(yes.into())
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}
impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}
impl From<Time> for Value {
    fn from(time: Time) -> Self {
        Self::Int(time.0)
    }
}
impl From<TenantId> for Value {
    fn from(id: TenantId) -> Self {
        Self::Int(id.0)
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
impl From<Vec<i64>> for Value {
    fn from(list: Vec<i64>) -> Self {
        Self::IntList(list.into_iter().map(Some).collect())
    }
}
impl From<Vec<Option<i64>>> for Value {
    fn from(list: Vec<Option<i64>>) -> Self {
        Self::IntList(list)
    }
}
impl From<Vec<String>> for Value {
    fn from(list: Vec<String>) -> Self {
        Self::TextList(list.into_iter().map(Some).collect())
    }
}
impl From<Vec<Option<String>>> for Value {
    fn from(list: Vec<Option<String>>) -> Self {
        Self::TextList(list)
    }
}

/// Reads a column.
pub trait FromValue: Sized {
    /// `None` when the column holds something else.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Int(number) = value { Some(*number) } else { None }
    }
}
impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Int(number) = value { Some(*number != 0) } else { None }
    }
}
impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}
impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
    }
}
impl FromValue for Time {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).map(Self)
    }
}
impl FromValue for TenantId {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).map(Self)
    }
}
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

macro_rules! ids {
    ($($name:ty),+) => {$(
        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Self::Bytes(id.as_ref_bytes().to_vec())
            }
        }
        impl From<&$name> for Value {
            fn from(id: &$name) -> Self {
                Self::Bytes(id.as_ref_bytes().to_vec())
            }
        }
        impl From<Vec<$name>> for Value {
            fn from(list: Vec<$name>) -> Self {
                Self::BytesList(list.iter().map(|id| Some(id.as_ref_bytes().to_vec())).collect())
            }
        }
        impl From<Vec<Option<$name>>> for Value {
            fn from(list: Vec<Option<$name>>) -> Self {
                Self::BytesList(list.iter().map(|id| id.as_ref().map(|id| id.as_ref_bytes().to_vec())).collect())
            }
        }
        impl FromValue for $name {
            fn from_value(value: &Value) -> Option<Self> {
                if let Value::Bytes(bytes) = value { Uuid::from_slice(bytes).ok().map(Into::into) } else { None }
            }
        }
    )+};
}

trait AsBytes {
    fn as_ref_bytes(&self) -> &[u8];
}
impl AsBytes for Uuid {
    fn as_ref_bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}
macro_rules! newtypes {
    ($($name:ty),+) => {$(
        impl AsBytes for $name {
            fn as_ref_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }
    )+};
}
newtypes!(UserId, ActorId, OrgUnitId, GroupId, SessionId, RoomId, FileId, BroadcastId, ClientId);
ids!(Uuid, UserId, ActorId, OrgUnitId, GroupId, SessionId, RoomId, FileId, BroadcastId, ClientId);

/// One row of an answer.
#[derive(Clone, Debug)]
pub struct Row {
    pub(crate) values: Vec<Value>,
}

impl Row {
    /// The column at `index`, from 0.
    ///
    /// # Panics
    /// When the column is not there or holds something else: a mistake in the statement, found by the first test.
    #[track_caller]
    pub fn get<T: FromValue>(&self, index: usize) -> T {
        let value = &self.values[index];
        T::from_value(value).unwrap_or_else(|| panic!("column {index} is no {}: {value:?}", std::any::type_name::<T>()))
    }
}

/// A statement's parameters, from `$2` on in a tenant's database.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}
