//! What a token says, once its signature is right: every claim in its own type.

use serde_json::{Map, Value};

use crate::token::Refused;

/// The longest subject.
const SUBJECT_CHARACTERS_MAX: usize = 255;
/// Most audiences that a token may name.
const AUDIENCES_MAX: usize = 16;
/// Seconds beyond which no date is meant (the year 9999).
const SECONDS_MAX: u64 = 253_402_300_799;
/// Claims of tokens that tell who somebody is, or that something happened, and give no access.
const FOREIGN_CLAIMS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "events"];
/// What some issuers call an access token in a claim `typ`, where every other token of theirs has another word.
const ACCESS: &str = "Bearer";

/// What must be true of the claims.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    /// How far the clocks of both may be apart.
    pub(crate) leeway_millis: i64,
    pub(crate) now_millis: i64,
}

/// The claims of a token that is believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// Whom it is about.
    pub subject: Box<str>,
    /// When it ends, seconds since 1970.
    pub expires_at_seconds: u64,
    /// When it was made, seconds since 1970.
    pub issued_at_seconds: Option<u64>,
    object: Map<String, Value>,
}

impl Claims {
    /// Holds the claims of a token against what is expected.
    pub(crate) fn read(object: Map<String, Value>, expected: &Expected<'_>) -> Result<Self, Refused> {
        let text = |name: &str| match object.get(name) {
            Some(Value::String(text)) => Ok(text.as_str()),
            _ => Err(Refused::Claim),
        };
        if text("iss")? != expected.issuer {
            return Err(Refused::Issuer);
        }
        if !names_audience(object.get("aud"), expected.audience)? {
            return Err(Refused::Audience);
        }
        if FOREIGN_CLAIMS.iter().any(|name| object.contains_key(*name))
            || object.get("typ").is_some_and(|word| word != ACCESS)
        {
            return Err(Refused::NoAccessToken);
        }
        let subject = text("sub")?;
        if subject.is_empty() || subject.chars().count() > SUBJECT_CHARACTERS_MAX {
            return Err(Refused::Claim);
        }
        let expires_at_seconds = seconds(&object, "exp")?.ok_or(Refused::Claim)?;
        let issued_at_seconds = seconds(&object, "iat")?;
        let latest = expected.now_millis.saturating_add(expected.leeway_millis);
        for begins in [seconds(&object, "nbf")?, issued_at_seconds].into_iter().flatten() {
            if millis(begins) > latest {
                return Err(Refused::NotYet);
            }
        }
        if millis(expires_at_seconds) <= expected.now_millis.saturating_sub(expected.leeway_millis) {
            return Err(Refused::Expired);
        }
        Ok(Self { subject: subject.into(), expires_at_seconds, issued_at_seconds, object })
    }

    /// A claim of any name, or one inside another: `realm_access.roles`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Value> {
        self.object.get(path).or_else(|| {
            let mut names = path.split('.');
            let first = self.object.get(names.next()?)?;
            names.try_fold(first, |value, name| value.get(name))
        })
    }
}

fn names_audience(claim: Option<&Value>, audience: &str) -> Result<bool, Refused> {
    match claim {
        Some(Value::String(only)) => Ok(only == audience),
        Some(Value::Array(several)) if several.len() <= AUDIENCES_MAX => {
            if !several.iter().all(Value::is_string) {
                return Err(Refused::Claim);
            }
            Ok(several.iter().any(|named| named == audience))
        }
        _ => Err(Refused::Claim),
    }
}

/// A date: a whole number of seconds, and nothing else that looks like one.
fn seconds(object: &Map<String, Value>, name: &str) -> Result<Option<u64>, Refused> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => match number.as_u64() {
            Some(seconds) if seconds <= SECONDS_MAX => Ok(Some(seconds)),
            _ => Err(Refused::Claim),
        },
        Some(_) => Err(Refused::Claim),
    }
}

fn millis(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use serde_json::json;

    const EXPECTED: Expected<'_> =
        Expected { issuer: "i", audience: "a", leeway_millis: 0, now_millis: 1_000_000 };

    fn read(claims: Value) -> Result<Claims, Refused> {
        Claims::read(claims.as_object().unwrap().clone(), &EXPECTED)
    }

    #[test]
    fn a_token_is_good_from_its_first_second_to_the_one_before_its_last() {
        let at =
            |nbf: u64, exp: u64| read(json!({ "iss": "i", "aud": "a", "sub": "s", "nbf": nbf, "exp": exp }));
        assert!(at(1_000, 1_001).is_ok());
        assert_eq!(at(1_001, 1_002).unwrap_err(), Refused::NotYet);
        assert_eq!(at(900, 1_000).unwrap_err(), Refused::Expired);
    }

    #[test]
    fn a_claim_inside_another_is_found_by_its_path_and_a_name_with_dots_first() {
        let claims = read(json!({
            "iss": "i", "aud": ["b", "a"], "sub": "s", "exp": 2_000,
            "realm_access": { "roles": ["customer"] }, "https://x.example/roles": ["staff"],
        }))
        .unwrap();
        assert_eq!(claims.get("realm_access.roles"), Some(&json!(["customer"])));
        assert_eq!(claims.get("https://x.example/roles"), Some(&json!(["staff"])));
        assert_eq!(claims.get("realm_access.none"), None);
    }
}
