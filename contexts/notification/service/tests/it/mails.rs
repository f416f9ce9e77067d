//! Mails: what stands in them, and that nothing of a person's name or address begins a header of its own.

use catalog_contract::{Language, Milestone};
use kernel::{OrderId, Timestamp};
use notification_contract::{MessageAddress, MessageId};
use notification_service::channels::{MailServer, MailServerError};
use notification_service::effects::Letter;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn server() -> MailServer {
    MailServer::try_new("smtp://127.0.0.1:1", "주문 <orders@shop.example>").unwrap()
}

fn letter(name: &str, email: &str) -> Letter {
    Letter {
        message: MessageId(Uuid::from_u128(5)),
        shop: "cafe".into(),
        number: 1,
        order: OrderId(Uuid::from_u128(6)),
        order_number: 17,
        sequence: 1,
        milestone: Milestone::Prepared,
        language: Language::Ko,
        changed_at: NOW,
        text: "주문 17번이 나왔습니다\n픽업대에서 찾아가 주세요".to_owned(),
        to: MessageAddress {
            name: Some(name.to_owned()),
            email: Some(email.to_owned()),
            ..MessageAddress::default()
        },
        template: None,
        subject: Some(format!("{name}: 주문 17번")),
    }
}

/// The names of a mail's headers, as a server would read them.
fn headers(mail: &lettre::Message) -> Vec<String> {
    let text = String::from_utf8(mail.formatted()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(!head.replace("\r\n", "").contains(['\r', '\n']), "a line break of its own: {head:?}");
    let begun = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    begun.map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

const EXPECTED: [&str; 10] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
];

fn sorted(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().map(Into::into).collect();
    names.sort();
    names
}

#[test]
fn a_mail_has_the_id_of_its_message_and_the_headers_of_a_program() {
    let mail = server().write(&letter("미나", "mina@example.com"), NOW).unwrap();
    assert_eq!(sorted(headers(&mail)), sorted(EXPECTED));
    let text = String::from_utf8(mail.formatted()).unwrap();
    assert!(text.contains("Message-ID: <00000000-0000-0000-0000-000000000005@shop.example>\r\n"), "{text}");
    assert!(text.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"), "{text}");
    assert!(text.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{text}");
    let to: Vec<&str> = mail.envelope().to().iter().map(AsRef::as_ref).collect();
    assert_eq!(to, ["mina@example.com"]);
}

#[test]
fn no_name_begins_a_header_or_names_another_recipient() {
    let breaks = [
        "\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\u{b}", "\u{c}", "\u{85}", "\0\r\n", "\r\n ", "%0d%0a",
        "\\r\\n",
    ];
    let behind = [
        "Bcc: other@example.com",
        "To: other@example.com",
        "Subject: you have won",
        "Content-Type: text/html",
        "X-Any: thing",
        ".",
        "DATA",
        "RCPT TO:<other@example.com>",
        "=?utf-8?q?=0d=0aBcc:_other@example.com?=",
    ];
    let payloads: Vec<String> = breaks
        .iter()
        .flat_map(|line_break| behind.iter().map(move |rest| format!("미나{line_break}{rest}")))
        .collect();
    assert!(payloads.len() >= 100);
    for name in payloads {
        let mail = server().write(&letter(&name, "mina@example.com"), NOW).unwrap();
        assert_eq!(sorted(headers(&mail)), sorted(EXPECTED), "{name:?}");
        assert_eq!(mail.envelope().to().len(), 1, "{name:?}");
    }
}

#[test]
fn what_is_no_mail_address_is_not_written_to() {
    for email in [
        "",
        "mina",
        "mina@",
        "@example.com",
        "mina@example.com\r\nBcc: other@example.com",
        "mina@example.com, other@example.com",
        "mina @example.com",
        "Mina <mina@example.com>",
        "mina@exam ple.com",
    ] {
        let refused = server().write(&letter("미나", email), NOW).unwrap_err();
        assert_eq!(refused, "what the order says is no mail address", "{email:?}");
    }
    let nobody = Letter { to: MessageAddress::default(), ..letter("미나", "mina@example.com") };
    assert_eq!(server().write(&nobody, NOW).unwrap_err(), "the order says no mail address");
}

#[test]
fn a_server_or_a_sender_that_is_none_is_refused_without_being_repeated() {
    for (url, from) in [
        ("mail.example", "a@b.example"),
        ("http://secret@mail", "a@b.example"),
        ("smtp://localhost", "nobody"),
    ] {
        let refused = MailServer::try_new(url, from).unwrap_err().to_string();
        assert!(refused.starts_with("expected ") && !refused.contains("secret@"), "{refused}");
    }
}

#[test]
fn a_server_on_another_machine_is_spoken_to_in_secret_only() {
    let set_up = |url: &str| MailServer::try_new(url, "orders@shop.example");
    for url in [
        "smtps://user:password@mail.example",
        "smtp://user:password@mail.example:587?tls=required",
        "smtp://127.0.0.1:8098",
        "smtp://[::1]:8098",
        "smtp://localhost?tls=opportunistic",
    ] {
        assert!(set_up(url).is_ok(), "{url}");
    }
    for url in [
        "smtp://user:password@mail.example",
        "smtp://user:password@mail.example:587?tls=opportunistic",
        "smtp://mail.example?tls=opportunistic&tls=required",
        "smtp://mail.example#?tls=required",
        "smtp://203.0.113.5",
        "smtp://localhost.example",
    ] {
        assert_eq!(set_up(url).unwrap_err(), MailServerError::Plain, "{url}");
    }
}
