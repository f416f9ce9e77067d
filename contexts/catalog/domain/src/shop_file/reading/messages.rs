use std::collections::{BTreeMap, BTreeSet};

use catalog_contract::{
    Channel, MessageRule, Milestone, PLACEHOLDERS, PaymentTime, Stage, Text, TextPiece, text_pieces,
};

use super::life::path_of;
use super::values::{HOUR, SECOND, millis};
use crate::shop_file::form::{MessageTextForm, MessagesSection, ShopForm};
use crate::shop_file::nearest::nearest;
use crate::shop_file::report::{Report, item_path, key_path};

/// Longest text of a message, in characters.
const TEXT_CHARS_MAX: usize = 500;
/// Longest subject of a mail, in characters.
const SUBJECT_CHARS_MAX: usize = 100;
/// Longest code of a template, in characters.
const TEMPLATE_CHARS_MAX: usize = 30;

pub(super) fn rule(form: &ShopForm, report: &mut Report<'_>) -> Option<MessageRule> {
    let section = form.messages.as_ref()?;
    let tell = told(form, section, report);
    if section.channels.is_empty() {
        let words = Channel::ALL.map(Channel::as_str).join(", ");
        report.refuse("messages.channels", format!("expected at least one of {words}"));
    }
    for (index, channel) in section.channels.iter().enumerate() {
        if section.channels[..index].contains(channel) {
            let message = format!("`{}` is named twice; expected each channel once", channel.as_str());
            report.refuse(&item_path("messages.channels", index), message);
        }
    }
    let mut rule = MessageRule {
        tell,
        channels: section.channels.clone(),
        language: section.language,
        texts: BTreeMap::new(),
        templates: BTreeMap::new(),
        subjects: BTreeMap::new(),
        next_after_millis: next_after(section, report),
    };
    read_texts(section, &mut rule, report);
    check_templates(&rule, report);
    Some(rule)
}

fn next_after(section: &MessagesSection, report: &mut Report<'_>) -> Option<i64> {
    let written = section.next_after.as_ref()?;
    let before_another = section.channels.split_last().map_or(&[][..], |(_, before)| before);
    if !before_another.iter().any(|channel| channel.is_set_up()) {
        report
            .refuse_key(
                "messages.next_after",
                "never comes into play: no `kakao`, `sms` or `mail` stands before another channel",
            )
            .hint("leave it out, or name another channel behind it in `messages.channels`");
    }
    Some(millis(Some(written), SECOND, SECOND..=24 * HOUR, "messages.next_after", report))
}

/// KakaoTalk takes nothing but what it has approved: every change that is told needs its template.
fn check_templates(rule: &MessageRule, report: &mut Report<'_>) {
    if !rule.channels.contains(&Channel::Kakao) {
        for milestone in rule.templates.keys() {
            let path = key_path(&key_path("messages.texts", milestone.as_str()), "template");
            report
                .refuse_key(&path, "never comes into play: no message takes the way `kakao`")
                .hint("leave it out, or name `kakao` in `messages.channels`");
        }
        return;
    }
    for (index, milestone) in rule.tell.iter().enumerate() {
        if !rule.templates.contains_key(milestone) {
            let word = milestone.as_str();
            report
                .refuse(
                    &item_path("messages.tell", index),
                    format!("`{word}` has no template, and KakaoTalk takes nothing else"),
                )
                .hint(format!(
                    "write its words as they were approved, and the code as `template`, in \
                     [messages.texts.{word}]"
                ));
        }
    }
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

fn read_texts(section: &MessagesSection, rule: &mut MessageRule, report: &mut Report<'_>) {
    for (word, form) in &section.texts {
        let path = key_path("messages.texts", word);
        match Milestone::parse(word) {
            Some(milestone) if rule.tell.contains(&milestone) => {
                read_text(milestone, form, &path, rule, report);
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
}

fn read_text(
    milestone: Milestone,
    form: &MessageTextForm,
    path: &str,
    rule: &mut MessageRule,
    report: &mut Report<'_>,
) {
    let text = Text { ko: form.ko.clone(), en: form.en.clone() };
    check_text(&text, path, TEXT_CHARS_MAX, report);
    rule.texts.insert(milestone, text);
    if let Some(template) = &form.template {
        check_template(template, &key_path(path, "template"), report);
        rule.templates.insert(milestone, template.clone());
    }
    let Some(subject) = &form.subject else { return };
    let subject = Text { ko: subject.ko.clone(), en: subject.en.clone() };
    let path = key_path(path, "subject");
    if rule.channels.contains(&Channel::Mail) {
        check_text(&subject, &path, SUBJECT_CHARS_MAX, report);
        check_one_line(&subject, &path, report);
    } else {
        report
            .refuse_key(&path, "never comes into play: no message takes the way `mail`")
            .hint("leave it out, or name `mail` in `messages.channels`");
    }
    rule.subjects.insert(milestone, subject);
}

fn check_text(text: &Text, path: &str, chars_max: usize, report: &mut Report<'_>) {
    for (language, words) in [("ko", &text.ko), ("en", &text.en)] {
        let path = key_path(path, language);
        if words.trim().is_empty() || words.chars().count() > chars_max {
            report.refuse(&path, format!("expected a text of 1 to {chars_max} letters"));
        }
        check_placeholders(words, &path, report);
    }
}

/// A subject is one line: nothing of it may begin another header.
fn check_one_line(text: &Text, path: &str, report: &mut Report<'_>) {
    for (language, words) in [("ko", &text.ko), ("en", &text.en)] {
        if words.chars().any(char::is_control) {
            report.refuse(&key_path(path, language), "expected one line, without line breaks or tabs");
        }
    }
}

fn check_template(code: &str, path: &str, report: &mut Report<'_>) {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if code.is_empty() || code.len() > TEMPLATE_CHARS_MAX || !code.chars().all(fits) {
        let expected = format!(
            "expected the code of a template: 1 to {TEMPLATE_CHARS_MAX} letters (a-z, A-Z), digits, hyphens \
             or underscores"
        );
        report.refuse(path, expected).hint("it is the code that the template was registered under");
    }
}

fn check_placeholders(words: &str, path: &str, report: &mut Report<'_>) {
    let Some(pieces) = text_pieces(words) else {
        report
            .refuse(path, "a brace stands alone; expected pairs such as {number}")
            .hint("braces belong to placeholders; other text does without them");
        return;
    };
    if words.contains("#{") {
        report
            .refuse(
                path,
                "`#{` is how KakaoTalk writes a variable; expected {number}, without the sign before",
            )
            .hint("leave the # out: the program says the variables to KakaoTalk in its own way");
    }
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
