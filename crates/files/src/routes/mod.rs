//! /files

mod disposition;
mod fetch;
mod range;
mod tus;
mod upload;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Files;

/// Every operation of files.
pub fn routes(files: Files) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(upload::upload_file, tus::upload_options))
        .routes(routes!(fetch::get_file, tus::upload_offset, tus::resume_upload, tus::cancel_upload))
        .routes(routes!(fetch::describe_file))
        .routes(routes!(fetch::get_thumbnail))
        .with_state(files)
}
