//! Where a path leads: a file of the client, a tenant's API, or the client's page, which reads the rest of it.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Problem, TenantRef};
use store::Store;
use tower::ServiceExt as _;

use super::assets::Assets;
use crate::api::docs;
use crate::edge::tenant::Tenants;

/// What the front knows.
#[derive(Clone)]
pub struct Front {
    /// The client's files.
    pub assets: &'static Assets,
    /// Who the first segment may be.
    pub tenants: Tenants,
    /// For the page at `/`.
    pub store: Store,
    /// Every tenant's operations, with paths relative to `/{tenant}/api/v1`.
    pub api: Router,
    /// What they are, for programs and people.
    pub docs: docs::Documents,
}

/// Leads a request on.
pub async fn lead(State(front): State<Front>, request: Request) -> Response {
    front.lead(request).await.unwrap_or_else(IntoResponse::into_response)
}

fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

impl Front {
    async fn lead(&self, request: Request) -> Result<Response, Problem> {
        let path = request.uri().path().to_owned();
        if reads(request.method()) {
            if let Some(file) = self.assets.file(request.method(), &path, request.headers()) {
                return Ok(file);
            }
            if path == "/" {
                let (method, headers) = (request.method().clone(), request.headers().clone());
                return self.home(&method, &headers).await;
            }
        }
        let path = path.trim_start_matches('/');
        let (name, rest) = path.split_once('/').unwrap_or((path, ""));
        let tenant = self.tenants.find(name).await?;
        match rest.split_once('/') {
            Some(("api", operation)) => self.enter(tenant.ok_or_else(Problem::not_found)?, operation, request).await,
            _ if rest == "api" || name.starts_with('_') => Err(Problem::not_found()),
            _ if !reads(request.method()) => Err(if tenant.is_some() { method_not_allowed() } else { Problem::not_found() }),
            _ => Ok(self.page(request.method(), request.headers(), tenant.is_some())),
        }
    }

    /// The client's page; with 404 where no such organisation is, which the page then says.
    fn page(&self, method: &Method, headers: &HeaderMap, found: bool) -> Response {
        let mut page = self.assets.page(method, headers);
        if !found && page.status() == StatusCode::OK {
            *page.status_mut() = StatusCode::NOT_FOUND;
        }
        page
    }

    /// The only organisation there is, or the page where one chooses.
    async fn home(&self, method: &Method, headers: &HeaderMap) -> Result<Response, Problem> {
        let tenants = self.store.list_tenants().await?;
        match tenants.as_slice() {
            [only] => Ok(Redirect::temporary(&format!("/{}/", only.name)).into_response()),
            _ => Ok(self.page(method, headers, true)),
        }
    }

    async fn enter(&self, tenant: TenantRef, operation: &str, mut request: Request) -> Result<Response, Problem> {
        if reads(request.method()) {
            match operation {
                "docs" => return Ok(self.docs.page(&tenant)),
                "v1/openapi.json" => return Ok(self.docs.json(&tenant)),
                _ => {}
            }
        }
        let Some(operation) = operation.strip_prefix("v1/") else { return Err(Problem::not_found()) };
        *request.uri_mut() = within(request.uri(), operation)?;
        tracing::Span::current().record("tenant", &*tenant.name);
        request.extensions_mut().insert(tenant);
        let mut response = self.api.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        // What the API says is somebody's own: no cache between may keep it.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// The same address with only the operation's path, as the capabilities' routes know it.
fn within(uri: &Uri, operation: &str) -> Result<Uri, Problem> {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    format!("/{operation}{query}").parse().map_err(|_| Problem::not_found())
}

/// 405, as every path answers a method that it does not know.
#[must_use]
pub fn method_not_allowed() -> Problem {
    Problem::new(405, "method-not-allowed", "この操作はここではできません。", "This method is not known here.")
}
