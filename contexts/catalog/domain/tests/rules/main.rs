//! What the catalog decides, one subject per file.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod shop_files;
