//! The shops' own words: the documents' commands, as they print them, and what they must answer. Each row
//! of the tables, and each common rule, is a function that takes a fresh house; each is a test for a shop
//! alone at the root, under its name, and in a house whose every collection, field and word is called
//! otherwise.

mod appliance;
mod cafe;
mod common;
mod httpie;
mod kiosk;
mod market;
mod outages;
mod pizza;

use std::path::{Path, PathBuf};

use journeys::{House, Lexicon, Speaker};

/// Makes a test of each row at the root, under the shop's name, and renamed by a seed.
macro_rules! rows {
    ($shop:literal: $($row:ident),+ $(,)?) => {
        $crate::words::rows!(@at alone_at_the_root, AloneAtTheRoot, $shop: $($row),+);
        $crate::words::rows!(@at under_its_name, UnderItsName, $shop: $($row),+);
        $crate::words::rows!(@at with_every_word_renamed, Renamed, $shop: $($row),+);
    };
    (@at $module:ident, $place:ident, $shop:literal: $($row:ident),+) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $row() {
                    $crate::words::walk($crate::words::Place::$place, $shop, super::$row).await;
                }
            )+
        }
    };
}
pub(crate) use rows;

/// Where a shop is spoken to, and in which words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The only one of its house, at the root.
    AloneAtTheRoot,
    /// Beside the others, under its name.
    UnderItsName,
    /// Under its name, with every collection, field and word called otherwise.
    Renamed,
}

/// What renames: any number does.
const SEED: u64 = 7_041;

/// Walks a row in a house of its own.
pub(crate) async fn walk(place: Place, shop: &str, row: impl AsyncFnOnce(&Speaker)) {
    let folder = tempfile::tempdir().unwrap();
    let (house, speaker) = open(place, shop, folder.path()).await;
    row(&speaker).await;
    drop(house);
}

/// A house with the shop, and who speaks to it.
pub(crate) async fn open(place: Place, shop: &str, folder: &Path) -> (House, Speaker) {
    match place {
        Place::AloneAtTheRoot => {
            let house = House::open(&[shop]).await;
            let speaker = Speaker::at_the_root(&house);
            (house, speaker)
        }
        Place::UnderItsName => {
            let house = House::open(&[]).await;
            let speaker = Speaker::under(&house, shop);
            (house, speaker)
        }
        Place::Renamed => {
            let (file, lexicon) = rename(shop, folder);
            let house = House::open(&[file.to_str().unwrap()]).await;
            let in_own_words = Speaker::under(&house, shop).get("/menus").await;
            assert_eq!(in_own_words.status, 404, "nobody knows the words of the documents here");
            let speaker = Speaker::under(&house, shop).saying(lexicon);
            (house, speaker)
        }
    }
}

/// A shop's file with all its words called otherwise, in the folder.
pub(crate) fn rename(shop: &str, folder: &Path) -> (PathBuf, Lexicon) {
    let file = std::fs::read_to_string(journeys::house_shop(shop)).unwrap();
    let (renamed, lexicon) = Lexicon::rename(&file, SEED);
    let path = folder.join("renamed.toml");
    std::fs::write(&path, renamed).unwrap();
    (path, lexicon)
}

/// The words that a view shows of a row, in order.
pub(crate) fn changes(row: &serde_json::Value) -> Vec<String> {
    let changes = row["changes"].as_array().unwrap();
    assert!(changes.iter().all(|change| change["at"].as_str().is_some_and(|at| at.starts_with("20"))));
    changes.iter().map(|change| change["status"].as_str().unwrap().to_owned()).collect()
}
