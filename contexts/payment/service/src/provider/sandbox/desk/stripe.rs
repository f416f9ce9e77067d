//! The sandbox in the words of Stripe.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use kernel::{Currency, Money};
use serde_json::{Value, json};

use super::SandboxDesk;
use super::ledger::{Entry, Outcome};
use crate::provider::toss::{key_of, order_id};
use crate::provider::{ProviderAnswer, ProviderCall};

type Desk = State<Arc<SandboxDesk>>;
type Fields = BTreeMap<String, String>;

/// How the ids of this sandbox begin; the charge's key follows, or the refund's.
const INTENT: &str = "pi_";
const REFUND: &str = "re_";

/// A charge that was made and not captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Made(Money);

pub(super) fn routes() -> Router<Arc<SandboxDesk>> {
    Router::new()
        .route("/v1/payment_intents", post(make))
        .route("/v1/payment_intents/search", get(search))
        .route("/v1/payment_intents/{id}", get(look))
        .route("/v1/payment_intents/{id}/confirm", post(confirm))
        .route("/v1/payment_intents/{id}/cancel", post(cancel))
        .route("/v1/refunds", post(give_back).get(list_refunds))
        .route("/v1/refunds/{id}", get(look_at_refund))
}

/// Whether a path is one of Stripe's.
pub(super) fn is_spoken_at(path: &str) -> bool {
    path.starts_with("/v1/payment_intents") || path.starts_with("/v1/refunds")
}

pub(super) fn unknown_key() -> Response {
    refused(401, &json!({ "type": "invalid_request_error", "message": "the key is not known" }))
}

fn refused(status: u16, error: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({ "error": error }))).into_response()
}

fn failed(cause: &str) -> Response {
    refused(500, &json!({ "type": "api_error", "message": cause }))
}

fn invalid(param: &str) -> Response {
    refused(400, &json!({ "type": "invalid_request_error", "param": param, "message": "it cannot be" }))
}

fn missing() -> Response {
    let error = json!({ "type": "invalid_request_error", "code": "resource_missing", "param": "intent" });
    refused(404, &error)
}

/// Makes a charge that captures nothing: once per idempotency key.
async fn make(State(desk): Desk, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    let said = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let Some(key) = form.get("metadata[charge]").map(String::as_str).or(said) else {
        return invalid("metadata[charge]");
    };
    let amount = form.get("amount").and_then(|text| text.parse().ok()).filter(|amount: &i64| *amount > 0);
    let currency = form.get("currency").and_then(|code| Currency::parse(&code.to_uppercase()).ok());
    let (Some(amount), Some(currency), Some(_)) = (amount, currency, order_id(key)) else {
        return invalid("amount");
    };
    let made = Made(Money::new(amount, currency));
    desk.calls_of(key, super::calling::Words::Stripe);
    if *desk.intents().entry(key.to_owned()).or_insert(made) != made {
        return refused(400, &json!({ "type": "idempotency_error", "message": "other parameters" }));
    }
    // What was answered under the key is answered again, whatever became of it since.
    Json(intent(key, Some(made), None)).into_response()
}

async fn look(State(desk): Desk, Path(id): Path<String>) -> Response {
    match charge_of(&id) {
        Some(key) => shown(&desk, &key, 200),
        None => missing(),
    }
}

async fn confirm(State(desk): Desk, Path(id): Path<String>, Form(form): Form<Fields>) -> Response {
    let Some(key) = charge_of(&id) else { return missing() };
    let Some(Made(amount)) = desk.intents().get(&key).copied() else { return missing() };
    let Some(method) = form.get("payment_method") else { return invalid("payment_method") };
    if is_over(&desk, &key) {
        return in_another_state(&desk, &key);
    }
    match desk.call(ProviderCall::Authorise { key: key.clone(), amount, method: method.clone() }).await {
        ProviderAnswer::Approved { .. } => shown(&desk, &key, 200),
        ProviderAnswer::Declined { .. } => match state_of(&desk, &key) {
            Some(intent) => {
                let mut error = intent["last_payment_error"].clone();
                error["payment_intent"] = intent;
                refused(402, &error)
            }
            None => failed("the decline is not in the book"),
        },
        ProviderAnswer::Unknown { cause } => failed(&cause),
        ProviderAnswer::NotFound | ProviderAnswer::Refunded => failed("an answer to another question"),
    }
}

async fn cancel(State(desk): Desk, Path(id): Path<String>) -> Response {
    let Some(key) = charge_of(&id) else { return missing() };
    let Some(Made(amount)) = desk.intents().get(&key).copied() else {
        return if is_over(&desk, &key) { in_another_state(&desk, &key) } else { missing() };
    };
    if is_over(&desk, &key) {
        return in_another_state(&desk, &key);
    }
    match desk.call(ProviderCall::Cancel { key: key.clone(), amount }).await {
        ProviderAnswer::Declined { .. } => shown(&desk, &key, 200),
        ProviderAnswer::Approved { .. } => in_another_state(&desk, &key),
        _ => failed("an answer to another question"),
    }
}

async fn give_back(State(desk): Desk, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    let Some(charge_key) = form.get("payment_intent").and_then(|id| charge_of(id)) else { return missing() };
    let Some(charged) = desk.ledger().ok().and_then(|ledger| ledger.charge(&charge_key)?.amount) else {
        return missing();
    };
    let Some(amount) = form.get("amount").and_then(|text| text.parse().ok()) else {
        return invalid("amount");
    };
    let amount = Money::new(amount, charged.currency);
    let said = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let key = said.or_else(|| form.get("metadata[refund]").cloned());
    match desk.call(ProviderCall::Refund { key: key.clone(), charge_key: charge_key.clone(), amount }).await {
        ProviderAnswer::Refunded => Json(refund(key.as_deref(), &charge_key, amount)).into_response(),
        ProviderAnswer::NotFound => missing(),
        ProviderAnswer::Declined { .. } => invalid("amount"),
        ProviderAnswer::Unknown { cause } => failed(&cause),
        ProviderAnswer::Approved { .. } => failed("an answer to another question"),
    }
}

/// All that went back of a charge.
async fn list_refunds(State(desk): Desk, Query(fields): Query<Fields>) -> Response {
    let Some(charge_key) = fields.get("payment_intent").and_then(|id| charge_of(id)) else {
        return missing();
    };
    let ledger = match desk.ledger() {
        Ok(ledger) => ledger,
        Err(error) => return failed(&error.to_string()),
    };
    let Some(entry) = ledger.charge(&charge_key) else { return missing() };
    let refunds = entry.refunds.iter();
    found(refunds.map(|(key, amount)| refund(key.as_deref(), &charge_key, *amount)).collect())
}

async fn look_at_refund(State(desk): Desk, Path(id): Path<String>) -> Response {
    let Some(key) = id.strip_prefix(REFUND).map(key_of) else { return missing() };
    let ledger = match desk.ledger() {
        Ok(ledger) => ledger,
        Err(error) => return failed(&error.to_string()),
    };
    let found = ledger.refunded(&key).and_then(|(charge, entry)| {
        let (_, amount) = entry.refunds.iter().find(|(refund, _)| refund.as_deref() == Some(&*key))?;
        Some(refund(Some(&key), charge, *amount))
    });
    found.map_or_else(missing, |refund| Json(refund).into_response())
}

/// Finds by `metadata['charge']:'KEY'`, at once; the real index is late.
async fn search(State(desk): Desk, Query(fields): Query<Fields>) -> Response {
    let query = fields.get("query").map(String::as_str).unwrap_or_default();
    let Some(key) = query.strip_prefix("metadata['charge']:'").and_then(|rest| rest.strip_suffix('\''))
    else {
        return invalid("query");
    };
    found(state_of(&desk, key).into_iter().collect())
}

fn found(data: Vec<Value>) -> Response {
    Json(json!({ "object": "list", "has_more": false, "data": data })).into_response()
}

fn charge_of(id: &str) -> Option<String> {
    id.strip_prefix(INTENT).map(key_of)
}

/// Whether the book has the last word on a charge.
fn is_over(desk: &SandboxDesk, key: &str) -> bool {
    desk.ledger().is_ok_and(|ledger| ledger.charge(key).is_some())
}

fn state_of(desk: &SandboxDesk, key: &str) -> Option<Value> {
    let made = desk.intents().get(key).copied();
    let ledger = desk.ledger().ok()?;
    let entry = ledger.charge(key);
    (made.is_some() || entry.is_some()).then(|| intent(key, made, entry))
}

fn shown(desk: &SandboxDesk, key: &str, status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    state_of(desk, key).map_or_else(missing, |intent| (status, Json(intent)).into_response())
}

fn in_another_state(desk: &SandboxDesk, key: &str) -> Response {
    let error = json!({
        "type": "invalid_request_error",
        "code": "payment_intent_unexpected_state",
        "message": "the intent is in another state",
        "payment_intent": state_of(desk, key),
    });
    refused(400, &error)
}

fn refund(key: Option<&str>, charge_key: &str, amount: Money) -> Value {
    let name = key.unwrap_or("nameless").replace('/', "_");
    json!({
        "id": format!("{REFUND}{name}"),
        "object": "refund",
        "status": "succeeded",
        "amount": amount.amount,
        "currency": amount.currency.code().to_lowercase(),
        "payment_intent": id_of(charge_key),
        "metadata": { "refund": key, "charge": charge_key },
    })
}

fn id_of(key: &str) -> String {
    format!("{INTENT}{}", order_id(key).unwrap_or_default())
}

/// A charge as Stripe shows a PaymentIntent.
pub(super) fn intent(key: &str, made: Option<Made>, entry: Option<&Entry>) -> Value {
    let known = entry.and_then(|entry| entry.amount).or(made.map(|Made(amount)| amount));
    let amount = known.unwrap_or(Money::zero(Currency::KRW));
    let (status, error) = match entry.map(|entry| &entry.outcome) {
        None => ("requires_payment_method", Value::Null),
        Some(Outcome::Captured { .. }) => ("succeeded", Value::Null),
        Some(Outcome::Cancelled) => ("canceled", Value::Null),
        Some(Outcome::Declined { reason }) => {
            let code = if reason == "the card has expired" { "expired_card" } else { "card_declined" };
            let bank = if reason == "insufficient funds" { "insufficient_funds" } else { "generic_decline" };
            let error =
                json!({ "type": "card_error", "code": code, "decline_code": bank, "message": reason });
            ("requires_payment_method", error)
        }
    };
    json!({
        "id": id_of(key),
        "object": "payment_intent",
        "amount": amount.amount,
        "currency": amount.currency.code().to_lowercase(),
        "status": status,
        "metadata": { "charge": key },
        "payment_method_types": ["card"],
        "last_payment_error": error,
    })
}

/// A refund as an event tells it.
pub(super) fn refund_in(entry: &Entry, charge_key: &str, key: &str) -> Option<Value> {
    let (_, amount) = entry.refunds.iter().find(|(refund, _)| refund.as_deref() == Some(key))?;
    Some(refund(Some(key), charge_key, *amount))
}
