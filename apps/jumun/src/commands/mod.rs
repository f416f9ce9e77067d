//! The command line, one command per file.

mod ask;
pub(crate) mod backup;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod load;
pub(crate) mod menu;
pub(crate) mod messages;
pub(crate) mod openapi;
pub(crate) mod parked;
pub(crate) mod rebuild;
pub(crate) mod reconcile;
pub(crate) mod sandbox_messages;
pub(crate) mod sandbox_provider;
pub(crate) mod shops;
pub(crate) mod stuck;
pub(crate) mod users;
pub(crate) mod verify;
