//! What each role may do.

use axum::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the holder of a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("caller"))]
pub enum Role {
    /// An engineer's app: looks at their own route and tells what becomes of the tickets in it.
    Engineer,
    /// A CRM: tickets, dispatch, what became of them; looks at everything but keys.
    Caller,
    /// A dispatcher: all that, waves, plans, the roster.
    Dispatcher,
    /// Everything, with the whole fleet, the keys and the webhooks.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 4] = [Role::Engineer, Role::Caller, Role::Dispatcher, Role::Admin];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Engineer => "engineer",
            Role::Caller => "caller",
            Role::Dispatcher => "dispatcher",
            Role::Admin => "admin",
        }
    }

    /// Whether this role may send such a request. A route that is not named here is for admins alone.
    pub fn may(self, method: &Method, template: &str) -> bool {
        let least = match (method.as_str(), template) {
            ("GET" | "HEAD", "/v1/routes/{engineer}/{shift}" | "/v1/tickets/{id}")
            | ("POST", "/v1/tickets/{id}/state" | "/v1/positions" | "/v1/engineers/{id}/availability") => {
                Role::Engineer
            }
            (_, "/v1/keys" | "/v1/keys/{id}")
            | ("PUT", "/v1/fleet" | "/v1/setup" | "/v1/policy")
            | ("PATCH", "/v1/policy") => Role::Admin,
            // They hold addresses that are secrets of their receivers.
            (_, path) if path.starts_with("/v1/webhooks") => Role::Admin,
            ("GET" | "HEAD", _)
            | (
                "POST",
                "/v1/dispatch"
                | "/v1/tickets"
                | "/v1/tickets/{id}/commit"
                | "/v1/visits"
                | "/v1/follow-ups/{id}/done"
                | "/v1/import/tickets",
            )
            | ("PUT", "/v1/tickets/{id}") => Role::Caller,
            (
                "POST",
                "/v1/waves"
                | "/v1/plans"
                | "/v1/plans/{id}/apply"
                | "/vroom"
                | "/vroom/optimization"
                | "/v1/import/engineers"
                | "/v1/policy/dry-run",
            )
            | ("PUT" | "PATCH" | "DELETE", "/v1/engineers/{id}")
            | ("DELETE", "/v1/plans/{id}") => Role::Dispatcher,
            _ => Role::Admin,
        };
        self as u8 >= least as u8
    }
}
