//! The words every context shares: decider, envelope, ids, money, clock.
