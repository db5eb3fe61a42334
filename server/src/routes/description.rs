//! `/openapi.json` and `/docs`: the API, for machines and for people.

use axum::http::{HeaderName, header};

use crate::api;

const PAGE: &str = include_str!("../api/docs.html");
/// The page loads nothing from anywhere else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";

/// The description of the API
///
/// OpenAPI 3.1: what you are reading, for machines.
#[utoipa::path(
    get, path = "/openapi.json", tag = "service",
    responses((
        status = 200, description = "The OpenAPI document.", body = Object,
        content_type = "application/json"
    )),
    extensions(("x-refusals" = json!([])))
)]
pub async fn get_description() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], api::text())
}

/// The same for people
///
/// One page that needs no network beyond this service.
#[utoipa::path(
    get, path = "/docs", tag = "service",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
    extensions(("x-refusals" = json!([])))
)]
pub async fn get_docs() -> ([(HeaderName, &'static str); 2], &'static str) {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers, PAGE)
}
