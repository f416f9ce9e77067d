//! The HTTP edge of every service: strict bodies, problems, paging, idempotency keys, resumable
//! streams, breaker and bulkhead, the listener and the forwarder.
//!
//! It knows no context and no shop; it decides nothing about orders. Nothing here reads a store.
//!
//! # How a handler looks
//!
//! ```
//! use axum::{Json, Router, routing::post};
//! use edge::actor::ActorHeader;
//! use edge::body::StrictJson;
//! use edge::idempotency::IdempotencyKey;
//! use edge::layers::{EdgeLayer, EdgeSettings};
//! use edge::params::{method_not_allowed, not_found};
//! use edge::problem::{Problem, ProblemKind};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Wish {
//!     quantity: u32,
//! }
//!
//! async fn wish(
//!     actor: ActorHeader,
//!     key: IdempotencyKey,
//!     StrictJson(wish): StrictJson<Wish>,
//! ) -> Result<Json<u32>, Problem> {
//!     if wish.quantity == 0 {
//!         return Err(Problem::of(ProblemKind::InvalidField)
//!             .field("quantity", "a whole number from 1 to 99"));
//!     }
//!     Ok(Json(wish.quantity))
//! }
//!
//! let app: Router = Router::new()
//!     .route("/v1/wishes", post(wish))
//!     .fallback(not_found)
//!     .method_not_allowed_fallback(method_not_allowed)
//!     .layer(EdgeLayer::new(&EdgeSettings::default()));
//! # let _ = app;
//! ```
//!
//! `app` is then served by [`listener::Listener`].
//!
//! # How one adds things
//!
//! - **A kind of problem**: one row in the table of [`problem_kind`]; its `type` is a promise from
//!   then on. The page `docs/errors.md` is derived from it
//!   ([`problem_kind::errors_markdown`]).
//! - **A header of ours**: a module like [`actor`], which reads it with [`header_text::single`]
//!   and names it in its refusal.
//! - **A limit**: a field of [`listener::ListenerSettings`] or [`layers::EdgeSettings`] with its
//!   unit in the name and a test on a real socket in `tests/it`.
//!
//! # What is absent
//!
//! No HTTP/2 and no TLS for who comes in (a proxy in front does both; [`outward`] speaks TLS), no
//! compression, no cookies. Time is an
//! argument in [`breaker`]; only what moves bytes reads the runtime's clock.

pub mod actor;
pub mod around;
pub mod authority;
pub mod body;
pub mod body_deadline;
pub mod breaker;
pub mod bulkhead;
mod connection;
pub mod csv;
pub mod etag;
mod expectation;
pub mod form;
pub mod forward;
pub mod header_text;
pub mod idempotency;
pub mod json;
pub mod layers;
pub mod listener;
pub mod outward;
pub mod paging;
pub mod params;
pub mod preference;
pub mod principal;
pub mod problem;
pub mod problem_kind;
mod pulse;
mod raw_refusal;
pub mod request_id;
pub mod shown;
pub mod signature;
pub mod sse;
