use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Who wished something: `customer:1`, `staff:kim`, `system`, `anonymous`.
///
/// It is the subject of idempotency, of "my orders" and of the timeline.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "customer:1")]
pub struct Actor(Arc<str>);

/// The part somebody plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    /// Nobody said who they are.
    Anonymous,
    /// Jumun itself: a policy, a timer.
    System,
    /// Somebody who orders.
    Customer,
    /// Somebody who makes or hands over.
    Staff,
    /// Somebody who delivers.
    Courier,
    /// Somebody who runs a shop.
    Manager,
    /// Somebody who runs Jumun.
    Operator,
}

/// Text that names no actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedActor;

impl fmt::Display for MalformedActor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected customer:ID, staff:ID, courier:ID, manager:ID, operator:ID, system or anonymous",
        )
    }
}

impl std::error::Error for MalformedActor {}

const ID_LENGTH_MAX: usize = 128;

impl Actor {
    /// Nobody said who they are.
    #[must_use]
    pub fn anonymous() -> Self {
        Self("anonymous".into())
    }

    /// Jumun itself.
    #[must_use]
    pub fn system() -> Self {
        Self("system".into())
    }

    /// Reads the written form.
    ///
    /// # Errors
    /// [`MalformedActor`] unless the text is `anonymous`, `system`, or a known kind, a colon and
    /// 1 to 128 printable ASCII characters.
    pub fn parse(text: &str) -> Result<Self, MalformedActor> {
        match text.split_once(':') {
            None if text == "anonymous" || text == "system" => Ok(Self(text.into())),
            Some(("customer" | "staff" | "courier" | "manager" | "operator", id))
                if !id.is_empty()
                    && id.len() <= ID_LENGTH_MAX
                    && id.bytes().all(|byte| byte.is_ascii_graphic()) =>
            {
                Ok(Self(text.into()))
            }
            _ => Err(MalformedActor),
        }
    }

    /// The written form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part they play.
    #[must_use]
    pub fn kind(&self) -> ActorKind {
        match self.0.split(':').next() {
            Some("system") => ActorKind::System,
            Some("customer") => ActorKind::Customer,
            Some("staff") => ActorKind::Staff,
            Some("courier") => ActorKind::Courier,
            Some("manager") => ActorKind::Manager,
            Some("operator") => ActorKind::Operator,
            _ => ActorKind::Anonymous,
        }
    }

    /// The id behind the colon, where there is one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.split_once(':').map(|(_, id)| id)
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Actor {
    type Error = MalformedActor;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.0.as_ref().to_owned()
    }
}
