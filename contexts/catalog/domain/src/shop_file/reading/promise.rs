use catalog_contract::{Handover, PromiseRule};

use super::values::{HOUR, MINUTE, SECOND, millis};
use crate::shop_file::form::ShopForm;
use crate::shop_file::report::Report;

pub(super) fn rule(form: &ShopForm, report: &mut Report<'_>) -> Option<PromiseRule> {
    let promise = form.promise.as_ref()?;
    match (form.life.handover, &promise.deliver) {
        (Handover::Delivery, None) => {
            report
                .refuse_key("promise.deliver", "missing; expected how long it takes to bring an order")
                .hint("write `deliver = \"30m\"`: a courier brings what this shop sells");
        }
        (Handover::None | Handover::Pickup, Some(_)) => {
            report
                .refuse_key(
                    "promise.deliver",
                    "never comes into play: no courier brings what this shop sells",
                )
                .hint("leave it out, or let `life.handover` be \"delivery\"");
        }
        _ => {}
    }
    let prepare_millis =
        millis(Some(&promise.prepare), MINUTE, SECOND..=168 * HOUR, "promise.prepare", report);
    let deliver_millis = promise
        .deliver
        .as_ref()
        .map(|written| millis(Some(written), HOUR, SECOND..=720 * HOUR, "promise.deliver", report));
    Some(PromiseRule { prepare_millis, deliver_millis, at_once: promise.at_once.unwrap_or(1) })
}
