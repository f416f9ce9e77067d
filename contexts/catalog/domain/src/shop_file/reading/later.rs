use catalog_contract::LaterRule;

use super::values::{HOUR, MINUTE, SECOND, millis};
use crate::shop_file::form::ShopForm;
use crate::shop_file::report::Report;

pub(super) fn rule(form: &ShopForm, report: &mut Report<'_>) -> Option<LaterRule> {
    let later = form.later.as_ref()?;
    let days_ahead_max = later.days_ahead_max.unwrap_or(7);
    let notice = later.notice.as_ref();
    let notice_millis = millis(notice, 30 * MINUTE, SECOND..=168 * HOUR, "later.notice", report);
    let lead_millis = millis(later.lead.as_ref(), notice_millis, SECOND..=168 * HOUR, "later.lead", report);
    if notice_millis >= i64::from(days_ahead_max) * 24 * HOUR {
        report.refuse(
            "later.notice",
            "dead end: what is late enough is too far ahead; expected less than `days_ahead_max`",
        );
    }
    if lead_millis > notice_millis {
        report
            .refuse(
                "later.lead",
                "longer than `notice`: an order that comes late would go to whoever makes it too late",
            )
            .hint("let `notice` be as long as `lead`, or longer");
    }
    Some(LaterRule { days_ahead_max, notice_millis, lead_millis })
}
