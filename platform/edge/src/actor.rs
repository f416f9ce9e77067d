//! Who acts: as credentials that were checked say, or, under open identity, as the header
//! `Jumun-Actor` does, believed as it stands.
//!
//! Open identity is for loopback and for trying things out; once identity is configured the
//! header is refused and [`crate::authority`] says who acts.

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
    /// A process of the same house, which acts for nobody: no header says this part.
    Service,
}

impl ActorRole {
    /// The part in a word, as it stands before a name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Courier => "courier",
            Self::Manager => "manager",
            Self::Operator => "operator",
            Self::Service => "service",
        }
    }
}

/// Who acts, as the credentials or the header say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ActorHeader {
    role: ActorRole,
    canonical: Box<str>,
    is_verified: bool,
}

impl ActorHeader {
    /// Nobody in particular; what a request without the header is from.
    #[must_use]
    pub fn anonymous() -> Self {
        Self { role: ActorRole::Anonymous, canonical: "anonymous".into(), is_verified: false }
    }

    /// Nobody in particular, where everybody else has shown who they are.
    #[must_use]
    pub(crate) fn verified_nobody() -> Self {
        Self { is_verified: true, ..Self::anonymous() }
    }

    /// Somebody whose credentials have been checked, in a part that they may play; `None` where the
    /// name is none.
    pub(crate) fn verified(role: ActorRole, name: &str) -> Option<Self> {
        let canonical = || format!("{}:{name}", role.as_str()).into_boxed_str();
        is_name(name).then(|| Self { role, canonical: canonical(), is_verified: true })
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
        Ok(Self { role, canonical: text.into(), is_verified: false })
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

    /// Who acts in a request: as its credentials say where they were looked at, else as its headers do.
    ///
    /// # Errors
    /// [`crate::problem::ProblemKind::MalformedHeader`] naming the header.
    pub fn of_request(parts: &Parts) -> Result<Self, Problem> {
        match parts.extensions.get::<Self>() {
            Some(actor) => Ok(actor.clone()),
            None => Self::from_headers(&parts.headers),
        }
    }

    /// Whether they have shown who they are; under open identity nobody has.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// Whether they may see what is this customer's; `None`: what names nobody, which a customer who has
    /// shown who they are does not see. Whoever works in a shop sees what is of the shop. Under open
    /// identity whoever says nothing sees what they know the name of.
    #[must_use]
    pub fn may_see(&self, customer: Option<&str>) -> bool {
        match (self.role, customer) {
            (ActorRole::Customer, Some(customer)) => customer == self.name(),
            (ActorRole::Customer | ActorRole::Anonymous, None) => !self.is_verified,
            (ActorRole::Anonymous, Some(_)) => !self.is_verified,
            (ActorRole::Service, _) => false,
            _ => true,
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
        Self::of_request(parts)
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
    fn credentials_that_were_checked_win_over_the_header() {
        let request = http::Request::get("/").header("jumun-actor", "operator:eve");
        let mut parts = request.body(()).unwrap().into_parts().0;
        parts.extensions.insert(ActorHeader::verified(ActorRole::Customer, "1").unwrap());

        assert_eq!(ActorHeader::of_request(&parts).unwrap().as_str(), "customer:1");
    }

    #[test]
    fn a_customer_sees_their_own_and_once_verified_nothing_that_names_nobody() {
        let said = ActorHeader::try_new("customer:1").unwrap();
        let shown = ActorHeader::verified(ActorRole::Customer, "1").unwrap();
        assert!(said.may_see(Some("1")) && shown.may_see(Some("1")));
        assert!(!said.may_see(Some("2")) && !shown.may_see(Some("2")));
        assert!(said.may_see(None));
        assert!(!shown.may_see(None));
    }

    #[test]
    fn nobody_in_particular_sees_what_they_know_the_name_of_under_open_identity_only() {
        assert!(ActorHeader::anonymous().may_see(Some("1")));
        assert!(!ActorHeader::verified_nobody().may_see(Some("1")));
        assert!(!ActorHeader::verified_nobody().may_see(None));
    }

    #[test]
    fn no_header_says_that_it_is_of_a_service() {
        assert!(ActorHeader::try_new("service:ordering").is_err());
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
