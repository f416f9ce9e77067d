//! S14: text that is made to be SQL is text. A thousand of them in every place that takes one are kept and
//! shown letter for letter or refused like any other text, and the stores are made as they were.

use std::path::Path;

use attacks::{Chance, operations};
use futures::{StreamExt, stream};
use journeys::{Answer, House};
use reqwest::Method;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

const PAYLOADS: usize = 1_000;
const AT_ONCE: usize = 8;

const SEEDS: [&str; 25] = [
    "' OR '1'='1",
    "' OR 1=1--",
    "\" OR \"\"=\"",
    "'; DROP TABLE rows;--",
    "'; DELETE FROM events; --",
    "1; UPDATE rows SET hidden=0",
    "') UNION SELECT * FROM rows--",
    "' UNION ALL SELECT NULL,NULL,NULL--",
    "' AND (SELECT count(*) FROM sqlite_master)>0--",
    "'; ATTACH DATABASE 'x' AS x;--",
    "'; PRAGMA writable_schema=1;--",
    "'||(SELECT body FROM rows)||'",
    "%' OR instr(search,'a')>0--",
    "*) OR 1=1 --",
    "1 OR 1=1",
    "0x27204f5220313d31",
    "number DESC; --",
    "CASE WHEN 1=1 THEN 1 ELSE 2 END",
    "load_extension('x')",
    "randomblob(1000000000)",
    "\\'; --",
    "ʼ OR 1=1--",
    "＇ OR 1=1--",
    "' /*!50000OR*/ '1'='1",
    "_%_",
];

/// A payload and a text of the same kind that means nothing.
fn payloads() -> Vec<String> {
    let mut chance = Chance::of(14);
    let mut payloads: Vec<String> = SEEDS.iter().map(|seed| (*seed).to_owned()).collect();
    let wraps = ["'", "\"", "`", ")", "--", "/*", "*/", ";", "%27", "\\", " ", "1", "a"];
    while payloads.len() < PAYLOADS {
        let mut payload = (*chance.one_of(&SEEDS)).to_owned();
        for _ in 0..=chance.below(2) {
            let wrap = *chance.one_of(&wraps);
            if chance.below(2) == 0 {
                payload.insert_str(0, wrap);
            } else {
                payload.push_str(wrap);
            }
        }
        if chance.below(3) == 0 {
            payload = payload.to_lowercase();
        }
        if !payloads.contains(&payload) {
            payloads.push(payload);
        }
    }
    payloads
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// An answer without what it repeats of the question.
fn meaning(answer: &Answer, said: &str) -> (u16, String) {
    let text = answer.text().replace(&json!(said).to_string(), "\"[said]\"");
    let mut value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    for error in value["errors"].as_array_mut().into_iter().flatten() {
        if let Some(error) = error.as_object_mut() {
            error.remove("got");
            error.remove("message");
        }
    }
    if let Some(problem) = value.as_object_mut() {
        problem.remove("detail");
    }
    (answer.status, value.to_string())
}

/// What a store is made of.
fn schema(data: &Path) -> Vec<String> {
    let mut schema = Vec::new();
    for role in
        ["catalog", "ordering", "payment", "inventory", "kitchen", "delivery", "notification", "tracking"]
    {
        let store = data.join(role).join("journal.db");
        let store = Connection::open_with_flags(&store, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut made =
            store.prepare("SELECT type || name || tbl_name || ifnull(sql, '') FROM sqlite_master").unwrap();
        let rows = made.query_map([], |row| row.get::<_, String>(0)).unwrap();
        schema.extend(rows.map(|row| format!("{role} {}", row.unwrap())));
    }
    schema.sort();
    schema
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_is_made_to_be_sql_is_text_wherever_it_is_said() {
    let mut house = House::open(&["kiosk"]).await;
    let kiosk = house.shop("kiosk");
    let untouched = House::open(&["kiosk"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let first = kiosk.customer("mina").orders(journeys::Basket::of("americano", 1)).await;
    let payloads = payloads();

    // Every filter and every place in a path of the document, each with every payload.
    let mut asked = Vec::new();
    for operation in operations(&house).await.iter().filter(|operation| !operation.changes()) {
        if operation.path.ends_with("/stream") {
            continue;
        }
        let place = operation.place(&first.id).replace("/cafe", "/kiosk");
        for query in &operation.queries {
            asked.push(format!("{place}?{query}=[said]"));
        }
        for hole in ["{order}", "{item}", "{account}", "{message}", "{day}", "{shop}"] {
            if operation.path.contains(hole) {
                let holes = operation
                    .path
                    .replace(hole, "[said]")
                    .replace("{shop}", "kiosk")
                    .replace("{order}", &first.id);
                asked.push(
                    holes
                        .split('/')
                        .map(|part| if part.starts_with('{') { "1" } else { part })
                        .collect::<Vec<_>>()
                        .join("/"),
                );
            }
        }
    }
    asked.sort();
    asked.dedup();
    let inputs = asked.len();
    let mut sent = 0;
    for path in &asked {
        let ask = |said: &str| {
            let url = house.url(&path.replace("[said]", &encoded(said)));
            let (request, said) = (http.get(url).header("Jumun-Actor", "manager:lee"), said.to_owned());
            async move {
                let answer = Answer::to(request).await;
                (meaning(&answer, &said), said)
            }
        };
        let (harmless, _) = ask("harmless'text").await;
        assert!(harmless.0 < 500, "{path}: {harmless:?}");
        let mut answers = stream::iter(payloads.iter().map(|said| ask(said))).buffer_unordered(AT_ONCE);
        while let Some((answer, said)) = answers.next().await {
            assert_eq!(answer, harmless, "{path} with {said}");
            sent += 1;
        }
    }

    // Every text of an order: kept and shown letter for letter.
    let orders = payloads.iter().enumerate().map(|(number, said)| {
        let body = json!({
            "lines": [{ "item": "americano", "quantity": 1 }], "note": said, "name": said, "labels": { "said": said },
        });
        let request = kiosk.customer("juno").request(Method::POST, "/orders").json(&body);
        let key: String = said.chars().filter(char::is_ascii_graphic).collect();
        let request = request.header("Idempotency-Key", format!("{number}{key}"));
        async move { (said, Answer::to(request).await) }
    });
    let mut orders = stream::iter(orders).buffer_unordered(AT_ONCE);
    while let Some((said, answer)) = orders.next().await {
        let order = answer.is(201).json();
        assert_eq!((&order["note"], &order["name"]), (&json!(said), &json!(said)), "{order:#}");
        sent += 4;
    }
    drop(orders);
    println!(
        "{} payloads in {inputs} places of paths and queries and 4 of bodies: {sent} times",
        payloads.len()
    );
    assert!(payloads.len() == PAYLOADS && inputs >= 90, "{inputs}");
    // Nobody else's orders are shown, none is lost.
    let count = kiosk.get("/stories/count").await.is(200).json();
    assert!(count["count"].as_u64().is_some(), "{count}");
    assert_eq!(kiosk.customer("mina").reads("/orders").await.is(200).items().len(), 1);

    assert!(house.stop().await.success());
    assert_eq!(schema(&house.data()), schema(&untouched.data()));
}
