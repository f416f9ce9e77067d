use journeys::House;
use serde_json::Value;

use crate::program::jumun;

/// What came of a load.
#[derive(Debug)]
pub struct Load(Value);

impl Load {
    /// Orders that were acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.0["answered_2xx"].as_u64().unwrap_or(0)
    }
}

/// Puts orders to a shop at a bounded rate, and holds every acknowledgement against what the program
/// says afterwards.
///
/// # Panics
/// When an acknowledged order is lost, doubled or wrong.
pub async fn load(house: &House, shop: &str, per_second: u32, seconds: u32) -> Load {
    let (url, rate, seconds) = (house.url(""), per_second.to_string(), seconds.to_string());
    let words = ["load", "--url", &url, "--shop", shop, "--rate", &rate, "--seconds", &seconds, "--json"];
    Load(serde_json::from_str(&jumun(&words).await.well()).unwrap())
}
