//! Whoever may stand behind a token: persons, and processes of this house.

use std::sync::Arc;

use edge::actor::ActorRole;
use edge::principal::{Authenticate, Grant, Principal, ServiceTokens as ShowsTokens, Unauthenticated};
use futures::future::{BoxFuture, FutureExt};

use crate::service_tokens::ServiceTokens;

/// What services call each other for; whoever holds the key of the house may ask any of them.
const NEIGHBOURS: &str = "neighbours";

/// What stands before the name of whoever sits at the machine, in a token of theirs. Who can read the key
/// of the house can do everything already: they are an operator.
const AT_THE_MACHINE: &str = "operator:";

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

impl ServiceTokens {
    /// A token for whoever sits at the machine, by name: an operator, for processes of this house.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn at_the_machine(&self, name: &str) -> std::io::Result<Box<str>> {
        self.issue(&format!("{AT_THE_MACHINE}{name}"), NEIGHBOURS)
    }
}

impl Authenticate for Everybody {
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Arc<Principal>, Unauthenticated>> {
        if !ServiceTokens::is_one(token) {
            return self.persons.authenticate(token);
        }
        async move {
            let name = self.services.verify(token, NEIGHBOURS).await?;
            let mut grants = vec![Grant { role: ActorRole::Service, shop: None }];
            let name = match name.strip_prefix(AT_THE_MACHINE) {
                Some(person) => {
                    grants.push(Grant { role: ActorRole::Operator, shop: None });
                    person.into()
                }
                None => name,
            };
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
