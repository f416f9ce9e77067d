//! Shop files: what the life of an order is in one shop and what the shop sells, as TOML.
//!
//! [`ShopFile::read`] either understands the whole file or says everything that is wrong with it,
//! each mistake with its line, its column and what was expected. Three steps: the text is TOML;
//! its keys, types and words fit the [form]; what it says makes sense ([reading]: dead ends,
//! prices, stock).
//!
//! To add a key: a documented field in `form/`, its meaning in `reading/`, a broken file in
//! `tests/shop_files/broken/`, a line in `docs/shop-files.md`.

mod diagnostic;
mod form;
mod nearest;
mod reading;
mod report;
mod schema;
mod shape;
mod source;

use catalog_contract::{LifeHash, MenuItem, ShopLife, Vocabulary};
use toml::de::{DeTable, DeValue};

pub use diagnostic::{Diagnostic, Mistakes};
pub(crate) use reading::values::spoken_millis;
pub use schema::shop_file_schema;

use crate::life_hash::life_hash;
use form::ShopForm;
use report::Report;
use shape::Shape;
use source::Source;

/// A shop file that has been understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopFile {
    /// What the life of an order is.
    pub life: ShopLife,
    /// Its content hash.
    pub hash: LifeHash,
    /// What the shop sells, in the order of the file.
    pub menu: Vec<MenuItem>,
    /// The names of what is counted as stock.
    pub stock_items: Vec<String>,
    /// The words of its own API.
    pub vocabulary: Vocabulary,
}

impl ShopFile {
    /// Reads the text of a shop file; `file` is its name as messages shall show it.
    ///
    /// # Errors
    /// [`Mistakes`], in the order of the file; of more than two hundred the first ones.
    pub fn read(file: &str, text: &str) -> Result<Self, Mistakes> {
        let source = Source { file, text };
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut report = Report::new(source, root.get_ref());
        errors.iter().for_each(|error| report.refuse_text(error));
        if report.is_clean() {
            let root = DeValue::Table(root.into_inner());
            Shape::from_schema(&shop_file_schema()).check(&root, "", &mut report);
        }
        Self::read_form(text, &mut report).ok_or_else(|| Mistakes(report.into_diagnostics()))
    }

    fn read_form(text: &str, report: &mut Report<'_>) -> Option<Self> {
        if !report.is_clean() {
            return None;
        }
        let form: ShopForm = toml::from_str(text).map_err(|error| report.refuse_text(&error)).ok()?;
        let read = reading::read(&form, report);
        let hash = life_hash(&read.life);
        report.is_clean().then_some(Self {
            life: read.life,
            hash,
            menu: read.menu,
            stock_items: read.stock_items,
            vocabulary: read.vocabulary,
        })
    }
}
