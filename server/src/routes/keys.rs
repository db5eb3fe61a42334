//! `/v1/keys`: who may ask.

use axum::extract::State;
use axum::http::StatusCode;
use paidan_engine::flaw::Code;
use paidan_engine::wire::read_document;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Caller, KeyDoc, NewKey, Role, Secret};
use crate::body::{JsonBody, JsonText, Piece};
use crate::refusal::Refusal;
use crate::state::Shared;

/// Longest name of a key, in bytes.
const LONGEST_NAME: usize = 100;

/// A key to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey, examples(json!({"name": "crm", "role": "caller"}), json!({"name": "ana's phone", "role": "engineer", "engineer": "ana"})))]
pub struct NewKeyBody {
    /// Who it is for; events name them. 1 to 100 bytes.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// With the role `engineer`: whose key it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engineer: Option<String>,
}

/// A key with its secret, which is told this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyWithSecret, examples(json!({
    "key": {"id": "7f3a90c2", "name": "crm", "role": "caller", "tenant": "main", "created_at": "2026-03-02T12:00:00Z"},
    "secret": "paidan_7f3a90c2_5b0e..."
})))]
pub struct KeyWithSecretDoc {
    /// The key.
    pub key: KeyDoc,
    /// What to send as `authorization: Bearer`. Only its hash is kept.
    pub secret: String,
}

/// All keys of a tenant.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Keys, examples(json!({"items": []})))]
pub struct KeysDoc {
    /// The keys, by id.
    pub items: Vec<KeyDoc>,
}

/// Makes a key
///
/// Its secret is told in this answer and nowhere else, so this answer is not kept for an `idempotency-key`.
///
/// # Errors
/// Flaws.
#[utoipa::path(
    post, path = "/v1/keys", tag = "service", request_body = NewKeyBody,
    responses((status = 201, description = "The key, with its secret.", body = KeyWithSecretDoc)),
    extensions(("x-refusals" = json!(["write"])))
)]
pub async fn make_key(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(bytes): JsonBody,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let make = move || {
        let NewKeyBody { name, role, engineer } = read_document(&bytes)?;
        if !(1..=LONGEST_NAME).contains(&name.len()) || name.chars().any(char::is_control) {
            let found = format!("a name of {} bytes, or one with control characters", name.len());
            return Err(Refusal::flaw(Code::BadId, "name", found, "use 1 to 100 bytes of text"));
        }
        if engineer.is_some() != (role == Role::Engineer) {
            let found = "the role \"engineer\" has an engineer, and no other role has";
            return Err(Refusal::flaw(Code::Contradiction, "engineer", found, "name whose key it is"));
        }
        let tenant = caller.tenant.name().to_owned();
        let Secret { key, secret } =
            own.keys.make(NewKey { name, role, tenant, engineer }, &caller.by(&[]).actor)?;
        let found_at = format!("/v1/keys/{}", key.id);
        Ok(JsonText::of(StatusCode::CREATED, &KeyWithSecretDoc { key, secret })?.found_at(found_at))
    };
    state.bulk.run(make).await
}

/// Lists keys, without their secrets
///
/// # Errors
/// The store's trouble.
#[utoipa::path(
    get, path = "/v1/keys", tag = "service",
    responses((status = 200, description = "All of them.", body = KeysDoc)),
    extensions(("x-refusals" = json!(["read"])))
)]
pub async fn list_keys(State(state): State<Shared>, caller: Caller) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let list = move || JsonText::ok(&KeysDoc { items: own.keys.list(caller.tenant.name())? });
    state.quick.run(list).await
}

/// Takes a key back
///
/// From then on it is one that nobody knows.
///
/// # Errors
/// An unknown key.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", tag = "service",
    params(("id" = String, Path, description = "The key's id.", example = "7f3a90c2")),
    responses((status = 200, description = "The keys that are left.", body = KeysDoc)),
    extensions(("x-refusals" = json!(["write", "path", "unknown-record"])))
)]
pub async fn revoke_key(
    State(state): State<Shared>,
    caller: Caller,
    Piece(id): Piece,
) -> Result<JsonText, Refusal> {
    let own = state.clone();
    let revoke = move || {
        let tenant = caller.tenant.name();
        if !own.keys.revoke(tenant, &id, &caller.by(&[]).actor)? {
            return Err(Refusal::UnknownRecord("key", id));
        }
        JsonText::ok(&KeysDoc { items: own.keys.list(tenant)? })
    };
    state.bulk.run(revoke).await
}
