use axum::extract::{FromRequest, Request};
use edge::body::read_body;
use edge::json::read_json;
use edge::problem::Problem;
use serde::Deserialize;

/// A body with nothing to say: empty, or `{}`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nothing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoFields {}

impl<S: Send + Sync> FromRequest<S> for Nothing {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(&parts, body).await?;
        if !bytes.is_empty() {
            let NoFields {} = read_json(&bytes)?;
        }
        Ok(Self)
    }
}
