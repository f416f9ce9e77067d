//! Damage to files that were safe on the disk (F4, F5).
//!
//! What the product promises: it serves what was written, or it names the damage. It names
//! - whatever does not fit its checksum, its stream's chain or its batch's seal;
//! - a log that breaks off although whole commits go on behind the break, and one that ends before
//!   the file itself does (`journal-sqlite`, `log_end`);
//! - the log of another journal.
//!
//! What a store alone cannot see is a log that ends early without a trace: cut at its end, zeroed
//! there, gone, or harmed within its last two commits. SQLite reads that as never written, rightly
//! so after a power cut, and a chain that ends early is still a chain. There the second line
//! stands: neighbours hold the journal's identity and the last position they read, and refuse a
//! source that now says less, or is another (decision 5). The harness keeps such a bookmark and
//! demands that it is refused (column *neighbour*). An acknowledged batch that no neighbour had
//! read yet would go unnoticed; only a copy elsewhere could tell.
//!
//! Column *mixture*: the older state that is served is not even whole, because the file had been
//! moved further than the log now reaches. `log_end` names this, unless the file cannot be read by
//! itself; the count shows what slips through, and a neighbour refuses that, too.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedMutRandom;

use crate::image::Image;
use crate::log_file::LogFile;

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// A bit of the database file is flipped.
    FlipPage,
    /// A bit of a live frame of the log is flipped.
    FlipFrame,
    /// A bit of an event's payload is flipped, wherever it lies.
    FlipPayload,
    /// The end of the live log is noise.
    TornTail,
    /// The end of the live log is zeros.
    ZeroedTail,
    /// The log is cut short.
    CutTail,
    /// The log is another store's.
    ForeignLog,
    /// The log is the store's own, from an earlier moment.
    OldLog,
    /// The log is gone.
    LostLog,
    /// The `-shm` index is gone.
    LostIndex,
    /// The `-shm` index is noise.
    NoiseIndex,
}

/// Which file was struck. Damage to the log alone may look like an earlier moment, see above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The database itself.
    Database,
    /// The write-ahead log.
    Log,
    /// The `-shm` index.
    Index,
}

/// What some kinds of damage need besides the files themselves.
#[derive(Debug, Default)]
pub struct Spare {
    /// A log of another store.
    pub foreign_log: Vec<u8>,
    /// A log of this store from an earlier moment.
    pub old_log: Vec<u8>,
    /// A piece of an event's payload.
    pub payload: Vec<u8>,
}

impl Damage {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::FlipPage,
        Self::FlipFrame,
        Self::FlipPayload,
        Self::TornTail,
        Self::ZeroedTail,
        Self::CutTail,
        Self::ForeignLog,
        Self::OldLog,
        Self::LostLog,
        Self::LostIndex,
        Self::NoiseIndex,
    ];

    /// Its name in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FlipPage => "F5 bit flipped in the database",
            Self::FlipFrame => "F5 bit flipped in the log",
            Self::FlipPayload => "F5 bit flipped in an event",
            Self::TornTail => "F4 end of the log torn",
            Self::ZeroedTail => "F4 end of the log zeroed",
            Self::CutTail => "F4 log cut short",
            Self::ForeignLog => "F4 log of another store",
            Self::OldLog => "F4 older log of this store",
            Self::LostLog => "F4 log deleted",
            Self::LostIndex => "F4 -shm deleted",
            Self::NoiseIndex => "F4 -shm noise",
        }
    }

    /// Does the damage and says where; `None` if these files offer nothing to damage in this way.
    #[must_use]
    pub fn strike(self, image: &mut Image, spare: &Spare, chance: &mut StdRng) -> Option<Place> {
        let is_done = match self {
            Self::FlipPayload => return flip_payload(image, &spare.payload, chance),
            Self::FlipPage => flip_page(image, chance),
            Self::FlipFrame => flip_frame(image, chance),
            Self::TornTail => spoil_tail(image, chance, |bytes, chance| {
                chance.fill(bytes);
            }),
            Self::ZeroedTail => spoil_tail(image, chance, |bytes, _| bytes.fill(0)),
            Self::CutTail => cut_tail(image, chance),
            Self::ForeignLog => replace_log(image, &spare.foreign_log),
            Self::OldLog => replace_log(image, &spare.old_log),
            Self::LostLog => lose_log(image),
            Self::LostIndex => true,
            Self::NoiseIndex => spoil_index(image, chance),
        };
        let place = match self {
            Self::FlipPage | Self::FlipPayload => Place::Database,
            Self::LostIndex | Self::NoiseIndex => Place::Index,
            _ => Place::Log,
        };
        is_done.then_some(place)
    }
}

/// The log and what SQLite reads of it; only a log with something in it.
fn log_of(image: &mut Image) -> Option<(&mut Vec<u8>, LogFile)> {
    let (_, bytes) = image.file_ending("-wal")?;
    let log = LogFile::read(bytes)?;
    (!log.commits.is_empty()).then_some((bytes, log))
}

fn flip_bit(bytes: &mut [u8], chance: &mut StdRng) -> bool {
    let Some(byte) = bytes.choose_mut(chance) else {
        return false;
    };
    *byte ^= 1 << chance.random_range(0..8);
    true
}

fn flip_page(image: &mut Image, chance: &mut StdRng) -> bool {
    image.file_ending(".db").is_some_and(|(_, content)| flip_bit(content, chance))
}

fn flip_frame(image: &mut Image, chance: &mut StdRng) -> bool {
    log_of(image).is_some_and(|(bytes, log)| flip_bit(&mut bytes[..log.live_end()], chance))
}

/// Flips a bit in the latest copy of a payload: in the log if one is there.
fn flip_payload(image: &mut Image, payload: &[u8], chance: &mut StdRng) -> Option<Place> {
    for (suffix, place) in [("-wal", Place::Log), (".db", Place::Database)] {
        let Some((_, content)) = image.file_ending(suffix) else {
            continue;
        };
        let found = content.windows(payload.len().max(1)).rposition(|window| window == payload);
        if let Some(start) = found {
            flip_bit(&mut content[start..start + payload.len()], chance);
            return Some(place);
        }
    }
    None
}

fn spoil_tail(image: &mut Image, chance: &mut StdRng, spoil: impl Fn(&mut [u8], &mut StdRng)) -> bool {
    let Some((bytes, log)) = log_of(image) else {
        return false;
    };
    let end = log.live_end();
    // Sectors of 512 bytes, up to a few frames of them.
    let length = (chance.random_range(1..64) * 512).min(end);
    spoil(&mut bytes[end - length..end], chance);
    true
}

fn cut_tail(image: &mut Image, chance: &mut StdRng) -> bool {
    let Some((bytes, log)) = log_of(image) else {
        return false;
    };
    let end = if chance.random_bool(0.5) {
        let commit = chance.random_range(0..log.commits.len());
        log.frame_start(log.commits[commit])
    } else {
        chance.random_range(0..log.live_end())
    };
    bytes.truncate(end);
    true
}

fn replace_log(image: &mut Image, log: &[u8]) -> bool {
    if LogFile::read(log).is_none_or(|log| log.commits.is_empty()) {
        return false;
    }
    let Some((_, bytes)) = image.file_ending("-wal") else {
        return false;
    };
    bytes.clear();
    bytes.extend_from_slice(log);
    true
}

fn lose_log(image: &mut Image) -> bool {
    let Some(path) =
        log_of(image).is_some().then(|| image.file_ending("-wal").map(|(path, _)| path.to_owned())).flatten()
    else {
        return false;
    };
    image.files.remove(&path).is_some()
}

fn spoil_index(image: &mut Image, chance: &mut StdRng) -> bool {
    let Some(path) = image.file_ending(".db").map(|(path, _)| format!("{path}-shm")) else {
        return false;
    };
    let mut noise = vec![0; 32_768];
    chance.fill(noise.as_mut_slice());
    image.files.insert(path, noise);
    true
}
