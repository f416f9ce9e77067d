use std::fs;
use std::path::{Path, PathBuf};

use catalog_domain::ShopFile;

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
    for folder in ["../../../shops", "../../../bench/shops", "../../../tests/journeys/shops"] {
        let files = files(folder);
        assert!(!files.is_empty(), "{folder} has shops");
        for file in files {
            if let Err(mistakes) = read(&file) {
                panic!("{mistakes}");
            }
        }
    }
}
