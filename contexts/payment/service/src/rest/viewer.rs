//! What an actor may see.

use edge::actor::{ActorHeader, ActorRole};

/// The customer whose payments are the only ones that this actor may see; `None`: all.
pub(super) fn own_only(actor: &ActorHeader) -> Option<&str> {
    (actor.role() == ActorRole::Customer).then(|| actor.name())
}
