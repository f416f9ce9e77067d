//! What stands around the routes, as the document says it: the layers of the door may answer any request
//! themselves, so no route has to say it.

use std::collections::btree_map::Entry;

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder};

const ACTOR: &str = "Jumun-Actor";
/// As `edge::actor` reads it.
const ACTOR_FORM: &str = "^(anonymous|(customer|staff|courier|manager|operator):[A-Za-z0-9._@-]{1,64})$";
const KEY: &str = "Idempotency-Key";
/// As `edge::idempotency` reads it.
const KEY_FORM: &str = "^[!-~]{1,255}$";

/// What any request may be answered.
const EVERYWHERE: [(&str, &str); 3] = [
    ("400", "The request or one of its headers is malformed"),
    ("429", "Too many requests: come back after Retry-After"),
    ("503", "Overloaded, stopping, or the store cannot answer: come back after Retry-After"),
];
/// What a request that would change something may be answered besides.
const WHERE_IT_CHANGES: [(&str, &str); 2] =
    [("403", "Not for whoever acts, or a page of another origin"), ("408", "The body came too slowly")];

/// Adds to every operation the answers of the layers around it, and the header that they read, where it
/// does not say more of them itself.
pub(super) fn add(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, patch, .. } = item;
        for operation in [get].into_iter().flatten() {
            describe(operation, &EVERYWHERE);
        }
        for operation in [put, post, delete, patch].into_iter().flatten() {
            describe(operation, &EVERYWHERE);
            describe(operation, &WHERE_IT_CHANGES);
        }
    }
}

fn describe(operation: &mut Operation, answers: &[(&str, &str)]) {
    for (status, description) in answers {
        if let Entry::Vacant(vacant) = operation.responses.responses.entry((*status).to_owned()) {
            vacant.insert(problem(description).into());
        }
    }
    let parameters = operation.parameters.get_or_insert_default();
    let mut says_who = false;
    for parameter in parameters.iter_mut() {
        let RefOr::T(parameter) = parameter else { continue };
        match parameter.name.as_str() {
            ACTOR => {
                says_who = true;
                parameter.schema = Some(text(ACTOR_FORM).into());
            }
            KEY => parameter.schema = Some(text(KEY_FORM).into()),
            _ => {}
        }
    }
    if !says_who {
        let actor = ParameterBuilder::new()
            .name(ACTOR)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("Who acts, under open identity"))
            .schema(Some(text(ACTOR_FORM)));
        parameters.push(actor.build().into());
    }
}

fn text(form: &str) -> Object {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(form)).build()
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::collections::BTreeSet;

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let document = serde_json::to_value(crate::openapi::document()).unwrap();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let text = document.to_string();
        let astray: BTreeSet<_> = text
            .split("\"#/components/schemas/")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|name| !schemas.contains_key(*name))
            .collect();
        assert_eq!(astray, BTreeSet::new());
    }

    /// The one that is merged first would stand for both.
    #[test]
    fn no_name_of_the_document_is_two_things() {
        let mut told = std::collections::BTreeMap::new();
        for role in crate::roles::Role::contexts() {
            let document = serde_json::to_value(crate::openapi::of_role(role)).unwrap();
            for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
                let first = told.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(first, schema, "{name} of {} is something else elsewhere", role.name());
            }
        }
    }

    #[test]
    fn every_operation_says_what_the_door_may_answer() {
        let document = serde_json::to_value(crate::openapi::document()).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                for status in ["400", "429", "503"] {
                    assert!(operation["responses"].get(status).is_some(), "{method} {path}: {status}");
                }
            }
        }
    }
}
