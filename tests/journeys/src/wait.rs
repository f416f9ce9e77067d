use std::fmt::Debug;
use std::time::Duration;

use tokio::time::Instant;

/// How long anything may take to come about before a journey gives up: far beyond the promises,
/// so that a busy machine fails nothing.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Looks again until it is as wished.
///
/// # Panics
/// With what was seen last, when it does not come about.
pub async fn eventually<T: Debug>(
    what: &str,
    mut look: impl AsyncFnMut() -> T,
    wished: impl Fn(&T) -> bool,
) -> T {
    let started = Instant::now();
    loop {
        let seen = look().await;
        if wished(&seen) {
            return seen;
        }
        assert!(started.elapsed() < PATIENCE, "{what} did not come about; last seen: {seen:#?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
