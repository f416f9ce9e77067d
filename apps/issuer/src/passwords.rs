//! Passwords, slow on purpose: on threads of their own and few at a time, so that many who sign in at once
//! keep nobody's order waiting.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use edge::bulkhead::Bulkhead;
use identity::Chance;
use tokio::sync::Semaphore;

/// How many may be computed, or wait for it.
const PLACES: usize = 16;
/// How many are computed at once: 19 MB and a core each.
const AT_ONCE: usize = 2;

/// Too many are signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// Computes argon2id (19 MiB, two passes, one lane: what OWASP asks for).
#[derive(Clone)]
pub(crate) struct Passwords(Arc<Inner>);

struct Inner {
    places: Bulkhead,
    computing: Arc<Semaphore>,
    runs: AtomicU64,
    nobodys: Box<str>,
}

impl Passwords {
    /// Nobody signs in yet.
    #[must_use]
    pub(crate) fn new(chance: &dyn Chance) -> Self {
        let (mut salt, mut hash) = ([0; 16], [0; 32]);
        chance.fill(&mut salt);
        chance.fill(&mut hash);
        // In the same form and as much work as everybody's, and no password fits.
        let nobodys = format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            Params::DEFAULT_M_COST,
            Params::DEFAULT_T_COST,
            Params::DEFAULT_P_COST,
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(hash),
        );
        Self(Arc::new(Inner {
            places: Bulkhead::new(PLACES),
            computing: Arc::new(Semaphore::new(AT_ONCE)),
            runs: AtomicU64::new(0),
            nobodys: nobodys.into(),
        }))
    }

    /// Whether a secret is the one that was kept; where none was kept, it takes as much work to say no.
    ///
    /// # Errors
    /// [`Full`], at once.
    pub(crate) async fn fits(&self, secret: String, kept: Option<Box<str>>) -> Result<bool, Full> {
        let _place = self.0.places.take().ok_or(Full)?;
        let computing = self.0.computing.clone().acquire_owned().await;
        let passwords = self.clone();
        let fits = tokio::task::spawn_blocking(move || {
            let _computing = computing;
            passwords.fits_now(&secret, kept.as_deref())
        });
        Ok(fits.await.unwrap_or(false))
    }

    /// What is kept of a secret.
    ///
    /// # Errors
    /// [`Full`], at once.
    pub(crate) async fn keep(&self, secret: String, salt: [u8; 16]) -> Result<Box<str>, Full> {
        let _place = self.0.places.take().ok_or(Full)?;
        let computing = self.0.computing.clone().acquire_owned().await;
        let passwords = self.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let _computing = computing;
            passwords.keep_now(&secret, &salt)
        });
        kept.await.ok().flatten().ok_or(Full)
    }

    /// The same on this thread: for the command line.
    #[must_use]
    pub(crate) fn keep_now(&self, secret: &str, salt: &[u8; 16]) -> Option<Box<str>> {
        self.0.runs.fetch_add(1, Ordering::Relaxed);
        let hash = argon2().hash_password_with_salt(secret.as_bytes(), salt).ok()?;
        Some(hash.to_string().into())
    }

    fn fits_now(&self, secret: &str, kept: Option<&str>) -> bool {
        self.0.runs.fetch_add(1, Ordering::Relaxed);
        let against = kept.unwrap_or(&self.0.nobodys);
        let Ok(hash) = PasswordHash::new(against) else { return false };
        argon2().verify_password(secret.as_bytes(), &hash).is_ok() && kept.is_some()
    }

    /// How often it was computed: the same for who is there and who is not.
    #[must_use]
    pub(crate) fn runs(&self) -> u64 {
        self.0.runs.load(Ordering::Relaxed)
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("runs", &self.runs()).finish()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[tokio::test]
    async fn a_password_fits_itself_and_nobodys_fits_none() {
        let passwords = Passwords::new(&|bytes: &mut [u8]| bytes.fill(7));
        let kept = passwords.keep("correct horse".to_owned(), [1; 16]).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(passwords.fits("correct horse".to_owned(), Some(kept.clone())).await.unwrap());
        assert!(!passwords.fits("correct house".to_owned(), Some(kept)).await.unwrap());
        assert!(!passwords.fits("correct horse".to_owned(), None).await.unwrap());
        assert_eq!(passwords.runs(), 4);
    }

    #[tokio::test]
    async fn nobody_is_verified_against_a_hash_that_is_really_computed() {
        let passwords = Passwords::new(&|bytes: &mut [u8]| bytes.fill(7));
        let hash = PasswordHash::new(&passwords.0.nobodys).unwrap();
        assert!(matches!(
            argon2().verify_password(b"x", &hash),
            Err(argon2::password_hash::Error::PasswordInvalid)
        ));
    }

    #[tokio::test]
    async fn when_all_places_are_taken_whoever_comes_is_refused_at_once() {
        let passwords = Passwords::new(&|bytes: &mut [u8]| bytes.fill(7));
        let taken: Vec<_> = (0..PLACES).filter_map(|_| passwords.0.places.take()).collect();
        assert_eq!(passwords.fits("x".to_owned(), None).await, Err(Full));
        drop(taken);
        assert_eq!(passwords.fits("x".to_owned(), None).await, Ok(false));
    }
}
