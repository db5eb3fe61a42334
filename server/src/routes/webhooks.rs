//! `/v1/webhooks`: who is told of events, and where.

use axum::extract::State;
use axum::http::StatusCode;
use paidan_engine::wire::read_document;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{Asking, PageDoc, one, page};
use crate::access::{Caller, Expected};
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::Entry;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;
use crate::webhooks::{Secrets, Terms, WebhookDoc, Webhooks};

/// A webhook to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook, examples(json!({"url": "https://crm.example/paidan", "events": ["ticket.*"], "description": "the CRM"})))]
pub struct NewWebhookBody {
    /// Where events are sent: https, and an address that anybody can reach, unless the service was started with
    /// `--webhooks-to-private`. At most 2,048 bytes.
    #[schema(min_length = 1, max_length = 2048)]
    pub url: String,
    /// Which events: their names, such as `ticket.assigned`; all that begin alike, such as `ticket.*`; or `*`.
    #[schema(min_items = 1, max_items = 32)]
    pub events: Vec<String>,
    /// What it is for; at most 500 bytes.
    #[serde(default)]
    #[schema(required = false, max_length = 500)]
    pub description: String,
    /// Whether events are sent; true unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The secret to sign with: `whsec_` and the base64 of 24 to 64 random bytes. Made up unless it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Sends events behind this number, 0 for all; those from now on unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// What a webhook is to be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookChange, examples(json!({"url": "https://crm.example/paidan", "events": ["ticket.*"], "enabled": false})))]
pub struct WebhookBody {
    /// Where events are sent, as for a new one.
    #[schema(min_length = 1, max_length = 2048)]
    pub url: String,
    /// Which events, as for a new one.
    #[schema(min_items = 1, max_items = 32)]
    pub events: Vec<String>,
    /// What it is for; at most 500 bytes.
    #[serde(default)]
    #[schema(required = false, max_length = 500)]
    pub description: String,
    /// Whether events are sent; true unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// A webhook with its secret, which is told this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookWithSecret, examples(json!({
    "webhook": {
        "id": "9c1e4b7a02d85f36", "url": "https://crm.example/paidan", "events": ["ticket.*"],
        "description": "the CRM", "enabled": true, "created_at": "2026-03-02T12:00:00Z"
    },
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
})))]
pub struct WebhookWithSecretDoc {
    /// The webhook.
    pub webhook: WebhookDoc,
    /// What its messages are signed with.
    pub secret: String,
}

/// Makes a webhook
///
/// From then on each event that it is for is sent there as a `WebhookMessage`, signed after the
/// [Standard Webhooks](https://www.standardwebhooks.com) specification, until it is answered with 2xx. Its secret is told
/// in this answer and in no other.
///
/// # Errors
/// Flaws; too many webhooks.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks", request_body = NewWebhookBody,
    params(("idempotency-key" = Option<String>, Header, description = "Whoever asks again under the same key gets the same answer.")),
    responses((
        status = 201, description = "The webhook, with its secret.", body = WebhookWithSecretDoc,
        headers(("etag" = String, description = "Its version."), ("location" = String, description = "Where it is found."))
    )),
    extensions(("x-refusals" = json!(["write"])))
)]
pub async fn make_webhook(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let (own, most) = (state.clone(), state.config.webhooks);
    let read = move || {
        let NewWebhookBody { url, events, description, enabled, secret, after } = read_document(&bytes)?;
        let terms = Terms { url, events, description, enabled: enabled.unwrap_or(true) };
        own.webhooks.check(&terms)?;
        Ok((Webhooks::make(terms)?, Webhooks::secret(secret)?, after))
    };
    let (webhook, secret, after) = state.quick.run(read).await?;
    let make = move |entry: &mut Entry<'_>| {
        entry.has_room_for_webhook(most)?;
        let version = entry.version();
        // What has not happened yet cannot have been told.
        let upto = after.map_or(version, |after| after.min(version));
        let secrets = Secrets { own: secret.clone(), before: None };
        entry.put(Kind::Webhook, (&webhook.id, ""), &webhook)?;
        entry.put(Kind::Secrets, (&webhook.id, ""), &secrets)?;
        entry.put(Kind::Progress, (&webhook.id, ""), &Webhooks::first_progress(upto))?;
        entry.tell("webhook.added", &webhook.id, &told(&webhook))?;
        let found_at = format!("/v1/webhooks/{}", webhook.id);
        let answer = JsonText::of(StatusCode::CREATED, &WebhookWithSecretDoc { webhook, secret })?;
        Ok(answer.at_version(version).found_at(found_at))
    };
    caller.tenant.write(by, make).await
}

/// What events say of a webhook; not its URL, which may hold what only its receiver should know.
fn told(webhook: &WebhookDoc) -> serde_json::Value {
    json!({"events": webhook.events, "enabled": webhook.enabled})
}

/// Lists webhooks, without their secrets
///
/// # Errors
/// A page that is too long.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "webhooks",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, in the order of their ids.", body = PageDoc<WebhookDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_webhooks(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&[])?;
    page(&state, caller, Kind::Webhook, None, asking).await
}

/// Tells a webhook, without its secret
///
/// # Errors
/// An unknown webhook.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36")),
    responses((
        status = 200, description = "The webhook.", body = WebhookDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_webhook(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    one(&state, caller, (Kind::Webhook, "webhook"), id).await
}

/// Changes a webhook
///
/// Events that were read for it already are sent as they were wanted then. One that is enabled again goes on where it
/// stopped.
///
/// # Errors
/// An unknown webhook; flaws; another version than the caller knows.
#[utoipa::path(
    put, path = "/v1/webhooks/{id}", tag = "webhooks", request_body = WebhookBody,
    params(
        ("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36"),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")
    ),
    responses((
        status = 200, description = "The webhook as it is now.", body = WebhookDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["write", "path", "unknown-record", "changed"])))
)]
pub async fn put_webhook(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    Piece(id): Piece,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let own = state.clone();
    let read = move || {
        let WebhookBody { url, events, description, enabled } = read_document(&bytes)?;
        let terms = Terms { url, events, description, enabled: enabled.unwrap_or(true) };
        own.webhooks.check(&terms)?;
        Ok(terms)
    };
    let terms = state.quick.run(read).await?;
    let put = move |entry: &mut Entry<'_>| {
        let known = known(entry, &expected, &id)?;
        let Terms { url, events, description, enabled } = terms;
        let webhook = WebhookDoc { url, events, description, enabled, disabled_because: None, ..known };
        entry.put(Kind::Webhook, (&id, ""), &webhook)?;
        entry.tell("webhook.changed", &id, &told(&webhook))?;
        Ok(JsonText::ok(&webhook)?.at_version(entry.version()))
    };
    caller.tenant.write(by, put).await
}

/// A webhook as the caller knows it.
///
/// # Errors
/// There is none, or it is another one.
pub(super) fn known(entry: &Entry<'_>, expected: &Expected, id: &str) -> Result<WebhookDoc, Refusal> {
    Ok(expected.find(entry, (Kind::Webhook, "webhook"), id)?.document()?)
}

/// Removes a webhook
///
/// With its dead letters; what waits for it is not sent any more.
///
/// # Errors
/// An unknown webhook; another version than the caller knows.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36"),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")
    ),
    responses((status = 200, description = "The webhook as it was.", body = WebhookDoc)),
    extensions(("x-refusals" = json!(["write", "path", "unknown-record", "changed"])))
)]
pub async fn remove_webhook(
    caller: Caller,
    expected: Expected,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let remove = move |entry: &mut Entry<'_>| {
        let webhook = known(entry, &expected, &id)?;
        entry.remove_webhook(&id)?;
        entry.tell("webhook.removed", &id, &json!({}))?;
        JsonText::ok(&webhook)
    };
    caller.tenant.write(caller.by(&[]), remove).await
}
