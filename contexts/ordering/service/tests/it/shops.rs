//! The shops of these tests and what they sell.

use catalog_contract::{
    Accept, BreakerRule, CancelRule, Completes, DeliveryRule, DeliveryStarts, Handover, MenuItem, MenuOption,
    OptionChoice, PaymentRule, PaymentTime, Prepare, PrepareRule, PromiseRule, ShopLife, Stage, StageBounds,
    StockMode, StockRule, StockUse, Text, WhenUnavailable,
};
use kernel::Currency;

use crate::words::won;

/// Takes money at order, holds no stock.
pub(crate) const CAFE: &str = "cafe";
/// Takes no money, holds stock.
pub(crate) const KIOSK: &str = "kiosk";
/// Holds stock, then takes the money.
pub(crate) const BAKERY: &str = "bakery";
/// Takes the order although payment does not answer.
pub(crate) const DINER: &str = "diner";

/// Takes no money, holds no stock, has its orders brought.
pub(crate) const COURIER: &str = "courier";

pub(crate) const TIMEOUT_MILLIS: i64 = 1_000;
pub(crate) const EXPIRES_MILLIS: i64 = 3_600_000;

pub(crate) fn cafe() -> ShopLife {
    ShopLife {
        key: CAFE.into(),
        name: Text::default(),
        currency: Currency::KRW,
        time_zone: "Asia/Seoul".to_owned(),
        payment: PaymentRule {
            when: PaymentTime::AtOrder,
            default_method: Some("tok_approve".to_owned()),
            unavailable: WhenUnavailable::Reject,
            timeout_millis: TIMEOUT_MILLIS,
            expires_after_millis: EXPIRES_MILLIS,
            breaker: BreakerRule { calls_min: 100, failures_percent: 50, open_millis: 5_000 },
            deposit: None,
            refund_alone_max: None,
        },
        stock: StockRule::of(StockMode::None),
        accept: Accept::Staff,
        prepare: PrepareRule { by: Prepare::Staff, finishes_at_start: false },
        handover: Handover::Pickup,
        delivery: None,
        cancel: CancelRule { customer_before: Stage::Started, staff_before: Stage::Prepared },
        completes: Completes::Command { or_after_millis: 14_400_000 },
        bounds: StageBounds { accept_millis: 0, start_millis: 0, prepare_millis: 0, handover_millis: 0 },
        promise: None,
        messages: None,
        hours: None,
        later: None,
        table: None,
        receipts: None,
    }
}

pub(crate) fn kiosk() -> ShopLife {
    let cafe = cafe();
    ShopLife {
        key: KIOSK.into(),
        payment: PaymentRule { when: PaymentTime::None, default_method: None, ..cafe.payment },
        stock: StockRule::of(StockMode::Reserve),
        completes: Completes::AtStage { stage: Stage::Prepared },
        ..cafe
    }
}

pub(crate) fn bakery() -> ShopLife {
    let cafe = cafe();
    ShopLife { key: BAKERY.into(), stock: StockRule::of(StockMode::Reserve), ..cafe }
}

pub(crate) fn diner() -> ShopLife {
    let cafe = cafe();
    let payment = PaymentRule { unavailable: WhenUnavailable::Defer, ..cafe.payment };
    ShopLife { key: DINER.into(), payment, completes: Completes::After { millis: 60_000 }, ..cafe }
}

pub(crate) fn courier() -> ShopLife {
    let cafe = cafe();
    let rule = DeliveryRule {
        starts: DeliveryStarts::Staff,
        needs_courier: false,
        needs_address: true,
        attempts: 1,
        retry_after_millis: 60_000,
        refunds_returned: true,
        delivered_after_millis: None,
    };
    ShopLife {
        key: COURIER.into(),
        payment: PaymentRule { when: PaymentTime::None, default_method: None, ..cafe.payment },
        handover: Handover::Delivery,
        delivery: Some(rule),
        promise: Some(PromiseRule { prepare_millis: 600_000, deliver_millis: Some(1_800_000), at_once: 1 }),
        completes: Completes::AtStage { stage: Stage::Delivered },
        ..cafe
    }
}

pub(crate) fn americano() -> MenuItem {
    let choice = |key: &str, difference| OptionChoice {
        key: key.to_owned(),
        name: Text::default(),
        price_difference: won(difference),
        uses: vec![],
        out_of_stock: false,
    };
    MenuItem {
        key: "americano".to_owned(),
        name: Text { ko: "아메리카노".to_owned(), en: "Americano".to_owned() },
        category: None,
        price: won(4_500),
        options: vec![MenuOption {
            key: "size".to_owned(),
            name: Text::default(),
            required: true,
            choices: vec![choice("regular", 0), choice("large", 500)],
        }],
        uses: vec![StockUse { item: "cup".to_owned(), quantity: 1 }],
        sold_out: false,
        out_of_stock: false,
    }
}

pub(crate) fn water() -> MenuItem {
    MenuItem { key: "water".to_owned(), price: won(0), options: vec![], ..americano() }
}
