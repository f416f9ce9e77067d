use axum::response::Response;
use edge::etag::EntityTag;
use edge::problem::{Problem, ProblemKind};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use payment_contract::PaymentView;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::command::Reply;

/// A payment with its entity tag.
pub(super) fn shown(status: StatusCode, version: u64, body: Vec<u8>) -> Response {
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    EntityTag::of_version(version).on((status, json, body))
}

/// What was wished, as it stands now.
pub(super) fn answered(reply: Reply) -> Result<Response, Problem> {
    match reply {
        Reply::Refund(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::ACCEPTED);
            Ok(shown(status, reply.version, reply.body))
        }
        Reply::Taken | Reply::Callback { .. } => Err(Problem::of(ProblemKind::Internal)),
    }
}

/// A payment out of the list, as it is stored: it is not read only to be written again.
pub(super) struct StoredPayment {
    pub(super) number: u64,
    pub(super) id: Uuid,
    pub(super) body: Box<RawValue>,
}

impl Serialize for StoredPayment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body.serialize(serializer)
    }
}

impl PartialSchema for StoredPayment {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        PaymentView::schema()
    }
}

impl ToSchema for StoredPayment {
    fn name() -> std::borrow::Cow<'static, str> {
        PaymentView::name()
    }
}
