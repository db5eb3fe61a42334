//! `/v1/policy`: by what tickets are priced and decided, and by what they were.

use axum::extract::State;
use paidan_engine::policy::Policy;
use paidan_engine::wire::document::PolicyDoc;
use paidan_engine::wire::{policy_doc, read_document, read_policy};
use serde_json::json;

use super::pages::{Asking, PageDoc, one, page};
use crate::access::{Caller, Expected};
use crate::body::{JsonBody, JsonText, Piece};
use crate::live::{By, Entry, Fleet, ONLY, PolicyVersionDoc, version_id};
use crate::patch::PatchDoc;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::store::Kind;

/// Tells the policy
///
/// The whole of it, defaults filled in. Its entity tag is its version, which decisions name.
///
/// # Errors
/// There is no fleet, and so no policy.
#[utoipa::path(
    get, path = "/v1/policy", tag = "policy",
    responses((
        status = 200, description = "The policy that holds.", body = PolicyDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["read", "unknown-record"])))
)]
pub async fn get_policy(State(state): State<Shared>, caller: Caller) -> Result<JsonText, Refusal> {
    one(&state, caller, (Kind::Policy, "policy"), ONLY.to_owned()).await
}

/// Sets another policy
///
/// Whatever is left out has its default. All that is promised must be allowed under it, and stays as it is; tickets are
/// dispatched by it from then on. A policy that says what the one before said is no new version.
///
/// # Errors
/// The policy's flaws; promises that it does not allow; another version than the caller knows.
#[utoipa::path(
    put, path = "/v1/policy", tag = "policy", request_body = PolicyDoc,
    params(("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")),
    responses((
        status = 200, description = "The whole policy as it is now.", body = PolicyDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["long-write", "no-fleet", "changed"])))
)]
pub async fn put_policy(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let put = move || {
        let policy = read_policy(&bytes)?;
        set(&caller, &by, expected, move |_| Ok(policy.clone()))
    };
    state.bulk.run(put).await
}

/// Changes the policy in parts
///
/// A merge patch on the whole policy as `GET` tells it; then as `PUT`.
///
/// # Errors
/// As `PUT`.
#[utoipa::path(
    patch, path = "/v1/policy", tag = "policy",
    request_body(content((PatchDoc = "application/merge-patch+json"), (PatchDoc = "application/json"))),
    params(("if-match" = Option<String>, Header, description = "The entity tag that the caller knows.")),
    responses((
        status = 200, description = "The whole policy as it is now.", body = PolicyDoc,
        headers(("etag" = String, description = "Its version."))
    )),
    extensions(("x-refusals" = json!(["long-write", "no-fleet", "changed"])))
)]
pub async fn patch_policy(
    State(state): State<Shared>,
    caller: Caller,
    expected: Expected,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let by = caller.by(&bytes);
    let patch = move || {
        let patch: PatchDoc = read_document(&bytes)?;
        set(&caller, &by, expected, move |before| patched(before, &patch))
    };
    state.bulk.run(patch).await
}

/// A policy with a patch on it.
///
/// # Errors
/// The flaws of what comes out.
pub(super) fn patched(before: &Policy, patch: &PatchDoc) -> Result<Policy, Refusal> {
    Ok(read_policy(&patch.on(&policy_doc(before))?)?)
}

/// Sets the policy that `make` makes of the one before.
fn set(
    caller: &Caller,
    by: &By,
    expected: Expected,
    make: impl Fn(&Policy) -> Result<Policy, Refusal> + Send + Sync + 'static,
) -> Result<JsonText, Refusal> {
    let copy = |fleet: Option<&Fleet>| fleet.cloned().ok_or(Refusal::NoFleet);
    let work = move |fleet: Fleet| {
        let before = fleet.desk().problem().policy();
        let policy = make(before)?;
        Ok(if told(&policy)? == told(before)? { None } else { Some(fleet.with_policy(policy)?) })
    };
    let put = move |entry: &mut Entry<'_>, after: Option<Fleet>| {
        let record = entry.record(Kind::Policy, ONLY)?;
        expected.check(record.as_ref())?;
        let Some(after) = after else {
            let fleet = entry.fleet()?;
            let doc = policy_doc(fleet.desk().problem().policy());
            return Ok(JsonText::ok(&doc)?.at_version(fleet.policy_version()));
        };
        let version = entry.version();
        let doc = policy_doc(after.desk().problem().policy());
        let before = entry.fleet()?.policy_version();
        *entry.fleet()? = after.with_policy_version(version);
        entry.put_policy(doc.clone())?;
        entry.tell("policy.changed", "", &json!({"version": version, "before": before}))?;
        // Other alerts are due from now on.
        entry.outgrow();
        Ok(JsonText::ok(&doc)?.at_version(version))
    };
    caller.tenant.write_long(by, copy, work, put)
}

/// A policy as it is told: two that are told alike are the same, in whatever order they name things.
fn told(policy: &Policy) -> Result<serde_json::Value, Refusal> {
    serde_json::to_value(policy_doc(policy)).map_err(|_| Refusal::Bug)
}

/// Lists every policy that was set
///
/// # Errors
/// A page that is too long.
#[utoipa::path(
    get, path = "/v1/policy/versions", tag = "policy",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<usize>, Query, description = "How many at most; 100 unless said otherwise, up to the limit `page`.")
    ),
    responses((status = 200, description = "A page, the first one first.", body = PageDoc<PolicyVersionDoc>)),
    extensions(("x-refusals" = json!(["read", "flawed-input"])))
)]
pub async fn list_policy_versions(
    State(state): State<Shared>,
    caller: Caller,
    asking: Asking,
) -> Result<JsonText, Refusal> {
    asking.only(&[])?;
    page(&state, caller, Kind::PolicyVersion, None, asking).await
}

/// Tells a policy that was set
///
/// Whether it still holds or not. It is never forgotten, as decisions name it.
///
/// # Errors
/// An unknown version.
#[utoipa::path(
    get, path = "/v1/policy/versions/{version}", tag = "policy",
    params(("version" = String, Path, description = "Its version, as decisions name it.", example = "1")),
    responses((status = 200, description = "The policy, and who set it when.", body = PolicyVersionDoc)),
    extensions(("x-refusals" = json!(["read", "path", "unknown-record"])))
)]
pub async fn get_policy_version(
    State(state): State<Shared>,
    caller: Caller,
    Piece(version): Piece,
) -> Result<JsonText, Refusal> {
    let id = version.parse().map_or(version, version_id);
    one(&state, caller, (Kind::PolicyVersion, "version of the policy"), id).await
}
