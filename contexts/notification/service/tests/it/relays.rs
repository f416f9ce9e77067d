//! What relays are told, and what their answers mean: pairs of request and answer, as files, against a
//! server on this machine.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog_contract::{Channel, Language, Milestone};
use kernel::{ManualClock, OrderId, Timestamp};
use notification_contract::{FilledTemplate, MessageAddress, MessageId};
use notification_service::channels::{
    Channels, KakaoRelay, Reach, RealChannels, RelayAddress, SetUp, SmsRelay,
};
use notification_service::effects::{Letter, SendOutcome};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// One exchange with a relay.
#[derive(Deserialize)]
struct Exchange {
    channel: Channel,
    letter: Said,
    /// What the relay is told; nothing where it is not even called.
    request: Option<Value>,
    /// What it answers; nothing where it hangs up.
    answer: Option<Answer>,
    outcome: Value,
}

/// What of a letter matters here.
#[derive(Deserialize)]
struct Said {
    phone: Option<String>,
    text: String,
    template: Option<FilledTemplate>,
}

#[derive(Clone, Deserialize)]
struct Answer {
    status: u16,
    body: Value,
}

fn exchanges() -> Vec<(String, Exchange)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/relays");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let exchange = serde_json::from_slice(&std::fs::read(&path).unwrap());
        (name.clone(), exchange.unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    files.map(read).collect()
}

fn letter(said: &Said) -> Letter {
    Letter {
        message: MessageId(Uuid::from_u128(5)),
        shop: "cafe".into(),
        number: 1,
        order: OrderId(Uuid::from_u128(6)),
        order_number: 17,
        sequence: 1,
        milestone: Milestone::Prepared,
        language: Language::Ko,
        changed_at: Timestamp::from_millis(1_800_000_000_000),
        text: said.text.clone(),
        to: MessageAddress { phone: said.phone.clone(), ..MessageAddress::default() },
        template: said.template.clone(),
        subject: None,
    }
}

fn clock() -> ManualClock {
    ManualClock::at(Timestamp::from_millis(1_800_000_000_000))
}

fn channels(port: u16) -> RealChannels {
    let address = |path: &str| {
        RelayAddress::try_new(&format!("http://127.0.0.1:{port}{path}"), "account-key".to_owned()).unwrap()
    };
    let kakao = KakaoRelay { address: address("/alimtalk/messages"), sender_key: "channel-key".to_owned() };
    let sms = SmsRelay { address: address("/sms/messages"), sender: "0212345678".to_owned() };
    let timeout = Duration::from_secs(5);
    let channels = RealChannels::new("messages.jsonl".into(), Reach::Public, timeout).unwrap();
    channels.with(SetUp { kakao: Some(kakao), sms: Some(sms), mail: None })
}

/// A relay that answers every call with this; what it was told.
async fn relay(answer: Option<Answer>) -> (u16, Arc<Mutex<Vec<Value>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = told.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = read_request(&mut stream).await;
            seen.lock().unwrap().push(request);
            let Some(Answer { status, body }) = answer.clone() else { continue };
            let body = body.to_string();
            let length = body.len();
            let said = format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\n\r\n{body}");
            stream.write_all(said.as_bytes()).await.unwrap();
        }
    });
    (port, told)
}

async fn read_request(stream: &mut TcpStream) -> Value {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "the request broke off");
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            line.unwrap_or_default().to_owned()
        };
        if body.len() < header("content-length").parse::<usize>().unwrap() {
            continue;
        }
        return json!({
            "line": head.lines().next().unwrap(),
            "content-type": header("content-type"),
            "x-secret-key": header("x-secret-key"),
            "x-nc-api-idempotency-key": header("x-nc-api-idempotency-key"),
            "body": serde_json::from_str::<Value>(body).unwrap(),
        });
    }
}

fn spoken(outcome: SendOutcome) -> Value {
    match outcome {
        SendOutcome::Taken | SendOutcome::TakenAgain => json!("taken"),
        SendOutcome::Failed { cause, .. } => json!({ "later": cause }),
        SendOutcome::Impossible { cause } => json!({ "refused": cause }),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_exchange_with_a_relay_is_as_it_is_written() {
    let exchanges = exchanges();
    assert!(exchanges.len() >= 9);
    for (name, exchange) in exchanges {
        let (port, told) = relay(exchange.answer.clone()).await;
        let letter = letter(&exchange.letter);
        let outcome = channels(port).carry(exchange.channel, &letter, &clock()).await;
        assert_eq!(spoken(outcome), exchange.outcome, "{name}");
        assert_eq!(*told.lock().unwrap(), Vec::from_iter(exchange.request), "{name}");
    }
}

#[tokio::test]
async fn a_relay_that_fails_is_left_alone_for_a_while_and_the_other_one_is_not() {
    let unavailable = Answer { status: 503, body: json!({}) };
    let (port, told) = relay(Some(unavailable)).await;
    let channels = channels(port);
    let said = Said {
        phone: Some("010-1234-5678".to_owned()),
        text: "ready".to_owned(),
        template: Some(FilledTemplate { code: "READY".to_owned(), variables: [].into() }),
    };
    let (letter, clock) = (letter(&said), clock());
    for call in 0..5 {
        let outcome = channels.carry(Channel::Kakao, &letter, &clock).await;
        // What fails again and again is the relay's fault, and no attempt of the message.
        let is_an_attempt = matches!(outcome, SendOutcome::Failed { .. });
        assert_eq!(is_an_attempt, call < 2, "{outcome:?}");
    }
    assert_eq!(told.lock().unwrap().len(), 5);
    clock.advance_millis(100);
    assert!(matches!(channels.carry(Channel::Kakao, &letter, &clock).await, SendOutcome::Down { .. }));
    assert_eq!(told.lock().unwrap().len(), 5, "it was not called");
    assert!(matches!(channels.carry(Channel::Sms, &letter, &clock).await, SendOutcome::Failed { .. }));
    clock.advance_millis(5_000);
    assert!(matches!(channels.carry(Channel::Kakao, &letter, &clock).await, SendOutcome::Down { .. }));
    assert_eq!(told.lock().unwrap().len(), 7, "it was looked at again");
}

#[tokio::test]
async fn the_first_message_that_is_taken_after_trouble_says_so_and_the_next_does_not() {
    let well = json!({ "header": { "resultCode": 0 }, "body": { "data": { "sendResultList": [] } } });
    let (port, _) = relay(Some(Answer { status: 200, body: well })).await;
    let channels = channels(port);
    let said = Said { phone: Some("01012345678".to_owned()), text: "ready".to_owned(), template: None };
    let (letter, clock) = (letter(&said), clock());
    assert_eq!(channels.carry(Channel::Sms, &letter, &clock).await, SendOutcome::TakenAgain, "after a start");
    assert_eq!(channels.carry(Channel::Sms, &letter, &clock).await, SendOutcome::Taken);
}

#[tokio::test]
async fn a_channel_that_nobody_has_set_up_takes_nothing() {
    let timeout = Duration::from_secs(5);
    let channels = RealChannels::new("messages.jsonl".into(), Reach::Public, timeout).unwrap();
    let said = Said { phone: None, text: String::new(), template: None };
    for channel in Channel::ALL.into_iter().filter(|channel| channel.is_set_up()) {
        let outcome = channels.carry(channel, &letter(&said), &clock()).await;
        let cause = format!("`{}` is not set up here", channel.as_str());
        assert_eq!(outcome, SendOutcome::Impossible { cause });
    }
}

#[test]
fn a_relay_on_another_machine_is_spoken_to_over_https_only() {
    let set_up = |url: &str| RelayAddress::try_new(url, "account-key".to_owned());
    for url in [
        "https://relay.example/messages?key=1",
        "https://203.0.113.5:8443/",
        "http://127.0.0.1:8099/messages",
        "http://127.1.2.3/",
        "http://[::1]:8099/",
        "http://localhost:8099/",
    ] {
        assert!(set_up(url).is_ok(), "{url}");
    }
    for url in [
        "http://relay.example/secret",
        "http://203.0.113.5/secret",
        "http://10.0.0.5/secret",
        "http://[2001:db8::1]/secret",
        "http://localhost.example/secret",
        "http://127.0.0.1.example/secret",
        "http://127.0.0.1@relay.example/secret",
        "ftp://127.0.0.1/secret",
        "relay.example/secret",
        "https:///",
    ] {
        let expected = "expected an address that begins with https://, or http:// on this machine";
        assert_eq!(set_up(url).unwrap_err(), expected, "{url}");
    }
}
