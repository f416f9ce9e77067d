//! What processes of one house show each other: short-lived tokens by a key that they share.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Clock, Timestamp};
use serde_json::json;

use crate::Chance;
use crate::claims::{Claims, Expected};
use crate::folder::Folder;
use crate::key_ring::KeyRing;
use crate::keys::Keys;
use crate::token::{Refused, Token};

/// The type of a service's token.
pub(crate) const SERVICE_TYPE: &str = "service+jwt";

/// How long one is good.
const GOOD_SECONDS: i64 = 60;
/// One is shown again for so long, so that not every call must be signed.
const SHOWN_AGAIN_MILLIS: i64 = 20_000;
/// The clocks of two processes on one machine may be so far apart.
const LEEWAY_MILLIS: i64 = 5_000;
/// What the former key has signed outlives it, and what others sign before they know of the fresh one.
const FORMER_KEY_IS_GOOD_MILLIS: i64 = (GOOD_SECONDS + 30) * 1_000;
/// Most tokens that are kept to be shown again.
const KEPT_MAX: usize = 64;

/// Makes and checks the tokens of services: `typ` is `service+jwt`, `sub` who calls, `aud` who is called.
/// They are good for a minute, in processes that share the data folder, and prove no person.
pub struct ServiceTokens {
    ring: KeyRing,
    clock: Arc<dyn Clock>,
    made: Mutex<Vec<Made>>,
}

struct Made {
    key_id: Box<str>,
    caller: Box<str>,
    called: Box<str>,
    at: Timestamp,
    token: Box<str>,
}

impl ServiceTokens {
    /// Opens the key in a folder, and makes it where there is none.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn open(folder: &Folder, clock: Arc<dyn Clock>, chance: &dyn Chance) -> io::Result<Self> {
        let ring = KeyRing::open(folder, "services", clock.clone());
        let mut name = [0; 16];
        chance.fill(&mut name);
        // Two installations differ by their keys already; that they differ by name too makes a mix-up
        // show as what it is.
        let usual = format!("services:{}", blake3::hash(&name).to_hex());
        ring.prepare(None, &usual, chance)?;
        Ok(Self { ring, clock, made: Mutex::default() })
    }

    /// A token with which `caller` calls `called`.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn issue(&self, caller: &str, called: &str) -> io::Result<Box<str>> {
        let (now, key) = (self.clock.now(), self.ring.signing_key()?);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|made| *made.key_id == *key.id() && now.millis_since(made.at) < SHOWN_AGAIN_MILLIS);
        if let Some(again) = made.iter().find(|made| &*made.caller == caller && &*made.called == called) {
            return Ok(again.token.clone());
        }
        let seconds = now.millis() / 1_000;
        let issuer = self.ring.issuer();
        let claims = json!({
            "iss": issuer, "sub": caller, "aud": called, "iat": seconds, "exp": seconds + GOOD_SECONDS,
        });
        let token = key.sign(SERVICE_TYPE, &claims);
        let token: Box<str> = token.ok_or_else(|| io::Error::other("the key signs nothing"))?.into();
        if made.len() < KEPT_MAX {
            let (caller, called, key_id) = (caller.into(), called.into(), key.id().into());
            made.push(Made { key_id, caller, called, at: now, token: token.clone() });
        }
        Ok(token)
    }

    /// Signs with a fresh key from now on; other processes do half a second later. What the former key has
    /// signed is good as long as it would have been, or ends at once where that key may be in wrong hands:
    /// for half a second processes may not know each other then. Tells the name of the fresh one.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn rotate(&self, at_once: bool, chance: &dyn Chance) -> io::Result<Box<str>> {
        self.ring.rotate(if at_once { 0 } else { FORMER_KEY_IS_GOOD_MILLIS }, chance)
    }

    /// Who calls `called` with this token.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn verify(&self, token: &str, called: &str) -> Result<Box<str>, Refused> {
        let token = Token::read(token)?;
        if !token.is_of_type(SERVICE_TYPE) {
            return Err(Refused::Type);
        }
        let key = self.ring.find(token.key_id()).await?;
        let claims = token.signed_with(&key)?;
        let issuer = self.ring.issuer().ok_or(Refused::KeysOutOfReach)?;
        let expected = Expected {
            issuer: &issuer,
            audience: called,
            leeway_millis: LEEWAY_MILLIS,
            now_millis: self.clock.now().millis(),
        };
        Ok(Claims::read(claims, &expected)?.subject)
    }
}

impl fmt::Debug for ServiceTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTokens").field("ring", &self.ring).finish()
    }
}
