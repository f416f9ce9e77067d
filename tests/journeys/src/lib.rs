//! Real HTTP against the real binary.
