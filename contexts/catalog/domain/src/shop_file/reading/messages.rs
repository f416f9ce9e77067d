use std::collections::{BTreeMap, BTreeSet};

use catalog_contract::{
    MessageRule, Milestone, PLACEHOLDERS, PaymentTime, Stage, Text, TextPiece, text_pieces,
};

use super::life::path_of;
use crate::shop_file::form::{MessagesSection, ShopForm, TextForm};
use crate::shop_file::nearest::nearest;
use crate::shop_file::report::{Report, item_path, key_path};

/// Longest text of a message, in characters.
const TEXT_CHARS_MAX: usize = 500;

pub(super) fn rule(form: &ShopForm, report: &mut Report<'_>) -> Option<MessageRule> {
    let section = form.messages.as_ref()?;
    let tell = told(form, section, report);
    if section.channels.is_empty() {
        report.refuse("messages.channels", "expected at least one of log, file, webhook");
    }
    for (index, channel) in section.channels.iter().enumerate() {
        if section.channels[..index].contains(channel) {
            let message = format!("`{}` is named twice; expected each channel once", channel.as_str());
            report.refuse(&item_path("messages.channels", index), message);
        }
    }
    let texts = texts(section, &tell, report);
    Some(MessageRule { tell, channels: section.channels.clone(), language: section.language, texts })
}

fn told(form: &ShopForm, section: &MessagesSection, report: &mut Report<'_>) -> Vec<Milestone> {
    if section.tell.is_empty() {
        report
            .refuse("messages.tell", "expected at least one change that is told, such as \"prepared\"")
            .hint("leave the whole section out where customers are told nothing");
    }
    let known = known(form);
    let mut seen = BTreeSet::new();
    for (index, milestone) in section.tell.iter().enumerate() {
        let path = item_path("messages.tell", index);
        if !known.contains(milestone) {
            let words: Vec<&str> = known.iter().map(|known| known.as_str()).collect();
            let word = milestone.as_str();
            report.refuse(
                &path,
                format!("an order of this shop is never `{word}`; expected one of {}", words.join(", ")),
            );
        }
        if !seen.insert(*milestone) {
            let message = format!("`{}` is named twice; expected each change once", milestone.as_str());
            report.refuse(&path, message);
        }
    }
    section.tell.clone()
}

/// The changes that orders of this shop go through.
pub(super) fn known(form: &ShopForm) -> Vec<Milestone> {
    let stages = path_of(form).stages();
    let is_reached = |milestone: &Milestone| match milestone {
        Milestone::Placed => true,
        Milestone::Paid => stages.contains(&Stage::Paid),
        Milestone::Scheduled => form.later.is_some(),
        Milestone::Confirmed => stages.contains(&Stage::Confirmed),
        Milestone::Accepted => stages.contains(&Stage::Accepted),
        Milestone::Started => stages.contains(&Stage::Started),
        Milestone::Prepared => stages.contains(&Stage::Prepared),
        Milestone::DeliveryStarted | Milestone::DeliveryCancelled => stages.contains(&Stage::DeliveryStarted),
        Milestone::Delivered => stages.contains(&Stage::Delivered),
        Milestone::Completed => stages.contains(&Stage::Completed),
        Milestone::CancelDenied | Milestone::Cancelled => true,
        Milestone::Refunded => form.payment.when != PaymentTime::None,
    };
    Milestone::ALL.into_iter().filter(is_reached).collect()
}

fn texts(
    section: &MessagesSection,
    tell: &[Milestone],
    report: &mut Report<'_>,
) -> BTreeMap<Milestone, Text> {
    let mut texts = BTreeMap::new();
    for (word, form) in &section.texts {
        let path = key_path("messages.texts", word);
        match Milestone::parse(word) {
            Some(milestone) if tell.contains(&milestone) => {
                texts.insert(milestone, text(form, &path, report));
            }
            Some(_) => {
                report
                    .refuse_key(&path, format!("never comes into play: `{word}` is not told"))
                    .hint("name it in `messages.tell`, or leave the text out");
            }
            None => {
                let words = Milestone::ALL.map(Milestone::as_str);
                report
                    .refuse_key(
                        &path,
                        format!("unknown change `{word}`; expected one of {}", words.join(", ")),
                    )
                    .meant(nearest(word, words));
            }
        }
    }
    texts
}

fn text(form: &TextForm, path: &str, report: &mut Report<'_>) -> Text {
    for (language, words) in [("ko", &form.ko), ("en", &form.en)] {
        let path = key_path(path, language);
        if words.trim().is_empty() || words.chars().count() > TEXT_CHARS_MAX {
            report.refuse(&path, format!("expected a text of 1 to {TEXT_CHARS_MAX} letters"));
        }
        check_placeholders(words, &path, report);
    }
    Text { ko: form.ko.clone(), en: form.en.clone() }
}

fn check_placeholders(words: &str, path: &str, report: &mut Report<'_>) {
    let Some(pieces) = text_pieces(words) else {
        report
            .refuse(path, "a brace stands alone; expected pairs such as {number}")
            .hint("braces belong to placeholders; other text does without them");
        return;
    };
    for piece in pieces {
        let TextPiece::Placeholder(name) = piece else { continue };
        if !PLACEHOLDERS.contains(&name) {
            let known = PLACEHOLDERS.map(|known| format!("{{{known}}}")).join(", ");
            report
                .refuse(path, format!("unknown placeholder `{{{name}}}`; expected one of {known}"))
                .meant(nearest(name, PLACEHOLDERS));
        }
    }
}
