//! The one door: layers round whatever routes a process serves, and the way to the roles of others.
//!
//! It knows no shop, no order and no context. What it is told stands in [`GatewaySettings`]; without a
//! word it limits nobody, believes no proxy, lets no foreign page in and notes what was refused.
//!
//! From the outside to the routes:
//!
//! 1. [`Gateway::outside`]: the client's address behind trusted proxies, the access log, places in full,
//!    compression;
//! 2. the edge's own layer (request id, shedding, timeout, problems), which the program puts between;
//! 3. [`Gateway::inside`]: foreign pages ([`origins`]), rate limits ([`rate_limit`]). What they refuse
//!    becomes a problem like any other.
//!
//! How long an answer may take is told to the edge's layer by [`Timeouts`].
//!
//! [`FarRoles`] passes a request on to the process that holds a role, behind a breaker, a bulkhead and
//! a budget of second tries.
//!
//! # How one adds things
//!
//! - **A layer**: a module with its own doc and tests, asked by what stands round the routes
//!   ([`edge::around`]): `Inside` (it refuses) or `Outside` (it only looks on). What is a layer on each route is
//!   copied and boxed anew for every request, so all that can stands round the whole router, where
//!   [`RouteTaken`] says which route it was.
//! - **A setting**: a field of [`GatewaySettings`] with its unit in the name; the program's settings
//!   read it from flag, environment and file.

mod access_log;
mod client_address;
mod far_roles;
pub mod origins;
mod places;
pub mod rate_limit;
mod retry_budget;
mod route_taken;
mod timeouts;

use std::convert::Infallible;
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use edge::around::{Around, AroundLayer};
use kernel::Clock;
use tower::{Layer, Service, ServiceExt as _};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use access_log::Noted;
use origins::KnownOrigin;
use rate_limit::Standing;

pub use access_log::AccessLog;
pub use client_address::ClientAddress;
pub use far_roles::{FarRoleState, FarRoles};
pub use origins::{Origins, WrongOrigin};
pub use rate_limit::RateLimits;
pub use route_taken::RouteTaken;
pub use timeouts::Timeouts;

/// Answers smaller than this are sent as they are: compressing them costs more than it saves.
const COMPRESSED_BYTES_MIN: u64 = 1_024;

/// What the door is told.
#[derive(Debug, Clone, Default)]
pub struct GatewaySettings {
    /// Most requests per minute of one subject, and of one address; nobody is limited without.
    pub requests_per_minute: Option<NonZeroU32>,
    /// How many of them may come at once; a tenth of a minute's where nothing is said.
    pub requests_at_once: Option<NonZeroU32>,
    /// Proxies of one's own in front, whose word about the client's address is believed.
    pub trusted_proxies: usize,
    /// Pages of other origins that may call, such as `https://shop.example`.
    pub origins: Origins,
    /// What is noted of requests.
    pub access_log: AccessLog,
    /// How long answers may take.
    pub timeouts: Timeouts,
    /// The address that customers see, where it is another than this process's.
    pub public_url: Option<String>,
}

/// The layers of the door; clones share their counts.
#[derive(Clone)]
pub struct Gateway {
    inside: Arc<Inside>,
    outside: Arc<Outside>,
}

struct Inside {
    limits: Option<RateLimits>,
    origins: Origins,
}

struct Outside {
    trusted_proxies: usize,
    access_log: AccessLog,
    public_url: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Gateway {
    /// A door as the settings say.
    #[must_use]
    pub fn new(settings: &GatewaySettings, clock: Arc<dyn Clock>) -> Self {
        let limits = settings
            .requests_per_minute
            .map(|per_minute| RateLimits::new(per_minute, settings.requests_at_once, clock.clone()));
        let outside = Outside {
            trusted_proxies: settings.trusted_proxies,
            access_log: settings.access_log,
            public_url: settings.public_url.clone(),
            clock,
        };
        let inside = Inside { limits, origins: settings.origins.clone() };
        Self { inside: Arc::new(inside), outside: Arc::new(outside) }
    }

    /// What may refuse a request, on the routes and within the edge's layer; it also tells [`RouteTaken`]. A
    /// door without it uses [`RouteTaken::told_by`].
    pub fn inside(&self, routes: Router) -> Router {
        routes.layer(AroundLayer(self.inside.clone()))
    }

    /// What looks on and sends smaller, round everything.
    pub fn outside<S>(
        &self,
        routes: S,
    ) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + use<S>
    where
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        let worth_it = SizeAbove::new(COMPRESSED_BYTES_MIN).and(NotForContentType::SSE);
        let smaller = CompressionLayer::new().compress_when(worth_it).layer(routes);
        AroundLayer(self.outside.clone()).layer(smaller.map_response(|smaller| smaller.map(Body::new)))
    }

    /// How many requests were refused because too many came.
    #[must_use]
    pub fn limited(&self) -> u64 {
        self.inside.limits.as_ref().map_or(0, RateLimits::refused)
    }
}

impl Around for Inside {
    type Kept = (KnownOrigin, Option<Standing>);

    fn before(&self, request: &mut Request) -> ControlFlow<Response, Self::Kept> {
        RouteTaken::note(request);
        let origin = KnownOrigin::of(&self.origins, request)?;
        match self.limits.as_ref().map(|limits| rate_limit::limit(limits, request)) {
            None => ControlFlow::Continue((origin, None)),
            Some(ControlFlow::Continue(standing)) => ControlFlow::Continue((origin, standing)),
            Some(ControlFlow::Break(refused)) => ControlFlow::Break(origin.told(refused)),
        }
    }

    fn after(&self, (origin, standing): Self::Kept, response: Response) -> Response {
        origin.told(match &self.limits {
            Some(limits) => limits.told(standing, response),
            None => response,
        })
    }
}

impl Around for Outside {
    type Kept = Option<Noted>;

    fn before(&self, request: &mut Request) -> ControlFlow<Response, Self::Kept> {
        // First: whoever notes or limits asks where a request comes from.
        let client = client_address::note(self.trusted_proxies, request);
        ControlFlow::Continue(self.access_log.begin(request, client, &*self.clock))
    }

    fn after(&self, noted: Self::Kept, mut response: Response) -> Response {
        if let Some(public_url) = &self.public_url {
            places::name_in_full(public_url, &mut response);
        }
        if let Some(noted) = noted {
            noted.end(&response, &*self.clock);
        }
        response
    }
}
