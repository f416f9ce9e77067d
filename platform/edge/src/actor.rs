//! Who acts, under open identity: the header `Jumun-Actor`, believed as it stands.
//!
//! Open identity is for loopback and for trying things out; once identity is configured the
//! header is refused and the actor comes from the credentials.

use std::fmt;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;

use crate::header_text;
use crate::problem::Problem;

/// The header's name.
pub const JUMUN_ACTOR: &str = "Jumun-Actor";

/// Longest name of an actor, in characters.
pub const ACTOR_NAME_CHARS_MAX: usize = 64;

const EXPECTED: &str = "customer:NAME, staff:NAME, courier:NAME, manager:NAME or operator:NAME, \
                        where NAME is 1 to 64 of A-Z a-z 0-9 . _ @ -";

/// In which part somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorRole {
    /// Nobody in particular.
    Anonymous,
    /// Orders and pays.
    Customer,
    /// Accepts, makes and hands over.
    Staff,
    /// Delivers.
    Courier,
    /// Runs a shop.
    Manager,
    /// Runs the system.
    Operator,
}

/// Who acts, as the header says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ActorHeader {
    role: ActorRole,
    canonical: Box<str>,
}

impl ActorHeader {
    /// Nobody in particular; what a request without the header is from.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { role: ActorRole::Anonymous, canonical: "anonymous".into() }
    }

    /// Reads `role:name` (or `anonymous`).
    ///
    /// # Errors
    /// [`crate::problem::ProblemKind::MalformedHeader`] naming the header.
    pub fn try_new(text: &str) -> Result<Self, Problem> {
        let malformed = || header_text::malformed(JUMUN_ACTOR, EXPECTED);
        if text == "anonymous" {
            return Ok(Self::anonymous());
        }
        let (role, name) = text.split_once(':').ok_or_else(malformed)?;
        let role = match role {
            "customer" => ActorRole::Customer,
            "staff" => ActorRole::Staff,
            "courier" => ActorRole::Courier,
            "manager" => ActorRole::Manager,
            "operator" => ActorRole::Operator,
            _ => return Err(malformed()),
        };
        if !is_name(name) {
            return Err(malformed());
        }
        Ok(Self { role, canonical: text.into() })
    }

    /// Who these headers say acts.
    ///
    /// # Errors
    /// [`crate::problem::ProblemKind::MalformedHeader`] naming the header.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, Problem> {
        match header_text::single(headers, JUMUN_ACTOR, EXPECTED)? {
            Some(text) => Self::try_new(text),
            None => Ok(Self::anonymous()),
        }
    }

    /// The part they act in.
    #[must_use]
    pub fn role(&self) -> ActorRole {
        self.role
    }

    /// Their name within the role; empty for nobody in particular.
    #[must_use]
    pub fn name(&self) -> &str {
        self.canonical.split_once(':').map_or("", |(_, name)| name)
    }

    /// `role:name`, the same text for the same actor.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.canonical
    }
}

fn is_name(name: &str) -> bool {
    (1..=ACTOR_NAME_CHARS_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte))
}

impl fmt::Display for ActorHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ActorHeader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::from_headers(&parts.headers)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use http::HeaderValue;

    #[test]
    fn every_role_is_read_with_its_name() {
        for (text, role) in [
            ("customer:1", ActorRole::Customer),
            ("staff:kim", ActorRole::Staff),
            ("courier:c-7", ActorRole::Courier),
            ("manager:lee@shop.kr", ActorRole::Manager),
            ("operator:o.1", ActorRole::Operator),
        ] {
            let actor = ActorHeader::try_new(text).unwrap();

            assert_eq!((actor.role(), actor.as_str()), (role, text));
            assert_eq!(Some(actor.name()), text.split_once(':').map(|(_, name)| name));
        }
    }

    #[test]
    fn a_request_without_the_header_is_from_nobody_in_particular() {
        let actor = ActorHeader::from_headers(&HeaderMap::new()).unwrap();

        assert_eq!((actor.role(), actor.as_str()), (ActorRole::Anonymous, "anonymous"));
    }

    #[test]
    fn a_malformed_header_is_a_400_that_names_it() {
        let long = format!("staff:{}", "x".repeat(65));
        for text in ["", "kim", "root:1", "staff:", "staff:a b", "Staff:kim", "staff:a:b", &long] {
            let mut headers = HeaderMap::new();
            headers.insert("jumun-actor", HeaderValue::from_str(text).unwrap());

            let problem = ActorHeader::from_headers(&headers).unwrap_err();

            assert_eq!(problem.status(), 400, "{text}");
            assert_eq!(problem.document().errors[0].field, JUMUN_ACTOR);
        }
    }
}
