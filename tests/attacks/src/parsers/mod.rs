//! Whatever reads what strangers send, as one function of any bytes each: it answers or refuses, and never
//! fails. The fuzz targets of `fuzz/` and the stable test that replays their corpus call the same.

mod events;
mod forms;
mod headers;
mod shop_files;
mod signatures;
mod tokens;
mod words;

pub use forms::form_names;
pub use tokens::good_token;

/// A parser, by the name of its fuzz target and of the folder of its corpus.
#[derive(Debug, Clone, Copy)]
pub struct Parser {
    /// The name.
    pub name: &'static str,
    /// Reads any bytes; fails by panicking where something is not as promised.
    pub read: fn(&[u8]),
}

/// Every parser that a stranger reaches.
pub const PARSERS: [Parser; 8] = [
    Parser { name: "forms", read: forms::forms },
    Parser { name: "cursors", read: forms::cursors },
    Parser { name: "headers", read: headers::headers },
    Parser { name: "shop_files", read: shop_files::shop_files },
    Parser { name: "words", read: words::words },
    Parser { name: "events", read: events::events },
    Parser { name: "signatures", read: signatures::signatures },
    Parser { name: "tokens", read: tokens::tokens },
];

/// A parser by its name.
///
/// # Panics
/// When there is none of it.
#[must_use]
pub fn parser(name: &str) -> Parser {
    *PARSERS.iter().find(|parser| parser.name == name).unwrap()
}
