//! The access log: one line per request, without query, header or body.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use edge::request_id::X_REQUEST_ID;
use kernel::Clock;

use crate::ClientAddress;

/// What is noted of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AccessLog {
    /// Every request.
    All,
    /// Those that were answered with 400 or more.
    #[default]
    Refused,
    /// None.
    None,
}

/// Notes a request once its answer's head is there.
pub(crate) async fn note(
    State((what, clock)): State<(AccessLog, Arc<dyn Clock>)>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    // The route and not the address: what stands in an address may be a secret of somebody's.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let client = request.extensions().get::<ClientAddress>().copied();
    let began_at = clock.now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    if what == AccessLog::All || status >= 400 {
        tracing::info!(
            target: "access",
            %method,
            route = route.as_ref().map_or("none", MatchedPath::as_str),
            status,
            took_millis = clock.now().millis_since(began_at),
            client = client.map(|ClientAddress(address)| tracing::field::display(address)),
            request_id = response.headers().get(X_REQUEST_ID).and_then(|id| id.to_str().ok()),
            "answered",
        );
    }
    response
}
