use jiff::civil::Date;
use journal::chain;
use kernel::ShopKey;
use uuid::Uuid;

/// The list of closed days, by the number of their closing.
pub const CLOSINGS: &str = "closings";

/// One per day and shop.
pub(crate) fn closing_id(shop: &ShopKey, day: Date) -> Uuid {
    Uuid::from_bytes(chain::digest(format!("closing/{shop}/{day}").as_bytes()))
}
