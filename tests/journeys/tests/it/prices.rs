//! The server prices orders; a client that expects another price is told both.

use journeys::{Basket, House, plain};
use serde_json::json;

#[tokio::test]
async fn a_total_that_differs_is_refused_naming_both() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let customer = cafe.customer("mina");
    let refused = customer.asks_for(&Basket::of("1", 2).expecting(8_000)).await;
    insta::assert_json_snapshot!("total_differs", plain(&refused.problem(409, "price-differs")));
    let unit = json!([{ "item": "1", "quantity": 1, "unit_price": { "amount": 4_000, "currency": "KRW" } }]);
    let refused = customer.asks_for(&Basket::of("1", 1).saying("lines", unit)).await;
    insta::assert_json_snapshot!("unit_price_differs", plain(&refused.problem(409, "price-differs")));
    let order = customer.orders(Basket::of("1", 2).expecting(9_000)).await;
    assert_eq!(order.view["total"]["amount"], 9_000);
    assert_eq!(cafe.get("/orders").await.items().len(), 1);
}

#[tokio::test]
async fn options_change_the_price_and_required_ones_take_their_first_choice() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let wished = Basket::of("2", 2).with("size", "large").with("milk", "oat").with("shot", "two");
    let order = cafe.customer("mina").orders(wished).await;
    assert_eq!(order.view["total"]["amount"], 2 * (5_000 + 500 + 700 + 1_000));
    let chosen = order.view["lines"][0]["options"].to_string();
    assert!(chosen.contains("temperature"), "{chosen}");
}

#[tokio::test]
async fn an_item_option_or_choice_that_is_not_on_the_menu_is_refused_by_its_place() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let customer = cafe.customer("mina");
    let refusals = [
        customer.asks_for(&Basket::of("1", 1).and("99", 1)).await.problem(422, "unknown-item"),
        customer.asks_for(&Basket::of("1", 1).with("milk", "oat")).await.problem(400, "invalid-field"),
        customer.asks_for(&Basket::of("1", 1).with("size", "bucket")).await.problem(400, "invalid-field"),
    ];
    insta::assert_json_snapshot!("not_on_the_menu", refusals.iter().map(plain).collect::<Vec<_>>());
    assert_eq!(cafe.get("/orders").await.items().len(), 0);
}
