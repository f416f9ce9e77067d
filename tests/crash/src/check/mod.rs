//! What must be true in the end: what people remember, held against the API and against the
//! stores, which are read here without the program.

mod acknowledged;
mod api;
mod facts;
mod money;
mod rest;
mod stock;
mod stores;
mod tickets;

use std::path::Path;

use anyhow::Result;

use crate::memory::Memory;

pub use api::api;
pub use rest::moving;

/// What the stores say.
#[derive(Debug)]
pub struct Judged {
    /// Orders in them, refused ones too.
    pub orders: u64,
    /// What must not be.
    pub violations: Vec<String>,
}

/// Judges the stores of a data folder, at rest.
///
/// # Errors
/// When they cannot be read.
pub fn stores(data: &Path, memory: &Memory) -> Result<Judged> {
    let mut stores = stores::Stores::open(data)?;
    let facts = facts::Facts::gather(&mut stores)?;
    let mut violations = acknowledged::check(&facts, memory);
    violations.extend(tickets::check(&facts, memory));
    violations.extend(money::check(data, &facts, memory)?);
    violations.extend(stock::check(&facts, memory));
    violations.extend(rest::check(&mut stores, &facts)?);
    Ok(Judged { orders: facts.orders.len() as u64, violations })
}
