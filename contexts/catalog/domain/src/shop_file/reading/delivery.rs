use catalog_contract::{DeliveryRule, Handover, PaymentTime};

use super::values::{HOUR, MINUTE, SECOND, millis};
use crate::shop_file::form::{AddressForm, CourierForm, DeliverySection, ReturnedForm, ShopForm};
use crate::shop_file::report::Report;

pub(super) fn rule(form: &ShopForm, report: &mut Report<'_>) -> Option<DeliveryRule> {
    match (form.life.handover, &form.delivery) {
        (Handover::Delivery, Some(delivery)) => Some(read(form, delivery, report)),
        (Handover::Delivery, None) => {
            report
                .refuse(
                    "life.handover",
                    "`delivery` needs a section [delivery] that says how orders are brought",
                )
                .hint("write [delivery] with `starts = \"staff\"` or `starts = \"auto\"`");
            None
        }
        (_, Some(_)) => {
            report
                .refuse_key("delivery", "never comes into play: no courier brings what this shop sells")
                .hint("leave it out, or let `life.handover` be \"delivery\"");
            None
        }
        (_, None) => None,
    }
}

fn read(form: &ShopForm, delivery: &DeliverySection, report: &mut Report<'_>) -> DeliveryRule {
    let attempts = attempts(delivery, report);
    if form.payment.when == PaymentTime::None && delivery.returned.is_some() {
        report
            .refuse_key("delivery.returned", "never comes into play: this shop takes no money")
            .hint("leave it out");
    }
    let delivered_after = delivery.delivered_after.as_ref();
    DeliveryRule {
        starts: delivery.starts,
        needs_courier: delivery.courier == Some(CourierForm::Required),
        needs_address: delivery.address != Some(AddressForm::Optional),
        attempts,
        retry_after_millis: millis(
            delivery.retry_after.as_ref(),
            30 * MINUTE,
            SECOND..=168 * HOUR,
            "delivery.retry_after",
            report,
        ),
        refunds_returned: delivery.returned != Some(ReturnedForm::Keep),
        delivered_after_millis: delivered_after.map(|written| {
            millis(Some(written), HOUR, SECOND..=720 * HOUR, "delivery.delivered_after", report)
        }),
    }
}

fn attempts(delivery: &DeliverySection, report: &mut Report<'_>) -> u32 {
    let attempts = delivery.attempts.unwrap_or(1);
    if attempts <= 1 && delivery.retry_after.is_some() {
        report
            .refuse_key("delivery.retry_after", "never comes into play: a delivery is tried only once")
            .hint("leave it out, or let `attempts` be 2 or more");
    }
    attempts
}
