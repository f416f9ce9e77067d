//! The life of an order in one shop, as a drawing for people and as Mermaid for pages.

use std::fmt::Write;

use catalog_contract::{
    Accept, Completes, Handover, PaymentTime, Prepare, ShopLife, Stage, StockMode, WhenUnavailable,
};

use crate::shop_file::spoken_millis;
use crate::stages::{stage_word, stages_of};

/// The life of an order, from top to bottom: each stage, how it is reached, who may still cancel.
#[must_use]
pub fn draw_life(life: &ShopLife) -> String {
    let stages = stages_of(life);
    let mut drawing = format!("{} - {} / {}\n\n", life.key, life.name.ko, life.name.en);
    let mut line = |mark: &str, word: &str, text: &str, cancel: &str| {
        let line = format!("  {mark} {word:<10} {text:<58} {cancel}");
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
            PaymentTime::ByCustomer => "the customer pays".to_owned(),
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
        Stage::DeliveryStarted => "the courier sets out".to_owned(),
        Stage::Delivered => "the courier arrives".to_owned(),
        Stage::Completed => completed(life),
    }
}

fn completed(life: &ShopLife) -> String {
    match &life.completes {
        Completes::Command { or_after_millis: 0 } => "staff hand it over".to_owned(),
        Completes::Command { or_after_millis } => {
            format!("staff hand it over, or {} after it was prepared", spoken_millis(*or_after_millis))
        }
        Completes::AtStage { stage } => format!("with {}", stage_word(*stage)),
        Completes::After { millis } => format!("{} after it was prepared", spoken_millis(*millis)),
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
    branches
}

fn may_cancel(life: &ShopLife, stage: Stage) -> &'static str {
    match (stage < life.cancel.customer_before, stage < life.cancel.staff_before) {
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

/// How an order reaches the customer, in words.
pub(crate) const fn handover_words(handover: Handover) -> &'static str {
    match handover {
        Handover::None => "the customer takes it",
        Handover::Pickup => "staff hand it over",
        Handover::Delivery => "a courier brings it",
    }
}
