use std::time::Duration;

use edge::problem::Problem;
use http::StatusCode;
use kernel::OrderId;
use tokio::time::{Instant, sleep, timeout_at};
use tracking_contract::StoryView;

use crate::facts::Facts;
use crate::speech::Asked;

/// How long an answer waits until the row shows what was decided.
const PATIENCE: Duration = Duration::from_secs(1);
/// How soon it asks again where it was answered at once, with nothing new: too many wait, or whoever tells
/// stories is going.
const AGAIN_AFTER: Duration = Duration::from_millis(20);

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
        order: OrderId,
        enough: impl Fn(&Facts) -> bool,
    ) -> Result<(Option<Facts>, bool), Problem> {
        let path = self.path(&format!("/orders/{order}/story"));
        let deadline = Instant::now() + PATIENCE;
        let (mut facts, mut tag) = (None, None);
        loop {
            let news = self.speech.canonical.read_news(&path, &self.speech.who, tag.as_ref());
            let Ok(reply) = timeout_at(deadline, news).await else { return Ok((facts, false)) };
            let reply = reply?;
            match reply.status {
                status if status.is_success() => {
                    facts = Some(Facts::told(reply.json::<StoryView>()?));
                    tag = reply.tag;
                }
                StatusCode::NOT_FOUND | StatusCode::NOT_MODIFIED => sleep(AGAIN_AFTER).await,
                _ => return Err(reply.problem()),
            }
            if facts.as_ref().is_some_and(&enough) {
                return Ok((facts, true));
            }
            if Instant::now() >= deadline {
                return Ok((facts, false));
            }
        }
    }
}

/// The order of an address: its number in the shop.
pub(crate) fn order_number(id: &str) -> Option<u64> {
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { id.parse().ok() } else { None }
}
