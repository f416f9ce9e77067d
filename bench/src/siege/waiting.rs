//! R26: many clients wait for a payment that takes 610 ms, and waiting costs memory only.

use std::time::Duration;

use anyhow::Result;

use super::crowd::Crowd;
use super::overload::settle;
use super::{Siege, switch};
use crate::answers::{Said, count, millis};
use crate::request::SHOP;
use crate::store::Journals;

const SECONDS: f64 = 0.61;
const DOOR: &str = r#"{"door":"slow","millis":610}"#;
const ORDER: &str = r#"{"lines":[{"item":"1","quantity":2},{"item":"2","quantity":1}]}"#;
/// Not counted, until all clients are there and have been answered once.
const WARM_UP: Duration = Duration::from_millis(1_500);

/// Orders/s of all clients, over what they could do if nothing but the payment took time.
pub(super) async fn waiting(siege: &mut Siege) -> Result<()> {
    siege.scene("payment takes 610 ms");
    let data = siege.folder.join("waiting");
    let server = siege.program(crate::measured_shops()).serve(&data).await?;
    let journals = Journals::of(&data);
    let idle = server.process.memory_megabytes()?;
    switch(&server, DOOR).await?;
    let (address, clients) = (server.address, siege.sizes.many);
    let lasting = WARM_UP + siege.sizes.waiting;
    let crowd = Crowd { address, clients, pause: Duration::ZERO, lasting, shop: SHOP, order: ORDER };
    let answers = crowd.orders().await?;
    let memory = server.process.memory_megabytes()?;
    let counted = count(&answers, |answer| {
        answer.said == Said::Done && answer.at() >= WARM_UP && answer.at() < lasting
    });
    let per_second = counted as f64 / siege.sizes.waiting.as_secs_f64();
    siege.readings.record("R26", per_second / (clients as f64 / SECONDS));
    siege.readings.record("R26 p99 ms", millis(&answers, 99.0));
    siege.readings.record("R26 MB", memory - idle);
    siege.readings.remark("R26", format!("{clients} clients"));
    let taken = count(&answers, |answer| answer.said == Said::Done);
    let strange = count(&answers, |answer| matches!(answer.said, Said::Other(_)));
    if strange > 0 {
        siege.readings.broken.push(format!("waiting: {strange} answers were neither 201 nor a proper 503"));
    }
    switch(&server, r#"{"door":"normal"}"#).await?;
    settle(siege, &journals, taken, "waiting").await?;
    server.stop().await?;
    siege.verify("waiting").await
}
