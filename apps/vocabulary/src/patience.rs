use std::time::Duration;

use edge::problem::Problem;
use tokio::time::{Instant, sleep};
use tracking_contract::StoryView;

use crate::facts::Facts;
use crate::speech::Asked;

/// How long an answer waits until the row shows what was decided.
const PATIENCE: Duration = Duration::from_secs(1);
/// How soon it is looked for at first; then ever later.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_millis(20);

impl Asked<'_> {
    /// What is known of an order, where its number is one.
    pub(crate) async fn facts(&self, order: &str) -> Result<Option<Facts>, Problem> {
        let path = self.path(&format!("/orders/{order}/story"));
        let story: Option<StoryView> = self.speech.canonical.read(&path, &self.speech.who).await?;
        Ok(story.map(Facts::told))
    }

    /// Waits, a while, until what is known of an order is enough; whether it came to be.
    pub(crate) async fn facts_when(
        &self,
        order: &str,
        enough: impl Fn(&Facts) -> bool,
    ) -> Result<(Option<Facts>, bool), Problem> {
        let deadline = Instant::now() + PATIENCE;
        let mut look = FIRST_LOOK;
        loop {
            let facts = self.facts(order).await?;
            if facts.as_ref().is_some_and(&enough) {
                return Ok((facts, true));
            }
            if Instant::now() + look >= deadline {
                return Ok((facts, false));
            }
            sleep(look).await;
            look = (look * 2).min(LOOK_AT_LEAST_EVERY);
        }
    }
}

/// The order of an address: its number in the shop.
pub(crate) fn order_number(id: &str) -> Option<u64> {
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { id.parse().ok() } else { None }
}
