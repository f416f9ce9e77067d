use std::sync::Arc;

use catalog_contract::{Channel, Milestone, ShopLife};
use notification_contract::{ConversationOpenedV1, MessageAddress, MessageId, message_id};
use notification_domain::{Change, ConversationCommand};
use ordering_contract::{OrderLine, OrderPlacedV1};
use runtime::{PolicyFailure, Turn};

use super::Heard;
use crate::follow::converse;
use crate::use_cases::tell;

/// Whenever an order is placed in a shop that tells its customers of it, a conversation begins.
pub(super) fn open(
    heard: &Heard<'_>,
    turn: &mut Turn<'_>,
    life: &Arc<ShopLife>,
    placed: OrderPlacedV1,
) -> Result<(), PolicyFailure> {
    let opened = ConversationOpenedV1 {
        held: held(heard, life, &placed),
        life: placed.life,
        customer: placed.customer,
        call_number: placed.call_number,
        lines: in_the_language_of_messages(heard, life, placed.lines),
        total: placed.total,
        wanted_at: placed.later.map(|time| time.wanted_at),
        table: placed.table,
        placed_at: placed.placed_at,
        promised_at: placed.promised_at,
        personal: kernel::Personal::new(match placed.personal.reveal() {
            Some(contact) => MessageAddress {
                name: contact.name.clone(),
                phone: contact.phone.clone(),
                email: contact.email.clone(),
                address: contact.address.clone(),
            },
            None => MessageAddress::default(),
        }),
    };
    let subject = &heard.event.subject;
    converse(turn, heard.config, subject, heard.order, ConversationCommand::Open(opened))?;
    let change = Change {
        milestone: Milestone::Placed,
        source: heard.source,
        version: heard.event.version,
        at: placed.placed_at,
        amount: None,
        reason: None,
    };
    tell(turn, heard.config, subject, heard.order, life, heard.closed(), change)?;
    Ok(())
}

/// The lines with the names that the customer reads. A menu that changed since the order was placed, or
/// that was not heard of yet, leaves the name as it was ordered.
fn in_the_language_of_messages(heard: &Heard<'_>, life: &ShopLife, lines: Vec<OrderLine>) -> Vec<OrderLine> {
    let Some(rule) = &life.messages else { return lines };
    let named = lines.into_iter().map(|line| match heard.shops.name_of(&life.key, &line.item) {
        Some(name) if name.ko == line.name => OrderLine { name: rule.language.of(&name).to_owned(), ..line },
        _ => line,
    });
    named.collect()
}

/// The message that is held back: an order that shows only once it is paid was not placed, as far
/// as anybody can see, before that.
fn held(heard: &Heard<'_>, life: &ShopLife, placed: &OrderPlacedV1) -> Option<MessageId> {
    let rule = life.messages.as_ref().filter(|rule| rule.tell.contains(&Milestone::Placed))?;
    let channel = rule.channels.first().copied().unwrap_or(Channel::Log);
    (life.payment.answers_when_paid() && placed.payment_method.is_some()).then(|| {
        let (shop, version) = (&heard.event.subject.shop, heard.event.version);
        message_id(shop, heard.order, heard.source, version, Milestone::Placed, channel)
    })
}
