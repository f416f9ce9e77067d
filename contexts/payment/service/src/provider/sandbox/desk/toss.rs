//! The sandbox in the words of Toss Payments.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SandboxDesk;
use super::ledger::{Entry, Outcome};
use crate::provider::toss::{key_of, order_id};
use crate::provider::{ProviderAnswer, ProviderCall};

type Desk = State<Arc<SandboxDesk>>;

/// How the `paymentKey`s of this sandbox begin; the `orderId` follows.
const PAYMENT_KEY: &str = "sandbox_";

pub(super) fn routes() -> Router<Arc<SandboxDesk>> {
    Router::new()
        .route("/v1/payments/confirm", post(confirm))
        .route("/v1/payments/orders/{order_id}", get(look))
        .route("/v1/payments/{payment_key}/cancel", post(cancel))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Confirmation {
    payment_key: String,
    order_id: String,
    amount: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cancellation {
    cancel_reason: String,
    cancel_amount: Option<i64>,
}

pub(super) fn unknown_key() -> Response {
    refused(401, "UNAUTHORIZED_KEY", "the key is not known")
}

fn refused(status: u16, code: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(Refusal { code: code.to_owned(), message: message.to_owned() })).into_response()
}

fn failed(cause: &str) -> Response {
    refused(500, "FAILED_INTERNAL_SYSTEM_PROCESSING", cause)
}

async fn confirm(State(desk): Desk, Json(wish): Json<Confirmation>) -> Response {
    if order_id(&key_of(&wish.order_id)).as_deref() != Some(&*wish.order_id) || wish.amount <= 0 {
        return refused(400, "INVALID_REQUEST", "orderId or amount cannot be");
    }
    let key = key_of(&wish.order_id);
    desk.calls_of(&key, super::calling::Words::Toss);
    let amount = Money::new(wish.amount, Currency::KRW);
    match desk.call(ProviderCall::Authorise { key: key.clone(), amount, method: wish.payment_key }).await {
        ProviderAnswer::Approved { .. } => shown(&desk, &key),
        ProviderAnswer::Declined { reason } => {
            let (status, code) = word_for(&reason);
            refused(status, code, &reason)
        }
        ProviderAnswer::Unknown { cause } => failed(&cause),
        ProviderAnswer::NotFound | ProviderAnswer::Refunded => failed("an answer to another question"),
    }
}

/// The word that Toss Payments has for a reason of the sandbox's.
fn word_for(reason: &str) -> (u16, &'static str) {
    match reason {
        "insufficient funds" => (403, "REJECT_CARD_PAYMENT"),
        "the card has expired" => (400, "INVALID_CARD_EXPIRATION"),
        "unknown token" => (404, "NOT_FOUND_PAYMENT_SESSION"),
        _ => (403, "REJECT_CARD_COMPANY"),
    }
}

async fn look(State(desk): Desk, Path(order_id): Path<String>) -> Response {
    shown(&desk, &key_of(&order_id))
}

async fn cancel(
    State(desk): Desk,
    Path(payment_key): Path<String>,
    headers: HeaderMap,
    Json(wish): Json<Cancellation>,
) -> Response {
    let Some(charge_key) = payment_key.strip_prefix(PAYMENT_KEY).map(key_of) else { return not_found() };
    let Some(left) = desk.ledger().ok().and_then(|ledger| Some(ledger.charge(&charge_key)?.balance())) else {
        return not_found();
    };
    let said = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let key =
        said.map(str::to_owned).or_else(|| wish.cancel_reason.contains('/').then_some(wish.cancel_reason));
    let amount = Money::new(wish.cancel_amount.unwrap_or(left), Currency::KRW);
    match desk.call(ProviderCall::Refund { key, charge_key: charge_key.clone(), amount }).await {
        ProviderAnswer::Refunded => shown(&desk, &charge_key),
        ProviderAnswer::NotFound => refused(403, "NOT_CANCELABLE_PAYMENT", "it is not captured"),
        ProviderAnswer::Declined { reason } => refused(403, "NOT_CANCELABLE_PAYMENT", &reason),
        ProviderAnswer::Unknown { cause } => failed(&cause),
        ProviderAnswer::Approved { .. } => failed("an answer to another question"),
    }
}

fn not_found() -> Response {
    refused(404, "NOT_FOUND_PAYMENT", "there is no such payment")
}

fn shown(desk: &SandboxDesk, key: &str) -> Response {
    match desk.ledger() {
        Ok(ledger) => match ledger.charge(key) {
            Some(entry) => Json(payment(key, entry)).into_response(),
            None => not_found(),
        },
        Err(error) => failed(&error.to_string()),
    }
}

fn payment_key(key: &str) -> String {
    format!("{PAYMENT_KEY}{}", order_id(key).unwrap_or_default())
}

/// A payment as Toss Payments shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payment {
    version: &'static str,
    m_id: &'static str,
    payment_key: String,
    order_id: Option<String>,
    currency: Currency,
    method: &'static str,
    total_amount: i64,
    balance_amount: i64,
    status: &'static str,
    approved_at: Option<&'static str>,
    last_transaction_key: Option<String>,
    card: Option<Card>,
    cancels: Option<Vec<Cancelled>>,
    failure: Option<Refusal>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Card {
    approve_no: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cancelled {
    cancel_amount: i64,
    cancel_reason: String,
    cancel_status: &'static str,
}

#[derive(Serialize)]
struct Refusal {
    code: String,
    message: String,
}

/// An event as Toss Payments tells it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: &'static str,
    data: Payment,
}

/// What is told of a charge.
pub(super) fn event(key: &str, entry: &Entry) -> Value {
    let event = Event { event_type: "PAYMENT_STATUS_CHANGED", data: payment(key, entry) };
    serde_json::to_value(event).unwrap_or_default()
}

/// A charge as Toss Payments shows a payment.
fn payment(key: &str, entry: &Entry) -> Payment {
    let amount = entry.amount.unwrap_or(Money::zero(Currency::KRW));
    let (status, code, failure) = match &entry.outcome {
        Outcome::Captured { code } => {
            let status = match entry.balance() {
                _ if entry.refunds.is_empty() => "DONE",
                1.. => "PARTIAL_CANCELED",
                _ => "CANCELED",
            };
            (status, Some(code), None)
        }
        Outcome::Declined { reason } => {
            let code = word_for(reason).1.to_owned();
            ("ABORTED", None, Some(Refusal { code, message: reason.clone() }))
        }
        Outcome::Cancelled => ("EXPIRED", None, None),
    };
    let cancelled = |(key, amount): &(Option<String>, Money)| Cancelled {
        cancel_amount: amount.amount,
        cancel_reason: key.clone().unwrap_or_else(|| "given back".to_owned()),
        cancel_status: "DONE",
    };
    Payment {
        version: "2022-11-16",
        m_id: "sandbox",
        payment_key: payment_key(key),
        order_id: order_id(key),
        currency: amount.currency,
        method: "카드",
        total_amount: amount.amount,
        balance_amount: entry.balance(),
        status,
        // The sandbox's book has no times; that it was captured is all that this says.
        approved_at: code.map(|_| "2000-01-01T00:00:00+09:00"),
        last_transaction_key: code.map(|code| format!("txrd_{code}")),
        card: code.map(|code| Card { approve_no: code.clone() }),
        cancels: (!entry.refunds.is_empty()).then(|| entry.refunds.iter().map(cancelled).collect()),
        failure,
    }
}
