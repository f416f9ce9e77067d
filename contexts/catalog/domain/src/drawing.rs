//! The life of an order in one shop, as a drawing for people and as Mermaid for pages.

use std::fmt::Write;

use catalog_contract::{
    Accept, Completes, CutOff, DeliveryRule, DeliveryStarts, Handover, LaterRule, PaymentTime, Prepare,
    ShopLife, Stage, StockMode, WhenUnavailable,
};

use crate::shop_file::spoken_millis;
use crate::stages::{stage_word, stages_of};

/// The column of stages is at least so wide.
const WORD_CHARS_MIN: usize = 10;

/// The life of an order, from top to bottom: each stage, how it is reached, who may still cancel.
#[must_use]
pub fn draw_life(life: &ShopLife) -> String {
    let stages = stages_of(life);
    let width = stages.iter().map(|stage| stage_word(*stage).len()).max().unwrap_or(0).max(WORD_CHARS_MIN);
    let mut drawing = format!("{} - {} / {}\n\n", life.key, life.name.ko, life.name.en);
    let mut line = |mark: &str, word: &str, text: &str, cancel: &str| {
        let line = format!("  {mark} {word:<width$} {text:<58} {cancel}");
        let _ = writeln!(drawing, "{}", line.trim_end());
    };
    line(" ", "stage", "how it is reached", "may cancel");
    for (index, &stage) in stages.iter().enumerate() {
        let mark = if index == 0 {
            "●"
        } else if stage == Stage::Completed {
            "◎"
        } else {
            "○"
        };
        line(mark, stage_word(stage), &reached(life, stage), may_cancel(life, stage));
        for (outcome, why) in branches(life, stage) {
            line("├─▶", outcome, &why, "");
        }
        if index + 1 < stages.len() {
            line("│", "", "", "");
        }
    }
    let _ = writeln!(drawing, "\n  A cancelled order: {}.", given_back(life));
    if let Some(rule) = &life.later {
        let whose = if rule.only { "Every order is for later" } else { "An order for later" };
        let _ = writeln!(drawing, "  {whose}: {}.", later_words(life, rule));
    }
    drawing
}

/// The life of an order as a Mermaid state diagram.
#[must_use]
pub fn mermaid_life(life: &ShopLife) -> String {
    let stages = stages_of(life);
    let mut diagram = String::from("stateDiagram-v2\n    [*] --> placed\n");
    let mut arrow = |from: &str, to: &str, why: &str| {
        let _ = writeln!(diagram, "    {from} --> {to}: {}", why.replace([':', ';'], ","));
    };
    for pair in stages.windows(2) {
        arrow(&mermaid_word(pair[0]), &mermaid_word(pair[1]), &reached(life, pair[1]));
    }
    if let (Some(rule), Some(pair)) =
        (&life.later, stages.windows(2).find(|pair| pair[1] == Stage::Confirmed))
    {
        arrow(&mermaid_word(pair[0]), "scheduled", "ordered for later");
        let when = rule.cut_off.map_or_else(
            || format!("{} before its time", spoken_millis(rule.lead_millis)),
            |cut_off| format!("at {}", cut_off_words(cut_off)),
        );
        arrow("scheduled", &mermaid_word(pair[1]), &when);
    }
    for &stage in &stages {
        for (outcome, why) in branches(life, stage) {
            arrow(&mermaid_word(stage), outcome, &why);
        }
        match may_cancel(life, stage) {
            "" => {}
            who => arrow(&mermaid_word(stage), "cancelled", &format!("by {who}")),
        }
    }
    if life.payment.when != PaymentTime::None {
        arrow("cancelled", "refunded", "the money is given back");
    }
    diagram.push_str("    completed --> [*]\n");
    diagram
}

fn mermaid_word(stage: Stage) -> String {
    stage_word(stage).replace('-', "_")
}

fn reached(life: &ShopLife, stage: Stage) -> String {
    let by_itself = || "at once".to_owned();
    match stage {
        Stage::Placed => "the customer orders; the server prices it".to_owned(),
        Stage::Paid => match life.payment.when {
            PaymentTime::ByCustomer => {
                format!(
                    "the customer approves it, within {}",
                    spoken_millis(life.payment.expires_after_millis)
                )
            }
            _ => format!("in the same call, within {}", spoken_millis(life.payment.timeout_millis)),
        },
        Stage::Confirmed => match life.stock.mode {
            StockMode::Reserve if life.payment.when == PaymentTime::None => {
                "the stock is reserved".to_owned()
            }
            StockMode::Reserve => "the stock was reserved before the money moved".to_owned(),
            StockMode::None => by_itself(),
        },
        Stage::Accepted => match life.accept {
            Accept::Auto => by_itself(),
            Accept::Staff => {
                format!("staff accept (look after {})", spoken_millis(life.bounds.accept_millis))
            }
        },
        Stage::Started => match life.prepare.by {
            Prepare::Staff => format!("staff start (look after {})", spoken_millis(life.bounds.start_millis)),
            _ => by_itself(),
        },
        Stage::Prepared => match life.prepare.by {
            Prepare::Staff if life.prepare.finishes_at_start => "with the start".to_owned(),
            Prepare::Staff => {
                format!("staff complete (look after {})", spoken_millis(life.bounds.prepare_millis))
            }
            _ => by_itself(),
        },
        Stage::DeliveryStarted => sets_out(life),
        Stage::Delivered => arrives(life),
        Stage::Completed => completed(life),
    }
}

fn sets_out(life: &ShopLife) -> String {
    let rule = life.delivery.as_ref();
    let by_itself = rule.is_some_and(|rule| rule.starts == DeliveryStarts::Auto);
    match (by_itself, rule.is_some_and(|rule| rule.needs_courier)) {
        (true, false) => "at once".to_owned(),
        (true, true) => "as soon as a courier has it".to_owned(),
        (false, true) => "a courier has it and sets out".to_owned(),
        (false, false) => "staff or the courier start it".to_owned(),
    }
}

fn arrives(life: &ShopLife) -> String {
    match life.delivery.as_ref().and_then(|rule| rule.delivered_after_millis) {
        Some(millis) => {
            format!("staff or the courier say so, or {} after it set out", spoken_millis(millis))
        }
        None => "staff or the courier say so".to_owned(),
    }
}

fn completed(life: &ShopLife) -> String {
    let since = if life.handover == Handover::Delivery { "delivered" } else { "prepared" };
    match &life.completes {
        Completes::Command { or_after_millis: 0 } => "staff hand it over".to_owned(),
        Completes::Command { or_after_millis } => {
            format!("staff hand it over, or {} after it was prepared", spoken_millis(*or_after_millis))
        }
        Completes::AtStage { stage } => format!("with {}", stage_word(*stage)),
        Completes::After { millis } => format!("{} after it was {since}", spoken_millis(*millis)),
    }
}

/// Where an order leaves the straight way without anybody's wish to cancel.
fn branches(life: &ShopLife, stage: Stage) -> Vec<(&'static str, String)> {
    let mut branches = Vec::new();
    let paid_at_order = life.payment.when == PaymentTime::AtOrder;
    if stage == Stage::Placed && life.stock.mode == StockMode::Reserve {
        let outcome = if paid_at_order { "refused" } else { "cancelled" };
        branches.push((outcome, "out of stock".to_owned()));
    }
    if stage == Stage::Placed && life.payment.when != PaymentTime::None {
        branches.push(("refused", "the payment is declined".to_owned()));
        branches.push(match life.payment.unavailable {
            WhenUnavailable::Reject => {
                ("refused", "payment does not answer: 503, try again shortly".to_owned())
            }
            WhenUnavailable::Defer => {
                let millis = spoken_millis(life.payment.expires_after_millis);
                ("cancelled", format!("payment does not answer and is asked again, for {millis}"))
            }
        });
    }
    if stage == Stage::Confirmed && life.accept == Accept::Staff {
        branches.push(("cancelled", "staff reject".to_owned()));
    }
    if stage == Stage::DeliveryStarted
        && let Some(rule) = &life.delivery
    {
        branches.push(("cancelled", returned(life, rule)));
    }
    branches
}

/// What leads back to the shop.
fn returned(life: &ShopLife, rule: &DeliveryRule) -> String {
    let tried = match rule.attempts {
        1 => "it did not get there".to_owned(),
        attempts => format!("{attempts} attempts failed, {} apart", spoken_millis(rule.retry_after_millis)),
    };
    let keeps = life.payment.when != PaymentTime::None && !rule.refunds_returned;
    if keeps { format!("{tried}; the money is kept") } else { tried }
}

fn may_cancel(life: &ShopLife, stage: Stage) -> &'static str {
    let before = |rule: Stage| stage < rule.min(life.complete_at());
    match (before(life.cancel.customer_before), before(life.cancel.staff_before)) {
        (true, true) => "customer, staff",
        (true, false) => "customer",
        (false, true) => "staff",
        (false, false) => "",
    }
}

fn given_back(life: &ShopLife) -> &'static str {
    match (life.payment.when != PaymentTime::None, life.stock.mode == StockMode::Reserve) {
        (true, true) => "the money is given back, the stock is free again",
        (true, false) => "the money is given back",
        (false, true) => "the stock is free again",
        (false, false) => "nothing was taken, nothing is given back",
    }
}

/// What becomes of an order for later, in words.
pub(crate) fn later_words(life: &ShopLife, rule: &LaterRule) -> String {
    let days = rule.days_ahead_max;
    match rule.cut_off {
        Some(cut_off) => {
            format!("at most {days} days ahead, until {}; confirmed then", cut_off_words(cut_off))
        }
        None => format!(
            "{} to {days} days ahead; confirmed {} before its time{}",
            spoken_millis(rule.notice_millis),
            spoken_millis(rule.lead_millis),
            if life.hours.is_some() { ", not before the shop opens" } else { "" },
        ),
    }
}

fn cut_off_words(cut_off: CutOff) -> String {
    match cut_off.days_before {
        0 => format!("{} of the day", cut_off.time),
        1 => format!("{} of the open day before", cut_off.time),
        days => format!("{} of {days} open days before", cut_off.time),
    }
}

/// How an order reaches the customer, in words.
pub(crate) const fn handover_words(handover: Handover) -> &'static str {
    match handover {
        Handover::None => "the customer takes it",
        Handover::Pickup => "staff hand it over",
        Handover::Delivery => "a courier brings it",
    }
}
