use catalog_contract::ShopDirectory;
use edge::etag::EntityTag;
use journal::{IdempotencyOutcome, IdempotencyRecord, StoreError};
use kernel::OrderId;
use ordering_contract::{ClientKey, OrderEvent};
use ordering_domain::{OrderCommand, Rejection};
use runtime::{Failure, Remembered, Turn};

use crate::command::{AddressReply, ChangeAddress, OrderingRefusal, WrongField};
use crate::follow::{Hindrance, done, move_order, too_late_to_readdress};
use crate::use_cases::seen::{Seen, seen};

/// Somebody wishes an order brought elsewhere: decided here until its delivery exists, by delivery
/// from then on. Once per key: a repetition gets the first answer again, one that is still asked waits
/// for the same answer, and a refusal that nothing can change is kept.
pub(crate) fn change_address(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    change: ChangeAddress,
) -> Result<AddressReply, Failure<OrderingRefusal>> {
    let ChangeAddress { order, personal, if_match, key } = change;
    let Seen { subject, state, version, .. } = seen(turn, shops, order, None)?;
    if let Some(key) = key {
        match turn.remembered(&key.scope, &key.body)? {
            Remembered::New => {}
            Remembered::OtherBody => return Err(Failure::Refused(OrderingRefusal::KeyReused)),
            Remembered::Answered(_, outcome) => return Ok(AddressReply::Again { outcome }),
            Remembered::Running(_) => {
                if state.address_wish().is_some_and(|wish| wish.client_key == Some(key)) {
                    return Ok(AddressReply::Asked { version });
                }
            }
        }
    }
    if if_match.check(EntityTag::of_version(version)).is_err() {
        return Err(Failure::Refused(OrderingRefusal::VersionDiffers { version }));
    }
    remember(turn, key, order, None);
    let command = OrderCommand::ChangeAddress { personal, client_key: key };
    match move_order(turn, shops, &subject, order, command) {
        Ok(moved) => {
            let version = moved.version;
            if moved.events.iter().any(|event| matches!(event, OrderEvent::AddressChangeRequested(_))) {
                return Ok(AddressReply::Asked { version });
            }
            if moved.events.is_empty() {
                remember(turn, key, order, Some(done(version)));
            }
            Ok(AddressReply::Changed { version })
        }
        Err(Hindrance::Rejected(Rejection::TooLateToReaddress(state))) if key.is_some() => {
            let outcome = too_late_to_readdress(state, version);
            remember(turn, key, order, Some(outcome.clone()));
            Ok(AddressReply::Again { outcome })
        }
        Err(hindrance) => Err(in_words(hindrance)),
    }
}

fn remember(
    turn: &mut Turn<'_>,
    key: Option<ClientKey>,
    order: OrderId,
    outcome: Option<IdempotencyOutcome>,
) {
    let Some(key) = key else { return };
    let at = turn.now();
    turn.remember(IdempotencyRecord { scope: key.scope, body_hash: key.body, order, at, outcome });
}

fn in_words(hindrance: Hindrance) -> Failure<OrderingRefusal> {
    Failure::Refused(match hindrance {
        Hindrance::Rejected(rejection) => match rejection {
            Rejection::Unknown => OrderingRefusal::UnknownOrder,
            Rejection::BroughtNowhere => OrderingRefusal::Invalid(vec![WrongField {
                field: "address".to_owned(),
                expected: "no address: the order is brought nowhere".to_owned(),
                found: None,
            }]),
            Rejection::AddressAsked(state) => OrderingRefusal::AddressAsked(state),
            Rejection::TooLateToReaddress(state)
            | Rejection::TooLate(state)
            | Rejection::TooEarly(state)
            | Rejection::Ended(state)
            | Rejection::Asked(state) => OrderingRefusal::TooLateToReaddress(state),
        },
        Hindrance::NotYet(what) => return Failure::Broken(StoreError::Unavailable(what)),
        Hindrance::Broken(error) => return Failure::Broken(error),
    })
}
