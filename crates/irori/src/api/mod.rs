//! Every operation of every capability, and the document that describes them.

pub mod docs;
mod query;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::edge::observe;
use crate::root::front::method_not_allowed;
use crate::root::health::API_VERSION;

/// Puts the capabilities' routes together, with paths relative to `/{tenant}/api/v1`.
pub fn merge(capabilities: impl IntoIterator<Item = OpenApiRouter>) -> (Router, OpenApi) {
    let all = capabilities.into_iter().fold(OpenApiRouter::with_openapi(base()), OpenApiRouter::merge);
    let (router, document) = all.split_for_parts();
    let router = router
        .route_layer(from_fn_with_state(query::Known::of(&document), query::refuse_unknown))
        .route_layer(from_fn(observe::name_operation))
        .fallback(async || kernel::Problem::not_found().into_response())
        .method_not_allowed_fallback(async || method_not_allowed().into_response());
    (router, document)
}

fn base() -> OpenApi {
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(directory::SESSION_COOKIE)));
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = ComponentsBuilder::new().security_scheme("cookie", cookie).security_scheme("bearer", bearer).build();
    let info = InfoBuilder::new().title("Irori").version(API_VERSION.to_string()).description(Some(
        "Errors are RFC 9457 application/problem+json, in Japanese or English by Accept-Language. \
         Every answer has an x-request-id, which a refusal says as requestId too. A write by cookie needs an Origin of ours; one with Authorization: Bearer needs none.",
    ));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components))
        .security(Some(["cookie", "bearer"].map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()))))
        .build()
}
