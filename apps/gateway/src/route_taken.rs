//! Which route a request took, told to whoever stands outside of the routes.
//!
//! What stands round a whole router costs a request a fraction of what a layer on each of its routes does,
//! but the router has not looked at the path yet there. So a place for the answer travels with the request.

use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use edge::around::{Around, AroundLayer};

/// The route that a request took, once it took one.
#[derive(Debug, Clone, Default)]
pub struct RouteTaken(Arc<OnceLock<MatchedPath>>);

impl RouteTaken {
    /// The place of a request, put beside it where it has none yet.
    pub fn of(request: &mut Request) -> Self {
        request.extensions_mut().get_or_insert_default::<Self>().clone()
    }

    /// The template of its path; `none` where no route took it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get().map_or("none", MatchedPath::as_str)
    }

    /// Has routes say that a request took them.
    pub fn told_by(routes: Router) -> Router {
        routes.layer(AroundLayer(Arc::new(Telling)))
    }

    /// Notes, on a route, that it was taken.
    pub(crate) fn note(request: &Request) {
        let extensions = request.extensions();
        if let (Some(Self(place)), Some(route)) = (extensions.get::<Self>(), extensions.get::<MatchedPath>())
        {
            // A request that is spoken in a shop's own words takes several; the first is the one it asked for.
            let _already = place.set(route.clone());
        }
    }
}

/// The layer of [`RouteTaken::told_by`].
#[derive(Debug)]
struct Telling;

impl Around for Telling {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response, ()> {
        RouteTaken::note(request);
        ControlFlow::Continue(())
    }
}
