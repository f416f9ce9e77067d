use std::borrow::Cow;
use std::fs::File;
use std::hash::BuildHasher as _;
use std::io;

use foldhash::HashMap;
use foldhash::fast::FixedState;
use serde::Deserialize;

use super::adapter::{SandboxError, line_at, lines};
use super::book::SandboxBook;
use super::line::BookLine;
use crate::provider::ProviderCall;

/// The lines that a book's file has from before the program started: they stay there, and only where those
/// of each charge are is remembered. A charge that is asked about again is taken into the book then.
///
/// A book of a million charges is looked through in a second or so; taken in whole it would hold up the
/// first charges for many.
#[derive(Default)]
pub(crate) struct Shelf {
    /// Where the last line of a charge is, by what its key hashes to. Charges that hash alike share a place
    /// and are taken in together.
    last: HashMap<u64, u64>,
    /// Where the line before it is, for charges of more than one.
    before: HashMap<u64, u64>,
    captured_count: u32,
}

/// As much of a line as tells where it belongs.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Glance<'line> {
    Captured {
        #[serde(borrow)]
        key: Cow<'line, str>,
        number: u32,
    },
    Declined {
        #[serde(borrow)]
        key: Cow<'line, str>,
    },
    Cancelled {
        #[serde(borrow)]
        key: Cow<'line, str>,
    },
    Refunded {
        #[serde(borrow)]
        charge_key: Cow<'line, str>,
    },
}

impl Shelf {
    /// Looks through a file; what is there, and how long the file is up to its last whole line.
    ///
    /// # Errors
    /// When the file cannot be read, or is no book.
    pub(crate) fn look_through(file: &mut File) -> Result<(Self, u64), SandboxError> {
        let mut shelf = Self::default();
        let len = lines(file, 0, usize::MAX, |text, at| {
            let key = match serde_json::from_slice(text)? {
                Glance::Captured { key, number } => {
                    shelf.captured_count = shelf.captured_count.max(number);
                    key
                }
                Glance::Declined { key }
                | Glance::Cancelled { key }
                | Glance::Refunded { charge_key: key } => key,
            };
            if let Some(before) = shelf.last.insert(place_of(&key), at) {
                shelf.before.insert(at, before);
            }
            Ok(())
        })?;
        Ok((shelf, len))
    }

    /// An empty book that numbers its captures on.
    pub(crate) fn begin_book(&self) -> SandboxBook {
        SandboxBook::numbered_from(self.captured_count)
    }

    /// Takes into the book what a call's charge has here.
    ///
    /// # Errors
    /// When the file cannot be read, or has changed meanwhile.
    pub(crate) fn take_up(
        &mut self,
        call: &ProviderCall,
        file: &mut File,
        book: &mut SandboxBook,
    ) -> io::Result<()> {
        let (ProviderCall::Authorise { key, .. }
        | ProviderCall::Query { key, .. }
        | ProviderCall::Cancel { key, .. }
        | ProviderCall::Refund { charge_key: key, .. }) = call;
        let place = place_of(key);
        let mut places: Vec<u64> =
            std::iter::successors(self.last.get(&place).copied(), |at| self.before.get(at).copied())
                .collect();
        places.reverse();
        let taken = places.iter().map(|at| line_at(file, *at)).collect::<io::Result<Vec<BookLine>>>()?;
        taken.iter().for_each(|line| book.apply(line));
        self.last.remove(&place);
        for at in places {
            self.before.remove(&at);
        }
        Ok(())
    }
}

fn place_of(key: &str) -> u64 {
    FixedState::default().hash_one(key)
}
