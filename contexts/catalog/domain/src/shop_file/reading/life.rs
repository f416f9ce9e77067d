use catalog_contract::{Accept, CancelRule, Handover, Prepare, PrepareRule, Stage, StageBounds, TableRule};

use super::values::{HOUR, MINUTE, SECOND, millis};
use crate::shop_file::form::{DurationForm, Finishes, LifeSection, ShopForm};
use crate::shop_file::report::Report;
use crate::stages::{Path, stage_word};

pub(super) fn prepare(life: &LifeSection, report: &mut Report<'_>) -> PrepareRule {
    let finishes_at_start = life.finishes == Some(Finishes::AtStart);
    if finishes_at_start && life.prepare != Prepare::Staff {
        let why = match life.prepare {
            Prepare::None => "nothing is made here, so nothing starts",
            _ => "what is made by itself is finished by itself",
        };
        report
            .refuse("life.finishes", format!("never comes into play: {why}"))
            .hint("leave it out, or let `life.prepare` be \"staff\"");
    }
    PrepareRule { by: life.prepare, finishes_at_start }
}

/// A table is where staff hand an order over.
pub(super) fn table(life: &LifeSection, report: &mut Report<'_>) -> Option<TableRule> {
    if life.table.is_some() && life.handover != Handover::Pickup {
        report
            .refuse_key("life.table", "never comes into play: no staff hand an order over")
            .hint("leave it out, or let `life.handover` be \"pickup\"");
    }
    life.table
}

pub(super) fn cancel(form: &ShopForm, report: &mut Report<'_>) -> CancelRule {
    let rule =
        CancelRule { customer_before: form.cancel.customer_before, staff_before: form.cancel.staff_before };
    check_reached(form, "cancel.customer_before", rule.customer_before, report);
    check_reached(form, "cancel.staff_before", rule.staff_before, report);
    rule
}

/// A stage that the orders of this shop never come to would never end the right to cancel.
fn check_reached(form: &ShopForm, path: &str, stage: Stage, report: &mut Report<'_>) {
    let stages = path_of(form).stages();
    if !stages.contains(&stage) {
        let words: Vec<&str> = stages.into_iter().map(stage_word).collect();
        report.refuse(
            path,
            format!(
                "dead end: an order of this shop is never `{}`; expected one of {}",
                stage_word(stage),
                words.join(", "),
            ),
        );
    }
}

pub(super) fn path_of(form: &ShopForm) -> Path {
    Path { payment: form.payment.when, prepare: form.life.prepare, handover: form.life.handover }
}

pub(super) fn bounds(form: &ShopForm, report: &mut Report<'_>) -> StageBounds {
    let (bounds, life) = (&form.bounds, &form.life);
    let made_by_staff = life.prepare == Prepare::Staff;
    let finishes_at_start = life.finishes == Some(Finishes::AtStart);
    let mut bound =
        |key: &str, form: Option<&DurationForm>, otherwise: i64, comes_into_play: bool, why: &str| {
            let path = format!("bounds.{key}");
            if form.is_some() && !comes_into_play {
                report.refuse_key(&path, format!("never comes into play: {why}")).hint("leave it out");
            }
            millis(form, otherwise, SECOND..=168 * HOUR, &path, report)
        };
    StageBounds {
        accept_millis: bound(
            "accept",
            bounds.accept.as_ref(),
            10 * MINUTE,
            life.accept == Accept::Staff,
            "orders are accepted by themselves",
        ),
        start_millis: bound(
            "start",
            bounds.start.as_ref(),
            15 * MINUTE,
            made_by_staff,
            "no staff starts an order",
        ),
        prepare_millis: bound(
            "prepare",
            bounds.prepare.as_ref(),
            30 * MINUTE,
            made_by_staff && !finishes_at_start,
            "no staff is waited for while an order is made",
        ),
        handover_millis: bound(
            "handover",
            bounds.handover.as_ref(),
            2 * HOUR,
            life.handover != Handover::None,
            "nobody hands an order over",
        ),
    }
}
