use axum::response::Response;
use catalog_contract::{FieldMeaning, MenuView, Milestone, RowKind};
use edge::paging::Page;
use edge::problem::{Problem, ProblemKind};
use http::StatusCode;
use inventory_contract::StockItemView;
use notification_contract::MessageView;
use serde_json::{Map, Value, json};
use tracking_contract::StoryView;

use crate::address::{encode, pairs};
use crate::answers::{document, item as shown};
use crate::change::no_such_row;
use crate::facts::{Facts, state_of};
use crate::patience::order_number;
use crate::shown::Row;
use crate::speech::Asked;

/// Most rows that a search answers.
const FOUND_MAX: usize = 1_000;

/// One row.
pub(crate) async fn item(asked: &Asked<'_>, id: &str) -> Result<Response, Problem> {
    let row = row(asked, id).await?.ok_or_else(|| no_such_row(asked))?;
    Ok(document(asked.speech, StatusCode::OK, &shown(asked, &row)))
}

async fn row(asked: &Asked<'_>, id: &str) -> Result<Option<Row>, Problem> {
    match asked.collection.rows {
        RowKind::Menu => Ok(menu(asked).await?.into_iter().find(|row| row.id() == id)),
        kind => match (order_number(id), kind) {
            (None, _) => Ok(None),
            (Some(number), RowKind::Stock) => {
                Ok(stock(asked).await?.into_iter().find(|row| row.id() == number.to_string()))
            }
            (Some(number), RowKind::Messages) => message(asked, number).await,
            (Some(number), _) => order(asked, number).await,
        },
    }
}

async fn order(asked: &Asked<'_>, number: u64) -> Result<Option<Row>, Problem> {
    let facts = asked.facts(&number.to_string()).await?;
    Ok(facts.filter(|facts| facts.stands_in(asked.collection)).map(Box::new).map(Row::Order))
}

async fn message(asked: &Asked<'_>, number: u64) -> Result<Option<Row>, Problem> {
    let path = asked.path(&format!("/messages/{number}"));
    let message: Option<MessageView> = asked.speech.canonical.read(&path, &asked.speech.who).await?;
    match message {
        Some(message) => with_facts(asked, message).await,
        None => Ok(None),
    }
}

/// A message with what is known of its order; a customer sees the messages of their own orders.
pub(crate) async fn with_facts(asked: &Asked<'_>, message: MessageView) -> Result<Option<Row>, Problem> {
    if !asked.collection.shows.contains_key(&message.milestone) {
        return Ok(None);
    }
    let told_of = match message.milestone {
        Milestone::DeliveryCancelled => Some(Milestone::Cancelled),
        other => state_of(other).map(|_| other),
    };
    let enough = |facts: &Facts| told_of.is_none_or(|milestone| facts.has(milestone));
    let (facts, _) = asked.facts_when(message.order, enough).await?;
    if facts.is_none() && asked.speech.who.is_somebody() {
        return Ok(None);
    }
    Ok(Some(Row::Message(Box::new(message), facts.map(Box::new))))
}

/// Every stock item.
pub(crate) async fn stock(asked: &Asked<'_>) -> Result<Vec<Row>, Problem> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = asked.path(&format!("/stock?limit=200{cursor}"));
        let page: Option<Page<StockItemView>> = asked.speech.canonical.read(&path, &asked.speech.who).await?;
        let Some(page) = page else { return Ok(rows) };
        rows.extend(page.items.into_iter().map(Row::Stock));
        match page.next {
            Some(next) => cursor = format!("&cursor={}", encode(&next)),
            None => return Ok(rows),
        }
    }
}

/// Every item of the menu, in its order.
pub(crate) async fn menu(asked: &Asked<'_>) -> Result<Vec<Row>, Problem> {
    let menu: Option<MenuView> = asked.speech.canonical.read(&asked.path("/menu"), &asked.speech.who).await?;
    Ok(menu
        .map(|menu| menu.items)
        .unwrap_or_default()
        .into_iter()
        .map(|item| Row::Menu(Box::new(item)))
        .collect())
}

/// The searches that there are.
pub(crate) fn searches(asked: &Asked<'_>) -> Result<Response, Problem> {
    if asked.collection.searches.is_empty() {
        return Err(Problem::of(ProblemKind::NotFound).detail("this collection has no searches"));
    }
    let address = format!("{}/search", asked.address());
    let mut links: Map<String, Value> = asked
        .collection
        .searches
        .iter()
        .map(|(name, words)| {
            let href = format!("{address}/{name}{{?{}}}", words.parameter());
            (name.clone(), json!({ "href": href, "templated": true }))
        })
        .collect();
    links.insert("self".to_owned(), json!({ "href": address }));
    Ok(document(asked.speech, StatusCode::OK, &json!({ "_links": links })))
}

/// The rows that a search finds.
pub(crate) async fn search(asked: &Asked<'_>, name: &str, query: Option<&str>) -> Result<Response, Problem> {
    let Some(words) = asked.collection.searches.get(name) else {
        return Err(Problem::of(ProblemKind::NotFound).detail("there is no such search"));
    };
    let parameter = words.parameter();
    let said = pairs(query).into_iter().find(|(name, _)| name == parameter).map(|(_, value)| value);
    let said = said.filter(|value| !value.is_empty()).ok_or_else(|| missing(parameter))?;
    let meaning = asked.collection.fields.get(&words.field).map(|field| field.is);
    let rows = match (asked.collection.rows, meaning) {
        (RowKind::Stock, _) => {
            let is_it = |row: &Row| matches!(row, Row::Stock(item) if item.item == said);
            stock(asked).await?.into_iter().filter(is_it).collect()
        }
        (RowKind::Orders, Some(FieldMeaning::Number)) => {
            let number = order_number(&said).ok_or_else(|| missing(parameter))?;
            order(asked, number).await?.into_iter().collect()
        }
        (RowKind::Orders, _) => of_customer(asked, &said).await?,
        (RowKind::Messages, _) => of_messages(asked, &said).await?,
        (RowKind::Menu, _) => Vec::new(),
    };
    let shown: Vec<Value> = rows.iter().map(|row| shown(asked, row)).collect();
    let href = format!("{}/search/{name}?{parameter}={}", asked.address(), encode(&said));
    let body = json!({
        "_embedded": { asked.name: shown },
        "_links": { "self": { "href": href } },
    });
    Ok(document(asked.speech, StatusCode::OK, &body))
}

fn missing(parameter: &str) -> Problem {
    Problem::of(ProblemKind::InvalidField).field(parameter, "what is looked for")
}

async fn of_customer(asked: &Asked<'_>, customer: &str) -> Result<Vec<Row>, Problem> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path =
            asked.path(&format!("/stories?order=oldest&limit=200&customer={}{cursor}", encode(customer)));
        let page: Option<Page<StoryView>> = asked.speech.canonical.read(&path, &asked.speech.who).await?;
        let Some(page) = page else { return Ok(rows) };
        let facts = page.items.into_iter().map(Facts::told);
        rows.extend(facts.filter(|facts| facts.stands_in(asked.collection)).map(Box::new).map(Row::Order));
        match page.next {
            Some(next) if rows.len() < FOUND_MAX => cursor = format!("&cursor={}", encode(&next)),
            _ => return Ok(rows),
        }
    }
}

async fn of_messages(asked: &Asked<'_>, order: &str) -> Result<Vec<Row>, Problem> {
    let number =
        order_number(order).ok_or_else(|| Problem::of(ProblemKind::InvalidField).detail("a number"))?;
    let path = asked.path(&format!("/messages?limit=200&order={number}"));
    let page: Option<Page<MessageView>> = asked.speech.canonical.read(&path, &asked.speech.who).await?;
    let mut rows = Vec::new();
    for message in page.map(|page| page.items).unwrap_or_default() {
        rows.extend(with_facts(asked, message).await?);
    }
    Ok(rows)
}
