use serde_json::{Value, json};

/// What somebody wants to order.
#[derive(Debug, Clone)]
pub struct Basket(Value);

impl Basket {
    /// So many of one item.
    #[must_use]
    pub fn of(item: &str, quantity: u32) -> Self {
        Self(json!({ "lines": [{ "item": item, "quantity": quantity }] }))
    }

    /// And so many of another.
    #[must_use]
    pub fn and(mut self, item: &str, quantity: u32) -> Self {
        if let Some(lines) = self.0["lines"].as_array_mut() {
            lines.push(json!({ "item": item, "quantity": quantity }));
        }
        self
    }

    /// With a choice for the item named last.
    #[must_use]
    pub fn with(mut self, option: &str, choice: &str) -> Self {
        let chosen = json!({ "option": option, "choice": choice });
        if let Some(line) = self.0["lines"].as_array_mut().and_then(|lines| lines.last_mut()) {
            match line["options"].as_array_mut() {
                Some(options) => options.push(chosen),
                None => line["options"] = json!([chosen]),
            }
        }
        self
    }

    /// Paid with a token of the sandbox.
    #[must_use]
    pub fn paid_with(self, token: &str) -> Self {
        self.saying("payment_method", json!(token))
    }

    /// Expecting to pay so many won.
    #[must_use]
    pub fn expecting(self, won: i64) -> Self {
        self.saying("total", json!({ "amount": won, "currency": "KRW" }))
    }

    /// With any field.
    #[must_use]
    pub fn saying(mut self, field: &str, value: Value) -> Self {
        self.0[field] = value;
        self
    }

    /// As it is sent.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.0.clone()
    }
}
