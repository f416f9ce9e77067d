//! What tracking shows: the story of every order, from events only.
//!
//! Tracking publishes no events; it is the end of every stream. Its views are rebuilt from the
//! journals of the others.
//!
//! To show something more: a field in `views.rs`, its fold in `tracking-domain`, and a rebuild of the
//! view (`jumun rebuild stories`) wherever stories are kept already.

mod board;
mod days;
mod receipt;
mod views;
mod why;

pub use board::{BoardCard, BoardColumn, BoardView};
pub use days::{DayClosing, DayOrders, DayTimes, DayView, ItemSold, Spread};
pub use receipt::{ReceiptLine, ReceiptPayment, ReceiptRefund, ReceiptVat, ReceiptView};
pub use views::{
    Captured, GivenBack, Milestone, StoryChange, StoryLine, StoryPage, StoryView, TimelineEntry,
};
pub use why::{ByItself, Ending, Waits, WaitsFor, WaitsFrom, WhyCommand, WhyView};

/// The role's name.
pub const ROLE: &str = "tracking";
