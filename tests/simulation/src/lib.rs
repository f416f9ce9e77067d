//! All roles in one thread, in virtual time, with faults from a seed.
