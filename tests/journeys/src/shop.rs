use serde_json::Value;

use crate::answer::Answer;
use crate::basket::Basket;
use crate::house::Address;
use crate::people::{Customer, Staff};
use crate::stream::Stream;
use crate::wait::eventually;

/// A shop of a house, as somebody without a name sees it.
#[derive(Debug, Clone)]
pub struct Shop {
    address: Address,
    key: String,
}

/// An order that was answered with 201.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// Its number in the shop.
    pub number: u64,
    /// As it was answered.
    pub view: Value,
}

impl Order {
    /// The order of an answer.
    ///
    /// # Panics
    /// When it was not taken.
    #[must_use]
    #[track_caller]
    pub fn of(answer: Answer) -> Self {
        let view = answer.is(201).json();
        Self { id: view["id"].as_str().unwrap().to_owned(), number: view["number"].as_u64().unwrap(), view }
    }
}

impl Shop {
    pub(crate) fn at(address: Address, key: &str) -> Self {
        Self { address, key: key.to_owned() }
    }

    /// A shop at any program's edge.
    #[must_use]
    pub fn through(base: &str, key: &str) -> Self {
        Self::at(Address::new(base), key)
    }

    /// A customer with a name.
    #[must_use]
    pub fn customer(&self, name: &str) -> Customer {
        Customer::of(self.clone(), Some(name))
    }

    /// Somebody who says no name.
    #[must_use]
    pub fn somebody(&self) -> Customer {
        Customer::of(self.clone(), None)
    }

    /// Somebody who works here.
    #[must_use]
    pub fn staff(&self, name: &str) -> Staff {
        Staff::of(self.clone(), "staff", name)
    }

    /// Somebody who answers for the shop.
    #[must_use]
    pub fn manager(&self, name: &str) -> Staff {
        Staff::of(self.clone(), "manager", name)
    }

    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.address.http().request(method, self.address.url(&self.path(path)))
    }

    /// The path of something in the shop: `/orders` is `/v1/shops/cafe/orders`.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("/v1/shops/{}{path}", self.key)
    }

    /// The address of something in the shop.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.address.url(&self.path(path))
    }

    /// Gets something of the shop.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(reqwest::Method::GET, path)).await
    }

    /// Gets something of the shop with a header.
    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Answer {
        Answer::to(self.request(reqwest::Method::GET, path).header(name, value)).await
    }

    /// Waits until the order is in a state, and answers it.
    pub async fn shows(&self, order: &Order, state: &str) -> Value {
        self.becomes(&format!("/orders/{}", order.id), "state", state).await
    }

    /// Waits until the order's story is in a state, and answers it.
    pub async fn tells(&self, order: &Order, state: &str) -> Value {
        self.becomes(&format!("/orders/{}/story", order.id), "state", state).await
    }

    /// Waits until the order's ticket is in a state, and answers it.
    pub async fn ticket_is(&self, order: &Order, state: &str) -> Value {
        self.becomes(&format!("/tickets/{}", order.id), "state", state).await
    }

    /// Waits until the order's delivery is in a state, and answers it.
    pub async fn delivery_is(&self, order: &Order, state: &str) -> Value {
        self.becomes(&format!("/deliveries/{}", order.id), "state", state).await
    }

    /// Waits until the order's payment is in a state, and answers it.
    pub async fn payment_is(&self, order: &Order, state: &str) -> Value {
        self.becomes(&format!("/orders/{}/payment", order.id), "state", state).await
    }

    /// Waits until a stock item has so many to be had, and answers it.
    pub async fn has_left(&self, item: &str, available: u64) -> Value {
        self.becomes(&format!("/stock/{item}"), "available", available).await
    }

    /// Waits until a field of something has a value, and answers all of it.
    pub async fn becomes(&self, path: &str, field: &str, value: impl Into<Value>) -> Value {
        let value = value.into();
        let what = format!("{field} {value} of {}", self.path(path));
        let seen = eventually(
            &what,
            async || {
                let answer = Answer::or_silence(self.request(reqwest::Method::GET, path)).await;
                answer.map(|answer| serde_json::from_slice::<Value>(&answer.bytes).unwrap_or_default())
            },
            |seen| seen.as_ref().is_some_and(|seen| seen[field] == value),
        );
        seen.await.unwrap_or_default()
    }

    /// Waits until ordering has heard that the shop takes no orders, and answers the problem. The order
    /// of an answer before that stays where it is.
    pub async fn becomes_refused(&self, slug: &str) -> Value {
        let kind = format!("https://jumun.dev/problems/{slug}");
        let refused = async || self.somebody().asks_for(&Basket::of("none", 1)).await.json();
        eventually(&kind, refused, |seen| seen["type"] == kind).await
    }

    /// Waits until an order is taken.
    pub async fn becomes_taken(&self) -> Value {
        let taken = async || self.somebody().asks_for(&Basket::of("1", 1)).await.json();
        eventually("an order that is taken", taken, |seen| seen["state"] == "confirmed").await
    }

    /// Follows the shop live.
    pub async fn stream(&self, path: &str, last_event_id: Option<&str>) -> Stream {
        Stream::open(self.request(reqwest::Method::GET, path), last_event_id).await
    }
}
