//! The sandbox provider and the comparison of the books.

use std::fs;
use std::io::Write as _;

use kernel::Money;
use payment_service::provider::sandbox::{
    Behaviour, BookLine, Difference, Sandbox, SandboxBook, SandboxError, TOKENS,
};
use payment_service::provider::{Provider, ProviderAnswer, ProviderCall};

use crate::house::{House, PRICE, won};

fn authorise(key: &str, method: &str) -> ProviderCall {
    ProviderCall::Authorise { key: key.to_owned(), amount: won(PRICE), method: method.to_owned() }
}

fn query(key: &str) -> ProviderCall {
    ProviderCall::Query { key: key.to_owned(), amount: won(PRICE) }
}

fn cancel(key: &str) -> ProviderCall {
    ProviderCall::Cancel { key: key.to_owned(), amount: won(PRICE) }
}

fn refund(key: Option<&str>, amount: Money) -> ProviderCall {
    ProviderCall::Refund { key: key.map(str::to_owned), charge_key: "k".to_owned(), amount }
}

#[test]
fn every_token_does_what_it_says() {
    for (token, behaviour) in TOKENS {
        let mut book = SandboxBook::default();
        let handled = book.handle(&authorise("k", token));

        let (captured, answered) = (book.captured("k").is_some(), &handled.answer);
        match behaviour {
            Behaviour::Approve => assert!(captured && matches!(answered, ProviderAnswer::Approved { .. })),
            Behaviour::ApproveSlowly { delay_millis } => {
                assert!(captured && handled.delay_millis == *delay_millis);
            }
            Behaviour::ApproveAndLoseReply => assert!(captured && handled.reply_lost),
            Behaviour::ApproveAndFail => {
                assert!(captured && matches!(answered, ProviderAnswer::Unknown { .. }))
            }
            Behaviour::ApproveAndCallBack(calling) => {
                let is_answered = matches!(answered, ProviderAnswer::Approved { .. });
                assert_eq!(is_answered, calling.answered_after_millis.is_some(), "{token}");
                assert!(captured && handled.calling_back == Some(*calling), "{token}");
            }
            Behaviour::Fail | Behaviour::FailOnce => {
                assert!(!captured && matches!(answered, ProviderAnswer::Unknown { .. }));
            }
            Behaviour::Decline { reason } => {
                assert_eq!(*answered, ProviderAnswer::Declined { reason: (*reason).to_owned() });
                assert!(!captured);
            }
            Behaviour::DeclineAndCallBack { calling, .. } => {
                assert!(!captured && matches!(answered, ProviderAnswer::Unknown { .. }));
                assert!(handled.calling_back == Some(*calling) && handled.callback().is_none(), "no order");
            }
        }
    }
}

#[test]
fn a_refund_is_called_back_where_its_charge_was() {
    for (token, times) in
        [("tok_callback_twice", Some(2)), ("tok_callback_only", Some(1)), ("tok_approve", None)]
    {
        let mut book = SandboxBook::default();
        let _charged = book.handle(&authorise("k", token));

        let first = book.handle(&refund(Some("k/refund/1"), won(500)));

        assert_eq!(first.calling_back.map(|calling| calling.times), times, "{token}");
        let told_by_callbacks_only = token == "tok_callback_only";
        assert_eq!(first.answer == ProviderAnswer::Refunded, !told_by_callbacks_only, "{token}");
        let again = book.handle(&refund(Some("k/refund/1"), won(500)));
        assert_eq!((again.answer, book.refunded("k")), (ProviderAnswer::Refunded, 500), "{token}");
    }
}

#[test]
fn a_token_that_is_not_issued_is_declined() {
    for token in ["", "4111111111111111", "tok_slow_x", "tok_slow_60001", "tok_slow_-1"] {
        let handled = SandboxBook::default().handle(&authorise("k", token));

        assert_eq!(
            handled.answer,
            ProviderAnswer::Declined { reason: "unknown token".to_owned() },
            "{token}"
        );
    }
}

#[test]
fn a_slow_token_may_say_how_slow() {
    let handled = SandboxBook::default().handle(&authorise("k", "tok_slow_250"));

    assert_eq!(handled.delay_millis, 250);
}

#[test]
fn a_token_that_fails_once_is_captured_when_asked_again() {
    let mut book = SandboxBook::default();
    book.handle(&authorise("k", "tok_error_once"));

    let again = book.handle(&authorise("k", "tok_error_once"));

    assert!(matches!(again.answer, ProviderAnswer::Approved { .. }));
}

#[test]
fn a_key_captures_once_whatever_is_asked_with_it() {
    let mut book = SandboxBook::default();
    let first = book.handle(&authorise("k", "tok_approve"));
    let again = book.handle(&authorise("k", "tok_approve"));

    assert_eq!((again.answer, again.line), (first.answer, None));
    assert_eq!(book.captures(), 1);
    let other =
        ProviderCall::Authorise { key: "k".to_owned(), amount: won(1), method: "tok_approve".to_owned() };
    assert!(matches!(book.handle(&other).answer, ProviderAnswer::Unknown { .. }));
}

#[test]
fn a_cancelled_key_is_never_captured_and_a_captured_one_is_not_cancelled() {
    let mut book = SandboxBook::default();
    assert_eq!(book.handle(&query("k")).answer, ProviderAnswer::NotFound);
    assert!(matches!(book.handle(&cancel("k")).answer, ProviderAnswer::Declined { .. }));
    assert!(matches!(book.handle(&authorise("k", "tok_approve")).answer, ProviderAnswer::Declined { .. }));

    book.handle(&authorise("l", "tok_approve"));
    assert!(matches!(book.handle(&cancel("l")).answer, ProviderAnswer::Approved { .. }));
    assert_eq!(book.captured("l"), Some(won(PRICE)));
}

#[test]
fn a_refund_with_a_key_goes_back_once_and_without_one_every_time() {
    let mut book = SandboxBook::default();
    book.handle(&authorise("k", "tok_approve"));

    for _ in 0..3 {
        book.handle(&refund(Some("r"), won(1_000)));
    }
    assert_eq!(book.refunded("k"), 1_000);

    for _ in 0..3 {
        book.handle(&refund(None, won(1_000)));
    }
    assert_eq!(book.refunded("k"), 4_000);
}

#[test]
fn what_was_not_captured_cannot_go_back() {
    let handled = SandboxBook::default().handle(&refund(Some("r"), won(1)));

    assert_eq!((handled.answer, handled.line), (ProviderAnswer::NotFound, None));
}

#[tokio::test]
async fn the_book_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox-book");
    let sandbox = Sandbox::open(&path).unwrap();
    for (key, token) in [("k", "tok_approve"), ("d", "tok_insufficient_funds")] {
        sandbox.call(authorise(key, token)).await;
    }
    sandbox.call(cancel("c")).await;
    sandbox.call(refund(Some("r"), won(1_000))).await;
    let before = SandboxBook::load(&path).unwrap();
    drop(sandbox);

    let again = Sandbox::open(&path).unwrap();

    for (what, same) in [
        ("a charge", authorise("k", "tok_approve")),
        ("a charge that was declined", authorise("d", "tok_approve")),
        ("a charge that was cancelled", authorise("c", "tok_approve")),
        ("a refund", refund(Some("r"), won(1_000))),
        ("a cancel", cancel("k")),
    ] {
        again.call(same).await;
        assert_eq!(SandboxBook::load(&path).unwrap(), before, "{what} is there again");
    }
    let ProviderAnswer::Approved { code } = again.call(authorise("n", "tok_approve")).await else {
        panic!("approved");
    };
    assert_eq!(code, "SB-00000002");
    again.call(refund(Some("s"), won(500))).await;
    assert_eq!(SandboxBook::load(&path).unwrap().refunded("k"), 1_500);
    let declined = ProviderAnswer::Declined { reason: "insufficient funds".to_owned() };
    assert_eq!(again.call(query("d")).await, declined);
}

#[tokio::test]
async fn a_line_that_a_kill_cut_in_two_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox-book");
    Sandbox::open(&path).unwrap().call(authorise("k", "tok_approve")).await;
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(br#"{"captured":{"key":"l","#).unwrap();

    let sandbox = Sandbox::open(&path).unwrap();
    sandbox.call(authorise("m", "tok_approve")).await;

    let book = SandboxBook::load(&path).unwrap();
    assert_eq!((book.captures(), book.captured("l")), (2, None));
}

#[tokio::test]
async fn what_a_power_cut_took_of_the_tail_spoils_nothing_before_it_or_whole_behind_it() {
    let line = |key: &str, number: u32| {
        let key = key.to_owned();
        String::from_utf8(BookLine::Captured { key, amount: won(PRICE), number }.to_bytes()).unwrap()
    };
    let (before, behind) = (line("k", 1), line("m", 3));
    let torn = line("l", 2);
    let zeros = "\0".repeat(torn.len());
    let tails = [
        ("cut short", torn[..torn.len() / 2].to_owned(), 1),
        ("zeros instead of a line", zeros.clone(), 1),
        ("zeros to the end of a line", format!("{}{}\n", &torn[..20], &zeros[..30]), 1),
        ("zeros, then a whole line", format!("{zeros}{behind}"), 2),
        ("half a line, zeros, a whole line", format!("{}{}{behind}", &torn[..20], &zeros[..30]), 2),
        ("a torn line, a whole one, a cut one", format!("{}\0\n{behind}{}", &torn[..9], &torn[..9]), 2),
    ];
    for (what, tail, captures) in tails {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox-book");
        fs::write(&path, format!("{before}{tail}")).unwrap();

        let book = SandboxBook::load(&path).unwrap();
        assert_eq!((book.captures(), book.captured("k")), (captures, Some(won(PRICE))), "{what}");
        let sandbox = Sandbox::open(&path).unwrap();
        let answer = sandbox.call(authorise("n", "tok_approve")).await;
        assert!(matches!(answer, ProviderAnswer::Approved { .. }), "{what}: {answer:?}");
        assert_eq!(SandboxBook::load(&path).unwrap().captures(), captures + 1, "{what}");
    }
}

#[test]
fn a_damaged_line_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox-book");
    fs::write(&path, "{\"cancelled\":{\"key\":\"k\"}}\nnonsense\n").unwrap();

    assert!(matches!(SandboxBook::load(&path), Err(SandboxError::Damaged { line: 2, .. })));
}

#[tokio::test]
async fn a_sandbox_with_a_damaged_book_says_nothing_rather_than_no() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox-book");
    fs::write(&path, "nonsense\n").unwrap();

    let answer = Sandbox::open(&path).unwrap().call(authorise("k", "tok_approve")).await;

    assert!(matches!(answer, ProviderAnswer::Unknown { .. }));
}

#[test]
fn a_book_that_is_not_there_is_empty() {
    let folder = tempfile::tempdir().unwrap();

    assert_eq!(SandboxBook::load(&folder.path().join("none")).unwrap(), SandboxBook::default());
}

#[test]
fn a_capture_that_we_know_nothing_of_is_a_difference() {
    let mut house = House::open();
    house.book.handle(&authorise("k", "tok_approve"));

    assert_eq!(house.differences(), [Difference::UnknownCaptures { count: 1 }]);
}

#[test]
fn a_capture_that_is_ours_only_is_a_difference() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house.book = SandboxBook::default();

    let differences = house.differences();

    assert!(
        matches!(&differences[..], [Difference::Capture { theirs: None, ours: Some(_), .. }]),
        "{differences:?}"
    );
}

#[test]
fn a_refund_made_twice_is_a_difference() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house.refund(1, 2_000).unwrap();
    house.provider_works();
    let charge_key = format!("{}/1", crate::house::order(1));
    house.book.handle(&ProviderCall::Refund { key: None, charge_key, amount: won(2_000) });

    let differences = house.differences();

    assert!(
        matches!(&differences[..], [Difference::Refund { ours: 2_000, theirs: 4_000, .. }]),
        "{differences:?}"
    );
}

#[test]
fn a_capture_whose_answer_is_still_awaited_is_no_difference() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.answers_are_lost();

    assert_eq!(house.book.captures(), 1);
    assert_eq!(house.differences(), []);
}
