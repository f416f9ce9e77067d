//! The processor: one writer per service. It drains whatever waits - commands, results of effects,
//! neighbours' events, due timers - decides them in turn, and commits them together; callers are
//! answered after the commit.
//!
//! [`Processor::step`] is a plain synchronous function from (time, inputs, journal) to outputs, so
//! that a simulator can run the whole house in one thread. [`Writer`] is the thin shell around it:
//! a thread, bounded lanes, a bell.
//!
//! To add a service: implement [`Service`]. Each of its use cases, policies and timers gets a
//! [`Turn`]: load state, decide, stage rows and timers and effects; all of a turn is committed or,
//! where it is refused or panics, none of it.

mod cache;
mod cause;
mod effect;
mod handle;
mod heard;
mod inputs;
mod kept;
mod keys;
mod observer;
mod outputs;
mod parking;
mod performing;
mod processor;
mod readers;
mod service;
mod staging;
mod subscription;
mod time;
mod turn;
mod waiters;
mod writer;

pub use effect::{EFFECT_KIND_PREFIX, EffectRunner, EffectStart};
pub use handle::{CallError, Handle, Sent};
pub use heard::Heard;
pub use inputs::{Admin, Admission, CommandEnvelope, EventsFrom, Inputs, Ticket};
pub use kept::{Kept, Seen};
pub use keys::{KEYS_KEPT_MILLIS, KeyUse, forget_keys};
pub use observer::{BatchFacts, Observer, SilentObserver};
pub use outputs::{AdminReply, Answer, Change, Outputs, Stall};
pub use processor::{Processor, Quotas};
pub use readers::Readers;
pub use service::{Failure, PolicyFailure, Service};
pub use staging::Added;
pub use turn::{Executed, Remembered, Turn};
pub use waiters::{News, Waiters, Watch};
pub use writer::{FeedOpener, Writer, WriterOptions, WriterStopped};
