//! The one door: layers round whatever routes a process serves, and the way to the roles of others.
//!
//! It knows no shop, no order and no context. What it is told stands in [`GatewaySettings`]; without a
//! word it limits nobody, believes no proxy, lets no foreign page in and notes what was refused.
//!
//! From the outside to the routes:
//!
//! 1. [`Gateway::outside`]: the client's address behind trusted proxies, the access log, compression;
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
//! - **A layer**: a module with its own doc and tests, and one line in [`Gateway::inside`] (it refuses)
//!   or [`Gateway::outside`] (it only looks on).
//! - **A setting**: a field of [`GatewaySettings`] with its unit in the name; the program's settings
//!   read it from flag, environment and file.

mod access_log;
mod client_address;
mod far_roles;
pub mod origins;
pub mod rate_limit;
mod retry_budget;
mod timeouts;

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use kernel::Clock;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

pub use access_log::AccessLog;
pub use client_address::ClientAddress;
pub use far_roles::{FarRoleState, FarRoles};
pub use origins::{Origins, WrongOrigin};
pub use rate_limit::RateLimits;
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
}

/// The layers of the door; clones share their counts.
#[derive(Clone)]
pub struct Gateway {
    limits: Option<Arc<RateLimits>>,
    origins: Arc<Origins>,
    trusted_proxies: usize,
    access_log: AccessLog,
    clock: Arc<dyn Clock>,
}

impl Gateway {
    /// A door as the settings say.
    #[must_use]
    pub fn new(settings: &GatewaySettings, clock: Arc<dyn Clock>) -> Self {
        let limits = settings.requests_per_minute.map(|per_minute| {
            Arc::new(RateLimits::new(per_minute, settings.requests_at_once, clock.clone()))
        });
        Self {
            limits,
            origins: Arc::new(settings.origins.clone()),
            trusted_proxies: settings.trusted_proxies,
            access_log: settings.access_log,
            clock,
        }
    }

    /// What may refuse a request, round the routes and within the edge's layer.
    pub fn inside(&self, routes: Router) -> Router {
        let routes = match &self.limits {
            Some(limits) => routes.layer(from_fn_with_state(limits.clone(), rate_limit::limit)),
            None => routes,
        };
        routes.layer(from_fn_with_state(self.origins.clone(), origins::between_origins))
    }

    /// What looks on and sends smaller, round everything.
    pub fn outside(&self, routes: Router) -> Router {
        let worth_it = SizeAbove::new(COMPRESSED_BYTES_MIN).and(NotForContentType::SSE);
        let routes = routes.layer(CompressionLayer::new().compress_when(worth_it));
        let routes = match self.access_log {
            AccessLog::None => routes,
            what => routes.layer(from_fn_with_state((what, self.clock.clone()), access_log::note)),
        };
        // Outermost: whoever notes or limits asks where a request comes from.
        routes.layer(from_fn_with_state(self.trusted_proxies, client_address::find))
    }

    /// How many requests were refused because too many came.
    #[must_use]
    pub fn limited(&self) -> u64 {
        self.limits.as_ref().map_or(0, |limits| limits.refused())
    }
}
