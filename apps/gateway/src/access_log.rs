//! The access log: one line per request, without query, header or body.

use axum::extract::Request;
use axum::response::Response;
use edge::request_id::X_REQUEST_ID;
use http::Method;
use kernel::{Clock, Timestamp};

use crate::{ClientAddress, RouteTaken};

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

/// A request that may be noted.
pub(crate) struct Noted {
    what: AccessLog,
    method: Method,
    route: RouteTaken,
    client: Option<ClientAddress>,
    began_at: Timestamp,
}

impl AccessLog {
    /// What is kept of a request until its answer's head is there; nothing where none is noted.
    pub(crate) fn begin(
        self,
        request: &mut Request,
        client: Option<ClientAddress>,
        clock: &dyn Clock,
    ) -> Option<Noted> {
        (self != Self::None).then(|| Noted {
            what: self,
            method: request.method().clone(),
            // The route and not the address: what stands in an address may be a secret of somebody's.
            route: RouteTaken::of(request),
            client,
            began_at: clock.now(),
        })
    }
}

impl Noted {
    /// Notes the request, with its answer.
    pub(crate) fn end(self, response: &Response, clock: &dyn Clock) {
        let status = response.status().as_u16();
        if self.what == AccessLog::Refused && status < 400 {
            return;
        }
        tracing::info!(
            target: "access",
            method = %self.method,
            route = self.route.as_str(),
            status,
            took_millis = clock.now().millis_since(self.began_at),
            client = self.client.map(|ClientAddress(address)| tracing::field::display(address)),
            request_id = response.headers().get(X_REQUEST_ID).and_then(|id| id.to_str().ok()),
            "answered",
        );
    }
}
