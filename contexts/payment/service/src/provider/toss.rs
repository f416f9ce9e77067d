//! Toss Payments' API (version 1 of its core API) as a mapping.
//!
//! - A charge's key, with `_` for `/`, is the `orderId`, and the key itself the idempotency key of
//!   `POST /v1/payments/confirm`; the method is the `paymentKey` that the customer's payment window gave.
//! - A refund's key is the idempotency key of `POST /v1/payments/{paymentKey}/cancel`, and its
//!   `cancelReason`, which is where `cancels` of a payment say it again.
//! - Amounts are whole won; other currencies are declined before anything is sent.
//!
//! **Calling off.** The API has nothing that forbids a later confirmation under an `orderId`, so what cannot
//! be found is answered [`ProviderAnswer::NotFound`], which [`super::FarProvider`] takes for *not known*
//! until it is too late for a confirmation. A payment that the customer authenticated and nobody confirmed
//! ends by itself as `EXPIRED`, which is a no.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use serde_json::{Number, json};

use super::callback::{Callback, CallbackOutcome, NotOpened, order_of, unreadable};
use super::exchange::{
    Asked, Charged, Dialect, Examined, Next, ProviderRequest, ProviderResponse, shortened, unknown,
};
use super::far::percent;
use super::{ProviderAnswer, ProviderCall};

/// Speaks to Toss Payments.
#[derive(Debug, Clone, Copy, Default)]
pub struct Toss;

/// Words with which a confirmation is refused for good. Every other word is about the request, the merchant
/// or the moment, and says nothing about the charge.
const NO: &[&str] = &[
    "BELOW_MINIMUM_AMOUNT",
    "EXCEED_MAX_AMOUNT",
    "EXCEED_MAX_AUTH_COUNT",
    "EXCEED_MAX_CARD_INSTALLMENT_PLAN",
    "EXCEED_MAX_DAILY_PAYMENT_COUNT",
    "EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT",
    "EXCEED_MAX_ONE_DAY_AMOUNT",
    "EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT",
    "EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT",
    "EXCEED_MAX_PAYMENT_AMOUNT",
    "FDS_ERROR",
    "INVALID_ACCOUNT_INFO_RE_REGISTER",
    "INVALID_CARD_EXPIRATION",
    "INVALID_CARD_INSTALLMENT_PLAN",
    "INVALID_CARD_LOST_OR_STOLEN",
    "INVALID_CARD_NUMBER",
    "INVALID_PASSWORD",
    "INVALID_REJECT_CARD",
    "INVALID_STOPPED_CARD",
    "NOT_ALLOWED_POINT_USE",
    "NOT_AVAILABLE_BANK",
    "NOT_AVAILABLE_PAYMENT",
    "NOT_FOUND_PAYMENT",
    "NOT_FOUND_PAYMENT_SESSION",
    "NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT",
    "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN",
    "REJECT_ACCOUNT_PAYMENT",
    "REJECT_CARD_COMPANY",
    "REJECT_CARD_PAYMENT",
    "REJECT_TOSSPAY_INVALID_ACCOUNT",
    "RESTRICTED_TRANSFER_ACCOUNT",
];

/// Words with which a refund is refused for good.
const NO_REFUND: &[&str] = &[
    "ALREADY_CANCELED_PAYMENT",
    "ALREADY_REFUND_PAYMENT",
    "EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT",
    "EXCEED_MAX_REFUND_DUE",
    "NOT_ALLOWED_PARTIAL_REFUND",
    "NOT_CANCELABLE_AMOUNT",
    "NOT_CANCELABLE_PAYMENT",
    "NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER",
    "REFUND_REJECTED",
];

/// A payment as the API shows it, as far as we look. What the API adds is passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TossPayment {
    payment_key: String,
    pub(super) order_id: String,
    status: String,
    currency: String,
    total_amount: Number,
    approved_at: Option<String>,
    last_transaction_key: Option<String>,
    card: Option<Card>,
    failure: Option<TossError>,
    cancels: Option<Vec<Cancel>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Card {
    approve_no: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cancel {
    cancel_amount: Number,
    cancel_reason: Option<String>,
    cancel_status: Option<String>,
}

#[derive(Debug, Deserialize)]
struct TossError {
    code: String,
    #[serde(default)]
    message: String,
}

/// What a confirmation says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Confirmation<'a> {
    payment_key: &'a str,
    order_id: &'a str,
    amount: i64,
}

/// How a payment stands.
pub(super) enum Standing {
    /// It is captured; some or all of it may be back.
    Captured {
        /// The number that receipts say.
        code: String,
    },
    /// The customer has done their part, nobody has confirmed it.
    Unconfirmed,
    /// It is not captured and never will be.
    Over {
        /// Why.
        reason: String,
    },
    /// Something that we do not know.
    Unclear,
}

/// The name of a charge there: the API takes no `/`. `None` where the key is none of ours.
pub(super) fn order_id(key: &str) -> Option<String> {
    let id = key.replace('/', "_");
    let fits = (6..=64).contains(&id.len())
        && !key.contains('_')
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte));
    fits.then_some(id)
}

/// The key of a charge that goes by this name there.
pub(super) fn key_of(order_id: &str) -> String {
    order_id.replace('_', "/")
}

impl TossPayment {
    /// How it stands.
    pub(super) fn standing(&self) -> Standing {
        match (self.status.as_str(), &self.approved_at) {
            ("DONE", _) | ("CANCELED" | "PARTIAL_CANCELED", Some(_)) => {
                Standing::Captured { code: self.code() }
            }
            ("READY" | "IN_PROGRESS", _) => Standing::Unconfirmed,
            ("ABORTED" | "EXPIRED" | "CANCELED", _) => Standing::Over { reason: self.reason() },
            _ => Standing::Unclear,
        }
    }

    /// Of how much it is; nothing where that is no whole amount of a currency.
    pub(super) fn amount(&self) -> Option<Money> {
        Some(Money::new(self.total_amount.as_i64()?, Currency::parse(&self.currency).ok()?))
    }

    /// What went back of it: the refunds' keys, where they say one, and how much.
    pub(super) fn given_back(&self) -> impl Iterator<Item = (Option<&str>, Option<i64>)> {
        let done = |cancel: &&Cancel| cancel.cancel_status.as_deref().is_none_or(|status| status == "DONE");
        let cancels = self.cancels.iter().flatten().filter(done);
        cancels.map(|cancel| (cancel.cancel_reason.as_deref(), cancel.cancel_amount.as_i64()))
    }

    fn code(&self) -> String {
        let number = self.card.as_ref().and_then(|card| card.approve_no.as_deref());
        let code = number.filter(|number| !number.is_empty()).or(self.last_transaction_key.as_deref());
        shortened(code.unwrap_or(&self.payment_key))
    }

    fn reason(&self) -> String {
        match &self.failure {
            Some(failure) if !failure.message.is_empty() => shortened(&failure.message),
            _ => format!("the payment is {}", shortened(&self.status)),
        }
    }

    /// Why it is not the payment that was asked about.
    fn is_another(&self, key: &str, amount: Option<Money>) -> Option<String> {
        if order_id(key).as_deref() != Some(self.order_id.as_str()) {
            return Some(format!("the provider answers about order {}", shortened(&self.order_id)));
        }
        match (self.amount(), amount) {
            (None, _) => Some("the provider answers with an amount that is none".to_owned()),
            (Some(theirs), Some(ours)) if theirs != ours => {
                Some(format!("the provider has the charge with {theirs}, it was asked for {ours}"))
            }
            _ => None,
        }
    }
}

impl Dialect for Toss {
    fn name(&self) -> &'static str {
        "toss"
    }

    /// The key is the user, and there is no password.
    fn credentials(&self, key: &str) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Basic {}", STANDARD.encode(format!("{key}:"))))]
    }

    fn begin(&self, call: &ProviderCall) -> Next {
        match call {
            ProviderCall::Authorise { amount, .. } if amount.currency != Currency::KRW => {
                let reason = "Toss Payments is asked for won only".to_owned();
                Next::Done(ProviderAnswer::Declined { reason })
            }
            ProviderCall::Authorise { key, amount, method } => match order_id(key) {
                Some(order) => {
                    let body = Confirmation { payment_key: method, order_id: &order, amount: amount.amount };
                    let body = serde_json::to_value(body).unwrap_or_default();
                    let path = "/v1/payments/confirm".to_owned();
                    Next::Ask(Asked::Capture, ProviderRequest::post_json(path, Some(key.clone()), body))
                }
                None => no_such_name(),
            },
            ProviderCall::Query { key, .. }
            | ProviderCall::Cancel { key, .. }
            | ProviderCall::Refund { charge_key: key, .. } => match order_id(key) {
                Some(order) => Next::Ask(Asked::Look, look(&order)),
                None => no_such_name(),
            },
        }
    }

    fn follow(&self, call: &ProviderCall, asked: &Asked, response: &ProviderResponse) -> Next {
        match call {
            ProviderCall::Authorise { key, amount, .. } => Next::Done(confirmed(key, *amount, response)),
            ProviderCall::Query { key, amount } => {
                Next::Done(looked_at(key, *amount, response, |unconfirmed| {
                    // Nobody has confirmed it: that may be done once more.
                    if unconfirmed { ProviderAnswer::NotFound } else { still_open() }
                }))
            }
            ProviderCall::Cancel { key, amount } => {
                Next::Done(looked_at(key, *amount, response, |_| still_open()))
            }
            ProviderCall::Refund { key, charge_key, amount } if *asked == Asked::Look => {
                give_back(key.as_deref(), charge_key, *amount, response)
            }
            ProviderCall::Refund { key, charge_key, amount } => {
                Next::Done(given_back(key.as_deref(), charge_key, *amount, response))
            }
        }
    }

    fn examine(&self, key: &str, _code: Option<&str>) -> Next<Examined> {
        match order_id(key) {
            Some(order) => Next::Ask(Asked::Look, look(&order)),
            // Nothing can be captured under a key that cannot be said there.
            None => Next::Done(Ok(Charged::default())),
        }
    }

    fn examined(
        &self,
        key: &str,
        _so_far: &mut Charged,
        _asked: &Asked,
        response: &ProviderResponse,
    ) -> Next<Examined> {
        Next::Done(charged(key, response))
    }
}

/// What the payment says of itself: all of it stands in one place.
fn charged(key: &str, response: &ProviderResponse) -> Examined {
    let payment = match found(response) {
        Ok(payment) => payment,
        Err(ProviderAnswer::NotFound) => return Ok(Charged::default()),
        Err(answer) => return Err(format!("{answer:?}")),
    };
    // Another amount is what one looks for.
    if let Some(cause) = payment.is_another(key, None) {
        return Err(cause);
    }
    let amount = payment.amount().ok_or_else(|| "the payment has no whole amount".to_owned())?;
    let Standing::Captured { code } = payment.standing() else { return Ok(Charged::default()) };
    let refunds = payment
        .given_back()
        .map(|(key, won)| (key.map(shortened), Money::new(won.unwrap_or(0), amount.currency)))
        .collect();
    Ok(Charged { captured: Some((amount, code)), refunds })
}

fn look(order: &str) -> ProviderRequest {
    ProviderRequest::get(format!("/v1/payments/orders/{order}"))
}

fn no_such_name() -> Next {
    Next::Done(unknown("the key cannot be an orderId of Toss Payments"))
}

fn still_open() -> ProviderAnswer {
    unknown("the payment may still be captured")
}

/// What became of a confirmation.
fn confirmed(key: &str, amount: Money, response: &ProviderResponse) -> ProviderAnswer {
    if response.is_success() {
        return looked_at(key, amount, response, |_| unknown("the payment is not captured yet"));
    }
    match response.read::<TossError>() {
        Some(error) if is_refusal(response) && NO.contains(&error.code.as_str()) => declined(&error),
        error => response.unclear(error.as_ref().map(|error| error.code.as_str())),
    }
}

/// What a payment that was looked at says; what is open is the caller's to judge (whether it is known to be
/// unconfirmed).
fn looked_at(
    key: &str,
    amount: Money,
    response: &ProviderResponse,
    open: impl FnOnce(bool) -> ProviderAnswer,
) -> ProviderAnswer {
    let payment = match found(response) {
        Ok(payment) => payment,
        Err(answer) => return answer,
    };
    if let Some(cause) = payment.is_another(key, Some(amount)) {
        return unknown(cause);
    }
    match payment.standing() {
        Standing::Captured { code } => ProviderAnswer::Approved { code },
        Standing::Over { reason } => ProviderAnswer::Declined { reason },
        Standing::Unconfirmed => open(true),
        Standing::Unclear => open(false),
    }
}

/// The payment that was looked for.
pub(super) fn found(response: &ProviderResponse) -> Result<TossPayment, ProviderAnswer> {
    if response.is_success() {
        return response.read().ok_or_else(|| response.unclear(None));
    }
    Err(match response.read::<TossError>() {
        Some(error) if response.status == 404 && error.code == "NOT_FOUND_PAYMENT" => {
            ProviderAnswer::NotFound
        }
        error => response.unclear(error.as_ref().map(|error| error.code.as_str())),
    })
}

/// A refund begins with a look: the API wants the payment's own key, and what is back is not asked for again.
fn give_back(key: Option<&str>, charge_key: &str, amount: Money, response: &ProviderResponse) -> Next {
    let payment = match found(response) {
        Ok(payment) => payment,
        Err(answer) => return Next::Done(answer),
    };
    if let Some(cause) = payment.is_another(charge_key, None) {
        return Next::Done(unknown(cause));
    }
    if payment.amount().is_none_or(|theirs| theirs.currency != amount.currency) {
        return Next::Done(unknown("the provider has the charge in another currency"));
    }
    match payment.standing() {
        Standing::Captured { .. } if is_back(&payment, key, amount) => Next::Done(ProviderAnswer::Refunded),
        Standing::Captured { .. } => {
            let path = format!("/v1/payments/{}/cancel", percent(&payment.payment_key));
            let reason = key.unwrap_or("given back");
            let body = json!({ "cancelReason": reason, "cancelAmount": amount.amount });
            Next::Ask(Asked::GiveBack, ProviderRequest::post_json(path, key.map(str::to_owned), body))
        }
        // Nothing can go back of what is not captured.
        Standing::Over { .. } => Next::Done(ProviderAnswer::NotFound),
        Standing::Unconfirmed | Standing::Unclear => Next::Done(still_open()),
    }
}

fn given_back(
    key: Option<&str>,
    charge_key: &str,
    amount: Money,
    response: &ProviderResponse,
) -> ProviderAnswer {
    if response.is_success() {
        return match response.read::<TossPayment>() {
            None => response.unclear(None),
            Some(payment) => match payment.is_another(charge_key, None) {
                Some(cause) => unknown(cause),
                None if key.is_none() || is_back(&payment, key, amount) => ProviderAnswer::Refunded,
                None => unknown("the provider does not say that the money is back"),
            },
        };
    }
    match response.read::<TossError>() {
        Some(error) if is_refusal(response) && NO_REFUND.contains(&error.code.as_str()) => declined(&error),
        error => response.unclear(error.as_ref().map(|error| error.code.as_str())),
    }
}

fn is_back(payment: &TossPayment, key: Option<&str>, amount: Money) -> bool {
    key.is_some_and(|key| payment.given_back().any(|back| back == (Some(key), Some(amount.amount))))
}

/// Whether the provider has judged the request, and not failed or put it off.
const fn is_refusal(response: &ProviderResponse) -> bool {
    matches!(response.status, 400 | 403 | 404)
}

fn declined(error: &TossError) -> ProviderAnswer {
    let reason = if error.message.is_empty() { &error.code } else { &error.message };
    ProviderAnswer::Declined { reason: shortened(reason) }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
    data: Option<serde_json::Value>,
}

/// What a webhook says: that the payment is captured, that it never will be, and what went back of it so far.
///
/// # Errors
/// [`NotOpened::Unreadable`] where it is no event, or one of a payment that is none.
pub(super) fn told(body: &[u8]) -> Result<Vec<Callback>, NotOpened> {
    let expected = "an event of Toss Payments";
    let event: Event = serde_json::from_slice(body).map_err(|_| unreadable(expected))?;
    if event.event_type != "PAYMENT_STATUS_CHANGED" {
        return Ok(Vec::new());
    }
    let payment = event.data.and_then(|data| serde_json::from_value::<TossPayment>(data).ok());
    let payment = payment.ok_or_else(|| unreadable(expected))?;
    let key = key_of(&payment.order_id);
    let amount = payment.amount().ok_or_else(|| unreadable("a whole amount in a currency"))?;
    let order = order_of(&key).ok_or_else(|| unreadable("an orderId of ours"))?;
    let about = |key: &str, amount, outcome| Callback { order, key: key.to_owned(), amount, outcome };
    Ok(match payment.standing() {
        Standing::Captured { code } => {
            let captured = about(&key, amount, CallbackOutcome::Approved { code });
            let back = payment.given_back().map(|(refund, won)| {
                let amount = Money::new(won.unwrap_or(0), amount.currency);
                about(&shortened(refund.unwrap_or_default()), amount, CallbackOutcome::Refunded {})
            });
            std::iter::once(captured).chain(back).collect()
        }
        Standing::Over { reason } => vec![about(&key, amount, CallbackOutcome::Declined { reason })],
        Standing::Unconfirmed | Standing::Unclear => Vec::new(),
    })
}
