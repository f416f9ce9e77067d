use anyhow::{Result, bail};
use hyper::body::Bytes;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::json;

use super::mix::{Fate, Mix};

const LINES: usize = 2;
const DECLINED_METHOD: &str = "tok_decline";
/// More than any shop keeps, and as many as a line may have.
const TOO_MANY: u32 = 9_999;

/// What this run orders. The same number always gives the same order, so that it can be asked for
/// again without having been kept.
#[derive(Debug)]
pub(crate) struct Wishes {
    run: String,
    items: Vec<String>,
    mix: Mix,
    seed: u64,
}

/// One order as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) key: String,
    pub(crate) customer: String,
    pub(crate) fate: Fate,
    pub(crate) body: Bytes,
}

impl Wishes {
    /// Orders of these items.
    pub(crate) fn new(run: String, items: Vec<String>, mix: Mix, seed: u64) -> Result<Self> {
        if items.is_empty() {
            bail!("the shop sells nothing");
        }
        Ok(Self { run, items, mix, seed })
    }

    /// The order of a number.
    pub(crate) fn nth(&self, number: u64) -> Wish {
        let mut chance = SmallRng::seed_from_u64(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let fate = self.mix.fate(chance.random_range(0..100));
        let lines: Vec<_> = (0..LINES)
            .map(|_| {
                let item = &self.items[chance.random_range(0..self.items.len())];
                let quantity = if fate == Fate::Short { TOO_MANY } else { chance.random_range(1..=3) };
                json!({ "item": item, "quantity": quantity })
            })
            .collect();
        let body = match fate {
            Fate::Declined => json!({ "lines": lines, "payment_method": DECLINED_METHOD }),
            _ => json!({ "lines": lines }),
        };
        let customer = self.customer(number);
        Wish { key: customer.clone(), customer, fate, body: Bytes::from(body.to_string()) }
    }

    /// Which number a customer of this run has: each orders once.
    pub(crate) fn number_of(&self, customer: &str) -> Option<u64> {
        customer.strip_prefix("load-")?.strip_prefix(self.run.as_str())?.strip_prefix('-')?.parse().ok()
    }

    fn customer(&self, number: u64) -> String {
        format!("load-{}-{number}", self.run)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn wishes(seed: u64) -> Wishes {
        let items = vec!["tea".to_owned(), "bread".to_owned()];
        Wishes::new("run".to_owned(), items, "declined=50".parse().unwrap(), seed).unwrap()
    }

    #[test]
    fn the_same_number_orders_the_same_again() {
        assert_eq!(wishes(7).nth(3), wishes(7).nth(3));
        assert_ne!(wishes(7).nth(3), wishes(7).nth(4));
    }

    #[test]
    fn only_its_own_customers_are_known_to_a_run() {
        let wish = wishes(7).nth(12);
        assert_eq!(wishes(7).number_of(&wish.customer), Some(12));
        assert_eq!(wishes(7).number_of("load-other-12"), None);
    }

    #[test]
    fn a_declined_order_pays_with_the_token_that_is_declined() {
        let wish =
            (0..).map(|number| wishes(7).nth(number)).find(|wish| wish.fate == Fate::Declined).unwrap();
        assert!(wish.body.windows(DECLINED_METHOD.len()).any(|part| part == DECLINED_METHOD.as_bytes()));
    }
}
