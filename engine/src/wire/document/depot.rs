//! Depots on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PlaceDoc;

/// A depot: where engineers fetch parts on their way, once in a shift. From then on the van holds every part
/// without limit. Crews, orders, pairs and tandems find theirs on the van: the planner fetches none for them.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Depot, examples(json!({"id": "north-store", "place": {"lat": 39.161, "lon": -84.457}, "fetch_s": 600})))]
pub struct DepotDoc {
    /// Its id, of 1 to 200 bytes; no two alike.
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    /// Where it is.
    pub place: PlaceDoc,
    /// How long fetching takes there, in seconds, 0 to 86,400; 0 unless said otherwise. It counts as driving, as
    /// does the way round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 86_400, default = 0)]
    pub fetch_s: Option<i64>,
}
