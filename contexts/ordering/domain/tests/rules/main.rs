//! The rules of an order, as given / when / then.

mod abandoning;
mod cancelling;
mod delivering;
mod dialogue;
mod ending;
mod kitchen;
mod paying;
mod placing;
mod promising;
mod readdressing;
mod scheduling;
mod sequences;
mod stock;
mod wishing;
