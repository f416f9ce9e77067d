//! What catalog decides.

mod life_hash;
mod menu_rules;
mod shop_file;
mod stages;

pub use life_hash::life_hash;
pub use shop_file::{Diagnostic, Mistakes, ShopFile, shop_file_schema};
pub use stages::stages_of;
