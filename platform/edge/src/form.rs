//! The forms of what strangers send, by name, so that whoever proves that any bytes are read or refused
//! reaches each of them without a route around it.

use std::fmt;

use axum::extract::Query;
use http::Uri;
use serde::de::DeserializeOwned;

use crate::json::read_json;
use crate::params::query_problem;
use crate::problem::Problem;

/// A body or a query that some route takes.
#[derive(Clone, Copy)]
pub struct Form {
    /// The type that it becomes.
    pub name: &'static str,
    /// Reads it as the route does.
    pub read: fn(&[u8]) -> Result<(), Problem>,
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The form of a JSON body.
#[must_use]
pub fn body<T: DeserializeOwned>() -> Form {
    Form { name: std::any::type_name::<T>(), read: |bytes| read_json::<T>(bytes).map(drop) }
}

/// The form of a query. Bytes that can stand in no address never come so far, and are let pass.
#[must_use]
pub fn query<T: DeserializeOwned>() -> Form {
    Form { name: std::any::type_name::<T>(), read: read_query::<T> }
}

fn read_query<T: DeserializeOwned>(bytes: &[u8]) -> Result<(), Problem> {
    let Ok(uri) = Uri::try_from([b"/?", bytes].concat()) else { return Ok(()) };
    match Query::<T>::try_from_uri(&uri) {
        Ok(_) => Ok(()),
        Err(rejection) => Err(query_problem(&rejection)),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        #[expect(dead_code, reason = "only its reading is tested")]
        quantity: u32,
    }

    #[test]
    fn a_body_and_a_query_are_read_as_a_route_reads_them() {
        assert!((body::<Wish>().read)(br#"{"quantity":3}"#).is_ok());
        assert!((query::<Wish>().read)(b"quantity=3").is_ok());
        for form in [body::<Wish>(), query::<Wish>()] {
            assert_eq!((form.read)(b"price=3").unwrap_err().status(), 400, "{form:?}");
        }
        assert!((query::<Wish>().read)(b"\0 \xff").is_ok(), "no address");
    }
}
