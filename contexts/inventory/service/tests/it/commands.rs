//! What staff wish of the stock.

use catalog_contract::StockMode;
use edge::etag::IfMatch;
use inventory_domain::StockItemRejection;
use inventory_service::{InventoryCommand, InventoryRefusal, InventoryReply, KeyUse, StockWish};
use runtime::Failure;

use crate::house::{CAFE, House, KIOSK, wish};

async fn unless_changed(tag: Option<&str>) -> IfMatch {
    use axum::extract::FromRequestParts;
    let mut request = axum::http::Request::builder();
    if let Some(tag) = tag {
        request = request.header("If-Match", tag);
    }
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    IfMatch::from_request_parts(&mut parts, &()).await.unwrap()
}

async fn adjust(difference: i64, tag: Option<&str>) -> StockWish {
    StockWish::Adjust { difference, reason: "counted".to_owned(), if_match: unless_changed(tag).await }
}

fn keyed(quantity: u64, body: u8) -> InventoryCommand {
    let key = KeyUse { scope: [1; 16], body_hash: [body; 16] };
    InventoryCommand { key: Some(key), ..wish(KIOSK, "cup", StockWish::Receive { quantity }) }
}

#[test]
fn receipts_add_up_in_one_row_with_one_number() {
    let mut house = House::open();
    let first = house.receive(KIOSK, "cup", 10);
    let milk = house.receive(KIOSK, "milk", 3);
    let second = house.receive(KIOSK, "cup", 5);
    assert_eq!((first.number, milk.number, second.number), (1, 2, 1));
    assert_eq!((second.available, second.version), (15, 2));
    assert_eq!(house.stock("cup"), second);
}

#[tokio::test]
async fn an_adjustment_on_the_version_that_was_read_goes_through() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    let said = house.command(wish(KIOSK, "cup", adjust(-3, Some("\"v1\"")).await));
    let Ok(InventoryReply::Item(view)) = said else { panic!("{said:?}") };
    assert_eq!((view.available, view.version), (7, 2));
}

#[tokio::test]
async fn an_adjustment_on_an_older_version_is_refused() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.receive(KIOSK, "cup", 1);
    let said = house.command(wish(KIOSK, "cup", adjust(-3, Some("\"v1\"")).await));
    assert_eq!(said, Err(Failure::Refused(InventoryRefusal::Changed { version: 2 })));
}

#[tokio::test]
async fn an_adjustment_never_takes_what_is_held() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 8)]);
    house.hear();
    let said = house.command(wish(KIOSK, "cup", adjust(-3, None).await));
    let refusal = StockItemRejection::TooFew { available: 2, reserved: 8 };
    assert_eq!(said, Err(Failure::Refused(InventoryRefusal::Item(refusal))));
}

#[tokio::test]
async fn an_item_that_never_came_in_is_not_there_to_be_adjusted() {
    let mut house = House::open();
    let said = house.command(wish(KIOSK, "cup", adjust(1, None).await));
    let refusal = InventoryRefusal::Item(StockItemRejection::Unknown);
    assert_eq!(said, Err(Failure::Refused(refusal)));
}

#[test]
fn a_shop_that_keeps_no_stock_receives_none() {
    let mut house = House::open();
    let said = house.command(wish(CAFE, "cup", StockWish::Receive { quantity: 1 }));
    assert_eq!(said, Err(Failure::Refused(InventoryRefusal::KeepsNoStock(CAFE.into()))));
}

#[test]
fn a_shop_nobody_has_heard_of_receives_none() {
    let mut house = House::empty();
    let said = house.command(wish(KIOSK, "cup", StockWish::Receive { quantity: 1 }));
    assert_eq!(said, Err(Failure::Refused(InventoryRefusal::ShopUnknown(KIOSK.into()))));
    house.define(KIOSK, StockMode::Reserve);
    house.hear();
    assert_eq!(house.receive(KIOSK, "cup", 1).available, 1);
}

#[test]
fn a_receipt_sent_twice_with_one_key_comes_in_once_and_is_answered_the_same() {
    let mut house = House::open();
    let Ok(InventoryReply::Item(first)) = house.command(keyed(10, 1)) else { panic!() };
    house.receive(KIOSK, "cup", 1);
    let again = house.command(keyed(10, 1));
    let body = serde_json::to_vec(&first).unwrap();
    assert_eq!(again, Ok(InventoryReply::Again { status: 200, version: 1, body }));
    assert_eq!(house.stock("cup").available, 11);
}

#[test]
fn a_key_that_comes_with_another_body_is_refused() {
    let mut house = House::open();
    house.command(keyed(10, 1)).unwrap();
    let said = house.command(keyed(11, 2));
    assert_eq!(said, Err(Failure::Refused(InventoryRefusal::KeyReused)));
}

#[test]
fn a_refusal_is_answered_again_under_its_key() {
    let mut house = House::open();
    let first = house.command(keyed(0, 1));
    let again = house.command(keyed(0, 1));
    let Ok(InventoryReply::Again { status, .. }) = &first else { panic!("{first:?}") };
    assert_eq!((*status, &first), (400, &again));
}
