//! Every state that an order can come to is explained: what it waits for, or how it ended.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::Arc;

use catalog_contract::{Completes, PaymentTime, ShopLife};
use inventory_contract::{InventoryEvent, StockReservedV1};
use kernel::{Actor, Causation, OrderId, Published, Recorded, Subject, Timestamp};
use payment_contract::{
    PaymentApprovedV1, PaymentAwaitedV1, PaymentEvent, PaymentRefundedV1, PaymentRequestedV1,
    PaymentVoidedV1, RefundRequestedV1,
};
use tracking_contract::{WaitsFor, WaitsFrom, WhyView};
use tracking_domain::{Circumstances, Source, Story, why};
use uuid::Uuid;

use super::LATER;
use super::moves::moves;
use super::world::{Funds, Goods, World, price};
use crate::shops;

const ORDER: OrderId = OrderId(Uuid::from_u128(1));

/// A fact as its journal holds it.
#[derive(Clone)]
pub(super) struct Decided {
    event_type: &'static str,
    data: Vec<u8>,
    personal: Option<Vec<u8>>,
}

impl Decided {
    pub(super) fn of(event: &impl Published) -> Self {
        let encoded = event.encode();
        Self { event_type: event.event_type(), data: encoded.data, personal: encoded.personal }
    }

    fn source(&self) -> Source {
        match self.event_type.split('-').next().unwrap() {
            "order" => Source::Ordering,
            "payment" | "refund" => Source::Payment,
            "stock" => Source::Inventory,
            "delivery" => Source::Delivery,
            _ => Source::Kitchen,
        }
    }
}

fn tell(story: &mut Story, fact: Decided) {
    let source = fact.source();
    let recorded = Recorded {
        position: 1,
        stream_kind: "told".into(),
        stream_id: ORDER.0,
        version: story.version_of(source) + 1,
        event_type: fact.event_type.into(),
        at: Timestamp::default(),
        subject: Subject::order("proof".into(), ORDER, 1),
        causation: Causation::from_text("command/proof"),
        actor: Actor::system(),
        data: fact.data,
        personal: fact.personal.map(|bytes| kernel::PersonalPart { key_id: None, algorithm: "none", bytes }),
        previous_hash: [0; 16],
        hash: [0; 16],
    };
    assert!(story.apply(source, &recorded).unwrap(), "{} was told before", fact.event_type);
}

/// What payment tells where its funds moved.
fn of_payment(life: &ShopLife, before: Funds, after: Funds) -> Vec<PaymentEvent> {
    let (amount, at) = (price(life), Timestamp::default());
    let (method, provider_key) = ("tok".to_owned(), "key".to_owned());
    match (before, after) {
        (Funds::Unasked, Funds::Asked) if life.payment.when == PaymentTime::ByCustomer => {
            let awaited = PaymentAwaitedV1 { order: ORDER, amount, method, customer: None, requested_at: at };
            vec![PaymentEvent::Awaited(awaited)]
        }
        (Funds::Unasked, Funds::Asked) => {
            let asked = PaymentRequestedV1 { amount, method, provider_key, customer: None, requested_at: at };
            vec![PaymentEvent::Requested(asked)]
        }
        (_, Funds::Captured) if before != after => {
            let approval_code = "A1".to_owned();
            vec![PaymentEvent::Approved(PaymentApprovedV1 { amount, approval_code, postings: Vec::new() })]
        }
        (_, Funds::Nowhere) if before != after => vec![PaymentEvent::Voided(PaymentVoidedV1 {})],
        (_, Funds::Returned) if before != after => vec![
            PaymentEvent::RefundRequested(RefundRequestedV1 {
                step: 1,
                amount,
                provider_key,
                reason: String::new(),
                withdrawn: false,
                proposal: None,
            }),
            PaymentEvent::Refunded(PaymentRefundedV1 {
                step: 1,
                amount,
                whole: true,
                by_hand: None,
                postings: Vec::new(),
            }),
        ],
        _ => Vec::new(),
    }
}

/// The story after a step, and the world without what it decided.
fn next_story(before: (&Story, Funds, Goods), mut world: World) -> (Story, World) {
    let (mut story, funds, goods) = (before.0.clone(), before.1, before.2);
    let facts = std::mem::take(&mut world.decided);
    facts.into_iter().for_each(|fact| tell(&mut story, fact));
    for event in of_payment(&world.life, funds, world.funds) {
        tell(&mut story, Decided::of(&event));
    }
    if goods != Goods::Answered && world.goods == Goods::Answered {
        let event = InventoryEvent::StockReserved(StockReservedV1 { uses: Vec::new() });
        tell(&mut story, Decided::of(&event));
    }
    (story, world)
}

fn explained(story: &Story, life: &ShopLife) -> WhyView {
    let at = Circumstances { number: 1, ..Circumstances::default() };
    why(story, life, ORDER, &life.key, &at).unwrap()
}

/// Whatever is explained must be true of the world that it is said of.
fn judge(world: &World, story: &Story, seen: &mut BTreeSet<WaitsFor>) {
    let why = explained(story, &world.life);
    let place = || format!("{}: {}\n{why:#?}", world.life.key, world.key());
    assert_eq!(why.state, world.order.state(), "{}", place());
    assert!(why.text.ko.ends_with('.') && why.text.en.ends_with('.'), "{}", place());
    assert_eq!(why.ended.is_some(), world.order.has_ended(), "{}", place());
    match &why.waits {
        None => assert!(world.has_ended() || world.order.has_ended(), "it waits for nothing: {}", place()),
        Some(waits) => {
            seen.insert(waits.what);
            // Where no message is on its way, somebody is waited for, or a time.
            let by_nobody = matches!(waits.from, WaitsFrom::Machine | WaitsFrom::Kitchen);
            assert!(!world.is_quiet() || !by_nobody || waits.by_itself.is_some(), "{}", place());
            let by_people = matches!(waits.from, WaitsFrom::Customer | WaitsFrom::Staff);
            assert!(!by_people || !waits.commands.is_empty(), "nobody is told how: {}", place());
        }
    }
}

/// Walks through every state of a life; what its orders were seen to wait for, and how many states.
fn walk(life: &ShopLife) -> (BTreeSet<WaitsFor>, usize) {
    let life = Arc::new(life.clone());
    let (mut known, mut seen) = (HashSet::new(), BTreeSet::new());
    let mut waiting = VecDeque::new();
    for later in std::iter::once(None).chain(life.later.as_ref().map(|_| Some(LATER))) {
        let start = World::new(&life, later).unwrap();
        known.insert(start.key());
        waiting.push_back(next_story((&Story::default(), Funds::Unasked, Goods::Unasked), start));
    }
    while let Some((story, world)) = waiting.pop_front() {
        judge(&world, &story, &mut seen);
        for (_, next) in moves(&world) {
            let next = next.unwrap();
            if known.insert(next.key()) {
                waiting.push_back(next_story((&story, world.funds, world.goods), next));
            }
        }
    }
    (seen, known.len())
}

#[test]
fn every_state_of_every_shop_that_the_program_carries_is_explained() {
    let mut seen = BTreeSet::new();
    for shop in catalog_service::DEFAULT_SHOPS {
        let life = shops::one(shop.name()).unwrap().life;
        let (found, states) = walk(&life);
        assert!(states > 20, "{}: {states}", shop.name());
        seen.extend(found);
    }
    // Two more, for what none of them has: a courier who is found first, an order that time closes.
    let mut life = shops::one("pizza").unwrap().life;
    life.delivery.as_mut().unwrap().needs_courier = true;
    life.completes = Completes::After { millis: 600_000 };
    seen.extend(walk(&life).0);
    // What no walk comes to: a refund beside the order's own life, an event that cannot be applied.
    let elsewhere = [WaitsFor::SecondPerson, WaitsFor::RefundByHand, WaitsFor::ParkedEvent];
    let missing: Vec<_> =
        WaitsFor::ALL.iter().filter(|what| !seen.contains(what) && !elsewhere.contains(what)).collect();
    assert_eq!(missing, Vec::<&WaitsFor>::new());
}
