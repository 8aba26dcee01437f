//! Lists come in pages: `?limit=` (50 unless told, at most 200) and `?cursor=`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Problem;

/// What a list may be asked for; flatten into a query by naming both fields.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// At most this many (1 to 200, 50 unless told).
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// One page.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Hand this in as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// How many rows a page may hold.
pub const MOST: i64 = 200;

/// Checks `limit`.
///
/// # Errors
/// 422 when it is not from 1 to 200.
pub fn limit(limit: Option<i64>) -> Result<i64, Problem> {
    match limit {
        None => Ok(50),
        Some(limit @ 1..=MOST) => Ok(limit),
        Some(_) => Err(Problem::invalid("limit", "1から200までで指定してください。", "Must be from 1 to 200.")),
    }
}

/// Makes a cursor out of the last row's sort key: opaque to callers.
///
/// # Panics
/// Never for keys made of numbers and text.
#[must_use]
pub fn cursor<K: Serialize>(key: &K) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).expect("a sort key is plain data"))
}

/// Reads a cursor back.
///
/// # Errors
/// 422 when we did not make it.
pub fn read_cursor<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>, Problem> {
    let Some(cursor) = cursor else { return Ok(None) };
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .map(Some)
        .ok_or_else(|| Problem::invalid("cursor", "カーソルが正しくありません。", "Not a cursor of this list."))
}

impl<T> Page<T> {
    /// Cuts `rows`, fetched with one more than `limit`, to a page; `key` gives a row's sort key.
    #[must_use]
    pub fn cut<K: Serialize>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(|row| cursor(&key(row))) } else { None };
        Self { items: rows, next_cursor }
    }
}
