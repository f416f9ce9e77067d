use catalog_contract::{
    Collection, CommandForm, FieldMeaning, FieldType, FieldWords, RowKind, ShopLife, Vocabulary,
};
use serde_json::{Map, Value, json};

/// The document of a shop's own words (OpenAPI 3.1): made from the words alone.
#[must_use]
pub fn document(life: &ShopLife, words: &Vocabulary) -> Value {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for (name, collection) in &words.collections {
        collection_paths(name, collection, &mut paths);
        schemas.insert(collection.singular.clone(), row_schema(collection));
    }
    schemas.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{}, in its own words", life.name.en),
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0" },
            "description": "The same application as the canonical API, in the words of the shop's file. See docs/vocabularies.md.",
        },
        "servers": [{ "url": format!("/{}", life.key) }],
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn collection_paths(name: &str, collection: &Collection, paths: &mut Map<String, Value>) {
    let singular = &collection.singular;
    let mut list = Map::from_iter([(
        "get".to_owned(),
        operation(
            name,
            &format!("list {name}"),
            &paging(),
            None,
            &[("200", "A page of rows", Some(&page(name, singular)))],
        ),
    )]);
    if collection.takes {
        let made = [
            ("201", "The row as it stands then", Some(&row(singular))),
            ("402", "The payment was declined", None),
            ("409", "Another price, sold out, closed, or the first request is still running", None),
            ("422", "The key came with another body", None),
            ("503", "Payment, stock or the store does not answer", None),
        ];
        let key = json!([{ "name": "Idempotency-Key", "in": "header", "schema": { "type": "string" } }]);
        list.insert(
            "post".to_owned(),
            operation(name, &format!("make {singular}"), &key, Some(said(collection)), &made),
        );
    }
    paths.insert(format!("/{name}"), Value::Object(list));
    paths.insert(format!("/{name}/{{id}}"), Value::Object(item(name, collection)));
    for command in &collection.commands {
        if let CommandForm::Put(put) = &command.said {
            let moved = operation(
                name,
                &format!("{put} {singular}"),
                &id(collection),
                None,
                &borrowed(&moves(singular)),
            );
            paths.insert(format!("/{name}/{{id}}/{put}"), json!({ "put": moved }));
        }
    }
    for (search, words) in &collection.searches {
        let parameter = json!([{ "name": words.parameter(), "in": "query", "required": true, "schema": { "type": "string" } }]);
        let found = json!({ "type": "object", "properties": embedded(name, singular) });
        let operation = operation(name, search, &parameter, None, &[("200", "What was found", Some(&found))]);
        paths.insert(format!("/{name}/search/{search}"), json!({ "get": operation }));
    }
}

fn item(name: &str, collection: &Collection) -> Map<String, Value> {
    let singular = &collection.singular;
    let read = [("200", "The row", Some(row(singular))), ("404", "There is no such row", None)];
    let read = operation(name, &format!("read {singular}"), &id(collection), None, &borrowed(&read));
    let mut methods = Map::from_iter([("get".to_owned(), read)]);
    if collection.commands.is_empty() {
        return methods;
    }
    for method in ["patch", "put"] {
        let moved = operation(
            name,
            &format!("{method} {singular}"),
            &id(collection),
            Some(changed(collection)),
            &borrowed(&moves(singular)),
        );
        methods.insert(method.to_owned(), moved);
    }
    if let Some(patch) = methods.get_mut("patch") {
        patch["requestBody"]["content"]["application/json-patch+json"] = json!({ "schema": operations() });
    }
    if collection.commands.iter().any(|command| matches!(command.said, CommandForm::Delete(_))) {
        let gone = [
            ("204", "It is so", None),
            ("202", "It is wished; whoever decides it does not answer yet", Some(row(singular))),
            ("404", "There is no such row", None),
            ("409", "The state forbids it", None),
        ];
        methods.insert(
            "delete".to_owned(),
            operation(name, &format!("delete {singular}"), &id(collection), None, &borrowed(&gone)),
        );
    }
    methods
}

type Answer<'a> = (&'static str, &'static str, Option<&'a Value>);

fn borrowed<'a, const N: usize>(
    answers: &'a [(&'static str, &'static str, Option<Value>); N],
) -> [Answer<'a>; N] {
    answers.each_ref().map(|(status, description, body)| (*status, *description, body.as_ref()))
}

/// What a command is answered.
fn moves(singular: &str) -> [(&'static str, &'static str, Option<Value>); 6] {
    [
        ("200", "It is so", Some(row(singular))),
        ("202", "It is wished; whoever decides it does not answer yet", Some(row(singular))),
        ("404", "There is no such row", None),
        ("409", "The state forbids it, or no command changes the field", None),
        ("403", "This actor may not do that", None),
        ("503", "Whoever decides it is not there", None),
    ]
}

fn operation(
    tag: &str,
    summary: &str,
    parameters: &Value,
    body: Option<Value>,
    answers: &[Answer<'_>],
) -> Value {
    let problem = json!({ "application/problem+json": { "schema": reference("Problem") } });
    let mut responses: Map<String, Value> = answers
        .iter()
        .map(|(status, description, schema)| {
            let mut answer = json!({ "description": description });
            if let Some(schema) = schema {
                answer["content"] = json!({
                    "application/hal+json": { "schema": schema },
                    "application/json": { "schema": schema },
                });
            } else if *status != "204" {
                answer["content"] = problem.clone();
            }
            ((*status).to_owned(), answer)
        })
        .collect();
    responses.insert("default".to_owned(), json!({ "description": "A problem", "content": problem }));
    let words = summary.split(' ').collect::<Vec<_>>().join("_");
    let mut operation = json!({
        "tags": [tag],
        "operationId": format!("{tag}.{words}"),
        "summary": summary,
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(schema) = body {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    operation
}

fn id(collection: &Collection) -> Value {
    let kind = if collection.rows == RowKind::Menu { "string" } else { "integer" };
    json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": kind } }])
}

fn paging() -> Value {
    let number = |name: &str, otherwise: u32| json!({ "name": name, "in": "query", "schema": { "type": "integer", "default": otherwise } });
    json!([
        number("page", 0),
        number("size", 20),
        { "name": "sort", "in": "query", "schema": { "type": "string", "examples": ["field,desc"] } },
    ])
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn row(singular: &str) -> Value {
    reference(singular)
}

fn embedded(name: &str, singular: &str) -> Value {
    json!({
        "_embedded": { "type": "object", "properties": { name: { "type": "array", "items": row(singular) } } },
        "_links": { "type": "object" },
    })
}

fn page(name: &str, singular: &str) -> Value {
    let mut properties = embedded(name, singular);
    let number = json!({ "type": "integer", "minimum": 0 });
    properties["page"] = json!({
        "type": "object",
        "properties": { "size": number, "totalElements": number, "totalPages": number, "number": number },
    });
    json!({ "type": "object", "properties": properties })
}

/// A row as it is shown.
fn row_schema(collection: &Collection) -> Value {
    let mut properties: Map<String, Value> =
        collection.fields.iter().map(|(name, words)| (name.clone(), field(collection, words))).collect();
    properties.insert("_links".to_owned(), json!({ "type": "object" }));
    json!({ "type": "object", "properties": properties })
}

fn field(collection: &Collection, words: &FieldWords) -> Value {
    match words.is {
        FieldMeaning::Word => {
            let words: Vec<Value> =
                collection.shows.values().map(|word| json!(word)).chain([Value::Null]).collect();
            json!({ "enum": words })
        }
        FieldMeaning::Changes => json!({ "type": "array", "items": {
            "type": "object",
            "properties": { "status": { "type": "string" }, "at": { "type": ["string", "integer"] } },
        } }),
        FieldMeaning::SoldOut => json!({ "type": "boolean" }),
        meaning if meaning.is_time() => json!({ "type": ["string", "integer", "null"] }),
        meaning if meaning.is_number() => json!({ "type": ["number", "null"] }),
        // What is written as a number stays a text where it is none.
        _ if words.kind == FieldType::Number => json!({ "type": ["integer", "string", "null"] }),
        _ => json!({ "type": ["string", "null"] }),
    }
}

/// What a client says when a row is made.
fn said(collection: &Collection) -> Value {
    let said = collection.fields.iter().filter(|(_, words)| words.is.is_said(collection.rows));
    let required: Vec<&String> =
        collection.fields.iter().filter(|(_, words)| words.required).map(|(name, _)| name).collect();
    let properties: Map<String, Value> = said.map(|(name, words)| (name.clone(), input(words))).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

/// What a client says of a row that is there.
fn changed(collection: &Collection) -> Value {
    let properties: Map<String, Value> =
        collection.fields.iter().map(|(name, words)| (name.clone(), input(words))).collect();
    json!({ "type": "object", "properties": properties })
}

/// Operations on a row as it is shown (RFC 6902).
fn operations() -> Value {
    let words = ["add", "remove", "replace", "move", "copy", "test"];
    json!({ "type": "array", "items": {
        "type": "object",
        "properties": {
            "op": { "enum": words },
            "path": { "type": "string" },
            "from": { "type": "string" },
            "value": {},
        },
        "required": ["op", "path"],
    } })
}

/// A number may come as a text, and a text as a number.
fn input(words: &FieldWords) -> Value {
    if words.is == FieldMeaning::Changes {
        return json!({ "type": "array" });
    }
    json!({ "type": ["string", "number", "null"] })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457; the kinds are in docs/errors.md.",
        "properties": {
            "type": { "type": "string", "format": "uri" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "errors": { "type": "array", "items": {
                "type": "object",
                "properties": {
                    "field": { "type": "string" },
                    "expected": { "type": "string" },
                    "message": { "type": "string" },
                    "got": { "type": "string" },
                },
            } },
            "retry_after_seconds": { "type": "integer" },
        },
        "required": ["type", "title", "status"],
    })
}
