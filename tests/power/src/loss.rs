//! What a power cut takes: one choice of what becomes of everything that was not synced (F3).

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::disk::{self, Change, Deed, Disk, FileState, NameDeed, Names};
use crate::image::Image;

/// How the unsynced changes of one state are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Nothing unsynced is kept.
    Everything,
    /// All of it is kept: the plug was pulled just after the disk had caught up.
    Nothing,
    /// Per file, the first so many changes are kept.
    Prefix,
    /// Each change is kept or lost on its own.
    Random,
    /// Each aligned piece of 512 bytes is kept or lost on its own.
    Torn512,
    /// Each aligned piece of 4096 bytes is kept or lost on its own.
    Torn4096,
    /// Some changes are kept, and reach the disk in another order.
    Swapped,
    /// The file's new length is kept; of the new bytes some are kept, the others are zeros.
    ZeroFilled,
}

impl Loss {
    /// Every way.
    pub const ALL: [Self; 8] = [
        Self::Everything,
        Self::Nothing,
        Self::Prefix,
        Self::Random,
        Self::Torn512,
        Self::Torn4096,
        Self::Swapped,
        Self::ZeroFilled,
    ];

    /// Its name in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everything => "F3 none of the unsynced kept",
            Self::Nothing => "F3 all of the unsynced kept",
            Self::Prefix => "F3 a prefix kept",
            Self::Random => "F3 a random subset kept",
            Self::Torn512 => "F3 torn at 512 bytes",
            Self::Torn4096 => "F3 torn at 4096 bytes",
            Self::Swapped => "F3 order swapped",
            Self::ZeroFilled => "F3 lengths kept, bytes zero",
        }
    }

    /// What such a cut leaves of a disk.
    #[must_use]
    pub fn leave(self, disk: &Disk<'_>, chance: &mut StdRng) -> Image {
        let names = self.leave_names(disk, chance);
        let is_reachable = |path: &str| names.directories.contains(disk::parent(path));
        let files = names
            .files
            .iter()
            .filter(|(path, _)| is_reachable(path))
            .map(|(path, key)| (path.clone(), self.leave_content(disk, disk.file(*key), chance)))
            .collect();
        let directories = names.directories.iter().filter(|path| !path.is_empty()).cloned().collect();
        Image { files, directories }
    }

    fn leave_names(self, disk: &Disk<'_>, chance: &mut StdRng) -> Names {
        let mut names = disk.names.clone();
        let pending: Vec<&NameDeed> = disk.pending_names.iter().map(|change| &change.deed).collect();
        let prefix = match self {
            Self::Everything => Some(0),
            Self::Nothing => Some(pending.len()),
            // A journalling file system keeps changes of names in their order; others need not.
            _ if chance.random_bool(0.5) => Some(chance.random_range(0..=pending.len())),
            _ => None,
        };
        for (index, deed) in pending.into_iter().enumerate() {
            if prefix.map_or_else(|| chance.random_bool(0.5), |prefix| index < prefix) {
                names.apply(deed);
            }
        }
        names
    }

    fn leave_content(self, disk: &Disk<'_>, file: &FileState, chance: &mut StdRng) -> Vec<u8> {
        let mut content = file.kept.clone();
        let mut kept: Vec<&Change> = file.pending.iter().collect();
        match self {
            Self::Everything => kept.clear(),
            Self::Nothing => {}
            Self::Prefix => kept.truncate(chance.random_range(0..=kept.len())),
            Self::Random => kept.retain(|_| chance.random_bool(0.5)),
            Self::Swapped => {
                kept.retain(|_| chance.random_bool(0.8));
                kept.shuffle(chance);
            }
            Self::Torn512 | Self::Torn4096 | Self::ZeroFilled => {
                let piece = if self == Self::Torn4096 { 4096 } else { 512 };
                for change in kept {
                    self.leave_pieces(&mut content, change, disk.bytes(change), piece, chance);
                }
                return content;
            }
        }
        for change in kept {
            disk::apply(&mut content, change.deed, disk.bytes(change));
        }
        content
    }

    fn leave_pieces(
        self,
        content: &mut Vec<u8>,
        change: &Change,
        bytes: &[u8],
        piece: usize,
        chance: &mut StdRng,
    ) {
        let Deed::Write { offset, .. } = change.deed else {
            if chance.random_bool(0.5) {
                disk::apply(content, change.deed, bytes);
            }
            return;
        };
        let start = offset as usize;
        let end = start + bytes.len();
        if self == Self::ZeroFilled && content.len() < end {
            content.resize(end, 0);
        }
        let mut from = start;
        while from < end {
            let to = end.min((from / piece + 1) * piece);
            if chance.random_bool(0.5) {
                disk::write_at(content, from, &bytes[from - start..to - start]);
            }
            from = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::format::{Kind, OPEN_CREATED, header};
    use crate::trace::Trace;

    /// One file: 2048 synced bytes `a`, then four unsynced writes of 2048 bytes `b` to `e`.
    fn trace() -> Trace {
        let mut bytes = Vec::new();
        let mut tell = |kind, number, payload: &[u8]| {
            bytes.extend_from_slice(&header(kind, 7, number, payload.len()));
            bytes.extend_from_slice(payload);
        };
        tell(Kind::Open, OPEN_CREATED, b"/d/f");
        tell(Kind::Write, 0, &[b'a'; 2048]);
        tell(Kind::SyncBegin, 1, b"");
        tell(Kind::SyncEnd, 1, &0_i32.to_le_bytes());
        for (place, letter) in (1..).zip(b'b'..=b'e') {
            tell(Kind::Write, place * 2048, &[letter; 2048]);
        }
        Trace::parse(bytes).expect("a trace")
    }

    /// What is left under many seeds: first letters of each 512 bytes.
    fn left(loss: Loss) -> std::collections::BTreeSet<String> {
        let trace = trace();
        let disk = Disk::at(&trace, "/d", trace.records().len()).expect("a disk");
        (0..200)
            .map(|seed| {
                let image = loss.leave(&disk, &mut StdRng::seed_from_u64(seed));
                image.files["f"]
                    .chunks(512)
                    .map(|piece| if piece[0] == 0 { '.' } else { char::from(piece[0]) })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn whatever_is_lost_the_synced_bytes_stay() {
        for loss in Loss::ALL {
            assert!(left(loss).iter().all(|text| text.starts_with("aaaa")), "{loss:?}");
        }
    }

    #[test]
    fn the_two_ends_are_nothing_and_all() {
        assert_eq!(left(Loss::Everything), ["aaaa".to_owned()].into());
        assert_eq!(left(Loss::Nothing), ["aaaabbbbccccddddeeee".to_owned()].into());
    }

    #[test]
    fn a_prefix_is_one_of_five() {
        assert_eq!(left(Loss::Prefix).len(), 5);
    }

    #[test]
    fn a_random_subset_leaves_holes_of_whole_writes() {
        let left = left(Loss::Random);
        assert!(left.contains("aaaa....ccccddddeeee"));
        assert_eq!(left.len(), 16);
    }

    #[test]
    fn tearing_splits_a_write() {
        assert!(left(Loss::Torn512).iter().any(|text| text.contains(".b") || text.contains("b.")));
    }

    #[test]
    fn lengths_may_be_kept_without_their_bytes() {
        assert!(left(Loss::ZeroFilled).iter().all(|text| text.len() == 20));
    }
}
