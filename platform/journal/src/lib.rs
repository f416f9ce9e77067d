//! The write port: what a store must promise, and the suite that proves it.
