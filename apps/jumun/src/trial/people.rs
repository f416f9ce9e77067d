//! Who comes, and with which token: in the trial a token is a name.

use std::sync::Arc;

use edge::actor::ActorRole;
use edge::principal::{Authenticate, Grant, Principal, ServiceTokens, Unauthenticated};
use futures::future::BoxFuture;

/// The shop in which everything happens.
pub(super) const HERE: &str = "pizza";
/// Another shop.
pub(super) const THERE: &str = "cafe";

/// Somebody who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    /// What they are in the trial.
    pub(super) who: &'static str,
    /// What they show; nothing where they come without a token.
    pub(super) token: Option<&'static str>,
    /// Whether the token is believed.
    pub(super) is_believed: bool,
    /// The parts that they may play, and where; without a shop everywhere.
    pub(super) parts: &'static [(ActorRole, Option<&'static str>)],
}

const fn person(
    who: &'static str,
    token: &'static str,
    parts: &'static [(ActorRole, Option<&'static str>)],
) -> Person {
    Person { who, token: Some(token), is_believed: true, parts }
}

const fn stranger(who: &'static str, token: Option<&'static str>) -> Person {
    Person { who, token, is_believed: false, parts: &[] }
}

/// The customer whose things others ask for.
pub(super) const ONE: Person = person("customer 1", "1", &[(ActorRole::Customer, None)]);
/// Another customer.
pub(super) const OTHER: Person = person("customer 2", "2", &[(ActorRole::Customer, None)]);
/// Who makes.
pub(super) const STAFF: Person = person("staff", "kim", &[(ActorRole::Staff, Some(HERE))]);
/// Who delivers.
pub(super) const COURIER: Person = person("courier", "cal", &[(ActorRole::Courier, Some(HERE))]);
/// Who runs the shop.
pub(super) const MANAGER: Person = person("manager", "max", &[(ActorRole::Manager, Some(HERE))]);
/// Who runs the system.
pub(super) const OPERATOR: Person = person("operator", "ops", &[(ActorRole::Operator, None)]);
/// A process of the house.
pub(super) const SERVICE: Person = person("service", "ordering", &[(ActorRole::Service, None)]);
/// Who makes, in another shop.
pub(super) const STAFF_THERE: Person =
    person("staff of another shop", "lee", &[(ActorRole::Staff, Some(THERE))]);
/// Nobody who says anything.
pub(super) const NOBODY: Person = stranger("nobody", None);

/// Everybody.
pub(super) const PEOPLE: &[Person] = &[
    NOBODY,
    ONE,
    OTHER,
    STAFF,
    STAFF_THERE,
    person("manager of another shop", "mia", &[(ActorRole::Manager, Some(THERE))]),
    COURIER,
    MANAGER,
    OPERATOR,
    SERVICE,
    person("somebody who plays no part", "nat", &[]),
    stranger("a token that has expired", Some("expired")),
    stranger("a token for another audience", Some("foreign")),
];

impl Person {
    /// Whether they play a part in a shop; without a shop, everywhere.
    pub(super) fn plays(&self, part: ActorRole, shop: Option<&str>) -> bool {
        let plays =
            |(role, place): &(ActorRole, Option<&str>)| *role == part && (place.is_none() || *place == shop);
        self.is_believed && self.parts.iter().any(plays)
    }

    /// Whether they may read of the first customer's affairs.
    pub(super) fn knows_of(&self, customer: &Person) -> bool {
        let works_here = [ActorRole::Staff, ActorRole::Courier, ActorRole::Manager, ActorRole::Operator];
        self == customer || works_here.into_iter().any(|part| self.plays(part, Some(HERE)))
    }
}

/// Knows everybody by name.
#[derive(Debug)]
pub(super) struct Names;

impl Authenticate for Names {
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Arc<Principal>, Unauthenticated>> {
        let found = PEOPLE.iter().find(|person| person.is_believed && person.token == Some(token));
        let known = found.map(|person| {
            let grant =
                |(role, shop): &(ActorRole, Option<&str>)| Grant { role: *role, shop: shop.map(Into::into) };
            Arc::new(Principal { name: token.into(), grants: person.parts.iter().map(grant).collect() })
        });
        let why = if token == "expired" { Unauthenticated::Expired } else { Unauthenticated::Invalid };
        Box::pin(std::future::ready(known.ok_or(why)))
    }
}

impl ServiceTokens for Names {
    fn token(&self, service: &str) -> Option<Box<str>> {
        Some(service.into())
    }
}
