//! Who may do what, held against every request, once identity is configured.
//!
//! The program has a table: which parts may use which operation. [`Authority`] holds it and knows whom to
//! ask about tokens. It stands in two places:
//!
//! - [`Authority::identify`], outside: looks at `Authorization: Bearer` once and puts the [`Credentials`]
//!   beside the request, for whoever limits or translates; refuses nothing.
//! - [`Authority::enforce`], round the routes: finds the route's [`Rule`], picks the part that somebody
//!   acts in, and puts the [`ActorHeader`] beside the request, or refuses. A route without a rule is open
//!   to nobody.
//!
//! What somebody may see of a thing that has an owner is the route's own matter
//! ([`ActorHeader::may_see`]).

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use futures::future::BoxFuture;
use http::header::{ALLOW, AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use tower::Service;
use tower::layer::layer_fn;

use crate::actor::{ActorHeader, ActorRole, JUMUN_ACTOR};
use crate::around::{Around, AroundLayer};
use crate::header_text::{malformed, single};
use crate::principal::{Authenticate, Principal, Unauthenticated};
use crate::problem::{Problem, ProblemKind};

/// The parameter of a path that says in which shop something is done.
const SHOP: &str = "shop";

/// Who may use an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Whoever comes; nobody is asked who they are.
    Anybody,
    /// Who plays one of these parts in the shop of the path, or everywhere. Somebody who plays several
    /// acts in the first.
    These(&'static [ActorRole]),
}

/// A row of the table, on its route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The method of the route.
    pub method: Method,
    /// The template of its path, as the router has it.
    pub path: String,
    /// Its operation's id.
    pub operation: String,
    /// Who may use it.
    pub may: May,
}

/// Who stands behind a request, as far as its credentials say.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Nothing came that says who asks.
    Nobody,
    /// Somebody known.
    Known(Arc<Principal>),
    /// Something came that is not believed.
    NotBelieved(Disbelief),
}

/// Why credentials are not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disbelief {
    /// The header `Jumun-Actor` says nothing once identity is configured.
    ActorHeader,
    /// `Authorization` is not one bearer token.
    NoBearer,
    /// The token is not believed.
    Token(Unauthenticated),
}

impl Credentials {
    /// The name that is known, the same in every part.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Known(principal) => Some(&principal.name),
            Self::Nobody | Self::NotBelieved(_) => None,
        }
    }
}

/// How often an operation was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusals {
    /// The operation.
    pub operation: String,
    /// Why, in a word.
    pub reason: &'static str,
    /// How often.
    pub count: u64,
}

/// The table, and whom to ask about tokens; clones share everything.
#[derive(Clone)]
pub struct Authority(Arc<Inner>);

struct Inner {
    authenticate: Arc<dyn Authenticate>,
    rules: HashMap<String, Vec<Rule>>,
    refused: Mutex<BTreeMap<(String, &'static str), u64>>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("rules", &self.0.rules.len()).finish_non_exhaustive()
    }
}

impl Authority {
    /// An authority of these rules.
    #[must_use]
    pub fn new(authenticate: Arc<dyn Authenticate>, rules: impl IntoIterator<Item = Rule>) -> Self {
        let mut of_path: HashMap<String, Vec<Rule>> = HashMap::new();
        for rule in rules {
            of_path.entry(rule.path.clone()).or_default().push(rule);
        }
        Self(Arc::new(Inner { authenticate, rules: of_path, refused: Mutex::default() }))
    }

    /// Looks at the credentials of everything that goes to these routes; refuses nothing.
    pub fn identify<S>(&self, routes: S) -> Identified<S> {
        Identified { authority: self.clone(), routes }
    }

    /// Lets nobody to these routes whom the rules do not.
    pub fn enforce(&self, routes: Router) -> Router {
        routes.layer(AroundLayer(Arc::new(Enforcing(self.clone()))))
    }

    /// Lets nobody to these routes but processes of the same house.
    pub fn for_services(&self, routes: Router) -> Router {
        let (only, authority) =
            (routes.layer(AroundLayer(Arc::new(ServicesOnly(self.clone())))), self.clone());
        only.layer(layer_fn(move |route| authority.identify(route)))
    }

    /// What was refused since the start.
    #[must_use]
    pub fn refusals(&self) -> Vec<Refusals> {
        let refused = self.0.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = |((operation, reason), count): (&(String, &'static str), &u64)| Refusals {
            operation: operation.clone(),
            reason,
            count: *count,
        };
        refused.iter().map(shown).collect()
    }

    async fn credentials(&self, headers: &HeaderMap) -> Credentials {
        if headers.contains_key(JUMUN_ACTOR) {
            return Credentials::NotBelieved(Disbelief::ActorHeader);
        }
        match bearer(headers) {
            Ok(None) => Credentials::Nobody,
            Ok(Some(token)) => match self.0.authenticate.authenticate(token).await {
                Ok(principal) => Credentials::Known(principal),
                Err(why) => Credentials::NotBelieved(Disbelief::Token(why)),
            },
            Err(why) => Credentials::NotBelieved(why),
        }
    }

    /// Who acts in a request to a route, or why nobody may.
    fn admit(&self, route: &MatchedPath, shop: Option<&str>, parts: &Parts) -> Result<ActorHeader, Refused> {
        let rules = self.0.rules.get(route.as_str()).map_or(&[] as &[Rule], Vec::as_slice);
        let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
        let Some(rule) = rules.iter().find(|rule| rule.method == *method) else {
            return Err(no_rule(route, rules));
        };
        let refuse =
            |reason, problem| Refused { operation: rule.operation.clone(), reason, problem, allow: None };
        let credentials = parts.extensions.get::<Credentials>().unwrap_or(&Credentials::Nobody);
        if let Credentials::NotBelieved(why @ Disbelief::ActorHeader) = credentials {
            return Err(refuse(why.reason(), why.problem()));
        }
        let May::These(roles) = rule.may else { return Ok(ActorHeader::verified_nobody()) };
        let principal = match credentials {
            Credentials::Known(principal) => principal,
            Credentials::Nobody => return Err(refuse("no-credentials", no_credentials())),
            Credentials::NotBelieved(why) => return Err(refuse(why.reason(), why.problem())),
        };
        let part = roles.iter().find(|role| principal.plays(**role, shop));
        let actor = part.and_then(|role| ActorHeader::verified(*role, &principal.name));
        actor.ok_or_else(|| refuse("not-allowed", not_allowed(roles)))
    }

    fn count(&self, refused: &Refused) {
        let mut counts = self.0.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((refused.operation.clone(), refused.reason)).or_default() += 1;
    }

    fn refuse(&self, refused: Refused) -> Response {
        self.count(&refused);
        let mut response = refused.problem.into_response();
        if let Some(allow) = refused.allow {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

/// A request that goes no further.
struct Refused {
    operation: String,
    reason: &'static str,
    problem: Problem,
    allow: Option<HeaderValue>,
}

impl Disbelief {
    const fn reason(self) -> &'static str {
        match self {
            Self::ActorHeader => "actor-header",
            Self::NoBearer => "no-bearer",
            Self::Token(Unauthenticated::Invalid) => "token-invalid",
            Self::Token(Unauthenticated::Expired) => "token-expired",
            Self::Token(Unauthenticated::KeysOutOfReach) => "keys-out-of-reach",
        }
    }

    fn problem(self) -> Problem {
        let unauthenticated = |detail: &str| Problem::of(ProblemKind::Unauthenticated).detail(detail);
        match self {
            Self::ActorHeader => malformed(JUMUN_ACTOR, "absent: the token says who acts"),
            Self::NoBearer => {
                unauthenticated("expected the header Authorization once, with Bearer and a token")
            }
            Self::Token(Unauthenticated::Invalid) => unauthenticated("the token is not believed"),
            Self::Token(Unauthenticated::Expired) => unauthenticated("the token has expired"),
            Self::Token(Unauthenticated::KeysOutOfReach) => Problem::of(ProblemKind::IdentityUnavailable),
        }
    }
}

fn no_credentials() -> Problem {
    Problem::of(ProblemKind::Unauthenticated)
        .detail("expected the header Authorization, with Bearer and a token")
}

fn not_allowed(roles: &[ActorRole]) -> Problem {
    let parts: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    Problem::of(ProblemKind::Forbidden).detail(format!("who may do that here: {}", parts.join(", ")))
}

/// A method that the address does not have, or an address that the table has forgotten.
fn no_rule(route: &MatchedPath, rules: &[Rule]) -> Refused {
    if rules.is_empty() {
        tracing::error!(route = route.as_str(), "a route without a row in the table of who may do what");
    }
    let kind = if rules.is_empty() { ProblemKind::Forbidden } else { ProblemKind::MethodNotAllowed };
    let mut methods: Vec<&str> = rules.iter().map(|rule| rule.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    let allow = HeaderValue::from_str(&methods.join(",")).ok().filter(|_| !rules.is_empty());
    Refused { operation: "none".to_owned(), reason: "no-rule", problem: Problem::of(kind), allow }
}

/// The token that came, if one did.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Disbelief> {
    let Ok(text) = single(headers, AUTHORIZATION.as_str(), "Bearer and a token") else {
        return Err(Disbelief::NoBearer);
    };
    let Some(text) = text else { return Ok(None) };
    let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = token.map(|(_, token)| token.trim()).filter(|token| is_token(token));
    token.map(Some).ok_or(Disbelief::NoBearer)
}

/// What RFC 6750 calls `b64token`.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// Routes to which nothing comes whose credentials were not looked at: [`Authority::identify`].
#[derive(Debug, Clone)]
pub struct Identified<S> {
    authority: Authority,
    routes: S,
}

impl<S> Service<Request> for Identified<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let waiting = self.routes.clone();
        // The one that was found ready is the one that is called.
        let mut routes = std::mem::replace(&mut self.routes, waiting);
        let authority = self.authority.clone();
        Box::pin(async move {
            let credentials = authority.credentials(request.headers()).await;
            let challenge = challenge(&credentials);
            request.extensions_mut().insert(credentials);
            let mut response = routes.call(request).await?;
            if response.status() == StatusCode::UNAUTHORIZED {
                response.headers_mut().entry(WWW_AUTHENTICATE).or_insert(challenge);
            }
            Ok(response)
        })
    }
}

/// What a client is told to come with (RFC 6750, 3).
fn challenge(credentials: &Credentials) -> HeaderValue {
    HeaderValue::from_static(match credentials {
        Credentials::NotBelieved(Disbelief::Token(Unauthenticated::Expired)) => {
            "Bearer realm=\"jumun\", error=\"invalid_token\", error_description=\"the token has expired\""
        }
        Credentials::NotBelieved(Disbelief::Token(_)) => {
            "Bearer realm=\"jumun\", error=\"invalid_token\", error_description=\"the token is not believed\""
        }
        Credentials::NotBelieved(_) => "Bearer realm=\"jumun\", error=\"invalid_request\"",
        Credentials::Nobody | Credentials::Known(_) => "Bearer realm=\"jumun\"",
    })
}

/// The layer of [`Authority::enforce`].
struct Enforcing(Authority);

impl Around for Enforcing {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response, ()> {
        let Self(authority) = self;
        let (mut parts, body) = std::mem::take(request).into_parts();
        // Nothing matched: there is nothing here that anybody could do.
        let admitted = parts.extensions.get::<MatchedPath>().cloned().map(|route| {
            let shop = shop_of(&mut parts);
            authority.admit(&route, shop.as_deref(), &parts)
        });
        let admitted = admitted.transpose();
        if let Ok(Some(actor)) = &admitted {
            parts.extensions.insert(actor.clone());
        }
        *request = Request::from_parts(parts, body);
        match admitted {
            Ok(_) => ControlFlow::Continue(()),
            Err(refused) => ControlFlow::Break(authority.refuse(refused)),
        }
    }
}

/// The shop of the path, decoded as the route will read it.
fn shop_of(parts: &mut Parts) -> Option<String> {
    // Nothing has to be waited for.
    let params = RawPathParams::from_request_parts(parts, &()).now_or_never()?.ok()?;
    params.iter().find(|(name, _)| *name == SHOP).map(|(_, shop)| shop.to_owned())
}

/// The layer of [`Authority::for_services`].
struct ServicesOnly(Authority);

impl Around for ServicesOnly {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response, ()> {
        let (reason, problem) = match request.extensions().get::<Credentials>() {
            Some(Credentials::Known(principal)) if principal.plays(ActorRole::Service, None) => {
                return ControlFlow::Continue(());
            }
            Some(Credentials::Known(_)) => ("not-allowed", not_allowed(&[ActorRole::Service])),
            Some(Credentials::NotBelieved(why)) => (why.reason(), why.problem()),
            Some(Credentials::Nobody) | None => ("no-credentials", no_credentials()),
        };
        let route = request.extensions().get::<MatchedPath>();
        let operation = route.map_or("none", MatchedPath::as_str).to_owned();
        ControlFlow::Break(self.0.refuse(Refused { operation, reason, problem, allow: None }))
    }
}

#[cfg(test)]
#[path = "authority_tests.rs"]
mod tests;
