//! Power loss and damage, replayed on the real SQLite code: faults F3 to F8 of the fault model.
//!
//! A worker runs the shipped store with the recorder of `tests/power-recorder` under it: every
//! write, sync, creation and removal is written down in one sequence with the acknowledgements.
//! From such a trace come states that a power cut could have left: cut anywhere, keep what was
//! synced, and of the rest nothing, all, a prefix, any subset, torn pieces, another order. Each
//! state is opened with the shipped store and must hold every batch that was acknowledged before
//! the cut, at most one more, each whole; then it must take twenty more.
//!
//! ```text
//! worker + recorder --trace--> disk --loss / damage--> image --> check
//! ```
//!
//! | Module | Job |
//! |---|---|
//! | [`script`], [`plan`], [`worker`] | what is committed, and the program that does it |
//! | [`trace`], [`recording`] | running the worker, reading what it did |
//! | [`disk`], [`cut`], [`loss`], [`image`] | what a power cut may leave |
//! | [`damage`], [`log_file`] | bits flipped and logs lost behind the store's back |
//! | [`fault_run`], [`starvation`] | a dying disk; a reader that does not end |
//! | [`check`], [`case`] | the judgement over one state |
//! | [`campaign`], [`run`], [`report`] | many runs, many states of each, the table |
//! | [`program`], [`program_run`], [`wish`] | power cuts under the shipped program, all roles in it |
//! | [`controls`] | stores that are wrong and must be found wrong |
//!
//! What the file system is trusted with stands in [`disk`]; what a store alone cannot detect
//! stands in [`damage`].
//!
//! # To add
//! - a store: a file in `subject/`, a variant of [`subject::SubjectKind`];
//! - a kind of loss: a variant of [`loss::Loss`];
//! - a kind of damage: a variant of [`damage::Damage`];
//! - a fault of the disk: `power_recorder::faults`, a variant of [`fault_run::DiskFault`];
//! - a promise: [`check::Promise`] and the place that judges it, with a control in [`controls`]
//!   that breaks it.

#![cfg(target_os = "linux")]

pub mod campaign;
pub mod case;
pub mod check;
pub mod controls;
pub mod cut;
pub mod damage;
pub mod disk;
pub mod fault_run;
#[path = "../../power-recorder/src/format.rs"]
pub mod format;
pub mod image;
pub mod log_file;
pub mod loss;
pub mod plan;
pub mod program;
pub mod program_run;
pub mod recording;
pub mod report;
pub mod run;
pub mod script;
pub mod starvation;
pub mod subject;
pub mod trace;
pub mod wish;
pub mod worker;
