//! The shops' own words: the documents' commands, as they print them, and what they must answer. Each row
//! of the tables is a function that takes a fresh order; all are walked for a shop alone at the root,
//! under its name, and in a house whose every collection, field and word is called otherwise.

mod appliance;
mod cafe;
mod common;
mod httpie;
mod kiosk;
mod market;
mod outages;
mod pizza;

/// Walks these rows at the root, under the shop's name, and renamed by a seed.
macro_rules! rows {
    ($shop:literal: $($row:ident),+ $(,)?) => {
        #[tokio::test]
        async fn alone_at_the_root() {
            let house = journeys::House::open(&[$shop]).await;
            let speaker = journeys::Speaker::at_the_root(&house);
            $( $row(&speaker).await; )+
        }

        #[tokio::test]
        async fn under_its_name_beside_the_others() {
            let house = journeys::House::open(&[]).await;
            let speaker = journeys::Speaker::under(&house, $shop);
            $( $row(&speaker).await; )+
        }

        #[tokio::test]
        async fn with_every_collection_field_and_word_renamed() {
            let file = std::fs::read_to_string(journeys::house_shop($shop)).unwrap();
            let (renamed, lexicon) = journeys::Lexicon::rename(&file, 7_041);
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("renamed.toml");
            std::fs::write(&path, renamed).unwrap();
            let house = journeys::House::open(&[path.to_str().unwrap()]).await;
            let speaker = journeys::Speaker::under(&house, $shop).saying(lexicon);
            let in_own_words = journeys::Speaker::under(&house, $shop).get("/menus").await;
            assert_eq!(in_own_words.status, 404, "nobody knows the words of the documents here");
            $( $row(&speaker).await; )+
        }
    };
}
pub(crate) use rows;

/// The words that a view shows of a row, in order.
pub(crate) fn changes(row: &serde_json::Value) -> Vec<String> {
    let changes = row["changes"].as_array().unwrap();
    assert!(changes.iter().all(|change| change["at"].as_str().is_some_and(|at| at.starts_with("20"))));
    changes.iter().map(|change| change["status"].as_str().unwrap().to_owned()).collect()
}
