use std::fmt;

use serde::{Deserialize, Deserializer};

/// Something that nobody may read by accident: it prints as `***`, and it cannot be serialised,
/// so it can be in no event, no answer and no log line.
///
/// ```compile_fail
/// fn written<T: serde::Serialize>(_: T) {}
/// written(telemetry::Secret::new("token"));
/// ```
#[derive(Clone, Default)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: only where it is used, never where it is shown.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Secrets come from configuration.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_secret_is_never_printed_whatever_holds_it() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "read by Debug only")]
        struct Settings {
            token: Secret<String>,
        }
        let token = Secret::new("canary".to_owned());
        assert_eq!(format!("{token} {token:?} {token:#?}"), "*** *** ***");
        let settings = Settings { token };
        assert_eq!(format!("{settings:?}"), "Settings { token: *** }");
    }

    #[test]
    fn a_secret_is_read_from_configuration_and_used_as_it_is() {
        let token: Secret<String> = serde_json::from_str("\"canary\"").unwrap();
        assert_eq!(token.expose(), "canary");
    }
}
