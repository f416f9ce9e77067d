use std::collections::BTreeMap;

use kernel::{Actor, Hash, Recorded, ShopKey};
use ordering_contract::OrderPlacedV1;
use uuid::Uuid;

use super::Checker;

/// The clients' own record: what they asked for and what they were answered.
#[derive(Default)]
pub(crate) struct ClientLog {
    requests: BTreeMap<Uuid, Requested>,
    /// The first final answer to each (subject, shop, key).
    answers: BTreeMap<(Actor, ShopKey, String), Answered>,
    /// Bodies that came with each (subject, shop, key).
    bodies: BTreeMap<(Actor, ShopKey, String), Vec<Hash>>,
}

/// A request as it left the client; the door gives it the id that an order of it would have.
#[derive(Clone)]
pub(crate) struct Requested {
    pub(crate) subject: Actor,
    pub(crate) shop: ShopKey,
    pub(crate) key: String,
    pub(crate) body: Hash,
    pub(crate) items: Vec<(String, u32)>,
    /// What one of each was to cost, where the client said so.
    pub(crate) quotes: Vec<Option<kernel::Money>>,
}

/// An answer as the client saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) order: Option<Uuid>,
    pub(crate) body: Vec<u8>,
}

impl ClientLog {
    pub(crate) fn sent(&mut self, id: Uuid, request: Requested) {
        let key = (request.subject.clone(), request.shop.clone(), request.key.clone());
        let bodies = self.bodies.entry(key).or_default();
        if !bodies.contains(&request.body) {
            bodies.push(request.body);
        }
        self.requests.insert(id, request);
    }

    /// I20: why an order is one that nobody asked for.
    pub(super) fn phantom(&self, event: &Recorded, placed: &OrderPlacedV1) -> Option<String> {
        let Some(request) = self.requests.get(&event.stream_id) else {
            return Some("nobody has asked for it".to_owned());
        };
        let items: Vec<_> = placed.lines.iter().map(|line| (line.item.clone(), line.quantity)).collect();
        let same =
            request.subject == event.actor && request.shop == event.subject.shop && request.items == items;
        let kept = request.quotes.iter().zip(&placed.lines);
        let kept = kept.map(|(quote, line)| quote.is_none_or(|quote| quote == line.unit_price));
        if same && !kept.clone().all(|kept| kept) {
            return Some(format!("{} was told another price than {:?}", request.subject, request.quotes));
        }
        (!same).then(|| format!("{} asked {} for {:?}", request.subject, request.shop, request.items))
    }

    /// Orders that a client was told to stand.
    pub(super) fn acknowledged(&self) -> impl Iterator<Item = (Uuid, &Answered)> {
        self.answers
            .values()
            .filter(|answer| answer.status == 201)
            .filter_map(|answer| Some((answer.order?, answer)))
    }
}

/// What clients see: I7, I19.
impl Checker {
    /// A client was answered. Answers that are never final (409 running, 503) only promise that
    /// asking again is safe.
    pub(crate) fn answered(&mut self, request: &Requested, answer: Answered) {
        let place = (request.subject.clone(), request.shop.clone(), request.key.clone());
        if answer.status == 422 {
            if self.log.bodies.get(&place).is_none_or(|bodies| bodies.len() < 2) {
                let what = format!("key {} is said to have come with another body", request.key);
                self.violation("I7", None, what);
            }
            return;
        }
        if answer.status == 201 {
            self.acknowledged(request, &answer);
        }
        let Some(first) = self.log.answers.get(&place) else {
            self.log.answers.insert(place, answer);
            return;
        };
        if *first != answer {
            let what = format!(
                "{} key {} was answered {} and then {}: {} / {}",
                request.subject,
                request.key,
                first.status,
                answer.status,
                String::from_utf8_lossy(&first.body),
                String::from_utf8_lossy(&answer.body)
            );
            let order = first.order;
            self.violation("I7", order, what);
        }
    }

    /// I19: what is acknowledged is on the disk; I7: and it is the subject's own.
    fn acknowledged(&mut self, request: &Requested, answer: &Answered) {
        let Some(order) = answer.order else {
            return self.violation("I19", None, "a 201 names no order".to_owned());
        };
        let case = self.cases.get(&order);
        let Some(placed) = case.and_then(|case| case.placed.as_ref()) else {
            let what = "it was acknowledged and is on no disk".to_owned();
            return self.violation("I19", Some(order), what);
        };
        if placed.order.client_key.is_none()
            || self.log.requests.get(&order).is_none_or(|first| {
                (&first.subject, &first.shop, &first.key) != (&request.subject, &request.shop, &request.key)
            })
        {
            let what = format!("{} was shown an order of somebody else's key", request.subject);
            return self.violation("I7", Some(order), what);
        }
        let stands_when_paid = case.and_then(|case| case.life()).is_some_and(|life| {
            life.payment.when == catalog_contract::PaymentTime::AtOrder
                && life.payment.unavailable == catalog_contract::WhenUnavailable::Reject
        });
        if stands_when_paid && case.is_some_and(|case| !case.stood) {
            let what = "it was acknowledged before it was paid".to_owned();
            self.violation("I19", Some(order), what);
        }
    }
}
