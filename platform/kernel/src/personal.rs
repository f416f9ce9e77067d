use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that belongs to a person: never printed, stored apart, gone once erased.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal<T>(Option<T>);

impl<T> Personal<T> {
    /// Wraps it.
    pub const fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Nothing, or erased.
    #[must_use]
    pub const fn absent() -> Self {
        Self(None)
    }

    /// The value, for whoever has a reason to show it.
    pub const fn reveal(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T: Serialize> Personal<T> {
    /// The stored form; `None` when there is nothing.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        self.0.as_ref().and_then(|value| serde_json::to_vec(value).ok())
    }
}

impl<T: DeserializeOwned> Personal<T> {
    /// Reads the stored form; erased parts are empty.
    ///
    /// # Errors
    /// When the bytes do not fit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        if bytes.is_empty() {
            Ok(Self(None))
        } else {
            serde_json::from_slice(bytes).map(|value| Self(Some(value)))
        }
    }
}

impl<T> Default for Personal<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}
