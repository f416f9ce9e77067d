//! The built-in issuer: accounts of one installation, how their people sign in, and how that ends.
//!
//! It is for a shop that has no identity provider of its own; where there is one, `--identity oidc` believes
//! that instead and nothing of this is in use. Everything is in one private folder (`DATA/identity`), which
//! every process of the installation reads:
//!
//! - `accounts.json`: who there is, their parts, their passwords and PINs as argon2id makes them, devices;
//! - `sessions.json`: who is signed in. A session that is not in it has ended, and its access tokens with it;
//! - `people-keys.json`, `people-*.key`: what access tokens are signed with ([`identity::KeyRing`]).
//!
//! Files are replaced whole under one lock; `jumun users` works beside a running program. What it changes
//! is known everywhere half a second later.
//!
//! # How one adds things
//!
//! - **A way to sign in**: a file in `rest/`, its use case in [`Issuer`], under [`Lockout`] and [`Passwords`]
//!   like the others, with one argon2 run whatever comes.
//! - **A rule for passwords**: `password_rules.rs`.
//!
//! # What is absent
//!
//! No default password, no password in a flag, an environment variable or a log line, no reset by mail. No
//! account makes another over HTTP, but the first: whoever runs the program has the command line.

mod accounts;
mod code;
mod issuer;
mod live;
mod lockout;
mod password_rules;
mod passwords;
pub mod rest;
mod sessions;
mod shown;
mod users;

pub use accounts::{Account, Device, Refusal};
pub use issuer::{ACCESS_SECONDS, AUDIENCE, GRANTS_CLAIM, Issuer, SignedIn, TOKEN_TYPE, Unsigned};
