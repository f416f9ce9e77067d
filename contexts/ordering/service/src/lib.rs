//! How ordering runs.
