//! Speed, side by side with a bare echo in one run.
