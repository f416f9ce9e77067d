//! R25: three times as many orders as the program takes at its best, and what it does afterwards.

use std::time::Duration;

use anyhow::Result;

use super::Siege;
use crate::answers::{Answered, Said, count};
use crate::clock::{Instant, millis_since_1970};
use crate::load::{Drive, drive};
use crate::request::Orders;
use crate::steady::Steady;
use crate::store::Journals;

const PEAK_CONNECTIONS: usize = 255;
const TIMES: f64 = 3.0;
/// An answer that comes later is of no use to its client.
const LIMIT: Duration = Duration::from_secs(1);
/// What is offered afterwards, of the peak.
const AFTERWARDS: f64 = 0.5;
/// Afterwards is looked at in such pieces.
const PIECE: Duration = Duration::from_millis(250);
/// The part of a piece that must be accepted in time.
const ACCEPTED: f64 = 0.95;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Peak, overload, and the time after it, on one store.
pub(super) async fn overload(siege: &mut Siege) -> Result<()> {
    let data = siege.folder.join("overload");
    let server = siege.program(crate::measured_shops()).serve(&data).await?;
    let (journals, address) = (Journals::of(&data), server.address);
    let seed = millis_since_1970() << 16;
    let orders = |connection: usize| Orders::new(seed + connection as u64);

    siege.scene("peak");
    let sizes = siege.sizes.clone();
    let what = Drive { address, connections: PEAK_CONNECTIONS, counted_for: sizes.peak, expected: 201 };
    let peak = drive(what, orders).await?;
    let at_peak = peak.per_second();
    siege.readings.failed(&peak.failures);
    siege.readings.record("peak/s", at_peak);

    siege.scene("three times as many");
    let per_second = TIMES * at_peak;
    let crowd = Steady { address, connections: sizes.many, per_second, lasting: sizes.overload };
    let over = crowd.ask(orders).await?;
    let good = count(&over, |answer| answer.is_done_within(LIMIT));
    siege.readings.record("R25 rate", good as f64 / sizes.overload.as_secs_f64() / at_peak);

    siege.scene("afterwards");
    let per_second = AFTERWARDS * at_peak;
    let calm = Steady { address, connections: PEAK_CONNECTIONS, per_second, lasting: sizes.recovery };
    let after = calm.ask(orders).await?;
    let back = back_after(&after, calm);
    let is_back = back < sizes.recovery;
    siege.readings.record("R25 back", if is_back { back.as_secs_f64() } else { f64::INFINITY });

    let acknowledged = peak.answered
        + [&over, &after].map(|said| count(said, |answer| answer.said == Said::Done)).iter().sum::<u64>();
    let refused = count(&over, |answer| answer.said == Said::NotNow);
    let strange = count(&over, |answer| matches!(answer.said, Said::Other(_)));
    siege.readings.remark(
        "R25 rate",
        format!("{} asked of {:.0} offered, {refused} refused", over.len(), crowd.offered()),
    );
    if strange > 0 {
        siege.readings.broken.push(format!("overload: {strange} answers were neither 201 nor a proper 503"));
    }
    settle(siege, &journals, acknowledged, "overload").await?;
    server.stop().await?;
    siege.verify("overload").await
}

/// Waits until all that was acknowledged is completed, and counts it against what is stored.
pub(super) async fn settle(
    siege: &mut Siege,
    journals: &Journals,
    acknowledged: u64,
    scene: &str,
) -> Result<()> {
    let begin = Instant::now();
    while journals.completed_after(0)? < acknowledged && begin.elapsed() < DRAIN_TIMEOUT {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let completed = journals.completed_after(0)?;
    siege.readings.checked_orders += acknowledged;
    if completed != acknowledged {
        let counts = format!("{acknowledged} acknowledged, {completed} completed");
        siege.readings.broken.push(format!("{scene}: {counts}"));
    }
    Ok(())
}

/// The end of the last piece of time in which too few were accepted in time; nothing where there is none.
fn back_after(answers: &[Answered], offered: Steady) -> Duration {
    let per_piece = offered.per_second * PIECE.as_secs_f64();
    let pieces = (offered.lasting.as_millis() / PIECE.as_millis()) as usize;
    let mut good = vec![0.0; pieces];
    for answer in answers.iter().filter(|answer| answer.is_done_within(LIMIT)) {
        if let Some(good) = good.get_mut((answer.asked.as_millis() / PIECE.as_millis()) as usize) {
            *good += 1.0;
        }
    }
    let last = good.iter().rposition(|good| *good < ACCEPTED * per_piece.floor());
    last.map_or(Duration::ZERO, |piece| PIECE * u32::try_from(piece + 1).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_back_when_the_last_bad_piece_is_over() {
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        let lasting = Duration::from_secs(2);
        let offered = Steady { address, connections: 1, per_second: 100.0, lasting };
        let at = |millis: u64| Answered {
            asked: Duration::from_millis(millis),
            took: if millis < 600 { 2 * LIMIT } else { LIMIT },
            said: Said::Done,
        };
        let answers: Vec<Answered> = (0..200).map(|turn| at(turn * 10)).collect();
        assert_eq!(back_after(&answers, offered), Duration::from_millis(750));
        let quick: Vec<Answered> = answers.iter().map(|answer| Answered { took: LIMIT, ..*answer }).collect();
        assert_eq!(back_after(&quick, offered), Duration::ZERO);
    }
}
