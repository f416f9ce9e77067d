//! The appliance store: the customer approves the payment as a step of its own.

use journeys::{Answer, Basket, Customer, House, Order, Shop, house_shop, shop_file};
use reqwest::Method;
use serde_json::{Value, json};

fn air_conditioners(quantity: u32) -> Basket {
    Basket::of("2", quantity).saying("address", json!("Gangnam")).saying("phone", json!("010-0123-4567"))
}

async fn says(customer: &Customer, order: &Order, word: &str, body: Value) -> Answer {
    let path = format!("/orders/{}/payment/{word}", order.id);
    Answer::to(customer.request(Method::POST, &path).json(&body)).await
}

async fn ordered() -> (House, Shop, Customer, Order) {
    let house = House::open(&[&house_shop("appliance")]).await;
    let shop = house.shop("appliance");
    let customer = shop.customer("1");
    let order = customer.orders(air_conditioners(3)).await;
    shop.payment_is(&order, "waiting-for-approval").await;
    (house, shop, customer, order)
}

#[tokio::test]
async fn an_order_stands_at_once_and_reaches_the_store_once_it_is_paid() {
    let (_house, shop, customer, order) = ordered().await;
    assert_eq!((&order.view["state"], &order.view["total"]["amount"]), (&json!("placed"), &json!(4_500)));
    shop.get(&format!("/tickets/{}", order.id)).await.problem(404, "not-found");

    let _approved = says(&customer, &order, "approve", json!({})).await.is(202);

    shop.payment_is(&order, "approved").await;
    shop.ticket_is(&order, "open").await;
    let _taken = shop.staff("kim").accepts(&order).await.is(200);
    shop.shows(&order, "delivery-started").await;
}

#[tokio::test]
async fn an_approval_typed_right_behind_the_order_waits_until_the_payment_is_asked_for() {
    let house = House::open(&[&house_shop("appliance")]).await;
    let shop = house.shop("appliance");
    let customer = shop.customer("1");
    for _ in 0..10 {
        let order = customer.orders(air_conditioners(1)).await;
        let _approved = says(&customer, &order, "approve", json!({})).await.is(202);
        shop.payment_is(&order, "approved").await;
    }
}

#[tokio::test]
async fn a_declined_method_leaves_the_order_waiting_for_another() {
    let (_house, shop, customer, order) = ordered().await;

    let _asked = says(&customer, &order, "approve", json!({ "method": "tok_expired_card" })).await.is(202);
    shop.becomes(&format!("/orders/{}/payment", order.id), "decline_reason", "the card has expired").await;
    let _approved = says(&customer, &order, "approve", json!({ "method": "tok_approve" })).await.is(202);

    shop.shows(&order, "confirmed").await;
}

#[tokio::test]
async fn a_payment_that_is_called_off_takes_the_order_with_it() {
    let (_house, shop, customer, order) = ordered().await;

    let _off = says(&customer, &order, "cancel", json!({})).await.is(200);

    assert_eq!(shop.shows(&order, "cancelled").await["cancel_reason"], "by-customer");
    shop.payment_is(&order, "voided").await;
    says(&customer, &order, "approve", json!({})).await.problem(409, "command-forbidden-by-state");
    shop.get(&format!("/tickets/{}", order.id)).await.problem(404, "not-found");
}

#[tokio::test]
async fn an_unpaid_order_that_is_cancelled_takes_its_payment_with_it() {
    let (_house, shop, customer, order) = ordered().await;

    let _cancelled = customer.cancels(&order).await.is(200);

    shop.payment_is(&order, "voided").await;
}

#[tokio::test]
async fn a_paid_order_that_is_cancelled_on_its_way_is_refunded() {
    let (_house, shop, customer, order) = ordered().await;
    let _approved = says(&customer, &order, "approve", json!({})).await.is(202);
    shop.ticket_is(&order, "open").await;
    let _taken = shop.staff("kim").accepts(&order).await.is(200);
    shop.shows(&order, "delivery-started").await;

    let _cancelled = customer.cancels(&order).await;

    shop.shows(&order, "refunded").await;
    shop.payment_is(&order, "refunded").await;
}

#[tokio::test]
async fn only_the_customer_approves() {
    let (_house, shop, _customer, order) = ordered().await;
    let path = format!("/orders/{}/payment/approve", order.id);

    shop.staff("kim").posts(&path, json!({})).await.problem(403, "forbidden");
    says(&shop.customer("2"), &order, "approve", json!({})).await.problem(404, "not-found");
}

#[tokio::test]
async fn an_order_that_nobody_approves_in_time_is_cancelled() {
    let house = House::open(&[&shop_file("studio")]).await;
    let studio = house.shop("studio");

    let order = studio.customer("1").orders(Basket::of("portrait", 1)).await;

    assert_eq!(studio.shows(&order, "cancelled").await["cancel_reason"], "expired");
    studio.payment_is(&order, "voided").await;
}

#[tokio::test]
async fn while_payment_is_away_the_order_is_taken_and_asked_for_again() {
    let house = House::open(&[&house_shop("appliance")]).await;
    let (shop, operators) = (house.shop("appliance"), house.operators());
    operators.payment_is("failing").await;

    let order = shop.customer("1").orders(air_conditioners(1)).await;
    shop.get(&format!("/orders/{}/payment", order.id)).await.problem(404, "not-found");
    operators.payment_is("normal").await;

    shop.payment_is(&order, "waiting-for-approval").await;
}
