//! The processor: one writer per service, group commit, timers, effects, parked events.
