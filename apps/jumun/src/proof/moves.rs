use catalog_contract::Completes;
use delivery_contract::{DeliveryEvent, DeliveryRequestedV1};
use delivery_domain::{DeliveryCommand, Routine as Way};
use kernel::{Aggregate, Personal};
use kitchen_contract::{KitchenEvent, TicketOpenedV1};
use kitchen_domain::{Routine, TicketCommand};
use ordering_contract::{CancelReason, OrderAddress, OrderEvent};
use ordering_domain::{Order, OrderCommand, Wish};

use super::world::{Funds, Goods, Told, World, last_step, price};

/// Attempts of a delivery that are walked through: further ones tell nothing new.
const ATTEMPTS_MAX: u32 = 2;

/// A step in words, and where it leads; or what it shows to be wrong.
pub(super) type Move = (String, Result<World, String>);

/// Everything that can happen next.
pub(super) fn moves(world: &World) -> Vec<Move> {
    let mut found = Vec::new();
    people(world, &mut found);
    time(world, &mut found);
    neighbours(world, &mut found);
    messages(world, &mut found);
    found
}

fn people(world: &World, found: &mut Vec<Move>) {
    for (who, reason) in [("the customer", CancelReason::ByCustomer), ("staff", CancelReason::ByStaff)] {
        if world.cancels_left == 0 {
            break;
        }
        let mut next = world.clone();
        next.cancels_left -= 1;
        let wish = Wish { reason, text: None };
        let cancel = OrderCommand::Cancel { wish, rule: world.life.cancel.clone() };
        // Who may not cancel any longer is told so, and nothing happens.
        if let Ok(true) = next.order_does(cancel) {
            found.push((format!("{who} cancels"), Ok(next)));
        }
    }
    if world.readdresses_left > 0 {
        let mut next = world.clone();
        next.readdresses_left -= 1;
        let personal = Personal::new(OrderAddress { address: "elsewhere".to_owned() });
        let readdress = OrderCommand::ChangeAddress { personal, client_key: None };
        if let Ok(true) = next.order_does(readdress) {
            found.push(("the customer changes the address".to_owned(), Ok(next)));
        }
    }
    let routine = Routine::from(world.life.as_ref());
    let at_the_counter = [
        ("staff take it on", TicketCommand::Accept { routine }),
        ("staff reject it", TicketCommand::Reject { reason: String::new() }),
        ("staff begin to make it", TicketCommand::Start { routine }),
        ("staff have made it", TicketCommand::Complete),
        ("staff hand it over", TicketCommand::HandOver { routine }),
    ];
    for (what, command) in at_the_counter {
        found.extend(ticket(world, what, command).filter(|(_, next)| next.is_ok()));
    }
    let Some(way) = way(world) else { return };
    let on_the_way = [
        ("a courier is found", DeliveryCommand::Assign { courier: "somebody".to_owned(), routine: way }),
        ("the courier sets out", DeliveryCommand::Start { routine: way }),
        ("the courier has brought it", DeliveryCommand::Complete),
        ("the courier could not bring it", DeliveryCommand::Fail { reason: String::new(), routine: way }),
    ];
    for (what, command) in on_the_way {
        found.extend(delivery(world, what, command).filter(|(_, next)| next.is_ok()));
    }
}

fn time(world: &World, found: &mut Vec<Move>) {
    let waits = matches!(world.order, Order::Waiting { .. });
    if waits && world.life.payment.answers_when_paid() {
        found.extend(order(world, "payment does not answer in time", OrderCommand::AbandonPayment));
    }
    if waits && world.life.payment.expires() {
        found.extend(order(world, "it was not paid in time", OrderCommand::Expire));
    }
    found.extend(order(world, "its time has come", OrderCommand::ComeDue));
    let closes_by_itself = match world.life.completes {
        Completes::After { .. } => true,
        Completes::Command { or_after_millis } => or_after_millis > 0,
        Completes::AtStage { .. } => false,
    };
    // The timer waits where delivery is asked whether it lets the order go.
    let asked = matches!(world.order, Order::Standing { wish: Some(_), .. });
    if closes_by_itself
        && !asked
        && matches!(&world.order, Order::Standing { stage, .. } if *stage == last_step(world))
    {
        found.extend(order(world, "its time is over", OrderCommand::Complete));
    }
    let Some(way) = way(world) else { return };
    found.extend(delivery(world, "it is time to try again", DeliveryCommand::Retry { routine: way }));
    if world.life.delivery.as_ref().is_some_and(|rule| rule.delivered_after_millis.is_some()) {
        let attempt = world.delivery.attempts();
        let counted = DeliveryCommand::CountAsDelivered { attempt };
        found.extend(delivery(world, "it counts as delivered by now", counted));
    }
}

/// Payment's provider, the customer who approves, and inventory.
fn neighbours(world: &World, found: &mut Vec<Move>) {
    if world.funds == Funds::Asked {
        let mut answer = |what: &str, funds: Funds, told: Told| {
            let mut next = world.clone();
            next.funds = funds;
            next.from_payment.push_back(told);
            found.push((what.to_owned(), Ok(next)));
        };
        answer("the money is captured", Funds::Captured, Told::Approved);
        answer("the payment is declined", Funds::Nowhere, Told::Declined);
    }
    if world.goods == Goods::Asked {
        for (what, told) in [("the stock is reserved", Told::Reserved), ("the stock is short", Told::Short)] {
            let mut next = world.clone();
            next.goods = Goods::Answered;
            next.from_inventory.push_back(told);
            found.push((what.to_owned(), Ok(next)));
        }
    }
}

/// Every message that is the next of its way arrives.
fn messages(world: &World, found: &mut Vec<Move>) {
    let mut next = world.clone();
    if let Some(event) = next.to_kitchen.pop_front() {
        found.extend(kitchen_hears(next, event));
    }
    let mut next = world.clone();
    if let Some(event) = next.to_delivery.pop_front() {
        found.push(delivery_hears(next, event));
    }
    let mut next = world.clone();
    if next.to_payment.pop_front().is_some() {
        // Whatever was asked for is called off, or given back.
        match next.funds {
            Funds::Asked | Funds::Unasked => {
                next.funds = Funds::Nowhere;
                next.from_payment.push_back(Told::Voided);
            }
            Funds::Captured => {
                next.funds = Funds::Returned;
                next.from_payment.push_back(Told::Refunded);
            }
            Funds::Nowhere | Funds::Returned => {}
        }
        found.push(("payment hears that the order is off".to_owned(), Ok(next)));
    }
    let mut next = world.clone();
    if let Some(told) = next.from_payment.pop_front() {
        found.push(ordering_hears(next, told));
    }
    let mut next = world.clone();
    if let Some(told) = next.from_inventory.pop_front() {
        found.push(ordering_hears(next, told));
    }
    let mut next = world.clone();
    if let Some(event) = next.from_kitchen.pop_front() {
        found.extend(ordering_hears_kitchen(next, &event));
    }
    let mut next = world.clone();
    if let Some(event) = next.from_delivery.pop_front() {
        found.extend(ordering_hears_delivery(next, &event));
    }
}

fn ordering_hears(mut next: World, told: Told) -> Move {
    let command = match told {
        Told::Approved => OrderCommand::NotePaid { amount: price(&next.life), approval_code: String::new() },
        Told::Declined => OrderCommand::NoteDeclined { reason: String::new() },
        Told::Voided => OrderCommand::NoteVoided,
        Told::Refunded => OrderCommand::NoteRefunded { amount: price(&next.life) },
        Told::Reserved => OrderCommand::NoteReserved { life: next.life.clone() },
        Told::Short => OrderCommand::NoteShort { detail: String::new(), life: next.life.clone() },
    };
    let waits = matches!(next.order, Order::Waiting { .. });
    let done = next.order_does(command);
    if told == Told::Reserved && waits {
        next.ask_for_money();
    }
    (format!("ordering hears: {told:?}"), done.map(|_| next))
}

fn kitchen_hears(next: World, event: OrderEvent) -> Option<Move> {
    match event {
        OrderEvent::Confirmed(confirmed) => {
            let open = TicketCommand::Open {
                ticket: TicketOpenedV1 {
                    life: confirmed.life,
                    call_number: confirmed.call_number,
                    lines: confirmed.lines,
                    wanted_at: confirmed.wanted_at,
                    table: confirmed.table,
                    personal: Personal::absent(),
                },
                routine: Routine::from(next.life.as_ref()),
            };
            ticket(&next, "the kitchen hears of it", open)
        }
        OrderEvent::CancelRequested(asked) => {
            let before = match asked.reason {
                CancelReason::ByCustomer => next.life.cancel.customer_before,
                _ => next.life.cancel.staff_before,
            };
            let release = TicketCommand::Release { before, handover: next.life.handover };
            let what = "the kitchen is asked to let it go";
            let silent = next.clone();
            Some(ticket(&next, what, release).unwrap_or_else(|| (what.to_owned(), Ok(silent))))
        }
        _ => None,
    }
}

fn delivery_hears(next: World, event: OrderEvent) -> Move {
    let what = "delivery hears of it".to_owned();
    let Some(routine) = way(&next) else { return (what, Err("there is no way to deliver it".to_owned())) };
    let command = match event {
        OrderEvent::DeliveryRequested(asked) => DeliveryCommand::Request {
            delivery: DeliveryRequestedV1 {
                life: asked.life,
                call_number: asked.call_number,
                lines: asked.lines,
                wanted_at: asked.wanted_at,
                personal: Personal::absent(),
            },
            routine,
        },
        OrderEvent::CancelRequested(asked) => {
            let before = match asked.reason {
                CancelReason::ByCustomer => next.life.cancel.customer_before,
                _ => next.life.cancel.staff_before,
            };
            DeliveryCommand::Release { before, routine }
        }
        OrderEvent::AddressChangeRequested(asked) => {
            DeliveryCommand::ChangeAddress { personal: asked.personal }
        }
        _ => return (what, Ok(next)),
    };
    let silent = next.clone();
    delivery(&next, &what, command).unwrap_or((what, Ok(silent)))
}

fn ordering_hears_kitchen(next: World, event: &KitchenEvent) -> Option<Move> {
    let completes = next.life.completes;
    let command = match event {
        KitchenEvent::Opened(_) => return None,
        KitchenEvent::Accepted(_) => OrderCommand::NoteAccepted,
        KitchenEvent::Rejected(_) => OrderCommand::NoteRejected { reason: String::new() },
        KitchenEvent::Started(_) => OrderCommand::NoteStarted,
        KitchenEvent::Finished(_) => OrderCommand::NotePrepared { completes },
        KitchenEvent::HandedOver(_) => {
            // One that its time has closed before is done already.
            let mut next = next;
            let _closed = next.order_does(OrderCommand::Complete);
            return Some(("ordering hears that it was handed over".to_owned(), Ok(next)));
        }
        KitchenEvent::Released(_) => OrderCommand::NoteReleased,
        KitchenEvent::CancelDenied(_) => OrderCommand::NoteCancelDenied,
    };
    let (mut next, what) = (next, format!("ordering hears the kitchen: {}", said(event)));
    Some((what, next.order_does(command).map(|_| next)))
}

fn ordering_hears_delivery(mut next: World, event: &DeliveryEvent) -> Option<Move> {
    let command = note_delivery(&next, event)?;
    let what = format!("ordering hears delivery: {}", said(event));
    Some((what, next.order_does(command).map(|_| next)))
}

/// What ordering makes of delivery's facts.
fn note_delivery(world: &World, event: &DeliveryEvent) -> Option<OrderCommand> {
    Some(match event {
        DeliveryEvent::Started(_) => OrderCommand::NoteDeliveryStarted,
        DeliveryEvent::Completed(_) => OrderCommand::NoteDelivered { completes: world.life.completes },
        DeliveryEvent::Returned(returned) => {
            OrderCommand::NoteReturned { reason: returned.reason.clone(), refund: returned.refund }
        }
        DeliveryEvent::Released(_) => OrderCommand::NoteReleased,
        DeliveryEvent::CancelDenied(_) => OrderCommand::NoteCancelDenied,
        DeliveryEvent::AddressChanged(changed) => {
            OrderCommand::NoteAddressChanged { personal: changed.personal.clone() }
        }
        DeliveryEvent::AddressChangeDenied(_) => OrderCommand::NoteAddressChangeDenied,
        DeliveryEvent::Requested(_)
        | DeliveryEvent::Assigned(_)
        | DeliveryEvent::Failed(_)
        | DeliveryEvent::Retried(_) => return None,
    })
}

fn said(event: &impl kernel::Published) -> &'static str {
    event.event_type().split_once('.').map_or(event.event_type(), |(name, _)| name)
}

fn order(world: &World, what: &str, command: OrderCommand) -> Option<Move> {
    let mut next = world.clone();
    match next.order_does(command) {
        Ok(true) => Some((what.to_owned(), Ok(next))),
        Ok(false) => None,
        Err(wrong) => Some((what.to_owned(), Err(wrong))),
    }
}

fn ticket(world: &World, what: &str, command: TicketCommand) -> Option<Move> {
    let mut next = world.clone();
    match next.ticket.decide(command) {
        Ok(events) if events.is_empty() => None,
        Ok(events) => {
            for event in events {
                #[cfg(test)]
                next.decided.push(super::explained::Decided::of(&event));
                next.ticket = std::mem::take(&mut next.ticket).evolve(&event);
                if !matches!(event, KitchenEvent::Opened(_)) {
                    next.from_kitchen.push_back(event);
                }
            }
            Some((what.to_owned(), Ok(next)))
        }
        Err(no) => Some((what.to_owned(), Err(format!("the kitchen refuses: {no}")))),
    }
}

fn delivery(world: &World, what: &str, command: DeliveryCommand) -> Option<Move> {
    let mut next = world.clone();
    match next.delivery.decide(command) {
        Ok(events) if events.is_empty() => None,
        Ok(events) => {
            for event in events {
                #[cfg(test)]
                next.decided.push(super::explained::Decided::of(&event));
                next.delivery = std::mem::take(&mut next.delivery).evolve(&event);
                // Couriers and single attempts are nothing to ordering.
                if note_delivery(&next, &event).is_some() {
                    next.from_delivery.push_back(event);
                }
            }
            Some((what.to_owned(), Ok(next)))
        }
        Err(no) => Some((what.to_owned(), Err(format!("delivery refuses: {no}")))),
    }
}

fn way(world: &World) -> Option<Way> {
    let way = Way::of(&world.life)?;
    Some(Way { attempts_max: way.attempts_max.min(ATTEMPTS_MAX), ..way })
}
