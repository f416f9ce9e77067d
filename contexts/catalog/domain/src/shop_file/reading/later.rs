use catalog_contract::{CutOff, DayTime, LaterRule};

use super::values::{HOUR, MINUTE, SECOND, millis};
use crate::shop_file::form::{LaterSection, ShopForm};
use crate::shop_file::report::{Report, key_path};

pub(super) fn rule(form: &ShopForm, report: &mut Report<'_>) -> Option<LaterRule> {
    let later = form.later.as_ref()?;
    let (days_ahead_max, only) = (later.days_ahead_max.unwrap_or(7), later.only.unwrap_or(false));
    if let Some(order_by) = &later.order_by {
        let cut_off = Some(cut_off(later, order_by, days_ahead_max, report));
        return Some(LaterRule { days_ahead_max, notice_millis: 0, lead_millis: 0, cut_off, only });
    }
    if later.days_before.is_some() {
        report
            .refuse_key("later.days_before", "never comes into play: orders are taken until no fixed time")
            .hint("leave it out, or say until when: `order_by = \"18:00\"`");
    }
    let clean_so_far = report.len();
    let notice = later.notice.as_ref();
    let notice_millis = millis(notice, 30 * MINUTE, SECOND..=168 * HOUR, "later.notice", report);
    let lead_millis = millis(later.lead.as_ref(), notice_millis, SECOND..=168 * HOUR, "later.lead", report);
    let readable = report.len() == clean_so_far;
    if readable && notice_millis >= i64::from(days_ahead_max) * 24 * HOUR {
        report.refuse(
            "later.notice",
            "dead end: what is late enough is too far ahead; expected less than `days_ahead_max`",
        );
    }
    if readable && lead_millis > notice_millis {
        report
            .refuse(
                "later.lead",
                "longer than `notice`: an order that comes late would go to whoever makes it too late",
            )
            .hint("let `notice` be as long as `lead`, or longer");
    }
    Some(LaterRule { days_ahead_max, notice_millis, lead_millis, cut_off: None, only })
}

/// Until when the orders of a day are taken: what says the same by lengths of time stands aside.
fn cut_off(later: &LaterSection, order_by: &str, days_ahead_max: u32, report: &mut Report<'_>) -> CutOff {
    for (key, written) in [("notice", later.notice.is_some()), ("lead", later.lead.is_some())] {
        if written {
            report
                .refuse_key(
                    &key_path("later", key),
                    "never comes into play: orders are taken until `order_by`, and made from then on",
                )
                .hint(format!("leave out `{key}`, or `order_by`"));
        }
    }
    let days_before = later.days_before.unwrap_or(1);
    if days_before >= days_ahead_max {
        report
            .refuse("later.days_ahead_max", "dead end: `order_by` lies as far ahead as orders may be placed")
            .hint("let `days_ahead_max` be more than `days_before`");
    }
    let Some(time) = DayTime::parse(order_by) else {
        report
            .refuse("later.order_by", format!("`{order_by}` is no time of the day"))
            .hint("write two digits, a colon, two digits: \"18:00\", \"09:30\"");
        return CutOff { time: DayTime::default(), days_before };
    };
    CutOff { time, days_before }
}
