//! How payment runs: an order's money is asked for by command, moved by effects, and called back
//! as ordering's events say.
//!
//! The door is [`PaymentService`] (behind a [`runtime::Writer`], its effects performed by a
//! [`effects::ProviderRunner`]), [`client::NearPayment`] for whoever asks, and [`rest::router`].
//! Commands come in as [`Command`]; what can go wrong is a [`Refusal`].
//!
//! - `use_cases/`: what payment can be asked, and what becomes of the provider's answers.
//! - `policies/`: whenever ordering or the catalog said something, then this.
//! - `effects/`: calls to the provider, from committed intents, under a lease.
//! - `takings.rs`: what the ledger holds of a day, for whoever closes it.
//! - `proposals.rs`: refunds that wait for a second person, for a while.
//! - `deposits.rs`: prepaid accounts, which hold, pay and release.
//! - `provider/`: the port; behind it a sandbox, or Toss Payments and Stripe over HTTP.
//! - `reconcile.rs`: the provider's book against ours.
//! - `views/`: the rows of the own lists: payments, ledger, deposits and their statements, closed
//!   days.
//! - `client/`: ordering's way in, near and far, with a switch to make it fail.
//! - `rest/`: the canonical API.
//!
//! To add a command: the aggregate in `payment-domain`, a variant in `command.rs`, its file in
//! `use_cases/`, its route in `rest/`. To follow another event: its file in `policies/`. To add a
//! provider: implement [`provider::Dialect`].

pub mod audit;
mod carry_out;
pub mod client;
mod command;
mod config;
pub mod deposits;
pub mod effects;
mod keys;
mod policies;
mod proposals;
pub mod provider;
pub mod reconcile;
pub mod rest;
mod service;
mod shops;
mod takings;
mod use_cases;
mod views;

pub use client::{DoorState, FarPayment, NearPayment, PaymentSwitch};
pub use command::{
    ApprovalWish, CloseWish, Command, DepositWish, ProposalWish, RefundReply, RefundWish, Refusal, Reply,
    SettleWish,
};
pub use config::PaymentConfig;
pub use runtime::KeyUse;
pub use service::PaymentService;
pub use shops::Shops;
pub use takings::DayBook;
pub use views::{CLOSINGS, DEPOSITS, HOLDS, HoldView, LEDGER, PAYMENTS, STATEMENTS};
