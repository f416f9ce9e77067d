use std::fs;
use std::path::{Path, PathBuf};

use catalog_domain::ShopFile;
use proptest::prelude::*;

use crate::{BAKERY, CAFE};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Result<ShopFile, String> {
    let name = path.file_name().unwrap().to_string_lossy();
    ShopFile::read(&name, &fs::read_to_string(path).unwrap()).map_err(|mistakes| mistakes.to_string())
}

#[test]
fn every_shop_of_the_house_is_understood() {
    for folder in
        ["../../../shops", "../../../docs/examples", "../../../bench/shops", "../../../tests/journeys/shops"]
    {
        let files = files(folder);
        assert!(!files.is_empty(), "{folder} has shops");
        for file in files {
            if let Err(mistakes) = read(&file) {
                panic!("{mistakes}");
            }
        }
    }
}

#[test]
fn every_broken_file_is_refused_with_its_place_and_what_was_expected() {
    for file in files("tests/shop_files/broken") {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let mistakes = read(&file).expect_err(&name);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../shop_files/refusals");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, mistakes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_file_that_was_torn_is_understood_or_refused_with_places_inside_it(
        shop in prop_oneof![Just(CAFE), Just(BAKERY)],
        from in any::<prop::sample::Index>(),
        dropped in 0_usize..12,
        put in "[\\PC\n]{0,4}",
    ) {
        let letters: Vec<char> = shop.chars().collect();
        let from = from.index(letters.len());
        let rest = letters.iter().skip(from + dropped);
        let text: String = letters[..from].iter().copied().chain(put.chars()).chain(rest.copied()).collect();
        if let Err(mistakes) = ShopFile::read("torn.toml", &text) {
            prop_assert!(!mistakes.0.is_empty());
            for mistake in &mistakes.0 {
                let line = text.split('\n').nth(mistake.line - 1).unwrap();
                prop_assert!(mistake.column <= line.chars().count() + 1, "{mistakes}");
                prop_assert!(mistake.to_string().contains('^'));
            }
        }
    }
}
