//! Whoever may stand behind a token: persons, and processes of this house.

use std::sync::{Arc, Mutex, PoisonError};

use edge::actor::ActorRole;
use edge::principal::{Authenticate, Grant, Principal, ServiceTokens as ShowsTokens, Unauthenticated};
use futures::future::{BoxFuture, FutureExt};

use crate::service_tokens::{SERVICE_TYPE, ServiceTokens};
use crate::token::Token;

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
    /// The header of the last token that was no service's: all that a key has signed begin with the same,
    /// and need not be taken apart to be told from those of services.
    header_of_persons: Arc<Mutex<Box<str>>>,
}

impl Everybody {
    /// Persons as these say, services of this house.
    #[must_use]
    pub fn new(persons: Arc<dyn Authenticate>, services: Arc<ServiceTokens>) -> Self {
        Self { persons, services, header_of_persons: Arc::default() }
    }

    /// Whether a token calls itself a service's, believed or not.
    fn is_of_service(&self, token: &str) -> bool {
        let header = token.split('.').next().unwrap_or_default();
        let known = || self.header_of_persons.lock().unwrap_or_else(PoisonError::into_inner);
        if !header.is_empty() && **known() == *header {
            return false;
        }
        let Ok(read) = Token::read(token) else { return false };
        let is_one = read.is_of_type(SERVICE_TYPE);
        if !is_one {
            *known() = header.into();
        }
        is_one
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
        if !self.is_of_service(token) {
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
