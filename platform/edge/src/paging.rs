//! Pages of a list: a limit, an opaque cursor, the page itself.
//!
//! A list puts `limit: Limit` and `cursor: Option<CursorText>` into its query type, opens the
//! cursor under a scope of its own (the list's name and its filters), reads one item more than
//! the limit and answers with [`Page::of`].

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{Problem, ProblemKind};

/// Most items on a page.
pub const LIMIT_MAX: u16 = 200;
/// Items on a page when nobody says.
pub const LIMIT_DEFAULT: u16 = 50;

const CURSOR_VERSION: u8 = 1;
const SEAL_LEN: usize = 6;
const CURSOR_LEN: usize = 1 + 8 + 16 + SEAL_LEN;

/// How many items a page may have: 1 to 200, 50 when nobody says. Put `#[serde(default)]` on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = u16, minimum = 1, maximum = 200, default = 50)]
pub struct Limit(u16);

impl Limit {
    /// The limit as a count.
    #[must_use]
    pub fn get(self) -> usize {
        usize::from(self.0)
    }

    /// A limit within the bounds.
    #[must_use]
    pub fn try_new(limit: u16) -> Option<Self> {
        (1..=LIMIT_MAX).contains(&limit).then_some(Self(limit))
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT_DEFAULT)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A query gives text where JSON gives a number; both are read here.
        struct LimitVisitor;
        impl de::Visitor<'_> for LimitVisitor {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number from 1 to {LIMIT_MAX}")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Limit, E> {
                u16::try_from(number)
                    .ok()
                    .and_then(Limit::try_new)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
                text.parse()
                    .ok()
                    .and_then(Limit::try_new)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(LimitVisitor)
    }
}

/// Where a page ended: the position that the list is sorted by, and the id among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Position, time in milliseconds or number: whatever the list is sorted by.
    pub position: i64,
    /// The id of the last item of the page.
    pub id: Uuid,
}

impl Cursor {
    /// The cursor as text, good only for lists of the same scope.
    #[must_use]
    pub fn seal(self, scope: &str) -> String {
        let mut bytes = [0_u8; CURSOR_LEN];
        bytes[0] = CURSOR_VERSION;
        bytes[1..9].copy_from_slice(&self.position.to_be_bytes());
        bytes[9..25].copy_from_slice(self.id.as_bytes());
        let seal = seal_of(scope, &bytes[..25]);
        bytes[25..].copy_from_slice(&seal);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

fn seal_of(scope: &str, content: &[u8]) -> [u8; SEAL_LEN] {
    let mut hasher = blake3::Hasher::new_derive_key("jumun 2026 page cursor");
    hasher.update(content);
    hasher.update(scope.as_bytes());
    let mut seal = [0; SEAL_LEN];
    hasher.finalize_xof().fill(&mut seal);
    seal
}

/// A cursor as the client sent it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct CursorText(String);

impl CursorText {
    /// Opens a cursor that [`Cursor::seal`] made for the same scope.
    ///
    /// # Errors
    /// [`ProblemKind::InvalidCursor`] when the text was changed, is of another version, or of a
    /// list with other filters.
    pub fn open(&self, scope: &str) -> Result<Cursor, Problem> {
        self.try_open(scope).ok_or_else(|| {
            Problem::of(ProblemKind::InvalidCursor)
                .field("cursor", "`next` of the page before, with the same filters")
        })
    }

    fn try_open(&self, scope: &str) -> Option<Cursor> {
        // Decoding by hand into a fixed size: a long text is refused before it is decoded.
        if self.0.len() != (CURSOR_LEN * 4).div_ceil(3) {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).ok()?;
        let (content, seal) = bytes.split_at_checked(CURSOR_LEN - SEAL_LEN)?;
        if content[0] != CURSOR_VERSION || seal != seal_of(scope, content) {
            return None;
        }
        Some(Cursor {
            position: i64::from_be_bytes(content[1..9].try_into().ok()?),
            id: Uuid::from_slice(&content[9..25]).ok()?,
        })
    }
}

/// An item of a list as it is stored: JSON that is not read only to be written again.
#[derive(Debug)]
pub struct StoredItem {
    number: u64,
    id: Uuid,
    body: Box<RawValue>,
}

impl StoredItem {
    /// The item of a row, by the number that its list is sorted by.
    ///
    /// # Errors
    /// What is wrong with the body, where it is no JSON.
    pub fn read(number: u64, id: Uuid, body: Vec<u8>) -> Result<Self, String> {
        let text = String::from_utf8(body).map_err(|error| error.to_string())?;
        let body = RawValue::from_string(text).map_err(|error| error.to_string())?;
        Ok(Self { number, id, body })
    }

    /// Where a page that ends with it ends.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { position: i64::try_from(self.number).unwrap_or(i64::MAX), id: self.id }
    }
}

impl Serialize for StoredItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body.serialize(serializer)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes the page from up to `limit + 1` items: the one too many only tells that there is a
    /// next page.
    #[must_use]
    pub fn of(mut items: Vec<T>, limit: Limit, scope: &str, cursor_of: impl Fn(&T) -> Cursor) -> Self {
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = match items.last() {
            Some(last) if more => Some(cursor_of(last).seal(scope)),
            _ => None,
        };
        Self { items, next }
    }

    /// The same page with other items.
    #[must_use]
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use crate::params::StrictQuery;
    use axum::extract::FromRequestParts;
    use proptest::prelude::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        #[serde(default)]
        limit: Limit,
        cursor: Option<CursorText>,
    }

    async fn query(uri: &str) -> Result<Query, Problem> {
        let request = http::Request::get(uri).body(()).unwrap();
        let (mut parts, ()) = request.into_parts();
        StrictQuery::from_request_parts(&mut parts, &()).await.map(|StrictQuery(query)| query)
    }

    #[tokio::test]
    async fn a_limit_is_1_to_200_and_50_when_nobody_says() {
        assert_eq!(query("/").await.unwrap().limit.get(), 50);
        assert_eq!(query("/?limit=200").await.unwrap().limit.get(), 200);
        assert!(query("/").await.unwrap().cursor.is_none());
        for limit in ["0", "201", "-1", "x", "", "99999999999999999999"] {
            let problem = query(&format!("/?limit={limit}")).await.unwrap_err();

            let error = &problem.document().errors[0];
            assert_eq!(
                (error.field.as_str(), error.expected.as_str()),
                ("limit", "a whole number from 1 to 200")
            );
        }
    }

    #[test]
    fn a_full_page_points_to_the_next_and_the_last_one_does_not() {
        let limit = Limit::try_new(2).unwrap();
        let at = |n: &i64| Cursor { position: *n, id: Uuid::nil() };

        let page = Page::of(vec![1, 2, 3], limit, "orders", at);
        let last = Page::of(vec![3, 4], limit, "orders", at);

        assert_eq!(page.items, [1, 2]);
        let next = CursorText(page.next.unwrap()).open("orders").unwrap();
        assert_eq!(next.position, 2);
        assert_eq!(last.next, None);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let text = CursorText(Cursor { position: 1, id: Uuid::nil() }.seal("orders?state=paid"));

        let problem = text.open("orders?state=placed").unwrap_err();

        assert_eq!(problem.kind(), ProblemKind::InvalidCursor);
    }

    proptest! {
        #[test]
        fn a_sealed_cursor_opens_to_itself(position: i64, id: u128, scope in ".{0,9}") {
            let cursor = Cursor { position, id: Uuid::from_u128(id) };

            prop_assert_eq!(CursorText(cursor.seal(&scope)).open(&scope).unwrap(), cursor);
        }

        #[test]
        fn a_changed_cursor_is_refused(position: i64, at in 0_usize..42, byte in b'0'..=b'z') {
            let sealed = Cursor { position, id: Uuid::nil() }.seal("orders");
            let mut bytes = sealed.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            let changed = String::from_utf8(bytes).unwrap();

            prop_assert_eq!(CursorText(changed.clone()).open("orders").is_ok(), changed == sealed);
        }

        #[test]
        fn any_text_is_refused_without_a_panic(text in ".{0,80}") {
            prop_assert!(CursorText(text).open("orders").is_err());
        }
    }
}
