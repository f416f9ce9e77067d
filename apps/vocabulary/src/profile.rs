//! What a shop's rows and requests are made of, as ALPS: what clients of Spring Data REST ask `/profile` for.

use axum::response::Response;
use catalog_contract::{Collection, CommandForm, Vocabulary};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::answers::document;
use crate::speech::{Asked, Speech};

/// Where profiles are, unless a collection has the name.
pub(crate) const PROFILE: &str = "profile";

const ALPS: HeaderValue = HeaderValue::from_static("application/alps+json");

/// A link to the profile of each collection.
pub(crate) fn profiles(speech: &Speech, words: &Vocabulary) -> Response {
    let address = format!("{}/{PROFILE}", speech.base);
    let mut links = Map::from_iter([("self".to_owned(), json!({ "href": address }))]);
    links.extend(
        words.collections.keys().map(|name| (name.clone(), json!({ "href": format!("{address}/{name}") }))),
    );
    document(speech, StatusCode::OK, &json!({ "_links": links }))
}

/// The profile of a collection (Application-Level Profile Semantics, version 1.0).
pub(crate) fn profile(asked: &Asked<'_>) -> Response {
    let (name, collection) = (asked.name, asked.collection);
    let singular = &collection.singular;
    let representation = format!("{singular}-representation");
    let result = format!("#{representation}");
    let fields: Vec<Value> =
        collection.fields.keys().map(|field| json!({ "name": field, "type": "SEMANTIC" })).collect();
    let mut descriptors = vec![
        json!({ "id": representation, "href": asked.profile(), "descriptor": fields }),
        json!({ "id": format!("get-{name}"), "name": name, "type": "SAFE", "rt": result, "descriptor": paging() }),
        json!({ "id": format!("get-{singular}"), "name": singular, "type": "SAFE", "rt": result }),
    ];
    if collection.takes {
        descriptors
            .push(json!({ "id": format!("create-{name}"), "name": name, "type": "UNSAFE", "rt": result }));
    }
    descriptors.extend(changes(collection).into_iter().map(|(method, kind)| {
        json!({ "id": format!("{method}-{singular}"), "name": singular, "type": kind, "rt": result })
    }));
    descriptors.extend(collection.searches.iter().map(|(search, words)| {
        let parameter = json!([{ "name": words.parameter(), "type": "SEMANTIC" }]);
        json!({ "name": search, "type": "SAFE", "rt": result, "descriptor": parameter })
    }));
    let body = json!({ "alps": { "version": "1.0", "descriptor": descriptors } });
    let mut response = document(asked.speech, StatusCode::OK, &body);
    response.headers_mut().insert(CONTENT_TYPE, ALPS);
    response
}

/// How a row is changed, where any command changes it.
fn changes(collection: &Collection) -> Vec<(&'static str, &'static str)> {
    let commands = &collection.commands;
    let mut changes = Vec::new();
    if !commands.is_empty() {
        changes.extend([("patch", "UNSAFE"), ("update", "IDEMPOTENT")]);
    }
    if commands.iter().any(|command| matches!(command.said, CommandForm::Delete(_))) {
        changes.push(("delete", "IDEMPOTENT"));
    }
    changes
}

fn paging() -> Value {
    ["page", "size", "sort"].map(|name| json!({ "name": name, "type": "SEMANTIC" })).into_iter().collect()
}

impl Asked<'_> {
    /// Where the collection's profile is.
    pub(crate) fn profile(&self) -> String {
        format!("{}/{PROFILE}/{}", self.speech.base, self.name)
    }
}
