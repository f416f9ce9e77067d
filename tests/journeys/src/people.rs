use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::basket::Basket;
use crate::shop::{Order, Shop};

static KEYS: AtomicU64 = AtomicU64::new(1);

/// A key for a command that was not sent before.
fn fresh_key() -> String {
    format!("journey-{}-{}", std::process::id(), KEYS.fetch_add(1, Ordering::Relaxed))
}

/// Somebody who orders.
#[derive(Debug, Clone)]
pub struct Customer {
    shop: Shop,
    actor: Option<String>,
}

impl Customer {
    pub(crate) fn of(shop: Shop, name: Option<&str>) -> Self {
        Self { shop, actor: name.map(|name| format!("customer:{name}")) }
    }

    /// Any request of theirs.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.shop.request(method, path);
        match &self.actor {
            Some(actor) => request.header("Jumun-Actor", actor),
            None => request,
        }
    }

    /// Orders what stands afterwards.
    ///
    /// # Panics
    /// When the order is not taken.
    pub async fn orders(&self, basket: Basket) -> Order {
        Order::of(self.asks_for(&basket).await)
    }

    /// Tries to order, under a fresh key.
    pub async fn asks_for(&self, basket: &Basket) -> Answer {
        self.asks_with_key(&fresh_key(), basket).await
    }

    /// Tries to order, under a key of their own.
    pub async fn asks_with_key(&self, key: &str, basket: &Basket) -> Answer {
        Answer::to(self.order_request(key, basket)).await
    }

    /// The request of an order, not yet sent.
    pub fn order_request(&self, key: &str, basket: &Basket) -> RequestBuilder {
        self.request(Method::POST, "/orders").header("Idempotency-Key", key).json(&basket.to_json())
    }

    /// Wants an order cancelled.
    pub async fn cancels(&self, order: &Order) -> Answer {
        let path = format!("/orders/{}/cancel", order.id);
        Answer::to(self.request(Method::POST, &path).json(&json!({ "reason": "plans changed" }))).await
    }

    /// Reads something of the shop.
    pub async fn reads(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }
}

/// Somebody who works in the shop.
#[derive(Debug, Clone)]
pub struct Staff {
    shop: Shop,
    actor: String,
}

impl Staff {
    pub(crate) fn of(shop: Shop, role: &str, name: &str) -> Self {
        Self { shop, actor: format!("{role}:{name}") }
    }

    /// Any request of theirs.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.shop.request(method, path).header("Jumun-Actor", &self.actor)
    }

    /// Posts something.
    pub async fn posts(&self, path: &str, body: Value) -> Answer {
        Answer::to(self.request(Method::POST, path).json(&body)).await
    }

    /// Reads something of the shop.
    pub async fn reads(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// Takes an order on.
    pub async fn accepts(&self, order: &Order) -> Answer {
        self.moves(order, "accept").await
    }

    /// Begins to make it.
    pub async fn starts(&self, order: &Order) -> Answer {
        self.moves(order, "start").await
    }

    /// Has made it.
    pub async fn completes(&self, order: &Order) -> Answer {
        self.moves(order, "complete").await
    }

    /// Gives it to the customer.
    pub async fn hands_over(&self, order: &Order) -> Answer {
        self.moves(order, "hand-over").await
    }

    /// Gives the order to a courier.
    pub async fn assigns(&self, order: &Order, courier: &str) -> Answer {
        self.posts(&format!("/deliveries/{}/assign", order.id), json!({ "courier": courier })).await
    }

    /// Sets out with it.
    pub async fn sets_out(&self, order: &Order) -> Answer {
        Answer::to(self.request(Method::POST, &format!("/deliveries/{}/start", order.id))).await
    }

    /// Has brought it.
    pub async fn has_brought(&self, order: &Order) -> Answer {
        Answer::to(self.request(Method::POST, &format!("/deliveries/{}/complete", order.id))).await
    }

    /// Could not bring it.
    pub async fn could_not_bring(&self, order: &Order, reason: &str) -> Answer {
        self.posts(&format!("/deliveries/{}/fail", order.id), json!({ "reason": reason })).await
    }

    async fn moves(&self, order: &Order, step: &str) -> Answer {
        Answer::to(self.request(Method::POST, &format!("/tickets/{}/{step}", order.id))).await
    }

    /// Does not take an order on.
    pub async fn rejects(&self, order: &Order, reason: &str) -> Answer {
        self.posts(&format!("/tickets/{}/reject", order.id), json!({ "reason": reason })).await
    }

    /// Wants an order cancelled.
    pub async fn cancels(&self, order: &Order) -> Answer {
        self.posts(&format!("/orders/{}/cancel", order.id), json!({})).await
    }

    /// Takes units in.
    ///
    /// # Panics
    /// When they are not taken.
    pub async fn receives(&self, item: &str, quantity: u64) -> Value {
        let path = format!("/stock/{item}/receipts");
        self.posts(&path, json!({ "quantity": quantity })).await.is(200).json()
    }

    /// Says that an item of the menu cannot be had, or can again.
    pub async fn switches_sold_out(&self, item: &str, sold_out: bool) -> Answer {
        let path = format!("/menu/{item}/sold-out");
        Answer::to(self.request(Method::PUT, &path).json(&json!({ "sold_out": sold_out }))).await
    }
}
