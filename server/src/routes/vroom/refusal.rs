//! Refusals in the words of VROOM's HTTP wrapper.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use paidan_engine::flaw::Code;
use paidan_engine::wire::vroom;
use paidan_engine::wire::vroom::answer::ErrorDoc;
use utoipa::openapi::{
    Content, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response as Described, ResponseBuilder, Type,
};
use utoipa::{IntoResponses, ToSchema};

use crate::refusal::Refusal;

/// A refusal as VROOM's HTTP wrapper words it.
#[derive(Debug)]
pub struct VroomRefusal(Refusal);

impl From<Refusal> for VroomRefusal {
    fn from(refusal: Refusal) -> VroomRefusal {
        VroomRefusal(refusal)
    }
}

impl IntoResponse for VroomRefusal {
    fn into_response(self) -> Response {
        let (status, _, title) = self.0.row();
        let retry = self.0.retry_after();
        let (status, doc) = match self.0 {
            Refusal::Flawed(flaws) if flaws.iter().any(|flaw| flaw.code == Code::TooLarge) => {
                (StatusCode::PAYLOAD_TOO_LARGE, ErrorDoc { code: 4, ..vroom::refusal(&flaws) })
            }
            Refusal::Flawed(flaws) => (StatusCode::BAD_REQUEST, vroom::refusal(&flaws)),
            _ => {
                let code = match status {
                    StatusCode::PAYLOAD_TOO_LARGE => 4,
                    status if status.is_client_error() => 2,
                    _ => 1,
                };
                (status, ErrorDoc { code, error: title.to_owned() })
            }
        };
        let body = serde_json::to_vec(&doc).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (status, kind, body).into_response();
        if let Some(after) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after));
        }
        response
    }
}

/// Each status with what it says, and whether it tells when to try again.
const ROWS: [(&str, &str, bool); 9] = [
    ("400", "The question is flawed.", false),
    ("401", "A key is needed.", false),
    ("403", "The key is not for that.", false),
    ("408", "The body came too slowly.", false),
    ("413", "The question is too large.", false),
    ("415", "The body must be JSON.", false),
    ("429", "The queue is full.", true),
    ("500", "The service made a mistake.", false),
    ("503", "The question waited too long, or the service stops.", true),
];

impl IntoResponses for VroomRefusal {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let row = |(status, says, may_retry): (&str, &str, bool)| {
            let schema = Ref::from_schema_name(ErrorDoc::name());
            let content = Content::new(Some(schema));
            let mut response =
                ResponseBuilder::new().description(says).content("application/json", content);
            if may_retry {
                let seconds = ObjectBuilder::new().schema_type(Type::Integer);
                let says = "Seconds after which to try again.";
                let header = HeaderBuilder::new().schema(Some(seconds)).description(Some(says));
                response = response.header("retry-after", header.build());
            }
            (status.to_owned(), RefOr::T(response.build()))
        };
        ROWS.map(row).into()
    }
}
