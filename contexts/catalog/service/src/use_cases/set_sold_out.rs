use catalog_domain::ShopCommand;
use edge::etag::{EntityTag, IfMatch};
use kernel::ShopKey;
use runtime::{Failure, Turn};

use super::wish;
use crate::command::{CatalogRefusal, CatalogReply};
use crate::views;

/// Says that an item cannot be had, or can again.
pub(super) fn set_sold_out(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    item: &str,
    sold_out: bool,
    if_match: Option<&IfMatch>,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let read = views::item_version(turn, shop, item)?;
    if let (Some(version), Some(if_match)) = (read, if_match)
        && if_match.check(EntityTag::of_version(version)).is_err()
    {
        return Err(Failure::Refused(CatalogRefusal::Changed { version }));
    }
    let command = ShopCommand::SetSoldOut { item: item.to_owned(), sold_out };
    if wish(turn, shop, command)? {
        views::keep_item(turn, shop, item)?;
        views::keep_shop(turn, shop)?;
    }
    views::item_reply(turn, shop, item)
}
