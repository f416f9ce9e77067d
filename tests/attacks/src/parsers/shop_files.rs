use catalog_domain::{ShopFile, draw_life, mermaid_life};

/// Reads bytes as a shop file; one that is understood can be drawn, and read again to the same hash.
pub(super) fn shop_files(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match ShopFile::read("shop.toml", &text) {
        Ok(file) => {
            assert!(!draw_life(&file.life).is_empty() && !mermaid_life(&file.life).is_empty());
            let again = ShopFile::read("shop.toml", &text).unwrap();
            assert_eq!(again.hash, file.hash);
        }
        Err(mistakes) => assert!(!mistakes.to_string().is_empty(), "a refusal that says nothing"),
    }
}
