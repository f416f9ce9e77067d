//! Who acts, as credentials say that have been checked: a person with parts to play in shops.
//!
//! [`Authenticate`] is the seam: this crate asks who stands behind a token, another one knows keys
//! and accounts. Which part somebody plays in a request is decided by the table of who may do what,
//! not here.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::actor::ActorRole;

/// Somebody whose credentials have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Their name, the same in every part they play; 1 to 64 of `A-Z a-z 0-9 . _ @ -`.
    pub name: Box<str>,
    /// The parts they may play.
    pub grants: Vec<Grant>,
}

/// A part that somebody may play, in one shop or in all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// The part.
    pub role: ActorRole,
    /// The shop's key; `None`: every shop.
    pub shop: Option<Box<str>>,
}

impl Principal {
    /// Whether they may play a part in a shop; without a shop, only parts that hold everywhere count.
    #[must_use]
    pub fn plays(&self, role: ActorRole, shop: Option<&str>) -> bool {
        self.grants.iter().any(|grant| {
            grant.role == role && grant.shop.as_deref().is_none_or(|granted| Some(granted) == shop)
        })
    }
}

/// Knows who stands behind a token.
pub trait Authenticate: Send + Sync + fmt::Debug {
    /// Who carries this token.
    ///
    /// # Errors
    /// [`Unauthenticated`], which tells the client no more than that it must come again with another.
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Arc<Principal>, Unauthenticated>>;
}

/// Makes what a process shows its neighbours to prove that it is of the same house.
pub trait ServiceTokens: Send + Sync + fmt::Debug {
    /// A token that is good now, for the service of this name; [`Authenticate`] finds a principal of that
    /// name behind it who plays [`ActorRole::Service`] everywhere. `None` where none can be made just now.
    fn token(&self, service: &str) -> Option<Box<str>>;
}

/// A token that is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthenticated {
    /// It is none of ours, or was changed.
    Invalid,
    /// It was good once.
    Expired,
    /// The keys to check it cannot be had now; the same token may be good later.
    KeysOutOfReach,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_in_one_shop_is_none_in_another_and_one_without_a_shop_holds_in_all() {
        let kim = Principal {
            name: "kim".into(),
            grants: vec![
                Grant { role: ActorRole::Staff, shop: Some("cafe".into()) },
                Grant { role: ActorRole::Customer, shop: None },
            ],
        };

        assert!(kim.plays(ActorRole::Staff, Some("cafe")));
        assert!(!kim.plays(ActorRole::Staff, Some("pizza")));
        assert!(!kim.plays(ActorRole::Staff, None));
        assert!(kim.plays(ActorRole::Customer, Some("pizza")));
        assert!(!kim.plays(ActorRole::Manager, Some("cafe")));
    }
}
