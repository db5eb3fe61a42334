//! The API's description, OpenAPI 3.1, made from the handlers and the documents that they read and answer.

mod refusals;
mod tidy;

use std::sync::LazyLock;

use paidan_engine::wire::vroom::answer::ErrorDoc;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

use crate::app::routes;
use crate::plans::{PlanChangeDoc, PlanEndDoc};
use crate::refusal::RefusalDoc;
use crate::routes::import::ModeDoc;
use crate::webhooks::MessageDoc;

/// What stands above the routes.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Paidan",
        description = include_str!("intro.md"),
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/", description = "Where this document comes from.")),
    tags(
        (name = "tickets", description = "One ticket: who goes, when, and why."),
        (name = "fleet", description = "Roster, promised routes and history that tickets are dispatched against."),
        (name = "policy", description = "By what tickets are priced and decided, and by what they were."),
        (name = "plans", description = "Whole days of routes, searched for in the background."),
        (name = "vroom", description = "VROOM's own format, for clients that speak it already."),
        (name = "webhooks", description = "Who is told of events as they happen."),
        (name = "service", description = "The service itself.")
    ),
    components(schemas(ErrorDoc, MessageDoc, ModeDoc, PlanChangeDoc, PlanEndDoc, RefusalDoc))
)]
struct Head;

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(|| {
    let mut document = Head::openapi();
    document.merge(routes().into_openapi());
    refusals::spell_out(&mut document);
    tidy::tidy(&mut document);
    document
});

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let text = DOCUMENT.to_pretty_json().expect("a description holds only what JSON has");
    // As the registry of formats has them: uint32, not u-int32.
    text.replace("\"format\": \"u-int", "\"format\": \"uint") + "\n"
});

/// The description.
pub fn document() -> &'static OpenApi {
    &DOCUMENT
}

/// The description as JSON, indented, with a line break at the end.
pub fn text() -> &'static str {
    &TEXT
}

/// The templates of all routes, as `/v1/plans/{id}`.
pub fn templates() -> impl Iterator<Item = &'static str> {
    DOCUMENT.paths.paths.keys().map(String::as_str)
}
