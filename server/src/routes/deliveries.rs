//! `/v1/webhooks/{id}/...`: what became of messages, tests, and new secrets.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use paidan_engine::flaw::Code;
use paidan_engine::wire::read_document;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{self, Asking, PageDoc, page};
use super::webhooks::{WebhookWithSecretDoc, known};
use crate::access::{Caller, Expected};
use crate::body::{JsonText, MaybeJsonBody, Piece};
use crate::live::{Entry, Tenant};
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;
use crate::text::timestamp;
use crate::webhooks::{DeadLetterDoc, DeliveriesDoc, Secrets, TestedDoc, WebhookDoc, Webhooks};

/// How long the secret before signs as well, in seconds, unless the request says.
const OVERLAP_S: u64 = 24 * 3600;
/// Longest such time.
const LONGEST_OVERLAP_S: u64 = 30 * 24 * 3600;

/// What a new secret is to be.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookRotation, examples(json!({"overlap_s": 3600})))]
pub struct RotationBody {
    /// The new secret, as for a new webhook. Made up unless it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// How long messages are signed with the secret before as well, in seconds; a day unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 2_592_000)]
    pub overlap_s: Option<u64>,
}

/// How many dead letters are sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplayedLetters, examples(json!({"replayed": 3})))]
pub struct ReplayedDoc {
    /// How many.
    pub replayed: usize,
}

/// Gives a webhook another secret
///
/// It is told in this answer and in no other. For a while messages carry the signatures of both, so that a receiver can
/// change over without missing any.
///
/// # Errors
/// An unknown webhook; flaws; another version than the caller knows.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/secret", tag = "webhooks", request_body = Option<RotationBody>,
    params(
        ("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36"),
        ("if-match" = Option<String>, Header, description = "The entity tag that the caller knows."),
        ("idempotency-key" = Option<String>, Header, description = "Whoever asks again under the same key gets the same answer.")
    ),
    responses((
        status = 200, description = "The webhook, with its new secret.", body = WebhookWithSecretDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["write", "path", "unknown-record", "changed"])))
)]
pub async fn rotate_secret(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    Piece(id): Piece,
    MaybeJsonBody(bytes): MaybeJsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let read = move || {
        let RotationBody { secret, overlap_s } =
            if bytes.is_empty() { RotationBody::default() } else { read_document(&bytes)? };
        let overlap_s = overlap_s.unwrap_or(OVERLAP_S);
        if overlap_s > LONGEST_OVERLAP_S {
            let found = format!("{overlap_s} s is more than 30 days");
            return Err(Refusal::flaw(Code::OutOfRange, "overlap_s", found, "make it shorter"));
        }
        Ok((Webhooks::secret(secret)?, overlap_s))
    };
    let (secret, overlap_s) = state.quick.run(read).await?;
    let rotate = move |entry: &mut Entry<'_>| {
        let webhook = known(entry, &expected, &id)?;
        let now_us = entry.at_us();
        let kept = entry.record(Kind::Secrets, &id)?.ok_or(Refusal::Bug)?;
        let until_us = now_us + overlap_s as i64 * 1_000_000;
        let before = Some((kept.document::<Secrets>()?.own, until_us)).filter(|_| overlap_s > 0);
        let webhook = WebhookDoc { rotated_at: Some(timestamp(now_us)), ..webhook };
        entry.put(Kind::Secrets, (&id, ""), &Secrets { own: secret.clone(), before })?;
        entry.put(Kind::Webhook, (&id, ""), &webhook)?;
        entry.tell("webhook.rotated", &id, &json!({"overlap_s": overlap_s}))?;
        Ok(JsonText::ok(&WebhookWithSecretDoc { webhook, secret })?.at_version(entry.version()))
    };
    caller.tenant.write(by, rotate).await
}

/// Sends a webhook a test
///
/// Once and now, also while it is disabled: an event `webhook.test` with the number 0. The answer tells what came of it.
///
/// # Errors
/// An unknown webhook.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36"),
        ("idempotency-key" = Option<String>, Header, description = "Whoever asks again under the same key gets the same answer.")
    ),
    responses((status = 200, description = "What came of it.", body = TestedDoc)),
    extensions(("x-refusals" = json!(["write", "path", "unknown-record"])))
)]
pub async fn test_webhook(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&[]);
    let (own, once) = (caller.clone(), by.clone());
    let read = move || {
        if let Some(told) = own.answered(&once)? {
            return Ok(Err(told));
        }
        let webhook = webhook(&own.tenant, &id)?;
        let secrets = own.tenant.read(|read, tenant| read.record(tenant, Kind::Secrets, &id))?;
        Ok(Ok((webhook, secrets.ok_or(Refusal::Bug)?.document::<Secrets>()?)))
    };
    let (webhook, secrets) = match state.quick.run(read).await? {
        Ok(found) => found,
        Err(told) => return Ok(told),
    };
    let tested = state.webhooks.test(webhook, &secrets).await?;
    // Written down only if there is a key to find it by.
    caller.tenant.write(by, move |_| JsonText::ok(&tested)).await
}

/// A webhook of a tenant.
fn webhook(tenant: &Tenant, id: &str) -> Result<WebhookDoc, Refusal> {
    Ok(pages::known(tenant, (Kind::Webhook, "webhook"), id)?.document()?)
}

/// Tells how far a webhook has been told of events
///
/// # Errors
/// An unknown webhook.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36")),
    responses((status = 200, description = "How far it is, and what is waiting.", body = DeliveriesDoc)),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_deliveries(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let read = move || {
        let webhook = webhook(&caller.tenant, &id)?;
        JsonText::ok(&caller.tenant.read(|read, tenant| DeliveriesDoc::read(read, tenant, &webhook))?)
    };
    state.quick.run(read).await
}

/// Lists dead letters
///
/// Messages that were sent as often as the limit `webhook_tries` says and never taken, or that had to make room. As many
/// are kept as the limit `dead_letters` says, as long as `dead_letter_age_s` does.
///
/// # Errors
/// An unknown webhook; a page that is too long.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/dead-letters", tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36"),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, the oldest event first.", body = PageDoc<DeadLetterDoc>)),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record", "flawed-input"])))
)]
pub async fn list_letters(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&[])?;
    let (tenant, own) = (caller.tenant.clone(), id.clone());
    state.quick.run(move || webhook(&tenant, &own)).await?;
    page(&state, caller, Kind::Letter, Some(&id), asking).await
}

/// Sends a dead letter again
///
/// As if it had never been sent, but under the `webhook-id` that it had; and once more if that fails, and so on.
///
/// # Errors
/// An unknown webhook or letter.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/dead-letters/{letter}/replay", tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36"),
        ("letter" = String, Path, description = "The letter's id.", example = "000000000008"),
        ("idempotency-key" = Option<String>, Header, description = "Whoever asks again under the same key gets the same answer.")
    ),
    responses((status = 202, description = "The letter, which is one no more.", body = DeadLetterDoc)),
    extensions(("x-refusals" = json!(["write", "path", "unknown-record"])))
)]
pub async fn replay_letter(
    caller: Caller,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<JsonText, Refusal> {
    let Path((id, letter)) = path.map_err(|_| Refusal::BrokenPath)?;
    let replay = move |entry: &mut Entry<'_>| {
        known(entry, &Expected::default(), &id)?;
        let letter = entry.replay_letter(&id, &letter)?;
        entry.tell("webhook.replayed", &id, &json!({"letters": [letter.seq]}))?;
        JsonText::of(StatusCode::ACCEPTED, &letter)
    };
    caller.tenant.write(caller.by(&[]), replay).await
}

/// Sends all dead letters of a webhook again
///
/// # Errors
/// An unknown webhook.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/dead-letters/replay", tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id.", example = "9c1e4b7a02d85f36"),
        ("idempotency-key" = Option<String>, Header, description = "Whoever asks again under the same key gets the same answer.")
    ),
    responses((status = 202, description = "How many there are.", body = ReplayedDoc)),
    extensions(("x-refusals" = json!(["write", "path", "unknown-record"])))
)]
pub async fn replay_letters(caller: Caller, Piece(id): Piece) -> Result<JsonText, Refusal> {
    let replay = move |entry: &mut Entry<'_>| {
        known(entry, &Expected::default(), &id)?;
        let replayed = entry.replay_letters(&id)?;
        if !replayed.is_empty() {
            entry.tell("webhook.replayed", &id, &json!({"letters": replayed}))?;
        }
        JsonText::of(StatusCode::ACCEPTED, &ReplayedDoc { replayed: replayed.len() })
    };
    caller.tenant.write(caller.by(&[]), replay).await
}
