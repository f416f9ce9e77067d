//! The header `Prefer`, as far as an answer may wait for news: RFC 7240.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;

/// An answer waits no longer than this, whatever is preferred.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// `Prefer: wait=SECONDS`: an answer that would tell the client nothing new (404, 304) is put off so long for
/// something that does.
///
/// A preference asks for something and promises nothing: what is unknown or malformed is as if it were not said
/// (RFC 7240, section 2), and nobody waits for more than five seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wait(Duration);

impl Wait {
    /// For how long; zero where nothing was preferred.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }

    fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        // Of one that is said more than once the first counts.
        let wait = values.flat_map(|value| value.split(',')).find_map(|preference| {
            let (name, value) = preference.split(';').next()?.split_once('=')?;
            name.trim().eq_ignore_ascii_case("wait").then(|| value.trim().trim_matches('"').parse::<u64>())
        });
        let seconds = wait.and_then(Result::ok).unwrap_or_default();
        Self(Duration::from_secs(seconds).min(WAIT_MAX))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn seconds(values: &[&str]) -> u64 {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("prefer", value.parse().unwrap());
        }
        Wait::of(&headers).duration().as_secs()
    }

    #[test]
    fn whoever_prefers_to_wait_waits_for_so_long_and_never_for_more_than_five_seconds() {
        assert_eq!((seconds(&[]), seconds(&["wait=3"]), seconds(&["wait=99999"])), (0, 3, 5));
    }

    #[test]
    fn it_is_found_among_other_preferences_and_the_first_of_two_counts() {
        assert_eq!(seconds(&["respond-async, Wait = \"2\"; x=1, wait=4", "wait=1"]), 2);
        assert_eq!(seconds(&["return=minimal", "wait=1"]), 1);
    }

    #[test]
    fn what_is_malformed_is_as_if_it_were_not_said() {
        for value in ["wait", "wait=", "wait=-1", "wait=soon", "await=3", "wait=18446744073709551616", ",;=,"]
        {
            assert_eq!(seconds(&[value]), 0, "{value}");
        }
    }
}
