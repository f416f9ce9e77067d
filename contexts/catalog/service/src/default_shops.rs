use std::path::Path;

/// A shop file that every program carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultShop {
    /// The file's path in the project, as messages shall show it.
    pub file: &'static str,
    /// The file.
    pub text: &'static str,
}

impl DefaultShop {
    /// The name that `jumun serve` knows it by: the file's own, which is the key of the shop.
    #[must_use]
    pub fn name(&self) -> &'static str {
        Path::new(self.file).file_stem().and_then(|stem| stem.to_str()).unwrap_or(self.file)
    }
}

/// The shops that are open when nobody names others.
pub const DEFAULT_SHOPS: &[DefaultShop] = &[
    DefaultShop {
        file: "shops/cafe.toml",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shops/cafe.toml")),
    },
    DefaultShop {
        file: "shops/kiosk.toml",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shops/kiosk.toml")),
    },
    DefaultShop {
        file: "shops/market.toml",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shops/market.toml")),
    },
    DefaultShop {
        file: "shops/appliance.toml",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shops/appliance.toml")),
    },
    DefaultShop {
        file: "shops/pizza.toml",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shops/pizza.toml")),
    },
];
