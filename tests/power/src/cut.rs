//! Where a trace is cut, and what the power cut leaves there.

use anyhow::Result;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IteratorRandom;

use crate::disk::Disk;
use crate::format::Kind;
use crate::image::Image;
use crate::loss::Loss;
use crate::trace::{Record, Trace};
use crate::worker;

/// The sandbox's book stands for the provider's own machine, which our power cut does not reach.
const ELSEWHERE: &str = "sandbox-book";

/// What a power cut at a drawn moment leaves of `folder`, and the record that it came before.
///
/// # Errors
/// When the trace cannot be replayed.
pub fn power(trace: &Trace, folder: &str, loss: Loss, chance: &mut StdRng) -> Result<(Image, usize)> {
    let cut = draw(trace, chance);
    Ok((at(trace, folder, cut, loss, chance)?, cut))
}

/// What a power cut before record `cut` leaves of `folder`.
///
/// # Errors
/// When the trace cannot be replayed.
pub fn at(trace: &Trace, folder: &str, cut: usize, loss: Loss, chance: &mut StdRng) -> Result<Image> {
    let mut disk = Disk::at(trace, folder, cut)?;
    disk.spare(ELSEWHERE);
    Ok(loss.leave(&disk, chance))
}

/// The cuts right behind records of a kind.
pub fn places_behind(trace: &Trace, kind: Kind) -> impl Iterator<Item = usize> + '_ {
    let records = trace.records().iter().enumerate().skip(first(trace));
    records.filter(move |(_, record)| record.kind == kind).map(|(index, _)| index + 1)
}

/// A cut anywhere, or right behind an acknowledgement, or while a sync is under way.
fn draw(trace: &Trace, chance: &mut StdRng) -> usize {
    let anywhere = chance.random_range(first(trace)..=trace.records().len());
    let behind = match chance.random_range(0..4) {
        0 => Kind::Acknowledge,
        1 => Kind::SyncBegin,
        2 => Kind::SyncEnd,
        _ => return anywhere,
    };
    places_behind(trace, behind).choose(chance).unwrap_or(anywhere)
}

/// The first cut: what the trace tells before it was there before the run.
fn first(trace: &Trace) -> usize {
    let is_begin = |record: &Record| {
        record.kind == Kind::Acknowledge && trace.payload(record) == worker::BEGIN.as_bytes()
    };
    trace.records().iter().position(is_begin).map_or(1, |index| index + 1)
}
