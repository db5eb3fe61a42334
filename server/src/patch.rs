//! Merge patches, RFC 7396.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::refusal::Refusal;

/// What is to be otherwise: a key that is named takes the value that is given, objects are merged key by key, lists are
/// replaced whole, and `null` takes a key out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PatchDoc(Map<String, Value>);

impl PartialSchema for PatchDoc {
    fn schema() -> RefOr<Schema> {
        // By hand: the derive gives a map neither a description of its own nor examples.
        let says = "What is to be otherwise, by RFC 7396: a key that is named takes the value that is given, objects \
            are merged key by key, lists are replaced whole, and `null` takes a key out, which gives it its default back.";
        let examples = [json!({"skills": {"gas": 2, "water": null}}), json!({"binding": {"visits": 3}})];
        ObjectBuilder::new().description(Some(says)).examples(examples).build().into()
    }
}

impl ToSchema for PatchDoc {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("MergePatch")
    }
}

impl PatchDoc {
    /// Whether it names a key of the document.
    pub fn names(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The text of a document with the patch on it.
    ///
    /// # Errors
    /// A bug: our documents can all be written.
    pub fn on(&self, document: &impl Serialize) -> Result<Vec<u8>, Refusal> {
        let patched = serde_json::to_value(document).and_then(|mut document| {
            json_patch::merge(&mut document, &Value::Object(self.0.clone()));
            serde_json::to_vec(&document)
        });
        patched.map_err(|trouble| {
            tracing::error!(%trouble, "a document cannot be patched");
            Refusal::Bug
        })
    }
}
