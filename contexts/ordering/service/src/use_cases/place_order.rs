use catalog_contract::{DepositRule, Handover, PaymentTime, ShopDirectory, ShopLife, StockMode};
use journal::IdempotencyRecord;
use kernel::planted::{self, Bug};
use kernel::{ActorKind, CustomerId, Money, Personal, Subject, Timestamp};
use ordering_contract::{OrderContact, OrderPlacedV1, OrderState};
use ordering_domain::{Order, OrderCommand, Placement};
use runtime::{Failure, Remembered, Turn};

use crate::command::{NewOrder, OrderingRefusal, PlaceOrder, PlaceReply, WrongField};
use crate::effects::start_asking;
use crate::follow::{Hindrance, move_order};
use crate::paces::SharedPaces;
use crate::timers;
use crate::use_cases::{priced, time_of};

/// Somebody orders: the wish is checked, priced, numbered and safe; what the shop asks for (stock,
/// then money) is set in motion.
pub(crate) fn place_order(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    paces: &SharedPaces,
    order: PlaceOrder,
) -> Result<PlaceReply, Failure<OrderingRefusal>> {
    if let Some(again) = answered_before(turn, &order)? {
        return Ok(again);
    }
    let Some((hash, life)) = shops.current(&order.shop) else {
        return Err(Failure::Refused(OrderingRefusal::UnknownShop(order.shop)));
    };
    let later =
        time_of(shops, life, order.wish.wanted_at.as_deref(), turn.now()).map_err(Failure::Refused)?;
    let priced = priced::price(shops, life, &order.wish).map_err(Failure::Refused)?;
    let (hash, life) = (hash.clone(), life.clone());
    let subject = Subject::order(order.shop.clone(), order.order, next_order_number(turn, &order)?);
    let placed = OrderPlacedV1 {
        life: hash,
        customer: customer_of(turn, &order.wish),
        call_number: next_call_number(turn, &life, later.map_or(turn.now(), |time| time.wanted_at))?,
        payment_method: payment_method(&life, &order.wish, priced.total).map_err(Failure::Refused)?,
        placed_at: turn.now(),
        promised_at: paces.promise(&life, turn.now(), later),
        delivers: life.handover == Handover::Delivery,
        later,
        table: order.wish.table.clone(),
        client_key: order.key,
        personal: contact(&order.wish),
        lines: priced.lines,
        uses: if life.stock.mode == StockMode::Reserve { priced.uses } else { Vec::new() },
        total: priced.total,
    };
    remember_running(turn, &order);
    let is_paid_for = placed.payment_method.is_some();
    let placement = Placement { placed, life: life.clone() };
    let moved = move_order(turn, shops, &subject, order.order, OrderCommand::Place(Box::new(placement)));
    let moved = moved.map_err(unexpected)?;
    if is_paid_for {
        timers::begin_waiting(turn, &life, order.order);
    }
    if is_paid_for
        && life.stock.mode == StockMode::None
        && let Some(placed) = turn.state::<Order>(order.order.0)?.placed().cloned()
    {
        start_asking(turn, &life, &subject, order.order, &placed);
    }
    if is_paid_for && life.payment.when == PaymentTime::AtOrder {
        return Ok(PlaceReply::Waits { order: order.order });
    }
    remember_decided(turn, &order, moved.version);
    Ok(PlaceReply::Decided { order: order.order, version: moved.version })
}

/// What is known of the client's key. After a 503 whose order turned out to have moved nothing, the
/// key may make a new order.
fn answered_before(
    turn: &mut Turn<'_>,
    order: &PlaceOrder,
) -> Result<Option<PlaceReply>, Failure<OrderingRefusal>> {
    let Some(key) = &order.key else { return Ok(None) };
    match turn.remembered(&key.scope, &key.body)? {
        Remembered::New => Ok(None),
        Remembered::OtherBody => Err(Failure::Refused(OrderingRefusal::KeyReused)),
        Remembered::Answered(record, outcome) => Ok(Some(PlaceReply::Again { order: record.order, outcome })),
        Remembered::Running(record) => {
            let first = turn.state::<Order>(record.order.0)?;
            match first {
                Order::Abandoned { .. } => Err(Failure::Refused(OrderingRefusal::OutcomeUnknown)),
                other if other.state() == OrderState::Refused => Ok(None),
                _ => Err(Failure::Refused(OrderingRefusal::StillRunning)),
            }
        }
    }
}

fn remember_running(turn: &mut Turn<'_>, order: &PlaceOrder) {
    remember(turn, order, None);
}

/// A shop that answers before anybody else was asked: what it shows now is the answer.
fn remember_decided(turn: &mut Turn<'_>, order: &PlaceOrder, version: u64) {
    remember(turn, order, Some(journal::IdempotencyOutcome { status: 201, version, body: Vec::new() }));
}

fn remember(turn: &mut Turn<'_>, order: &PlaceOrder, outcome: Option<journal::IdempotencyOutcome>) {
    let Some(key) = &order.key else { return };
    // Planted bug B21: the answer is there before the effect is.
    let outcome = if planted::is(Bug::B21) && outcome.is_none() {
        Some(journal::IdempotencyOutcome { status: 201, version: 1, body: Vec::new() })
    } else {
        outcome
    };
    let at = turn.now();
    turn.remember(IdempotencyRecord {
        scope: key.scope,
        body_hash: key.body,
        order: order.order,
        at,
        outcome,
    });
}

fn next_order_number(turn: &mut Turn<'_>, order: &PlaceOrder) -> Result<u64, journal::StoreError> {
    turn.next_number(&format!("orders/{}", order.shop))
}

/// The number that is called out: from 1 each day of the shop, 999 at most, then from 1 again. It is of
/// the day on which the order is wanted.
fn next_call_number(turn: &mut Turn<'_>, life: &ShopLife, at: Timestamp) -> Result<u32, journal::StoreError> {
    let day = day_of(at, &life.time_zone);
    let number = turn.next_number(&format!("calls/{}/{day}", life.key))?;
    Ok(u32::try_from((number - 1) % 999 + 1).unwrap_or(1))
}

fn day_of(at: Timestamp, time_zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_millisecond(at.millis())
        .map_or_else(|_| "1970-01-01".to_owned(), |at| at.to_zoned(zone).date().to_string())
}

/// A customer who asks orders for themselves; whoever works here may order for somebody.
fn customer_of(turn: &Turn<'_>, wish: &NewOrder) -> Option<CustomerId> {
    match turn.actor().kind() {
        ActorKind::Customer => turn.actor().id().map(CustomerId::from),
        _ => wish.customer.as_deref().map(CustomerId::from),
    }
}

/// With what the order is paid; nothing where it costs nothing.
fn payment_method(life: &ShopLife, wish: &NewOrder, total: Money) -> Result<Option<String>, OrderingRefusal> {
    if life.payment.when == PaymentTime::None || total.amount == 0 {
        return Ok(None);
    }
    if life.payment.deposit.is_some()
        && wish.payment_method.as_deref().is_some_and(|method| method != DepositRule::METHOD)
    {
        return Err(OrderingRefusal::Invalid(vec![WrongField {
            field: "payment_method".to_owned(),
            expected: format!("{} or nothing, as the shop is paid from deposits", DepositRule::METHOD),
            found: wish.payment_method.clone(),
        }]));
    }
    match wish.payment_method.clone().or_else(|| life.payment.default_method.clone()) {
        Some(method) => Ok(Some(method)),
        None => Err(OrderingRefusal::Invalid(vec![WrongField {
            field: "payment_method".to_owned(),
            expected: "a provider's token, as the shop names none of its own".to_owned(),
            found: None,
        }])),
    }
}

fn contact(wish: &NewOrder) -> Personal<OrderContact> {
    let contact = OrderContact {
        note: wish.note.clone(),
        name: wish.name.clone(),
        phone: wish.phone.clone(),
        email: wish.email.clone(),
        address: wish.address.clone(),
        labels: wish.labels.clone(),
    };
    if contact == OrderContact::default() { Personal::absent() } else { Personal::new(contact) }
}

/// A new order is refused by nothing but its checks above.
fn unexpected(hindrance: Hindrance) -> Failure<OrderingRefusal> {
    Failure::Broken(match hindrance {
        Hindrance::Broken(error) => error,
        Hindrance::NotYet(what) => journal::StoreError::Unavailable(what),
        Hindrance::Rejected(rejection) => journal::StoreError::Unfit(rejection.to_string()),
    })
}
