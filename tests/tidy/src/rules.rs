//! The rules, one per file.

pub mod code_map;
pub mod direction;
pub mod doors;
pub mod first_sentence;
pub mod golden;
pub mod growth;
pub mod names;
pub mod outside_world;
pub mod planted;
pub mod purity;
pub mod queries;
pub mod safety;
pub mod shop_words;
