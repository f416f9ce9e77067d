//! S19 at the route, in the words of every provider: whatever is forged, replayed, reordered, old or about
//! something else changes no payment. Each case has a name, and says what it is answered.

use axum::http::StatusCode;
use edge::signature::{new_secret, sign, sign_timed};
use payment_contract::PaymentState;
use serde_json::{Value, json};

use crate::house::{House, PRICE, order};
use crate::program::{Program, Said};

/// Who calls: in whose words, at which door.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    Sandbox,
    Toss,
    Stripe,
}

impl Who {
    const ALL: [Self; 3] = [Self::Sandbox, Self::Toss, Self::Stripe];

    fn path(self) -> &'static str {
        match self {
            Self::Sandbox => "/v1/payments/callbacks/sandbox",
            Self::Toss => "/v1/payments/callbacks/toss",
            Self::Stripe => "/v1/payments/callbacks/stripe",
        }
    }
}

/// What is said of a charge.
#[derive(Clone)]
struct Word {
    key: String,
    order: String,
    amount: i64,
    currency: &'static str,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Approved,
    Declined,
    Refunded,
}

fn word(number: u64) -> Word {
    let order = order(number).to_string();
    Word { key: format!("{order}/1"), order, amount: PRICE, currency: "KRW", outcome: Outcome::Approved }
}

impl Word {
    /// The word as the provider says it.
    fn said_by(&self, who: Who) -> Value {
        match who {
            Who::Sandbox => {
                let outcome = match self.outcome {
                    Outcome::Approved => json!({ "approved": { "code": "SB-00000001" } }),
                    Outcome::Declined => json!({ "declined": { "reason": "no" } }),
                    Outcome::Refunded => json!({ "refunded": {} }),
                };
                let key = match self.outcome {
                    Outcome::Refunded => format!("{}/refund/1", self.key),
                    _ => self.key.clone(),
                };
                let amount = json!({ "amount": self.amount, "currency": self.currency });
                json!({ "order": self.order, "key": key, "amount": amount, "outcome": outcome })
            }
            Who::Toss => {
                let (status, cancels) = match self.outcome {
                    Outcome::Approved => ("DONE", Value::Null),
                    Outcome::Declined => ("ABORTED", Value::Null),
                    Outcome::Refunded => {
                        let reason = format!("{}/refund/1", self.key);
                        let cancel = json!({ "cancelAmount": self.amount, "cancelReason": reason });
                        ("CANCELED", json!([cancel]))
                    }
                };
                let data = json!({
                    "paymentKey": "tgen_1", "orderId": self.key.replace('/', "_"), "status": status,
                    "totalAmount": self.amount, "currency": self.currency, "cancels": cancels,
                    "approvedAt": "2026-11-28T21:04:15+09:00", "card": { "approveNo": "SB-00000001" },
                });
                json!({ "eventType": "PAYMENT_STATUS_CHANGED", "createdAt": "2026-11-28T21:04:15", "data": data })
            }
            Who::Stripe => {
                let currency = self.currency.to_lowercase();
                let (kind, object) = match self.outcome {
                    Outcome::Refunded => {
                        let metadata = json!({ "refund": format!("{}/refund/1", self.key) });
                        let refund = json!({ "id": "re_1", "status": "succeeded", "amount": self.amount, "currency": currency, "metadata": metadata });
                        ("refund.updated", refund)
                    }
                    outcome => {
                        let is_approved = outcome == Outcome::Approved;
                        let status = if is_approved { "succeeded" } else { "canceled" };
                        let kind =
                            if is_approved { "payment_intent.succeeded" } else { "payment_intent.canceled" };
                        (
                            kind,
                            json!({ "id": "pi_1", "status": status, "amount": self.amount, "currency": currency, "metadata": { "charge": self.key } }),
                        )
                    }
                };
                json!({ "id": "evt_1", "object": "event", "type": kind, "data": { "object": object } })
            }
        }
    }
}

/// A call as it travels.
#[derive(Clone)]
struct Call {
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
}

fn secret() -> String {
    new_secret(&[7; 32])
}

fn signed(who: Who, secret: &str, at: i64, body: &str) -> Call {
    let headers = match who {
        Who::Stripe => vec![("stripe-signature", sign_timed(secret, at, body.as_bytes()).unwrap())],
        Who::Sandbox | Who::Toss => vec![
            ("webhook-id", "evt_1".to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", sign(secret, "evt_1", at, body.as_bytes()).unwrap()),
        ],
    };
    Call { path: who.path(), headers, body: body.to_owned() }
}

async fn sends(shop: &Program, call: &Call) -> Said {
    let headers: Vec<(&str, &str)> =
        call.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    shop.post(call.path, &call.body, &headers).await
}

/// The cases of one provider: a name, the call, what it is answered.
fn cases(who: Who, now: i64) -> Vec<(&'static str, Call, StatusCode)> {
    let say = |word: &Word| word.said_by(who).to_string();
    let right = |word: Word| signed(who, &secret(), now, &say(&word));
    let body = say(&word(2));
    let good = right(word(2));
    let with = |call: &Call, change: &dyn Fn(&mut Call)| {
        let mut changed = call.clone();
        change(&mut changed);
        changed
    };
    let last = good.headers.len() - 1;
    let other_body = signed(who, &secret(), now, &say(&word(3)));
    let others = Who::ALL.into_iter().filter(|other| *other != who).collect::<Vec<_>>();
    const NO: StatusCode = StatusCode::UNAUTHORIZED;
    const UNFIT: StatusCode = StatusCode::CONFLICT;
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    const TAKEN: StatusCode = StatusCode::NO_CONTENT;
    let mut cases = vec![
        ("no header at all", with(&good, &|call| call.headers.clear()), NO),
        ("an empty signature", with(&good, &|call| call.headers[last].1.clear()), NO),
        ("a signature of nothing", with(&good, &|call| call.headers[last].1 = "v1,".to_owned()), NO),
        ("a signature cut short", with(&good, &|call| assert!(call.headers[last].1.pop().is_some())), NO),
        ("signed with another secret", signed(who, &new_secret(&[8; 32]), now, &body), NO),
        ("signed with a secret that is none", signed(who, "whsec_AAAA", now, &body), NO),
        ("the signature of another call", with(&good, &|call| call.headers = other_body.headers.clone()), NO),
        (
            "one digit of the amount changed",
            with(&good, &|call| call.body = call.body.replace(&PRICE.to_string(), "1")),
            NO,
        ),
        ("a space more", with(&good, &|call| call.body.push(' ')), NO),
        ("an empty body", with(&good, &|call| call.body.clear()), NO),
        ("five minutes and a second old", signed(who, &secret(), now - 301, &body), NO),
        ("a day old", signed(who, &secret(), now - 86_400, &body), NO),
        ("a year old", signed(who, &secret(), now - 365 * 86_400, &body), NO),
        ("of the future", signed(who, &secret(), now + 301, &body), NO),
        ("of the end of time", signed(who, &secret(), i64::MAX, &body), NO),
        ("of before time", signed(who, &secret(), i64::MIN, &body), NO),
        ("another amount", right(Word { amount: PRICE + 1, ..word(2) }), UNFIT),
        ("a smaller amount", right(Word { amount: 1, ..word(2) }), UNFIT),
        ("another currency", right(Word { currency: "JPY", ..word(2) }), UNFIT),
        ("an order that nobody placed", right(word(9)), UNFIT),
        (
            "a charge that was never asked for",
            right(Word { key: format!("{}/2", order(2)), ..word(2) }),
            UNFIT,
        ),
        ("a no after the yes", right(Word { outcome: Outcome::Declined, ..word(1) }), UNFIT),
        ("a refund that nobody asked for", right(Word { outcome: Outcome::Refunded, ..word(1) }), UNFIT),
        ("signed and no JSON", signed(who, &secret(), now, "{"), BAD),
        ("signed and another thing", signed(who, &secret(), now, "[]"), BAD),
        ("signed and empty", signed(who, &secret(), now, "{}"), BAD),
        ("the yes of before, once more", right(word(1)), TAKEN),
    ];
    for (name, other) in ["at the door of another", "at the door of a third"].into_iter().zip(&others) {
        cases.push((name, with(&good, &|call| call.path = other.path()), other_door(who, *other)));
    }
    if who != Who::Sandbox {
        let stranger = body.replace(&order(2).to_string(), "another-program");
        cases.push(("signed and of another program", signed(who, &secret(), now, &stranger), BAD));
        let other_event = body.replace("PAYMENT_STATUS_CHANGED", "PAYOUT_STATUS_CHANGED");
        let other_event = other_event.replace("payment_intent.succeeded", "customer.created");
        cases.push(("signed and about something else", signed(who, &secret(), now, &other_event), TAKEN));
    }
    if who == Who::Stripe {
        let header = |text: String| with(&good, &|call| call.headers[0].1.clone_from(&text));
        let said = good.headers[0].1.clone();
        let hex = said.split_once(",v1=").unwrap().1.to_owned();
        cases.push(("the scheme of before", header(said.replace("v1=", "v0=")), NO));
        cases.push(("two times in one signature", header(format!("t={},{said}", now - 1)), NO));
        cases.push(("no time in the signature", header(format!("v1={hex}")), NO));
        cases.push(("another time in the signature", header(format!("t={},v1={hex}", now - 1)), NO));
    } else {
        cases.push(("under another id", with(&good, &|call| call.headers[0].1 = "evt_2".to_owned()), NO));
        cases.push(("at another second", with(&good, &|call| call.headers[1].1 = (now - 1).to_string()), NO));
        cases.push(("at no second", with(&good, &|call| call.headers[1].1 = "now".to_owned()), NO));
    }
    cases
}

/// What a call is answered that is signed for one door and comes to another: the signature may be right
/// there (the secret is the same in this test), and then its words are not.
fn other_door(who: Who, door: Who) -> StatusCode {
    let same_signature = (who == Who::Stripe) == (door == Who::Stripe);
    if same_signature { StatusCode::BAD_REQUEST } else { StatusCode::UNAUTHORIZED }
}

#[tokio::test]
async fn whatever_is_forged_replayed_reordered_old_or_wrong_changes_no_payment() {
    let mut house = House::open();
    house.cafe_opens();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house.ask(2, "tok_approve").unwrap();
    house.ask(3, "tok_approve").unwrap();
    house.started.clear();
    let now = house.now.millis() / 1_000;
    let shop = Program::of(house);
    let paid = shop.until(1, PaymentState::Approved).await;
    let open = [shop.until(2, PaymentState::Requested).await, shop.until(3, PaymentState::Requested).await];

    let mut tried = 0;
    for who in Who::ALL {
        for (name, call, expected) in cases(who, now) {
            // Once and, by somebody who kept it, once more.
            for _ in 0..2 {
                let said = sends(&shop, &call).await;
                assert_eq!(
                    said.status,
                    expected.as_u16(),
                    "{who:?}, {name}: {:?}",
                    String::from_utf8_lossy(&said.bytes)
                );
                assert_eq!(
                    shop.until(1, PaymentState::Approved).await.version,
                    paid.version,
                    "{who:?}, {name}"
                );
                for (number, before) in [2, 3].into_iter().zip(&open) {
                    let after = shop.until(number, PaymentState::Requested).await;
                    assert_eq!(after.version, before.version, "{who:?}, {name}");
                }
            }
            tried += 1;
        }
    }
    assert!(tried >= 80, "{tried} cases");

    // And the word that is right is taken, from whom it may come.
    let said =
        sends(&shop, &signed(Who::Toss, &secret(), now, &word(2).said_by(Who::Toss).to_string())).await;
    assert_eq!(said.status, 204);
    shop.until(2, PaymentState::Approved).await;
    let said =
        sends(&shop, &signed(Who::Stripe, &secret(), now, &word(3).said_by(Who::Stripe).to_string())).await;
    assert_eq!(said.status, 204);
    shop.until(3, PaymentState::Approved).await;
}
