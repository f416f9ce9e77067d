use axum::response::Response;
use catalog_contract::{FieldMeaning, LINE_QUANTITY_MAX};
use edge::actor::ActorHeader;
use edge::problem::{Problem, ProblemKind};
use http::HeaderValue;
use inventory_contract::StockItemView;
use ordering_contract::OrderView;
use serde_json::{Map, Value, json};

use crate::address::encode;
use crate::answers::created;
use crate::canonical::As;
use crate::facts::Facts;
use crate::problems::in_words;
use crate::said::{Said, as_kind, as_money, as_number, as_text, expected};
use crate::shown::Row;
use crate::speech::Asked;

/// An order in the making: the wish of the canonical API.
#[derive(Default)]
struct Wish {
    line: Map<String, Value>,
    order: Map<String, Value>,
    labels: Map<String, Value>,
    customer: Option<String>,
}

/// Places an order, and shows it as it stands then.
pub(crate) async fn place(asked: &Asked<'_>, fields: &Map<String, Value>) -> Result<Response, Problem> {
    let mut said = Said::new(fields, asked.collection);
    said.expect_required();
    let mut wish = Wish::default();
    for (name, words, value) in said.known() {
        if let Err(expected) = wish.take(asked, name, words.is, words.kind, value) {
            said.refuse(name, &expected, Some(value));
        }
    }
    refuse(said)?;
    let speech = asked.speech;
    let named = || HeaderValue::from_str(&format!("customer:{}", wish.customer.as_ref()?)).ok();
    let who = As {
        who: speech.who.clone().or(named),
        key: speech.key.clone().or_else(|| speech.canonical.fresh_key()),
    };
    let reply = speech.canonical.post(&asked.path("/orders"), who, Some(&wish.body())).await?;
    if !reply.status.is_success() {
        return Err(in_words(&reply.problem(), asked));
    }
    let order: OrderView = reply.json()?;
    let id = order.id;
    let facts = Facts::answered(order, &speech.life);
    let latest = facts.reached.last().map(|(milestone, _)| *milestone);
    // Its rows elsewhere are there once it is answered, as far as that takes no longer than a while.
    let _shown = asked.facts_when(id, |told| latest.is_none_or(|latest| told.has(latest))).await;
    Ok(created(asked, &Row::Order(Box::new(facts))))
}

fn refuse(said: Said<'_>) -> Result<(), Problem> {
    if said.wrong.is_empty() {
        return Ok(());
    }
    Err(said.wrong.into_iter().fold(Problem::of(ProblemKind::InvalidField), Problem::error))
}

impl Wish {
    /// Takes a field in; answers what was expected where it is malformed.
    fn take(
        &mut self,
        asked: &Asked<'_>,
        name: &str,
        meaning: FieldMeaning,
        kind: catalog_contract::FieldType,
        value: &Value,
    ) -> Result<(), String> {
        let currency = asked.speech.life.currency;
        let plain = || as_kind(value, kind).ok_or_else(|| expected(kind).to_owned());
        let text = || as_text(value).ok_or_else(|| "a text".to_owned());
        let money = || as_money(value, currency).ok_or_else(|| format!("an amount of {currency:?}"));
        match meaning {
            FieldMeaning::Customer => self.customer = Some(customer(plain()?)?),
            FieldMeaning::Item => self.line_is("item", json!(plain()?)),
            FieldMeaning::Quantity => self.line_is("quantity", json!(quantity(value)?)),
            FieldMeaning::UnitPrice => self.line_is("unit_price", json!(money()?)),
            FieldMeaning::Total => self.order_is("total", json!(money()?)),
            FieldMeaning::Name => self.order_is("name", json!(text()?)),
            FieldMeaning::Phone => self.order_is("phone", json!(text()?)),
            FieldMeaning::Address => self.order_is("address", json!(text()?)),
            FieldMeaning::Note => self.order_is("note", json!(text()?)),
            FieldMeaning::ItemName | FieldMeaning::Kept => {
                self.labels.insert(name.to_owned(), json!(plain()?));
            }
            FieldMeaning::Word => first_word(asked, value)?,
            // What only the shop says is passed over.
            _ => {}
        }
        Ok(())
    }

    fn line_is(&mut self, field: &str, value: Value) {
        self.line.insert(field.to_owned(), value);
    }

    fn order_is(&mut self, field: &str, value: Value) {
        self.order.insert(field.to_owned(), value);
    }

    fn body(mut self) -> Value {
        self.line.entry("quantity").or_insert_with(|| json!(1));
        self.order.insert("lines".to_owned(), json!([self.line]));
        if let Some(customer) = self.customer {
            self.order.insert("customer".to_owned(), json!(customer));
        }
        if !self.labels.is_empty() {
            self.order.insert("labels".to_owned(), Value::Object(self.labels));
        }
        Value::Object(self.order)
    }
}

/// A customer is named as an actor is.
fn customer(name: String) -> Result<String, String> {
    match ActorHeader::try_new(&format!("customer:{name}")) {
        Ok(_) => Ok(name),
        Err(_) => Err("1 to 64 of A-Z a-z 0-9 . _ @ -".to_owned()),
    }
}

fn quantity(value: &Value) -> Result<i64, String> {
    let most = i64::from(LINE_QUANTITY_MAX);
    as_number(value)
        .filter(|quantity| (1..=most).contains(quantity))
        .ok_or_else(|| format!("a whole number from 1 to {most}"))
}

/// An order begins with its first word.
fn first_word(asked: &Asked<'_>, value: &Value) -> Result<(), String> {
    let shows = &asked.collection.shows;
    let Some(first) = shows.get(&asked.collection.appears_with()) else { return Ok(()) };
    if as_text(value).as_ref() == Some(first) { Ok(()) } else { Err(format!("`{first}`, or nothing")) }
}

/// Receives stock, and shows the item as it stands then.
pub(crate) async fn receive(asked: &Asked<'_>, fields: &Map<String, Value>) -> Result<Response, Problem> {
    let mut said = Said::new(fields, asked.collection);
    said.expect_required();
    let (mut item, mut units) = (None, None);
    for (name, words, value) in said.known() {
        match words.is {
            FieldMeaning::StockItem => match as_text(value).filter(|text| !text.trim().is_empty()) {
                Some(text) => item = Some(text),
                None => said.refuse(name, "a name", Some(value)),
            },
            FieldMeaning::Available => match as_number(value).filter(|units| *units > 0) {
                Some(number) => units = Some(number),
                None => said.refuse(name, "a whole number of 1 or more", Some(value)),
            },
            _ => {}
        }
    }
    refuse(said)?;
    let (Some(item), Some(units)) = (item, units) else { return Err(Problem::of(ProblemKind::InvalidField)) };
    let speech = asked.speech;
    let who = As { who: speech.who.clone().or(|| staff(asked)), key: speech.key.clone() };
    let path = asked.path(&format!("/stock/{}/receipts", encode(&item)));
    let reply = speech.canonical.post(&path, who, Some(&json!({ "quantity": units }))).await?;
    if !reply.status.is_success() {
        return Err(in_words(&reply.problem(), asked));
    }
    let item: StockItemView = reply.json()?;
    Ok(created(asked, &Row::Stock(item)))
}

/// Whoever works in the shop, where nobody says who acts.
pub(crate) fn staff(asked: &Asked<'_>) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("staff:{}", asked.speech.life.key)).ok()
}
