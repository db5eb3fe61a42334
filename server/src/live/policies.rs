//! The policy, and every version of it.

use paidan_engine::flaw::Flaw;
use paidan_engine::policy::Policy;
use paidan_engine::problem::Draft;
use paidan_engine::wire::document::PolicyDoc;
use paidan_engine::wire::examples;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::engineers::unkept;
use super::records::ONLY;
use super::{Entry, Fleet};
use crate::refusal::Refusal;
use crate::store::Kind;
use crate::text::timestamp;

/// A policy as it was set. It is kept as long as the decisions that were made by it, which is for good.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyVersion, examples(example))]
pub struct PolicyVersionDoc {
    /// Its version, which decisions name: the number of the event that set it.
    pub version: u64,
    /// When it was set; RFC 3339.
    #[schema(format = DateTime)]
    pub at: String,
    /// Who set it.
    pub by: String,
    /// The whole policy, with the defaults of that day.
    pub policy: PolicyDoc,
}

fn example() -> serde_json::Value {
    serde_json::json!({
        "version": 7, "at": "2026-03-02T12:00:00Z", "by": "ops", "policy": examples::policy()
    })
}

impl Entry<'_> {
    /// Puts a policy, and beside it the version that it is.
    ///
    /// # Errors
    /// As [`Entry::put`].
    pub fn put_policy(&mut self, policy: PolicyDoc) -> Result<(), Refusal> {
        self.put(Kind::Policy, (ONLY, ""), &policy)?;
        let (version, at, by) = (self.version(), timestamp(self.at_us()), self.actor().to_owned());
        let kept = PolicyVersionDoc { version, at, by, policy };
        self.put(Kind::PolicyVersion, (&version_id(version), ""), &kept)
    }
}

impl Fleet {
    /// The same fleet under another policy, all set up anew, as [`Fleet::new`].
    ///
    /// # Errors
    /// The policy's flaws; promises that it does not allow.
    pub fn with_policy(&self, policy: Policy) -> Result<Fleet, Vec<Flaw>> {
        let fix = "let the policy allow it, or take the ticket back first";
        let draft = Draft { policy, ..self.standing() };
        self.anew_in_time(draft).map_err(|flaws| unkept(flaws, "policy", fix))
    }
}

/// The id under which a version of the policy is kept; later ones sort behind earlier ones.
pub fn version_id(version: u64) -> String {
    format!("{version:012}")
}
