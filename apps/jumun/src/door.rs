//! The door of a process: the canonical API of the roles it plays, the way to the holders of the
//! others, the document, and the page to try it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::any;
use edge::around::{Around, AroundLayer};
use edge::authority::Authority;
use edge::layers::{EdgeLayer, EdgeSettings};
use futures::StreamExt;
use gateway::{FarRoles, Gateway, RouteTaken, Timeouts};
use tower::Layer;
use tower::layer::layer_fn;
use tower::util::option_layer;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};
use vocabulary::{Door, DoorSettings};

use crate::house::RunningRole;
use crate::neighbours::Neighbours;
use crate::observers::Observers;
use crate::openapi;
use crate::parked::{self, Wards};
use crate::roles::Role;

/// How long a stream is followed under configured identity.
const STREAM_ENDS_AFTER: Duration = Duration::from_secs(issuer::ACCESS_SECONDS.unsigned_abs());

/// The routes of a process, as they are served.
pub(crate) struct Doors {
    /// To everybody: through the gateway.
    pub(crate) public: Router,
    /// To other processes, whose callers have come through theirs.
    pub(crate) neighbours: Router,
}

/// Builds the routes of a process. Without an authority identity is open: who asks is believed.
#[expect(clippy::too_many_arguments, reason = "all that stands between a request and its route, named once")]
pub(crate) fn doors(
    watched: &Observers,
    running: &[RunningRole],
    neighbours: &Neighbours,
    words: DoorSettings,
    gateway: &Gateway,
    timeouts: Timeouts,
    far: &FarRoles,
    authority: Option<&Authority>,
    of_identity: Router,
) -> Doors {
    let routes = routes(running, neighbours, words, far, authority, of_identity);
    // Round the router as a whole, which is cheaper than on each of its routes.
    let identified = |routes: Router| {
        let identify = authority.cloned().map(|authority| {
            layer_fn(move |routes| authority.identify(AroundLayer(Arc::new(EndingStreams)).layer(routes)))
        });
        option_layer(identify).layer(routes)
    };
    let edge = || EdgeLayer::new(&EdgeSettings::default()).timed_by(timeouts.rule(places_an_order));
    let public = gateway.outside(edge().layer(identified(gateway.inside(routes.clone()))));
    // Checked once more in the process that does it.
    let neighbours = edge().layer(identified(RouteTaken::told_by(routes)));
    Doors { public: watched.around(public), neighbours: watched.around(neighbours) }
}

/// What no route of the canonical API takes is in a shop's own words, or nothing.
fn routes(
    running: &[RunningRole],
    neighbours: &Neighbours,
    words: DoorSettings,
    far: &FarRoles,
    authority: Option<&Authority>,
    of_identity: Router,
) -> Router {
    let mut routes = Router::new();
    for role in Role::contexts() {
        routes = match running.iter().find(|part| part.role == role) {
            Some(part) => routes.merge(part.api.clone()),
            None => routes.merge(forwarding(role, neighbours, far)),
        };
    }
    let wards = Wards::new(running, neighbours, far);
    let (parked, _document) = parked::routes()
        .route_layer(from_fn_with_state(wards.clone(), parked::to_the_holder))
        .with_state(wards)
        .split_for_parts();
    let routes =
        routes.merge(parked).merge(of_identity).method_not_allowed_fallback(edge::params::method_not_allowed);
    let routes = match authority {
        Some(authority) => authority.enforce(routes),
        None => routes,
    };
    let routes = routes
        .merge(openapi::served())
        .merge(SwaggerUi::new("/docs").config(Config::from(openapi::PATH)))
        .method_not_allowed_fallback(edge::params::method_not_allowed);
    let spoken = Door::new(routes.clone().fallback(edge::params::not_found), words);
    routes.fallback(move |request: Request| spoken.answer(request))
}

/// Whether a request may wait for payment before it is answered: an order, in the canonical words or in a
/// shop's own, where nothing else is posted.
fn places_an_order(request: &Request) -> bool {
    let path = request.uri().path();
    let takes_orders = match path.strip_prefix("/v1/") {
        Some(canonical) => matches!(canonical.split('/').collect::<Vec<_>>()[..], ["shops", _, "orders"]),
        None => true,
    };
    request.method() == Method::POST && takes_orders
}

/// Who may follow a stream is looked at when it begins. So it ends when an access token would, and whoever
/// goes on with it (`Last-Event-ID`) shows one that is good then.
#[derive(Debug)]
struct EndingStreams;

impl Around for EndingStreams {
    type Kept = ();

    fn before(&self, _request: &mut Request) -> ControlFlow<Response, ()> {
        ControlFlow::Continue(())
    }

    fn after(&self, (): (), response: Response) -> Response {
        ending_after(STREAM_ENDS_AFTER, response)
    }
}

fn ending_after(time: Duration, response: Response) -> Response {
    let kind = response.headers().get(CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        return response;
    }
    let time_is_up = tokio::time::sleep(time);
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(time_is_up)))
}

/// The routes of a role that another process holds.
fn forwarding(role: Role, neighbours: &Neighbours, far: &FarRoles) -> Router {
    let way = Way { role, neighbours: neighbours.clone(), far: far.clone() };
    let document: OpenApi = openapi::of_role(role);
    document
        .paths
        .paths
        .keys()
        .fold(Router::new(), |routes, path| routes.route(path, any(forward)))
        .with_state(way)
}

#[derive(Clone)]
struct Way {
    role: Role,
    neighbours: Neighbours,
    far: FarRoles,
}

async fn forward(State(way): State<Way>, request: Request) -> Response {
    way.far.forward(request, way.role.name(), || way.neighbours.address(way.role)).await
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn only_what_places_an_order_waits_for_payment() {
        for (method, path, waits) in [
            ("POST", "/v1/shops/cafe/orders", true),
            ("POST", "/cafe/orders", true),
            ("POST", "/orders?lang=ko", true),
            ("GET", "/v1/shops/cafe/orders", false),
            ("POST", "/v1/shops/cafe/orders/1/cancel", false),
            ("POST", "/v1/shops/orders", false),
            ("PATCH", "/orders/1", false),
        ] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            assert_eq!(places_an_order(&request), waits, "{method} {path}");
        }
    }

    #[tokio::test]
    async fn a_stream_ends_in_time_and_anything_else_is_left_alone() {
        let answered = |kind: &str, body: Body| {
            let response = Response::builder().header(CONTENT_TYPE, kind).body(body).unwrap();
            axum::body::to_bytes(ending_after(Duration::ZERO, response).into_body(), 1_024)
        };
        let endless = Body::from_stream(futures::stream::pending::<Result<&'static str, Infallible>>());
        assert!(answered("text/event-stream", endless).await.unwrap().is_empty());
        assert_eq!(answered("application/json", Body::from("{}")).await.unwrap(), "{}");
    }
}
