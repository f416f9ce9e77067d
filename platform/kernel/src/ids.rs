use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::SmallRng;
use rand::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Timestamp;

/// The id of an order: a UUIDv7, the correlation of everything that belongs to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid)]
pub struct OrderId(pub Uuid);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(from = "String", into = "String")]
        #[schema(value_type = String)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// The key of a shop, as in `/v1/shops/cafe`.
    ShopKey
}

text_id! {
    /// Who ordered, by a name that says nothing about the person (a number, a token).
    CustomerId
}

/// Where ids come from.
pub trait IdSource: Send + Sync {
    /// A new id whose order follows `now` (UUIDv7, RFC 9562).
    fn next_id(&self, now: Timestamp) -> Uuid;
}

/// Ids from a seed: the same seed gives the same ids. The program seeds it from the system.
pub struct SeededIds(Mutex<SmallRng>);

impl SeededIds {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(SmallRng::seed_from_u64(seed)))
    }

    /// From the operating system's randomness: for the running program only.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one door through which the running program takes chance in"
    )]
    pub fn from_system() -> Self {
        Self(Mutex::new(SmallRng::from_os_rng()))
    }
}

impl IdSource for SeededIds {
    fn next_id(&self, now: Timestamp) -> Uuid {
        let mut chance = [0u8; 10];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut chance);
        uuid::Builder::from_unix_timestamp_millis(now.millis().unsigned_abs(), &chance).into_uuid()
    }
}
