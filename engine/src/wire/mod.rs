//! The border: documents in, drafts out; answers in, documents out. The only place that knows serde.

pub mod document;
