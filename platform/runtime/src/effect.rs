use std::future::Future;
use std::pin::Pin;

use kernel::{Causation, OrderId};

use crate::Service;

/// Timers of this kind are effects whose lease ran out.
pub const EFFECT_KIND_PREFIX: &str = "effect:";

/// A call into the world, from a committed intent. It has a lease: where no result has come back
/// by its end, it is started again, with the next attempt number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectStart {
    /// Its key; [`crate::Turn::finish_effect`] with it ends the lease.
    pub key: String,
    /// What to do, such as `authorize`.
    pub kind: String,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// What the kind needs to know, JSON.
    pub payload: Vec<u8>,
    /// What caused it: the result's cause too.
    pub causation: Causation,
}

/// Performs the effects of a service, outside the writer.
pub trait EffectRunner<S: Service>: Send + Sync + 'static {
    /// Performs one. The result comes back as a command; `None` where the lease shall decide.
    fn run(&self, effect: EffectStart) -> Pin<Box<dyn Future<Output = Option<S::Command>> + Send + '_>>;
}

/// A service without effects.
impl<S: Service> EffectRunner<S> for () {
    fn run(&self, _: EffectStart) -> Pin<Box<dyn Future<Output = Option<S::Command>> + Send + '_>> {
        Box::pin(std::future::ready(None))
    }
}
