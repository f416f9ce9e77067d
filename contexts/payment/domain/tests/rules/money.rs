//! Whatever is wished in whatever order, money is conserved.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Aggregate;
use payment_contract::{PaidWith, PaymentEvent, PaymentState, Posting};
use payment_domain::{Payment, PaymentCommand};
use proptest::prelude::*;

use crate::dialogue::*;

/// What the facts say about money.
#[derive(Debug, Default)]
struct Books {
    accounts: BTreeMap<String, i64>,
    captures: Vec<i64>,
    called_back: i64,
    back: i64,
    by_hand: i64,
    ways: BTreeSet<PaidWith>,
    last: Option<PaymentEvent>,
}

impl Books {
    fn take(&mut self, fact: &PaymentEvent) {
        match fact {
            PaymentEvent::Approved(approved) => {
                self.captures.push(approved.amount.amount);
                self.post(&approved.postings);
            }
            PaymentEvent::RefundRequested(wish) => self.called_back += wish.amount.amount,
            PaymentEvent::Refunded(refunded) => {
                self.back += refunded.amount.amount;
                self.by_hand += if refunded.by_hand.is_some() { refunded.amount.amount } else { 0 };
                self.post(&refunded.postings);
            }
            _ => {}
        }
        self.last = Some(fact.clone());
    }

    fn post(&mut self, postings: &[Posting]) {
        self.ways.insert(PaidWith::of(postings));
        for posting in postings {
            *self.accounts.entry(posting.account.clone()).or_default() += posting.amount.amount;
        }
    }

    fn captured(&self) -> i64 {
        self.captures.iter().sum()
    }
}

fn any_command() -> impl Strategy<Value = PaymentCommand> {
    prop_oneof![
        3 => Just(request()),
        1 => (1..20_000i64).prop_map(|amount| request_of(won(amount), "tok_approve")),
        3 => Just(record_approved()),
        1 => Just(record_declined()),
        1 => Just(record_unknown()),
        1 => Just(abandon()),
        1 => Just(cancel()),
        2 => proptest::option::of(-1..10_000i64).prop_map(|amount| refund(amount.map(won))),
        3 => (1..5u32).prop_map(record_refunded),
        2 => (1..5u32).prop_map(record_impossible),
        2 => (1..5u32).prop_map(settle_by_hand),
    ]
}

/// The same without a request: somebody has asked already.
fn paid_with(method: &str) -> impl Iterator<Item = PaymentCommand> {
    [request_of(won(PRICE), method), record_approved()].into_iter()
}

/// Plays the commands; a refusal changes nothing.
fn play(commands: impl IntoIterator<Item = PaymentCommand>) -> (Payment, Books) {
    let mut books = Books::default();
    let payment = commands.into_iter().fold(Payment::default(), |payment, command| {
        let facts = payment.decide(command).unwrap_or_default();
        facts.iter().fold(payment, |payment, fact| {
            books.take(fact);
            payment.evolve(fact)
        })
    });
    (payment, books)
}

proptest! {
    #[test]
    fn any_order_of_commands_conserves_money(commands in proptest::collection::vec(any_command(), 0..40)) {
        let (payment, books) = play(commands);

        prop_assert_eq!(books.accounts.values().sum::<i64>(), 0);
        prop_assert!(books.captures.len() <= 1, "captured {} times", books.captures.len());
        prop_assert!(books.back <= books.called_back && books.called_back <= books.captured());
        prop_assert_eq!(
            books.accounts.get("provider-clearing").copied().unwrap_or(0),
            books.captured() - (books.back - books.by_hand),
            "what the provider owes us"
        );
        prop_assert_eq!(payment.state() == Some(PaymentState::Refunded), books.back > 0 && books.back == books.captured());
    }

    #[test]
    fn what_goes_back_goes_back_the_way_that_the_money_came_whoever_gives_it(
        commands in proptest::collection::vec(any_command(), 0..40),
    ) {
        for (method, way) in [("tok_approve", PaidWith::Card), ("deposit", PaidWith::Deposit)] {
            let (_, books) = play(paid_with(method).chain(commands.clone()));
            prop_assert_eq!(books.captured(), PRICE);
            prop_assert_eq!(books.ways.iter().collect::<Vec<_>>(), [&way]);
        }
    }

    #[test]
    fn giving_up_before_asking_lets_nothing_move(commands in proptest::collection::vec(any_command(), 0..40)) {
        let (_, books) = play(std::iter::once(abandon()).chain(commands));

        prop_assert_eq!(books.captured(), 0);
        prop_assert_eq!(books.called_back, 0);
    }

    #[test]
    fn giving_up_ends_in_void_or_in_all_of_it_back(
        before in proptest::collection::vec(any_command(), 0..20),
        provider_says_yes in any::<bool>(),
    ) {
        let answer = if provider_says_yes { record_approved() } else { record_declined() };
        let settle = std::iter::once(abandon())
            .chain([answer])
            .chain((1..=30).map(record_refunded));

        let (payment, books) = play(before.into_iter().chain(settle));

        if books.captured() == 0 {
            prop_assert_eq!(payment.state(), Some(PaymentState::Voided));
            prop_assert!(matches!(books.last, Some(PaymentEvent::Voided(_))));
        } else {
            prop_assert_eq!(payment.state(), Some(PaymentState::Refunded));
            prop_assert!(matches!(books.last, Some(PaymentEvent::Refunded(ref back)) if back.whole));
            prop_assert_eq!(books.back, books.captured());
        }
    }
}
