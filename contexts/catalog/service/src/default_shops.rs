/// A shop file that every program carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultShop {
    /// The name that `jumun serve` knows it by: the key of the shop.
    pub name: &'static str,
    /// The file's path in the project, as messages shall show it.
    pub file: &'static str,
    /// The file.
    pub text: &'static str,
}

/// The shops that are open when nobody names others.
pub const DEFAULT_SHOPS: &[DefaultShop] = &[
    DefaultShop {
        name: "cafe",
        file: "shops/cafe.toml",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shops/cafe.toml")),
    },
    DefaultShop {
        name: "kiosk",
        file: "shops/kiosk.toml",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shops/kiosk.toml")),
    },
];
