use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::answer::Answer;
use crate::house::{Address, House};
use crate::lexicon::Lexicon;
use crate::wait::eventually;

/// Somebody who speaks a shop's own words: says what the documents say, whatever the words are called.
#[derive(Debug, Clone)]
pub struct Speaker {
    address: Address,
    prefix: String,
    lexicon: Lexicon,
}

/// What a speaker is answered, in the words of the documents.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null where there is none.
    pub body: Value,
    /// The body, as it came.
    pub bytes: Vec<u8>,
}

impl Speaker {
    /// Speaks to the shop that is alone in a house, at its root.
    #[must_use]
    pub fn at_the_root(house: &House) -> Self {
        Self::of(house.address(), "")
    }

    /// Speaks to a shop under its name.
    #[must_use]
    pub fn under(house: &House, key: &str) -> Self {
        Self::of(house.address(), &format!("/{key}"))
    }

    /// Speaks to a shop at the root of any program.
    #[must_use]
    pub fn through(base: &str) -> Self {
        Self::of(Address::new(base), "")
    }

    fn of(address: Address, prefix: &str) -> Self {
        Self { address, prefix: prefix.to_owned(), lexicon: Lexicon::default() }
    }

    /// The same in other words.
    #[must_use]
    pub fn saying(self, lexicon: Lexicon) -> Self {
        Self { lexicon, ..self }
    }

    /// The address of something of the shop.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.address.url(&format!("{}{}", self.prefix, self.lexicon.other(path)))
    }

    /// Says something, with headers.
    pub async fn says(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Spoken {
        let mut request = self.address.http().request(method, self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&self.lexicon.body(&body));
        }
        let Answer { status, headers, bytes } = Answer::to(request).await;
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Spoken { status, headers, body: self.lexicon.answer(&body), bytes }
    }

    /// GET
    pub async fn get(&self, path: &str) -> Spoken {
        self.says(Method::GET, path, None, &[]).await
    }

    /// POST
    pub async fn post(&self, path: &str, body: Value) -> Spoken {
        self.says(Method::POST, path, Some(body), &[]).await
    }

    /// PATCH
    pub async fn patch(&self, path: &str, body: Value) -> Spoken {
        self.says(Method::PATCH, path, Some(body), &[]).await
    }

    /// PUT without a body
    pub async fn put(&self, path: &str) -> Spoken {
        self.says(Method::PUT, path, None, &[]).await
    }

    /// DELETE
    pub async fn delete(&self, path: &str) -> Spoken {
        self.says(Method::DELETE, path, None, &[]).await
    }

    /// Makes a row; the id of its address.
    pub async fn makes(&self, collection: &str, body: Value) -> (u64, Value) {
        let made = self.post(collection, body).await.is(201);
        let place = self.lexicon.own(made.header("location").unwrap_or_default());
        assert!(place.starts_with(&self.address.url(&format!("{}{collection}/", self.prefix))), "{place}");
        assert_eq!(made.body["_links"]["self"]["href"], place, "{:#}", made.body);
        (place.rsplit('/').next().unwrap_or_default().parse().unwrap(), made.body)
    }

    /// Waits until a field of a row has a value, and answers the row.
    pub async fn becomes(&self, path: &str, field: &str, value: &str) -> Value {
        let what = format!("{field} {value} of {path}");
        let look = async || self.get(path).await;
        eventually(&what, look, |seen| seen.status == 200 && seen.body[field] == value).await.body
    }

    /// The rows of a collection that tell of an order.
    pub async fn rows_of(&self, collection: &str, order: u64) -> Vec<Value> {
        let page = self.get(&format!("{collection}?size=1000")).await.is(200);
        page.rows(collection).into_iter().filter(|row| row["orderId"] == order).collect()
    }

    /// Waits until so many rows of a collection tell of an order, and answers them.
    pub async fn has_rows_of(&self, collection: &str, order: u64, count: usize) -> Vec<Value> {
        let what = format!("{count} rows of {collection} for order {order}");
        eventually(&what, async || self.rows_of(collection, order).await, |rows| rows.len() == count).await
    }
}

impl Spoken {
    /// The same, where the status is this one.
    ///
    /// # Panics
    /// Where it is another.
    #[must_use]
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The rows of a page of a collection.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    #[track_caller]
    pub fn rows(&self, collection: &str) -> Vec<Value> {
        let name = collection.trim_start_matches('/').split(['?', '/']).next().unwrap_or_default();
        self.body["_embedded"][name].as_array().unwrap_or_else(|| panic!("no rows: {:#}", self.body)).clone()
    }

    /// The fields that a problem names, where it has this status.
    ///
    /// # Panics
    /// When it is no such problem.
    #[track_caller]
    pub fn refuses(self, status: u16, fields: &[&str]) {
        let problem = self.is(status);
        assert_eq!(problem.header("content-type"), Some("application/problem+json"), "{problem:?}");
        let named = problem.body["errors"].as_array().into_iter().flatten();
        let named: BTreeSet<&str> = named.filter_map(|error| error["field"].as_str()).collect();
        assert_eq!(named, fields.iter().copied().collect(), "{:#}", problem.body);
    }
}
