use catalog_contract::{Completes, Handover, Stage};

use super::values::{HOUR, SECOND, millis};
use crate::shop_file::form::{CompletesForm, CompletesWhen, DurationForm, LifeSection};
use crate::shop_file::report::Report;
use crate::stages::stage_word;

const PATH: &str = "life.completes";

pub(super) fn rule(life: &LifeSection, report: &mut Report<'_>) -> Completes {
    let form = &life.completes;
    refuse_keys_of_others(form, report);
    match form.when {
        CompletesWhen::Command => by_command(life, report),
        CompletesWhen::AtStage => at_stage(life, report),
        CompletesWhen::After => after(life, report),
    }
}

fn refuse_keys_of_others(form: &CompletesForm, report: &mut Report<'_>) {
    let keys = [
        ("or_after", form.or_after.is_some(), CompletesWhen::Command, "command"),
        ("stage", form.stage.is_some(), CompletesWhen::AtStage, "at-stage"),
        ("after", form.after.is_some(), CompletesWhen::After, "after"),
    ];
    for (key, written, when, word) in keys {
        if written && form.when != when {
            report.refuse_key(&format!("{PATH}.{key}"), format!("expected only where `when` is \"{word}\""));
        }
    }
}

fn by_command(life: &LifeSection, report: &mut Report<'_>) -> Completes {
    if life.handover == Handover::None {
        let found = report.refuse(
            "life.completes.when",
            "dead end: with `handover = \"none\"` nobody hands an order over, so it would never be complete",
        );
        found.hint("let `handover` be \"pickup\", or complete it \"at-stage\" prepared or \"after\" a while");
    }
    if life.handover == Handover::Delivery {
        report
            .refuse(
                "life.completes.when",
                "dead end: a courier brings the orders, so nobody hands one over and it would never be complete",
            )
            .hint("complete it \"at-stage\" delivered, or \"after\" a while behind that");
    }
    Completes::Command {
        or_after_millis: prepared_for(life.completes.or_after.as_ref(), 0, "or_after", report),
    }
}

fn at_stage(life: &LifeSection, report: &mut Report<'_>) -> Completes {
    let stage_path = "life.completes.stage";
    let delivers = life.handover == Handover::Delivery;
    match life.completes.stage {
        None => {
            report.refuse_key(
                stage_path,
                "missing; expected the stage that completes an order, such as \"prepared\"",
            );
        }
        Some(Stage::Prepared) if life.handover == Handover::Pickup => {
            report
                .refuse(stage_path, "dead end: an order would be complete before it can be handed over")
                .hint("let `handover` be \"none\", or let `completes.when` be \"command\"");
        }
        Some(stage @ (Stage::Prepared | Stage::DeliveryStarted)) if delivers => {
            report.refuse(
                stage_path,
                format!(
                    "dead end: an order that is complete when it is {} is never brought to the \
                        customer; expected delivered",
                    stage_word(stage)
                ),
            );
        }
        Some(Stage::Prepared) => {}
        Some(Stage::Delivered) if delivers => {}
        Some(stage) => {
            let why = if stage < Stage::Prepared || stage == Stage::Completed {
                "what comes after it would never happen"
            } else {
                "an order of this shop never comes to it"
            };
            let word = stage_word(stage);
            let expected = stage_word(if delivers { Stage::Delivered } else { Stage::Prepared });
            report.refuse(
                stage_path,
                format!("dead end: `{word}` cannot complete an order, {why}; expected {expected}"),
            );
        }
    }
    Completes::AtStage { stage: life.completes.stage.unwrap_or(Stage::Prepared) }
}

fn after(life: &LifeSection, report: &mut Report<'_>) -> Completes {
    if life.completes.after.is_none() {
        report.refuse_key("life.completes.after", "missing; expected a length of time such as \"10m\"");
    }
    if life.handover == Handover::Pickup {
        report
            .refuse("life.completes.when", "dead end: handing an order over would not complete it")
            .hint("let `when` be \"command\" and write the time as `or_after`");
    }
    Completes::After { millis: prepared_for(life.completes.after.as_ref(), SECOND, "after", report) }
}

fn prepared_for(form: Option<&DurationForm>, otherwise: i64, key: &str, report: &mut Report<'_>) -> i64 {
    millis(form, otherwise, SECOND..=720 * HOUR, &format!("{PATH}.{key}"), report)
}
