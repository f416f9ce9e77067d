use catalog_contract::{BreakerRule, DepositRule, PaymentRule, PaymentTime, WhenUnavailable};
use kernel::Currency;

use super::values::{HOUR, MINUTE, SECOND, amount, millis};
use crate::shop_file::form::{AmountForm, BreakerForm, PaymentSection, PaymentSource};
use crate::shop_file::report::Report;

pub(super) fn rule(payment: &PaymentSection, currency: Currency, report: &mut Report<'_>) -> PaymentRule {
    let deposit = (payment.with == Some(PaymentSource::Deposit)).then(|| DepositRule {
        walk_in: least_nothing(payment.walk_in.as_ref(), currency, "payment.walk_in", report).unwrap_or(0),
    });
    match payment.when {
        PaymentTime::None => refuse_keys_of_payment(payment, report),
        PaymentTime::AtOrder | PaymentTime::ByCustomer if deposit.is_some() => check_deposit(payment, report),
        PaymentTime::AtOrder | PaymentTime::ByCustomer => check_method(payment, report),
    }
    let by_customer = payment.when == PaymentTime::ByCustomer;
    if by_customer && payment.unavailable == Some(WhenUnavailable::Reject) {
        report
            .refuse("payment.unavailable", "the order is taken before it is paid; expected `defer`")
            .hint("leave it out: with `by-customer` payment is asked again by itself");
    }
    let otherwise = if by_customer { WhenUnavailable::Defer } else { WhenUnavailable::Reject };
    let unavailable = payment.unavailable.unwrap_or(otherwise);
    if payment.when == PaymentTime::AtOrder
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
        default_method: match deposit {
            Some(_) => Some(DepositRule::METHOD.to_owned()),
            None => payment.default_method.clone(),
        },
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
        deposit,
        refund_alone_max: least_nothing(
            payment.refund_alone_max.as_ref(),
            currency,
            "payment.refund_alone_max",
            report,
        ),
    }
}

/// An amount of nothing or more, in minor units.
fn least_nothing(
    form: Option<&AmountForm>,
    currency: Currency,
    path: &str,
    report: &mut Report<'_>,
) -> Option<i64> {
    let read = amount(form?, currency, path, report);
    if read.amount < 0 {
        report.refuse(path, "less than nothing; expected 0 or more");
    }
    Some(read.amount.max(0))
}

/// A deposit names no token: there is one account per customer.
fn check_deposit(payment: &PaymentSection, report: &mut Report<'_>) {
    if payment.default_method.is_some() {
        report
            .refuse_key("payment.default_method", "never comes into play: the deposit pays")
            .hint("leave it out, or let `with` be \"card\"");
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
        ("with", payment.with.is_some()),
        ("walk_in", payment.walk_in.is_some()),
        ("refund_alone_max", payment.refund_alone_max.is_some()),
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
    if payment.walk_in.is_some() {
        report
            .refuse_key("payment.walk_in", "never comes into play: this shop keeps no deposits")
            .hint("leave it out, or let `with` be \"deposit\"");
    }
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
