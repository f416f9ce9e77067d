//! How payment runs.
mod command;
mod config;
pub mod effects;
mod policies;
pub mod provider;
mod service;
mod shops;
mod use_cases;
mod views;

pub use command::{Command, RefundReply, RefundWish, Refusal, Reply, RequestKey};
pub use config::PaymentConfig;
pub use service::PaymentService;
pub use shops::Shops;
