use catalog_contract::{BreakerRule, PaymentRule, PaymentTime, WhenUnavailable};

use super::values::{HOUR, MINUTE, SECOND, millis};
use crate::shop_file::form::{BreakerForm, PaymentSection};
use crate::shop_file::report::Report;

pub(super) fn rule(payment: &PaymentSection, report: &mut Report<'_>) -> PaymentRule {
    match payment.when {
        PaymentTime::None => refuse_keys_of_payment(payment, report),
        PaymentTime::AtOrder => check_method(payment, report),
        PaymentTime::ByCustomer => {
            report
                .refuse("payment.when", "`by-customer` is not supported yet; expected none or at-order")
                .hint("with `at-order` the money moves in the call that places the order");
        }
    }
    let unavailable = payment.unavailable.unwrap_or(WhenUnavailable::Reject);
    if payment.when != PaymentTime::None
        && unavailable == WhenUnavailable::Reject
        && payment.expires_after.is_some()
    {
        report
            .refuse_key(
                "payment.expires_after",
                "never comes into play: an order that cannot be paid is refused at once",
            )
            .hint("leave it out, or let `unavailable` be \"defer\"");
    }
    PaymentRule {
        when: payment.when,
        default_method: payment.default_method.clone(),
        unavailable,
        timeout_millis: millis(payment.timeout.as_ref(), SECOND, 50..=MINUTE, "payment.timeout", report),
        expires_after_millis: millis(
            payment.expires_after.as_ref(),
            15 * MINUTE,
            SECOND..=168 * HOUR,
            "payment.expires_after",
            report,
        ),
        breaker: breaker(payment.breaker.as_ref(), report),
    }
}

fn breaker(form: Option<&BreakerForm>, report: &mut Report<'_>) -> BreakerRule {
    let open = form.and_then(|breaker| breaker.open.as_ref());
    BreakerRule {
        calls_min: form.and_then(|breaker| breaker.calls_min).unwrap_or(20),
        failures_percent: form.and_then(|breaker| breaker.failures_percent).unwrap_or(50),
        open_millis: millis(open, 5 * SECOND, 100..=10 * MINUTE, "payment.breaker.open", report),
    }
}

fn refuse_keys_of_payment(payment: &PaymentSection, report: &mut Report<'_>) {
    let written = [
        ("default_method", payment.default_method.is_some()),
        ("unavailable", payment.unavailable.is_some()),
        ("timeout", payment.timeout.is_some()),
        ("expires_after", payment.expires_after.is_some()),
        ("breaker", payment.breaker.is_some()),
    ];
    for (key, _) in written.into_iter().filter(|(_, written)| *written) {
        report
            .refuse_key(&format!("payment.{key}"), "never comes into play: this shop takes no money")
            .hint("leave it out, or let `payment.when` be \"at-order\"");
    }
}

fn check_method(payment: &PaymentSection, report: &mut Report<'_>) {
    match payment.default_method.as_deref() {
        None => {
            report
                .refuse_key(
                    "payment.default_method",
                    "missing; expected a provider's token such as \"tok_approve\"",
                )
                .hint("who orders without naming a method pays with this one");
        }
        Some(token) if !is_token(token) => {
            report
                .refuse(
                    "payment.default_method",
                    "expected a provider's token: 1 to 64 letters, digits, - or _",
                )
                .hint("a card number never belongs here");
        }
        Some(_) => {}
    }
}

/// A token has a letter: a card number has none and is refused.
fn is_token(token: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    (1..=64).contains(&token.len())
        && token.chars().all(fits)
        && token.chars().any(|letter| letter.is_ascii_alphabetic())
}
