//! Who stands behind a token: taken apart, held against its key and what is expected, made a principal.

use std::fmt;
use std::sync::Arc;

use edge::actor::ACTOR_NAME_CHARS_MAX;
use edge::principal::{Authenticate, Principal, Unauthenticated};
use futures::future::{BoxFuture, FutureExt};
use kernel::Clock;
use serde_json::Value;

use crate::cache::Cache;
use crate::claims::{Claims, Expected};
use crate::grants::grants_of;
use crate::keys::Keys;
use crate::token::{Refused, TOKEN_BYTES_MAX, Token};

/// What a name that is a hash begins with; no other name does.
const HASHED: &str = "sub-";

/// An issuer that is believed, and what of its tokens.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Its name and its keys.
    pub keys: Arc<dyn Keys>,
    /// Whom its tokens must be meant for.
    pub audience: String,
    /// What its access tokens call themselves in the header `typ`: `at+jwt` (RFC 9068); empty where they
    /// call themselves nothing.
    pub token_type: String,
    /// The claim with the parts that somebody may play.
    pub grants_claim: String,
    /// The claim that names somebody.
    pub name_claim: String,
    /// How far its clock and ours may be apart.
    pub leeway_millis: i64,
    /// Knows what has ended before its time, where somebody does.
    pub live: Option<Arc<dyn Live>>,
}

/// Knows which tokens have ended before their time.
pub trait Live: Send + Sync + fmt::Debug {
    /// Whether what a token belongs to (a session, an account) is still there.
    fn is_live(&self, claims: &Claims) -> bool;
}

/// A token that is believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// Who carries it.
    pub principal: Arc<Principal>,
    /// What it says.
    pub claims: Claims,
    key_id: Box<str>,
}

/// Checks the tokens of one issuer.
pub struct Verifier {
    trust: Trust,
    clock: Arc<dyn Clock>,
    cache: Cache,
}

impl Verifier {
    /// Believes this issuer.
    #[must_use]
    pub fn new(trust: Trust, clock: Arc<dyn Clock>) -> Self {
        Self { trust, clock, cache: Cache::default() }
    }

    /// Checks a token.
    ///
    /// # Errors
    /// [`Refused`], with the reason, which is not for whoever sent it.
    pub async fn verify(&self, text: &str) -> Result<Arc<Verified>, Refused> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        if let Some(verified) = self.cache.get(text) {
            let again = self.still_good(&verified).await;
            if let Err(refused) = again {
                self.cache.forget(text);
                return Err(refused);
            }
            return Ok(verified);
        }
        let verified = Arc::new(self.verify_anew(text).await?);
        self.cache.put(text, verified.clone());
        Ok(verified)
    }

    /// What may have changed since a token was believed: the time, its key, its issuer, its session.
    async fn still_good(&self, verified: &Verified) -> Result<(), Refused> {
        self.trust.keys.find(&verified.key_id).await?;
        let issuer = self.trust.keys.issuer().ok_or(Refused::KeysOutOfReach)?;
        if verified.claims.get("iss").and_then(Value::as_str) != Some(&*issuer) {
            return Err(Refused::Issuer);
        }
        let ends =
            i64::try_from(verified.claims.expires_at_seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
        if ends.saturating_add(self.trust.leeway_millis) <= self.clock.now().millis() {
            return Err(Refused::Expired);
        }
        self.is_live(&verified.claims)
    }

    async fn verify_anew(&self, text: &str) -> Result<Verified, Refused> {
        let token = Token::read(text)?;
        if !token.is_of_type(&self.trust.token_type) {
            return Err(Refused::Type);
        }
        let key = self.trust.keys.find(token.key_id()).await?;
        let claims = token.signed_with(&key)?;
        let issuer = self.trust.keys.issuer().ok_or(Refused::KeysOutOfReach)?;
        let expected = Expected {
            issuer: &issuer,
            audience: &self.trust.audience,
            leeway_millis: self.trust.leeway_millis,
            now_millis: self.clock.now().millis(),
        };
        let claims = Claims::read(claims, &expected)?;
        self.is_live(&claims)?;
        let principal = Arc::new(self.principal(&claims)?);
        Ok(Verified { principal, claims, key_id: token.key_id().into() })
    }

    fn is_live(&self, claims: &Claims) -> Result<(), Refused> {
        match &self.trust.live {
            Some(live) if !live.is_live(claims) => Err(Refused::Ended),
            _ => Ok(()),
        }
    }

    fn principal(&self, claims: &Claims) -> Result<Principal, Refused> {
        let name = match self.trust.name_claim.as_str() {
            "sub" => &*claims.subject,
            other => claims.get(other).and_then(Value::as_str).ok_or(Refused::Claim)?,
        };
        Ok(Principal { name: name_of(name), grants: grants_of(claims.get(&self.trust.grants_claim)) })
    }
}

/// A name that fits where names of actors stand; what does not fit is named by its hash, always the same.
fn name_of(text: &str) -> Box<str> {
    let fits = !text.starts_with(HASHED)
        && (1..=ACTOR_NAME_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte));
    if fits {
        return text.into();
    }
    let hash = blake3::hash(text.as_bytes()).to_hex();
    format!("{HASHED}{}", &hash[..32]).into()
}

impl Authenticate for Verifier {
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Arc<Principal>, Unauthenticated>> {
        async move {
            match self.verify(token).await {
                Ok(verified) => Ok(verified.principal.clone()),
                Err(refused) => {
                    tracing::debug!(why = %refused, "a token was refused");
                    Err(refused.into())
                }
            }
        }
        .boxed()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("trust", &self.trust).finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Verified {
    pub(crate) fn for_tests() -> Self {
        let object = serde_json::json!({ "iss": "i", "aud": "a", "sub": "s", "exp": 1 });
        let expected = Expected { issuer: "i", audience: "a", leeway_millis: 0, now_millis: 0 };
        let claims = object.as_object().cloned().unwrap_or_default();
        let Ok(claims) = Claims::read(claims, &expected) else { unreachable!("the claims are good") };
        let principal = Arc::new(Principal { name: "s".into(), grants: Vec::new() });
        Self { principal, claims, key_id: "k".into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_fits_stays_and_any_other_has_one_of_its_own() {
        assert_eq!(&*name_of("lee@shop.kr"), "lee@shop.kr");
        let (one, other) = (name_of("auth0|5f7c8ec7"), name_of("auth0|5f7c8ec8"));
        assert_ne!(one, other);
        assert_eq!(one, name_of("auth0|5f7c8ec7"));
        assert!(one.len() <= ACTOR_NAME_CHARS_MAX && one.starts_with("sub-"), "{one}");
        assert!(name_of(&"x".repeat(65)).starts_with("sub-"));
        assert!(name_of("").starts_with("sub-"));
        assert_ne!(name_of(&one), one, "nobody takes the name that another's hash has made");
    }
}
