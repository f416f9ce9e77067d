use catalog_contract::CatalogEvent;
use kernel::{Money, Recorded, Subject};
use payment_domain::DepositCommand;
use runtime::{PolicyFailure, Turn};

use crate::deposits;

/// Whenever a shop that is paid from deposits is heard of, the account of those who say no name is
/// open, with what the file says it opens with; once only.
pub(super) fn on_shop_defined(
    recorded: &Recorded,
    event: &CatalogEvent,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    let CatalogEvent::ShopDefined(defined) = event else {
        return Ok(());
    };
    let Some(rule) = &defined.life.payment.deposit else {
        return Ok(());
    };
    let opening = Money::new(rule.walk_in, defined.life.currency);
    let open = DepositCommand::Open { customer: None, opening };
    deposits::execute(&Subject::shop(recorded.subject.shop.clone()), None, open, turn)?;
    Ok(())
}
