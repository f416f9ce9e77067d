//! The words of these tests: a shop's life, and `given(facts).when(command).then(facts)`.

use std::sync::Arc;

use catalog_contract::{
    Accept, BreakerRule, CancelRule, Completes, Handover, LaterRule, LifeHash, PaymentRule, PaymentTime,
    Prepare, PrepareRule, ShopLife, Stage, StageBounds, StockMode, StockRule, StockUse, Text,
    WhenUnavailable,
};
use kernel::{Aggregate, Currency, Money, Personal, ShopKey, Timestamp};
use ordering_contract::{
    CancelReason, LaterTime, OrderAcceptedV1, OrderCancelDeniedV1, OrderCancelRequestedV1, OrderCancelledV1,
    OrderCompletedV1, OrderConfirmedV1, OrderContact, OrderEvent, OrderLine, OrderNote, OrderPaidV1,
    OrderPaymentAbandonedV1, OrderPlacedV1, OrderPreparedV1, OrderRefundedV1, OrderRefusedV1,
    OrderReservedV1, OrderScheduledV1, OrderStartedV1, OrderState, RefusalReason,
};
use ordering_domain::{Order, OrderCommand, Placement, Rejection, Wish};

pub(crate) struct Given(Order);

pub(crate) struct Decided(Result<Vec<OrderEvent>, Rejection>);

/// The facts so far.
pub(crate) fn given(facts: impl IntoIterator<Item = OrderEvent>) -> Given {
    Given(facts.into_iter().fold(Order::default(), |state, fact| state.evolve(&fact)))
}

impl Given {
    pub(crate) fn when(&self, command: OrderCommand) -> Decided {
        Decided(self.0.decide(command))
    }

    #[track_caller]
    pub(crate) fn stands_at(&self, state: OrderState) {
        assert_eq!(self.0.state(), state);
    }

    #[track_caller]
    pub(crate) fn has_ended(&self, ended: bool) {
        assert_eq!(self.0.has_ended(), ended, "{:?}", self.0);
    }
}

impl Decided {
    #[track_caller]
    pub(crate) fn then(self, facts: impl IntoIterator<Item = OrderEvent>) {
        assert_eq!(self.0, Ok(facts.into_iter().collect()));
    }

    /// Whatever comes first, these come last.
    #[track_caller]
    pub(crate) fn then_ends_with(self, facts: impl IntoIterator<Item = OrderEvent>) {
        let (decided, facts) = (self.0.unwrap_or_default(), facts.into_iter().collect::<Vec<_>>());
        assert!(decided.ends_with(&facts), "{decided:?}");
    }

    #[track_caller]
    pub(crate) fn then_nothing_new(self) {
        self.then([]);
    }

    /// What the kitchen is told.
    #[track_caller]
    pub(crate) fn confirmed(self) -> OrderConfirmedV1 {
        let facts = self.0.unwrap_or_default();
        let confirmed = facts.into_iter().find_map(|fact| match fact {
            OrderEvent::Confirmed(confirmed) => Some(confirmed),
            _ => None,
        });
        confirmed.unwrap_or_else(|| panic!("it is not confirmed"))
    }

    #[track_caller]
    pub(crate) fn then_refused(self, rejection: Rejection) {
        assert_eq!(self.0, Err(rejection));
    }
}

// The shops.

/// Takes money at order, holds no stock.
pub(crate) fn cafe() -> ShopLife {
    ShopLife {
        key: ShopKey::from("cafe"),
        name: Text::default(),
        currency: Currency::KRW,
        time_zone: "Asia/Seoul".to_owned(),
        payment: PaymentRule {
            when: PaymentTime::AtOrder,
            default_method: None,
            unavailable: WhenUnavailable::Reject,
            timeout_millis: 1_000,
            expires_after_millis: 0,
            breaker: BreakerRule { calls_min: 10, failures_percent: 50, open_millis: 1_000 },
            deposit: None,
            refund_alone_max: None,
        },
        stock: StockRule::of(StockMode::None),
        accept: Accept::Staff,
        prepare: PrepareRule { by: Prepare::Staff, finishes_at_start: false },
        handover: Handover::Pickup,
        delivery: None,
        cancel: CancelRule { customer_before: Stage::Started, staff_before: Stage::Prepared },
        completes: Completes::Command { or_after_millis: 0 },
        bounds: StageBounds { accept_millis: 0, start_millis: 0, prepare_millis: 0, handover_millis: 0 },
        promise: None,
        messages: None,
        hours: None,
        later: None,
        table: None,
        receipts: None,
    }
}

/// Takes no money, holds stock.
pub(crate) fn kiosk() -> ShopLife {
    with(PaymentTime::None, StockMode::Reserve)
}

/// Takes money at order, once the stock is held.
pub(crate) fn bakery() -> ShopLife {
    with(PaymentTime::AtOrder, StockMode::Reserve)
}

/// Lets the customer pay later, and holds stock.
pub(crate) fn restaurant() -> ShopLife {
    with(PaymentTime::ByCustomer, StockMode::Reserve)
}

/// Takes money at order, and has its orders brought.
pub(crate) fn courier() -> ShopLife {
    let cancel = CancelRule { customer_before: Stage::Completed, staff_before: Stage::Delivered };
    ShopLife { key: ShopKey::from("courier"), handover: Handover::Delivery, cancel, ..cafe() }
}

/// Takes money at order, for later.
pub(crate) fn bistro() -> ShopLife {
    for_later(cafe())
}

/// The same shop, and its orders are for later.
pub(crate) fn for_later(life: ShopLife) -> ShopLife {
    let later = LaterRule {
        days_ahead_max: 7,
        notice_millis: 1_800_000,
        lead_millis: 1_200_000,
        cut_off: None,
        only: false,
    };
    ShopLife { later: Some(later), ..life }
}

/// Takes no money and holds no stock.
pub(crate) fn stall() -> ShopLife {
    with(PaymentTime::None, StockMode::None)
}

fn with(when: PaymentTime, mode: StockMode) -> ShopLife {
    let cafe = cafe();
    let payment = PaymentRule { when, ..cafe.payment };
    ShopLife { payment, stock: StockRule::of(mode), ..cafe }
}

// The commands.

/// Places the order as the shop's life has it.
pub(crate) fn place(life: ShopLife) -> OrderCommand {
    OrderCommand::Place(Box::new(Placement { placed: order_in(&life), life: Arc::new(life) }))
}

pub(crate) fn cancel(reason: CancelReason) -> OrderCommand {
    OrderCommand::Cancel { wish: wish(reason), rule: cafe().cancel }
}

pub(crate) fn wish(reason: CancelReason) -> Wish {
    Wish { reason, text: Some("changed my mind".to_owned()) }
}

pub(crate) fn note_paid() -> OrderCommand {
    OrderCommand::NotePaid { amount: won(9_000), approval_code: "A1".to_owned() }
}

pub(crate) fn note_declined() -> OrderCommand {
    OrderCommand::NoteDeclined { reason: "card expired".to_owned() }
}

pub(crate) fn note_refunded() -> OrderCommand {
    OrderCommand::NoteRefunded { amount: won(9_000) }
}

pub(crate) fn note_reserved(life: ShopLife) -> OrderCommand {
    OrderCommand::NoteReserved { life: Arc::new(life) }
}

pub(crate) fn note_short(life: ShopLife) -> OrderCommand {
    OrderCommand::NoteShort { detail: SHORT.to_owned(), life: Arc::new(life) }
}

pub(crate) fn note_rejected() -> OrderCommand {
    OrderCommand::NoteRejected { reason: "no milk left".to_owned() }
}

pub(crate) fn note_prepared(completes: Completes) -> OrderCommand {
    OrderCommand::NotePrepared { completes }
}

pub(crate) const BY_HAND: Completes = Completes::Command { or_after_millis: 0 };

// The facts.

pub(crate) const SHORT: &str = "cup: 2 wanted, 1 there";

pub(crate) fn order_in(life: &ShopLife) -> OrderPlacedV1 {
    let holds = life.stock.mode == StockMode::Reserve;
    let uses = holds.then(|| StockUse { item: "cup".to_owned(), quantity: 2 });
    OrderPlacedV1 {
        life: LifeHash::from(life.key.as_str()),
        customer: None,
        call_number: 7,
        lines: lines(),
        uses: uses.into_iter().collect(),
        total: won(9_000),
        payment_method: (life.payment.when != PaymentTime::None).then(|| "tok_approve".to_owned()),
        placed_at: Timestamp::from_millis(1_700_000_000_000),
        promised_at: None,
        delivers: life.handover == Handover::Delivery,
        later: life.later.as_ref().map(|_| TONIGHT),
        table: None,
        client_key: None,
        personal: Personal::new(OrderContact {
            note: Some("less ice".to_owned()),
            ..OrderContact::default()
        }),
    }
}

pub(crate) fn lines() -> Vec<OrderLine> {
    vec![OrderLine {
        item: "1".to_owned(),
        name: "아메리카노".to_owned(),
        quantity: 2,
        options: vec![],
        unit_price: won(4_500),
    }]
}

pub(crate) fn won(amount: i64) -> Money {
    Money::new(amount, Currency::KRW)
}

pub(crate) fn placed(life: ShopLife) -> OrderEvent {
    OrderEvent::Placed(order_in(&life))
}

pub(crate) fn reserved() -> OrderEvent {
    OrderEvent::Reserved(OrderReservedV1 {})
}

pub(crate) fn paid() -> OrderEvent {
    OrderEvent::Paid(OrderPaidV1 { amount: won(9_000), approval_code: "A1".to_owned() })
}

pub(crate) const TONIGHT: LaterTime = LaterTime {
    wanted_at: Timestamp::from_millis(1_700_007_200_000),
    due_at: Timestamp::from_millis(1_700_006_000_000),
};

pub(crate) fn scheduled() -> OrderEvent {
    OrderEvent::Scheduled(OrderScheduledV1 { time: TONIGHT })
}

/// Confirmed, with the time that it is wanted at.
pub(crate) fn confirmed_for_tonight() -> OrderEvent {
    match confirmed() {
        OrderEvent::Confirmed(confirmed) => {
            OrderEvent::Confirmed(OrderConfirmedV1 { wanted_at: Some(TONIGHT.wanted_at), ..confirmed })
        }
        other => other,
    }
}

pub(crate) fn confirmed() -> OrderEvent {
    OrderEvent::Confirmed(OrderConfirmedV1 {
        life: LifeHash::from("cafe"),
        call_number: 7,
        lines: lines(),
        wanted_at: None,
        table: None,
        personal: Personal::new(OrderNote { note: "less ice".to_owned() }),
    })
}

pub(crate) fn accepted() -> OrderEvent {
    OrderEvent::Accepted(OrderAcceptedV1 {})
}

pub(crate) fn started() -> OrderEvent {
    OrderEvent::Started(OrderStartedV1 {})
}

pub(crate) fn prepared() -> OrderEvent {
    OrderEvent::Prepared(OrderPreparedV1 {})
}

pub(crate) fn completed() -> OrderEvent {
    OrderEvent::Completed(OrderCompletedV1 {})
}

pub(crate) fn abandoned() -> OrderEvent {
    OrderEvent::PaymentAbandoned(OrderPaymentAbandonedV1 {})
}

pub(crate) fn refused(reason: RefusalReason, detail: Option<&str>, holds_stock: bool) -> OrderEvent {
    let detail = detail.map(ToOwned::to_owned);
    OrderEvent::Refused(OrderRefusedV1 { reason, detail, holds_stock })
}

pub(crate) fn cancel_requested(reason: CancelReason) -> OrderEvent {
    OrderEvent::CancelRequested(OrderCancelRequestedV1 { reason, text: wish(reason).text })
}

pub(crate) fn cancel_denied() -> OrderEvent {
    OrderEvent::CancelDenied(OrderCancelDeniedV1 {})
}

/// What a cancelled order calls back.
pub(crate) struct CallsBack {
    pub(crate) money: bool,
    pub(crate) stock: bool,
}

pub(crate) const NOTHING: CallsBack = CallsBack { money: false, stock: false };
pub(crate) const MONEY: CallsBack = CallsBack { money: true, stock: false };
pub(crate) const STOCK: CallsBack = CallsBack { money: false, stock: true };
pub(crate) const BOTH: CallsBack = CallsBack { money: true, stock: true };

pub(crate) fn cancelled(reason: CancelReason, text: Option<&str>, calls_back: &CallsBack) -> OrderEvent {
    OrderEvent::Cancelled(OrderCancelledV1 {
        reason,
        text: text.map(ToOwned::to_owned),
        calls_money_back: calls_back.money,
        holds_stock: calls_back.stock,
    })
}

/// Cancelled by a wish, in the words of the wish.
pub(crate) fn cancelled_as_wished(reason: CancelReason, calls_back: &CallsBack) -> OrderEvent {
    cancelled(reason, wish(reason).text.as_deref(), calls_back)
}

pub(crate) fn refunded() -> OrderEvent {
    OrderEvent::Refunded(OrderRefundedV1 { amount: won(9_000) })
}

// Stories so far.

/// Paid and confirmed in the cafe.
pub(crate) fn standing() -> Vec<OrderEvent> {
    vec![placed(cafe()), paid(), confirmed()]
}

/// Standing, and then more.
pub(crate) fn standing_and(more: impl IntoIterator<Item = OrderEvent>) -> Vec<OrderEvent> {
    standing().into_iter().chain(more).collect()
}
