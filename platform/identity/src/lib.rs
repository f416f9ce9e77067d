//! Who stands behind a token: tokens are checked here, whoever issued them, by keys that change.
//!
//! It implements [`edge::principal::Authenticate`]; who may do what with it is decided elsewhere, and who
//! has an account is not known here either. The rules are those of RFC 8725:
//!
//! - a key is good for **one** algorithm, and a token that names another is refused before anything of it
//!   is computed; there are no symmetric keys at all;
//! - keys come from the issuer that was configured ([`RemoteKeys`]) or from our own folder ([`KeyRing`]),
//!   never from the token: `jku`, `x5u`, `jwk`, `crit`, `b64` and whatever else says how to check it are
//!   refused;
//! - issuer, audience, type, expiry and subject must be there and right, each in its own type: a number in
//!   a string is no number, a name that stands twice is none;
//! - a token is at most [`TOKEN_BYTES_MAX`] long and is never unpacked.
//!
//! [`Verifier`] puts it together, behind a bounded cache whose hits are held against keys and sessions
//! anew, so that a key that is taken away or a session that ends is over at once.
//!
//! # How one adds things
//!
//! - **Another source of keys**: implement [`Keys`].
//! - **An algorithm**: a row in [`Algorithm`], its shape in `keys.rs`, its forgeries in `tests/it/forged`.
//! - **A way to end tokens before their time**: implement [`Live`].
//!
//! # What is absent
//!
//! No private key but Ed25519 is ever held, so nothing here can leak one of RSA by its timing. Nothing
//! reads the machine's clock or draws chance: both are arguments.

mod algorithm;
mod cache;
mod claims;
mod everybody;
mod folder;
mod grants;
mod key_ring;
mod keys;
mod remote_keys;
mod service_tokens;
mod signing_key;
mod strict_json;
mod token;
mod verifier;
mod watched;

pub use algorithm::Algorithm;
pub use claims::Claims;
pub use everybody::Everybody;
pub use folder::Folder;
pub use grants::{grant_to_text, grants_of, read_grant};
pub use key_ring::{KeyRing, KeyStanding};
pub use keys::{KeySet, Keys, NoKey, PublicKey};
pub use remote_keys::{RemoteKeys, WrongAddress};
pub use service_tokens::ServiceTokens;
pub use signing_key::SigningKey;
pub use token::{Refused, TOKEN_BYTES_MAX};
pub use verifier::{Live, Trust, Verified, Verifier};
pub use watched::Watched;

/// Where chance comes from: fills these bytes so that nobody can guess them.
pub trait Chance: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

impl<F: Fn(&mut [u8]) + Send + Sync> Chance for F {
    fn fill(&self, bytes: &mut [u8]) {
        self(bytes);
    }
}
