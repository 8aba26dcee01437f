//! Unknown query parameters are refused here, for every operation: what the document does not name, no operation takes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::Problem;
use kernel::http::query_pairs;
use serde_json::Value;
use utoipa::openapi::OpenApi;

/// The query parameters that each operation knows, by path and method.
#[derive(Clone, Debug)]
pub struct Known(Arc<HashMap<(String, String), HashSet<String>>>);

impl Known {
    /// Those of this document.
    ///
    /// # Panics
    /// Never: a document is plain data.
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        let document = serde_json::to_value(document).expect("a document is plain data");
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |found| (path, found)));
        let known = operations.map(|(path, (method, operation))| ((path.clone(), method.to_uppercase()), named(operation)));
        Self(Arc::new(known.collect()))
    }

    /// The first parameter that the operation of this request does not know.
    fn stranger(&self, request: &Request) -> Option<String> {
        let path = request.extensions().get::<MatchedPath>()?.as_str();
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let known = self.0.get(&(path.to_owned(), method.to_string()))?;
        query_pairs(request.uri()).into_iter().map(|(name, _)| name).find(|name| !known.contains(name))
    }
}

fn named(operation: &Value) -> HashSet<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str())
        .map(str::to_owned)
        .collect()
}

/// Refuses what the operation does not know.
pub async fn refuse_unknown(State(known): State<Known>, request: Request, next: Next) -> Response {
    match known.stranger(&request) {
        None => next.run(request).await,
        Some(name) => Problem::malformed(name, "知らない項目です。", "Unknown parameter.").into_response(),
    }
}
