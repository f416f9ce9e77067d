//! People who wish their order brought elsewhere, whether or not its courier has set out.

use edge::etag::IfMatch;
use edge::idempotency::IdempotencyKey;
use kernel::{Actor, OrderId, Personal};
use ordering_contract::OrderAddress;
use ordering_service::{AddressReply, ChangeAddress, OrderingCommand, OrderingRefusal, OrderingReply};
use runtime::Answer;
use uuid::Uuid;

use super::customers::Happening;
use super::door::Asked;
use super::{World, staff};
use crate::role::Role;

/// How many customers of what is brought move.
const MOVES: f64 = 0.5;
/// How many of them come with a key, and send it again.
const KEYED: f64 = 0.5;
const MIND_MIN_MILLIS: f64 = 1.0;
const MIND_MAX_MILLIS: f64 = 1_200_000.0;

impl World {
    pub(super) fn may_readdress(&mut self, order: Uuid) {
        let delivers = self.checker.cases.get(&order).is_some_and(|case| case.delivers());
        if !delivers || !self.chances.movers.hits(MOVES) {
            return;
        }
        for _ in 0..self.chances.movers.between(1, 3) {
            let address = format!("부산 {}", self.chances.movers.between(1, 1_000_000));
            let key = self.chances.movers.hits(KEYED).then(|| format!("move-{address}"));
            for _ in 0..=u64::from(key.is_some()) {
                let after = self.chances.movers.spread(MIND_MIN_MILLIS, MIND_MAX_MILLIS) as u64;
                let (address, key) = (address.clone(), key.clone());
                let readdress = Happening::Readdress { order, address, key };
                self.schedule.after(after, super::Happening::Customer(readdress));
            }
        }
    }

    pub(super) fn readdress(&mut self, order: Uuid, address: String, key: Option<String>) {
        let Some(placed) = self.checker.cases.get(&order).and_then(|case| case.placed.as_ref()) else {
            return;
        };
        if !self.ordering.is_up() {
            return;
        }
        let customer = placed.order.customer.as_ref().map(ToString::to_string);
        let actor = customer.and_then(|customer| Actor::parse(&format!("customer:{customer}")).ok());
        let actor = actor.unwrap_or_else(staff::staff);
        let key = key.and_then(|key| IdempotencyKey::try_new(&key).ok()).map(|key| {
            let (fingerprints, body) = (&self.customers.fingerprints, address.as_bytes());
            ordering_service::address_key(fingerprints, &actor, &placed.shop, OrderId(order), &key, body)
        });
        let personal = Personal::new(OrderAddress { address: address.clone() });
        let change = ChangeAddress { order: OrderId(order), personal, if_match: IfMatch::default(), key };
        let (ticket, causation) = (self.ticket(), self.causation());
        self.customers.asked.insert(ticket, Asked { order, address: Some(address) });
        self.ordering.bring_command(ticket, OrderingCommand::ChangeAddress(change), actor, causation);
        let soon = self.chances.movers.between(1, 3);
        self.wake_after(Role::Ordering, soon);
    }

    /// I21: who is told that it is brought to an address finds that ordering has said so.
    pub(super) fn readdress_answered(
        &mut self,
        order: Uuid,
        address: &str,
        answer: Answer<OrderingReply, OrderingRefusal>,
    ) {
        let told = match answer.result {
            Ok(OrderingReply::Address(AddressReply::Changed { .. })) => true,
            Ok(OrderingReply::Address(AddressReply::Again { outcome })) => outcome.status == 200,
            _ => false,
        };
        let case = self.checker.cases.get(&order);
        let is_so =
            case.is_some_and(|case| case.addresses.iter().any(|known| known.as_deref() == Some(address)));
        if told && !is_so {
            let what = "somebody was told of an address that ordering never said".to_owned();
            self.checker.violation("I21", Some(order), what);
        }
    }
}
