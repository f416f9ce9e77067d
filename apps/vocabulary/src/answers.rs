use axum::body::Body;
use axum::response::Response;
use catalog_contract::Vocabulary;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::address::encode;
use crate::profile::PROFILE;
use crate::shown::Row;
use crate::speech::{Asked, Speech};

const HAL: HeaderValue = HeaderValue::from_static("application/hal+json");
const PLAIN: HeaderValue = HeaderValue::from_static("application/json");

/// A document with this status.
pub(crate) fn document(speech: &Speech, status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, if speech.plain { PLAIN } else { HAL });
    response
}

/// Nothing, well.
pub(crate) fn nothing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A row that was made, and where it is.
pub(crate) fn created(asked: &Asked<'_>, row: &Row) -> Response {
    let mut response = document(asked.speech, StatusCode::CREATED, &item(asked, row));
    if let Ok(place) = HeaderValue::from_str(&asked.address_of(row)) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

/// A row with its links.
pub(crate) fn item(asked: &Asked<'_>, row: &Row) -> Value {
    let href = asked.address_of(row);
    let links = Map::from_iter([
        ("self".to_owned(), json!({ "href": href })),
        (asked.collection.singular.clone(), json!({ "href": href })),
    ]);
    let mut fields = row.fields(asked);
    fields.insert("_links".to_owned(), Value::Object(links));
    Value::Object(fields)
}

/// The entrance: a link to each collection, and to what they are made of.
pub(crate) fn root(speech: &Speech, words: &Vocabulary) -> Response {
    let mut links: Map<String, Value> = words
        .collections
        .keys()
        .map(|name| {
            let href = format!("{}/{name}{{?page,size,sort}}", speech.base);
            (name.clone(), json!({ "href": href, "templated": true }))
        })
        .collect();
    links.entry(PROFILE).or_insert_with(|| json!({ "href": format!("{}/{PROFILE}", speech.base) }));
    document(speech, StatusCode::OK, &json!({ "_links": links }))
}

impl Asked<'_> {
    /// Where the collection is.
    pub(crate) fn address(&self) -> String {
        format!("{}/{}", self.speech.base, self.name)
    }

    /// Where a row is.
    pub(crate) fn address_of(&self, row: &Row) -> String {
        format!("{}/{}", self.address(), encode(&row.id()))
    }

    /// The path of something of the shop in the canonical API.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/shops/{}{rest}", self.speech.life.key)
    }
}
