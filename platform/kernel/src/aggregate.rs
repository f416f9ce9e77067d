use std::fmt::Debug;

use crate::Published;

/// The thing that decides. Its `Default` is the state before any event.
///
/// `decide` returns no events when the wish is already true, and a refusal only when the wish is
/// wrong. `evolve` accepts every stored fact as it is: it cannot fail. Time, ids and chance are
/// part of the command.
///
/// ```
/// # use kernel::{Aggregate, Published, Encoded, DecodeError};
/// # #[derive(Clone, Debug)] enum LampEvent { SwitchedOn }
/// # impl Published for LampEvent {
/// #   fn event_type(&self) -> &'static str { "lamp-switched-on.v1" }
/// #   fn encode(&self) -> Encoded { Encoded { data: b"{}".to_vec(), personal: None } }
/// #   fn decode(_: &str, _: &[u8], _: Option<&[u8]>) -> Result<Self, DecodeError> { Ok(Self::SwitchedOn) }
/// # }
/// #[derive(Default, Clone)]
/// enum Lamp { #[default] Dark, Lit }
/// enum LampCommand { SwitchOn }
///
/// impl Aggregate for Lamp {
///     const KIND: &'static str = "lamp";
///     type Command = LampCommand;
///     type Event = LampEvent;
///     type Rejection = std::convert::Infallible;
///     fn decide(&self, _: LampCommand) -> Result<Vec<LampEvent>, Self::Rejection> {
///         match self {
///             Lamp::Dark => Ok(vec![LampEvent::SwitchedOn]),
///             Lamp::Lit => Ok(vec![]),
///         }
///     }
///     fn evolve(self, _: &LampEvent) -> Self { Lamp::Lit }
/// }
/// ```
pub trait Aggregate: Default + Clone + Send + 'static {
    /// The kind of its streams, such as `order`.
    const KIND: &'static str;
    /// Changes when `evolve` changes meaning: snapshots of another version are not used.
    const EVOLVE_VERSION: u32 = 1;
    /// Whether its streams grow long enough to be kept as snapshots too.
    const HAS_SNAPSHOTS: bool = false;
    /// A wish.
    type Command;
    /// A fact.
    type Event: Published;
    /// The business says no.
    type Rejection: Debug + Send;

    /// Decides a wish.
    ///
    /// # Errors
    /// The refusal, when the state forbids the wish.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// Folds one fact into the state.
    #[must_use]
    fn evolve(self, event: &Self::Event) -> Self;

    /// The state in a form that a snapshot keeps, where [`Self::HAS_SNAPSHOTS`].
    fn to_snapshot(&self) -> Option<Vec<u8>> {
        None
    }

    /// Reads what [`Self::to_snapshot`] wrote.
    fn from_snapshot(_bytes: &[u8]) -> Option<Self> {
        None
    }
}
