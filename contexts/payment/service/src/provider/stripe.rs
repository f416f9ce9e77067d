//! Stripe's PaymentIntents (API version 2024-06-20) as a mapping.
//!
//! - A charge's key makes one PaymentIntent that captures nothing yet (`Idempotency-Key`), and stands in its
//!   `metadata[charge]`; capturing is a confirmation of that one, which can succeed once however often it is
//!   asked for. It carries no idempotency key of its own, for Stripe would repeat a failure under it.
//! - A charge is found again by a search for its key, and where the index does not have it (yet) by making it
//!   again under the same idempotency key, which Stripe keeps for a day at least.
//! - The book is read by the intent's id, which is the code of an approval. The index may be late by minutes:
//!   what it does not have is not known, never *not there*.
//! - A refund's key is its idempotency key, and stands in its `metadata[refund]`. Stripe forgets idempotency
//!   keys after a day, so that the refunds of the charge are read before one is made: the one that has the key
//!   is the outcome, whatever became of it.
//! - Amounts are minor units, as ours are.
//!
//! **Calling off** is a promise here: a PaymentIntent that is cancelled is never captured, whatever is still
//! on its way. A creation that Stripe answered with a failure is answered so for a day; a charge that is
//! called off meanwhile is not known until then.

mod refunds;

use std::collections::BTreeMap;

use kernel::{Currency, Money};
use serde::Deserialize;

use super::callback::{Callback, CallbackOutcome, NotOpened, order_of, unreadable};
use super::exchange::{
    Asked, Charged, Dialect, Examined, Next, ProviderRequest, ProviderResponse, RequestBody, Verb, shortened,
    unknown,
};
use super::far::percent;
use super::{ProviderAnswer, ProviderCall};
use refunds::{Refund, give_back, give_back_once, given_back, list_refunds, listed};

/// Speaks to Stripe.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stripe;

const INTENTS: &str = "/v1/payment_intents";
/// How the id of an intent begins.
const INTENT_ID: &str = "pi_";

/// Words with which an amount is refused however often it is asked for.
const NO_AMOUNT: &[&str] = &["amount_too_large", "amount_too_small"];

#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    status: String,
    amount: i64,
    currency: String,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    last_payment_error: Option<StripeError>,
}

#[derive(Debug, Deserialize)]
struct Found {
    data: Vec<Intent>,
}

#[derive(Debug, Deserialize)]
struct Failed {
    error: StripeError,
}

#[derive(Debug, Deserialize)]
struct StripeError {
    #[serde(rename = "type")]
    kind: String,
    code: Option<String>,
    decline_code: Option<String>,
    param: Option<String>,
    message: Option<String>,
    payment_intent: Option<Box<Intent>>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: serde_json::Value,
}

/// How a PaymentIntent stands.
pub(super) enum Standing {
    /// It is captured.
    Captured,
    /// Nobody has confirmed it.
    Unconfirmed,
    /// It is not captured and never will be: we confirm no intent twice with what was declined.
    Over {
        /// Why.
        reason: String,
    },
    /// It may still be captured.
    Open,
}

impl StripeError {
    fn word(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.kind)
    }

    /// The no to a charge that there can never be: of that amount, or in that currency.
    fn no_to_the_amount(&self) -> Option<ProviderAnswer> {
        let is_about_it = NO_AMOUNT.contains(&self.word())
            || self.param.as_deref().is_some_and(|param| matches!(param, "amount" | "currency"));
        let is_no = self.kind == "invalid_request_error" && is_about_it;
        let reason = || format!("the provider takes no such amount: {}", self.reason());
        is_no.then(|| ProviderAnswer::Declined { reason: reason() })
    }

    fn reason(&self) -> String {
        let message = self.message.as_deref().filter(|message| !message.is_empty());
        let code = self.decline_code.as_deref().or(self.code.as_deref());
        shortened(message.or(code).unwrap_or("declined"))
    }
}

impl Intent {
    /// The charge's key, where it is one of ours.
    pub(super) fn charge_key(&self) -> Option<&str> {
        self.metadata.get("charge").map(String::as_str)
    }

    pub(super) fn amount(&self) -> Option<Money> {
        Some(Money::new(self.amount, currency(&self.currency)?))
    }

    pub(super) fn standing(&self) -> Standing {
        match (self.status.as_str(), &self.last_payment_error) {
            ("succeeded", _) => Standing::Captured,
            ("canceled", _) => Standing::Over { reason: "cancelled before it was captured".to_owned() },
            ("requires_payment_method", Some(error)) => Standing::Over { reason: error.reason() },
            ("requires_payment_method" | "requires_confirmation", _) => Standing::Unconfirmed,
            _ => Standing::Open,
        }
    }

    /// Why it is not the charge that was asked about.
    fn is_another(&self, key: &str, amount: Option<Money>) -> Option<String> {
        if self.charge_key() != Some(key) {
            return Some("the provider answers about another charge".to_owned());
        }
        match (self.amount(), amount) {
            (None, _) => Some("the provider answers with an amount that is none".to_owned()),
            (Some(theirs), Some(ours)) if theirs != ours => {
                Some(format!("the provider has the charge with {theirs}, it was asked for {ours}"))
            }
            _ => None,
        }
    }

    fn path(&self, step: &str) -> String {
        format!("{INTENTS}/{}{step}", percent(&self.id))
    }
}

impl Dialect for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    fn credentials(&self, key: &str) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Bearer {key}")), ("stripe-version", "2024-06-20".to_owned())]
    }

    fn begin(&self, call: &ProviderCall) -> Next {
        match call {
            ProviderCall::Authorise { key, amount, .. } => make(key, *amount),
            ProviderCall::Query { key, .. }
            | ProviderCall::Cancel { key, .. }
            | ProviderCall::Refund { charge_key: key, .. } => find(key),
        }
    }

    fn follow(&self, call: &ProviderCall, asked: &Asked, response: &ProviderResponse) -> Next {
        match (asked, call) {
            (Asked::Find, ProviderCall::Refund { key, charge_key, amount }) => {
                give_back(key.as_deref(), charge_key, *amount, response)
            }
            (Asked::ListRefunds { of }, ProviderCall::Refund { key: Some(key), amount, .. }) => {
                give_back_once(key, of, *amount, response)
            }
            (Asked::GiveBack | Asked::LookAtRefund, ProviderCall::Refund { amount, .. }) => {
                given_back(*amount, asked, response)
            }
            (Asked::Find, ProviderCall::Query { key, amount } | ProviderCall::Cancel { key, amount }) => {
                match the_found(key, response) {
                    Ok(Some(intent)) => next_step(call, &intent),
                    Ok(None) => make(key, *amount),
                    Err(answer) => Next::Done(answer),
                }
            }
            (Asked::Make, _) => match made(call, response) {
                Ok(intent) => next_step(call, &intent),
                Err(answer) => Next::Done(answer),
            },
            (_, ProviderCall::Authorise { key, amount, .. }) => Next::Done(captured(key, *amount, response)),
            (_, ProviderCall::Query { key, amount }) => Next::Done(looked_at(key, *amount, response)),
            (_, ProviderCall::Cancel { key, amount }) => Next::Done(called_off(key, *amount, response)),
            (_, ProviderCall::Refund { .. }) => Next::Done(response.unclear(None)),
        }
    }

    fn examine(&self, key: &str, code: Option<&str>) -> Next<Examined> {
        match code.filter(|code| code.starts_with(INTENT_ID)) {
            Some(id) => Next::Ask(Asked::Look, look(id)),
            None => find(key),
        }
    }

    fn examined(
        &self,
        key: &str,
        so_far: &mut Charged,
        asked: &Asked,
        response: &ProviderResponse,
    ) -> Next<Examined> {
        if let Asked::ListRefunds { of } = asked {
            return listed(of, so_far, response);
        }
        if *asked == Asked::Find {
            return match the_found(key, response) {
                // The index may show it as it was some minutes ago.
                Ok(Some(intent)) => Next::Ask(Asked::Look, look(&intent.id)),
                Ok(None) => Next::Done(Err("the provider's index does not have the charge".to_owned())),
                Err(answer) => Next::Done(Err(format!("{answer:?}"))),
            };
        }
        if is_nowhere(response) {
            return Next::Done(Ok(Charged::default()));
        }
        let intent = match intent_of(key, None, response) {
            Ok(intent) => intent,
            Err(answer) => return Next::Done(Err(format!("{answer:?}"))),
        };
        match (intent.standing(), intent.amount()) {
            (Standing::Captured, Some(amount)) => {
                so_far.captured = Some((amount, shortened(&intent.id)));
                list_refunds(&intent.id, None)
            }
            (Standing::Unconfirmed | Standing::Over { .. }, _) => Next::Done(Ok(Charged::default())),
            _ => Next::Done(Err("the payment may still be captured".to_owned())),
        }
    }
}

fn find<Answer>(key: &str) -> Next<Answer> {
    let query = percent(&format!("metadata['charge']:'{key}'"));
    Next::Ask(Asked::Find, ProviderRequest::get(format!("{INTENTS}/search?query={query}&limit=10")))
}

fn look(id: &str) -> ProviderRequest {
    ProviderRequest::get(format!("{INTENTS}/{}", percent(id)))
}

/// Whether there is no intent of that id. One of the other mode, test or live, is there: the key of the shop
/// is the wrong one then.
fn is_nowhere(response: &ProviderResponse) -> bool {
    let failed = if response.status == 404 { response.read::<Failed>() } else { None };
    failed.is_some_and(|Failed { error }| {
        let is_of_the_other_mode =
            error.message.as_deref().is_some_and(|message| message.contains("similar object exists in"));
        error.word() == "resource_missing" && !is_of_the_other_mode
    })
}

/// The same charge however often it is asked for: nothing is captured by it.
fn make(key: &str, amount: Money) -> Next {
    let form = vec![
        ("amount".to_owned(), amount.amount.to_string()),
        ("currency".to_owned(), amount.currency.code().to_lowercase()),
        ("payment_method_types[]".to_owned(), "card".to_owned()),
        ("metadata[charge]".to_owned(), key.to_owned()),
    ];
    Next::Ask(Asked::Make, post(INTENTS.to_owned(), Some(key.to_owned()), form))
}

/// What is done with the charge once its id is known.
fn next_step(call: &ProviderCall, intent: &Intent) -> Next {
    match call {
        ProviderCall::Authorise { method, .. } => {
            let form = vec![
                ("payment_method".to_owned(), method.clone()),
                // Nobody is there who could be led to their bank.
                ("error_on_requires_action".to_owned(), "true".to_owned()),
            ];
            Next::Ask(Asked::Capture, post(intent.path("/confirm"), None, form))
        }
        ProviderCall::Cancel { .. } => Next::Ask(Asked::Withdraw, post(intent.path("/cancel"), None, vec![])),
        ProviderCall::Query { .. } | ProviderCall::Refund { .. } => Next::Ask(Asked::Look, look(&intent.id)),
    }
}

const fn post(path: String, idempotency_key: Option<String>, form: Vec<(String, String)>) -> ProviderRequest {
    ProviderRequest { method: Verb::Post, path, idempotency_key, body: RequestBody::Form(form) }
}

/// The charge that a search found; captured before all others.
fn the_found(key: &str, response: &ProviderResponse) -> Result<Option<Intent>, ProviderAnswer> {
    if !response.is_success() {
        return Err(unclear(response));
    }
    let found: Found = response.read().ok_or_else(|| response.unclear(None))?;
    let mut ours: Vec<Intent> =
        found.data.into_iter().filter(|intent| intent.charge_key() == Some(key)).collect();
    ours.sort_by_key(|intent| !matches!(intent.standing(), Standing::Captured));
    Ok(ours.into_iter().next())
}

fn made(call: &ProviderCall, response: &ProviderResponse) -> Result<Intent, ProviderAnswer> {
    let (ProviderCall::Authorise { key, amount, .. }
    | ProviderCall::Query { key, amount }
    | ProviderCall::Cancel { key, amount }) = call
    else {
        return Err(response.unclear(None));
    };
    let failed = if response.status == 400 { response.read::<Failed>() } else { None };
    if let Some(no) = failed.and_then(|failed| failed.error.no_to_the_amount()) {
        return Err(no);
    }
    intent_of(key, Some(*amount), response)
}

fn intent_of(
    key: &str,
    amount: Option<Money>,
    response: &ProviderResponse,
) -> Result<Intent, ProviderAnswer> {
    if !response.is_success() {
        return Err(unclear(response));
    }
    let intent: Intent = response.read().ok_or_else(|| response.unclear(None))?;
    match intent.is_another(key, amount) {
        Some(cause) => Err(unknown(cause)),
        None => Ok(intent),
    }
}

/// What became of a confirmation.
fn captured(key: &str, amount: Money, response: &ProviderResponse) -> ProviderAnswer {
    if response.is_success() {
        return match intent_of(key, Some(amount), response) {
            Ok(intent) => said(&intent, || unknown("the payment is not captured yet")),
            Err(answer) => answer,
        };
    }
    let Some(Failed { error }) = response.read() else { return response.unclear(None) };
    let is_no_method = error.word() == "resource_missing" && error.param.as_deref() == Some("payment_method");
    match response.status {
        402 if error.kind == "card_error" => ProviderAnswer::Declined { reason: error.reason() },
        400 if is_no_method => ProviderAnswer::Declined { reason: error.reason() },
        400 => not_in_that_state(key, amount, &error)
            .or_else(|| error.no_to_the_amount())
            .unwrap_or_else(|| unclear(response)),
        _ => unclear(response),
    }
}

fn looked_at(key: &str, amount: Money, response: &ProviderResponse) -> ProviderAnswer {
    match intent_of(key, Some(amount), response) {
        Ok(intent) => said(&intent, || match intent.standing() {
            // Nobody has confirmed it: that may be done once more.
            Standing::Unconfirmed => ProviderAnswer::NotFound,
            _ => unknown("the payment may still be captured"),
        }),
        Err(answer) => answer,
    }
}

fn called_off(key: &str, amount: Money, response: &ProviderResponse) -> ProviderAnswer {
    if response.is_success() {
        return match intent_of(key, Some(amount), response) {
            Ok(intent) => said(&intent, || unknown("the payment may still be captured")),
            Err(answer) => answer,
        };
    }
    let Some(Failed { error }) = response.read() else { return response.unclear(None) };
    let known = if response.status == 400 { not_in_that_state(key, amount, &error) } else { None };
    known.unwrap_or_else(|| unclear(response))
}

/// A step that an intent's state does not allow says how the intent stands.
fn not_in_that_state(key: &str, amount: Money, error: &StripeError) -> Option<ProviderAnswer> {
    let intent =
        error.payment_intent.as_deref().filter(|_| error.word() == "payment_intent_unexpected_state")?;
    Some(match intent.is_another(key, Some(amount)) {
        Some(cause) => unknown(cause),
        None => said(intent, || unknown("the payment may still be captured")),
    })
}

fn said(intent: &Intent, open: impl FnOnce() -> ProviderAnswer) -> ProviderAnswer {
    match intent.standing() {
        Standing::Captured => ProviderAnswer::Approved { code: shortened(&intent.id) },
        Standing::Over { reason } => ProviderAnswer::Declined { reason },
        Standing::Unconfirmed | Standing::Open => open(),
    }
}

fn unclear(response: &ProviderResponse) -> ProviderAnswer {
    let failed = response.read::<Failed>();
    response.unclear(failed.as_ref().map(|failed| failed.error.word()))
}

fn currency(code: &str) -> Option<Currency> {
    Currency::parse(&code.to_uppercase()).ok()
}

/// What an event says of an intent or a refund of ours; nothing, where it is about something else.
///
/// # Errors
/// [`NotOpened::Unreadable`] where it is no event, or one of a charge that is none.
pub(super) fn told(body: &[u8]) -> Result<Vec<Callback>, NotOpened> {
    let expected = "an event of Stripe";
    let event: Event = serde_json::from_slice(body).map_err(|_| unreadable(expected))?;
    match event.kind.as_str() {
        "payment_intent.succeeded" | "payment_intent.payment_failed" | "payment_intent.canceled" => {
            let intent = serde_json::from_value(event.data.object).map_err(|_| unreadable(expected))?;
            told_of(&intent)
        }
        "refund.created" | "refund.updated" => {
            let refund: Refund =
                serde_json::from_value(event.data.object).map_err(|_| unreadable(expected))?;
            let Some(key) = refund.key() else { return Ok(Vec::new()) };
            if !refund.is_back() {
                return Ok(Vec::new());
            }
            let order = order_of(key).ok_or_else(|| unreadable("metadata[refund] of ours"))?;
            let amount = refund.amount().ok_or_else(|| unreadable("a currency"))?;
            let key = shortened(key);
            Ok(vec![Callback { order, key, amount, outcome: CallbackOutcome::Refunded {} }])
        }
        _ => Ok(Vec::new()),
    }
}

fn told_of(intent: &Intent) -> Result<Vec<Callback>, NotOpened> {
    // The merchant may have charges that are none of this program's.
    let Some(key) = intent.charge_key() else { return Ok(Vec::new()) };
    let order = order_of(key).ok_or_else(|| unreadable("metadata[charge] of ours"))?;
    let amount = intent.amount().ok_or_else(|| unreadable("a currency"))?;
    let outcome = match intent.standing() {
        Standing::Captured => CallbackOutcome::Approved { code: shortened(&intent.id) },
        Standing::Over { reason } => CallbackOutcome::Declined { reason },
        Standing::Unconfirmed | Standing::Open => return Ok(Vec::new()),
    };
    Ok(vec![Callback { order, key: shortened(key), amount, outcome }])
}
