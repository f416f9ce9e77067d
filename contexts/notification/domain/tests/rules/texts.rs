//! What customers read.

use std::collections::BTreeMap;

use catalog_contract::{Channel, Language, Milestone, PLACEHOLDERS, Text, TextPiece, text_pieces};
use kernel::{Currency, Money};
use notification_contract::MessageAddress;
use notification_domain::{Material, render, words_of_the_house};
use std::sync::Arc;

use crate::house::{Talk, life, text, won};

fn told_with(ko: &str, milestone: Milestone) -> String {
    let mut talk = Talk::open(&[milestone], &[Channel::File]);
    let mut own = life(&[milestone], &[Channel::File]);
    let words = Text { ko: ko.to_owned(), en: ko.to_owned() };
    own.messages.as_mut().unwrap().texts = BTreeMap::from([(milestone, words)]);
    talk.life = Arc::new(own);
    text(&talk.changes(milestone)[0]).to_owned()
}

#[test]
fn a_text_says_what_stands_for_its_placeholders() {
    let told =
        told_with("{shop} {number}/{call_number}: {items} {total}, {name} {phone}", Milestone::Prepared);
    assert_eq!(told, "주문 카페 17/42: 아메리카노 2, 소금빵 1 12,200원, 김하늘 010-0000-0000");
}

#[test]
fn what_nobody_said_is_a_dash() {
    assert_eq!(told_with("{address} {amount} {reason}", Milestone::Prepared), "- - -");
}

#[test]
fn when_it_will_be_there_is_told_as_the_shops_clock_shows_it() {
    assert_eq!(told_with("{promised}", Milestone::Accepted), "14:35");
}

#[test]
fn money_and_reasons_are_those_of_the_change() {
    assert_eq!(told_with("{amount}", Milestone::Paid), "12,200원");
    assert_eq!(told_with("{reason}", Milestone::Cancelled), "재고 부족");
}

#[test]
fn a_placeholder_in_a_customers_name_stays_as_it_was_written() {
    let to = MessageAddress { name: Some("{total}".to_owned()), ..MessageAddress::default() };
    let name = Text { ko: "가게".to_owned(), en: "Shop".to_owned() };
    let material = Material {
        shop: &name,
        number: 1,
        call_number: 1,
        lines: &[],
        total: Money::new(-123_456_789, Currency::KRW),
        amount: None,
        reason: None,
        wanted_at: None,
        table: None,
        promised: None,
        to: &to,
    };
    let words = Text { ko: "{name} {total}".to_owned(), en: "{name} {total}".to_owned() };
    assert_eq!(render(&words, Language::En, &material), "{total} -123,456,789 KRW");
}

#[test]
fn an_order_for_later_is_told_with_its_time_and_its_table() {
    let name = Text { ko: "가게".to_owned(), en: "Shop".to_owned() };
    let to = MessageAddress::default();
    let material = Material {
        shop: &name,
        number: 1,
        call_number: 1,
        lines: &[],
        total: Money::new(0, Currency::KRW),
        amount: None,
        reason: None,
        wanted_at: Some("2026-11-29 18:30"),
        table: None,
        promised: None,
        to: &to,
    };
    let words = Text { ko: "{wanted_at} {table}".to_owned(), en: String::new() };
    assert_eq!(render(&words, Language::Ko, &material), "2026-11-29 18:30 -");
}

#[test]
fn the_house_has_words_for_every_milestone_in_both_languages() {
    for milestone in Milestone::ALL {
        let words = words_of_the_house(milestone);
        for language in [Language::Ko, Language::En] {
            let pieces = text_pieces(language.of(&words)).unwrap();
            assert!(pieces.contains(&TextPiece::Placeholder("number")), "{milestone:?}");
            for piece in pieces {
                assert!(!matches!(piece, TextPiece::Placeholder(name) if !PLACEHOLDERS.contains(&name)));
            }
        }
    }
}

#[test]
fn amounts_are_grouped_by_thousands() {
    assert_eq!(told_with("{total}", Milestone::Placed), "12,200원");
    assert_eq!(won(12_200).to_string(), "12200 KRW");
}

#[test]
fn a_brace_that_stands_alone_makes_no_text() {
    for text in ["{", "}", "a { b", "{a{b}}", "}{"] {
        assert_eq!(text_pieces(text), None, "{text}");
    }
}

/// What stands in a message of a change that is told under a template and as a mail.
fn told_under_template(ko: &str, subject: &str, name: &str) -> notification_contract::MessagePersonal {
    let (told, channels) = (Milestone::Prepared, [Channel::Kakao, Channel::Mail]);
    let mut own = life(&[told], &channels);
    let rule = own.messages.as_mut().unwrap();
    rule.texts = BTreeMap::from([(told, Text { ko: ko.to_owned(), en: ko.to_owned() })]);
    rule.subjects = BTreeMap::from([(told, Text { ko: subject.to_owned(), en: subject.to_owned() })]);
    rule.templates = BTreeMap::from([(told, "READY".to_owned())]);
    let mut talk = Talk::open(&[told], &channels);
    talk.life = Arc::new(own);
    talk.is_of(name);
    talk.changes(told)[0].personal.reveal().unwrap().clone()
}

#[test]
fn a_template_filled_in_by_whoever_has_it_reads_as_the_text_of_the_message() {
    let template = "{shop} {number}: {items} {items} {phone} {reason} {name}";
    let personal = told_under_template(template, "x", "{total} #{shop} 김하늘");
    let filled = personal.template.unwrap();
    assert_eq!(filled.code, "READY");
    let names: Vec<&str> = filled.variables.keys().map(String::as_str).collect();
    assert_eq!(names, ["items", "name", "number", "phone", "reason", "shop"]);
    let read: String = text_pieces(template)
        .unwrap()
        .into_iter()
        .map(|piece| match piece {
            TextPiece::Words(words) => words,
            TextPiece::Placeholder(name) => filled.variables[name].as_str(),
        })
        .collect();
    assert_eq!(read, personal.text);
}

#[test]
fn a_subject_is_one_line_whatever_a_name_says() {
    let breaks = ["\r\n", "\n", "\r", "\u{85}", "\0", "\t\n", "\r\n\r\n"];
    for line_break in breaks {
        let name = format!("미나{line_break}Bcc: somebody@example.com");
        let subject = told_under_template("{number}", "{name}, {number}", &name).subject.unwrap();
        assert_eq!(subject, "미나 Bcc: somebody@example.com, 17", "{line_break:?}");
    }
    let plain = told_under_template("{number}", "{items}", "미나").subject.unwrap();
    assert_eq!(plain, "아메리카노 2, 소금빵 1");
}

#[test]
fn what_goes_neither_to_kakao_nor_by_mail_has_no_template_and_no_subject() {
    let mut talk = Talk::open(&[Milestone::Prepared], &[Channel::Sms, Channel::Log]);
    let personal = talk.changes(Milestone::Prepared)[0].personal.reveal().unwrap().clone();
    assert_eq!((personal.template, personal.subject), (None, None));
}
