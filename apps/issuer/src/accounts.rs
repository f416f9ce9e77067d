//! Who there is: accounts with their parts, and devices that PINs are good on.

use std::collections::BTreeMap;
use std::io;

use edge::actor::ActorRole;
use edge::principal::Grant;
use identity::{grant_to_text, read_grant};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest name, in letters.
const NAME_BYTES_MAX: usize = 64;
/// Most parts of one account.
const GRANTS_MAX: usize = 32;

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The parts they play, as [`identity::read_grant`] reads them.
    pub roles: Vec<Box<str>>,
    /// What argon2id makes of their password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Box<str>>,
    /// What argon2id makes of their PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pin: Option<Box<str>>,
    /// Counted up when their parts change: access tokens of before have ended.
    #[serde(default)]
    pub(crate) generation: u32,
    /// Attempts that failed before this are forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unlocked_at: Option<Timestamp>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A device of a shop, on which its people sign in with a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The shop.
    pub shop: Box<str>,
    /// The hash of its secret, which is random and long.
    pub(crate) secret_hash: Box<str>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountBook {
    #[serde(default)]
    pub(crate) accounts: BTreeMap<Box<str>, Account>,
    #[serde(default)]
    pub(crate) devices: BTreeMap<Box<str>, Device>,
}

/// Why an account cannot be as somebody wants it.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The name is none.
    #[error("a name is 1 to 64 of a-z 0-9 . _ @ -, beginning with a letter or a digit, and not with sub-")]
    Name,
    /// There is one already.
    #[error("there is {0} already")]
    Taken(String),
    /// There is none.
    #[error("there is no {0}")]
    Unknown(String),
    /// That is no part.
    #[error("{0:?} is no role: customer, staff, courier, manager or operator, with @SHOP for one shop only")]
    Role(String),
    /// An account without a part may do nothing.
    #[error("say at least one role, and at most 32")]
    Roles,
    /// The password is too weak.
    #[error("the password {0}")]
    Password(&'static str),
    /// The PIN is too weak.
    #[error("the PIN {0}")]
    Pin(&'static str),
    /// Only who works at a device has one.
    #[error("a PIN is for staff and couriers only, on a device of their shop")]
    PinForOthers,
    /// The folder cannot be used.
    #[error("the folder of identity cannot be used: {0}")]
    Broken(#[from] io::Error),
}

impl AccountBook {
    pub(crate) fn account(&mut self, name: &str) -> Result<&mut Account, Refusal> {
        self.accounts.get_mut(name).ok_or_else(|| Refusal::Unknown(name.to_owned()))
    }
}

impl Account {
    /// Their parts.
    #[must_use]
    pub fn grants(&self) -> Vec<Grant> {
        self.roles.iter().filter_map(|role| read_grant(role)).collect()
    }

    /// Whether they may sign in with a PIN at all.
    #[must_use]
    pub fn works_at_devices(&self) -> bool {
        self.grants().iter().any(|grant| is_at_devices(grant.role))
    }

    /// Whether they have a PIN.
    #[must_use]
    pub fn has_pin(&self) -> bool {
        self.pin.is_some()
    }
}

/// The parts that a PIN gives at a device: those of whoever works there, in the device's shop.
pub(crate) fn grants_at(device: &Device, account: &Account) -> Vec<Box<str>> {
    let shop = &device.shop;
    let here = account.grants().into_iter().filter(|grant| {
        is_at_devices(grant.role) && grant.shop.as_ref().is_none_or(|granted| granted == shop)
    });
    let mut roles: Vec<Box<str>> =
        here.map(|grant| grant_to_text(&Grant { shop: Some(shop.clone()), ..grant }).into()).collect();
    roles.dedup();
    roles
}

fn is_at_devices(role: ActorRole) -> bool {
    matches!(role, ActorRole::Staff | ActorRole::Courier)
}

/// A name as it is kept.
pub(crate) fn checked_name(name: &str) -> Result<Box<str>, Refusal> {
    let bytes = name.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = (1..=NAME_BYTES_MAX).contains(&bytes.len())
        && bytes.first().is_some_and(is_plain)
        && bytes.iter().all(|byte| is_plain(byte) || b"._@-".contains(byte))
        && !name.starts_with("sub-");
    if fits { Ok(name.into()) } else { Err(Refusal::Name) }
}

/// Parts as they are kept: each once, in order.
pub(crate) fn checked_roles<S: AsRef<str>>(roles: &[S]) -> Result<Vec<Box<str>>, Refusal> {
    if roles.is_empty() || roles.len() > GRANTS_MAX {
        return Err(Refusal::Roles);
    }
    let read = |role: &S| read_grant(role.as_ref()).ok_or_else(|| Refusal::Role(role.as_ref().to_owned()));
    let mut grants = roles.iter().map(read).collect::<Result<Vec<Grant>, Refusal>>()?;
    grants.sort();
    grants.dedup();
    Ok(grants.iter().map(|grant| grant_to_text(grant).into()).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn a_name_is_what_an_actor_may_be_called_in_small_letters() {
        for good in ["kim", "1", "lee@shop.kr", "a-b_c.d"] {
            assert_eq!(&*checked_name(good).unwrap(), good);
        }
        for wrong in ["", "Kim", "a b", "-a", "김", "a:b", "sub-1", &"x".repeat(65)] {
            assert!(checked_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pin_gives_what_is_done_at_the_device_and_no_more() {
        let roles = checked_roles(&["manager@a", "staff@a", "staff@b", "courier", "operator"]).unwrap();
        let account = Account {
            roles,
            password: None,
            pin: None,
            generation: 0,
            unlocked_at: None,
            made_at: Timestamp::default(),
        };
        let device = Device { shop: "a".into(), secret_hash: "".into(), made_at: Timestamp::default() };
        assert_eq!(grants_at(&device, &account).concat(), "staff@acourier@a");
        let other = Device { shop: "c".into(), ..device };
        assert_eq!(grants_at(&other, &account).concat(), "courier@c");
    }
}
