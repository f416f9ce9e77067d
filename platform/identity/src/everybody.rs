//! Whoever may stand behind a token: persons, and processes of this house.

use std::sync::Arc;

use edge::actor::ActorRole;
use edge::principal::{Authenticate, Grant, Principal, ServiceTokens as ShowsTokens, Unauthenticated};
use futures::future::{BoxFuture, FutureExt};

use crate::service_tokens::ServiceTokens;

/// What services call each other for; whoever holds the key of the house may ask any of them.
const NEIGHBOURS: &str = "neighbours";

/// Asks whoever knows: a token says in its header whether it is a service's, and is then held against the
/// keys of services and no others.
#[derive(Debug, Clone)]
pub struct Everybody {
    persons: Arc<dyn Authenticate>,
    services: Arc<ServiceTokens>,
}

impl Everybody {
    /// Persons as these say, services of this house.
    #[must_use]
    pub fn new(persons: Arc<dyn Authenticate>, services: Arc<ServiceTokens>) -> Self {
        Self { persons, services }
    }
}

impl Authenticate for Everybody {
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Arc<Principal>, Unauthenticated>> {
        if !ServiceTokens::is_one(token) {
            return self.persons.authenticate(token);
        }
        async move {
            let name = self.services.verify(token, NEIGHBOURS).await?;
            let grants = vec![Grant { role: ActorRole::Service, shop: None }];
            Ok(Arc::new(Principal { name, grants }))
        }
        .boxed()
    }
}

impl ShowsTokens for ServiceTokens {
    fn token(&self, service: &str) -> Option<Box<str>> {
        let issued = self.issue(service, NEIGHBOURS);
        issued.inspect_err(|error| tracing::error!(%error, "no token can be made for a neighbour")).ok()
    }
}
