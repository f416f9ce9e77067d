//! The sandbox as a program of its own: the same book and the same tokens behind the words of Toss
//! Payments and of Stripe, with a switch that makes the line slow, broken or lossy while it runs.
//!
//! It speaks what our adapters speak, and a little of what they must bear. To add a provider's words: a file
//! beside `toss.rs`, its routes here.

mod calling;
mod ledger;
mod line;
mod stripe;
mod toss;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use edge::body::StrictJson;
use edge::problem::{Problem, ProblemKind};
use http::StatusCode;
use kernel::Clock;

use super::adapter::{Sandbox, SandboxError, read_lines};
use super::line::BookLine;
use crate::provider::{Provider as _, ProviderAnswer, ProviderCall, ProviderKey};
use ledger::Ledger;

pub use calling::CallingOut;
use line::Line;
pub use line::LineMode;

/// A sandbox that is asked over HTTP.
pub struct SandboxDesk {
    sandbox: Sandbox,
    book: PathBuf,
    key: ProviderKey,
    clock: Arc<dyn Clock>,
    ledger: Mutex<Ledger>,
    /// Charges that were made and not captured, in Stripe's words. A restart forgets them.
    intents: Mutex<BTreeMap<String, stripe::Made>>,
    /// In whose words each charge was asked for. A restart forgets it: only answers tell from then on.
    words: calling::WordsOf,
    line: Line,
}

impl SandboxDesk {
    /// Opens a desk with its book in this file, made where it is missing; who asks must know the key.
    ///
    /// # Errors
    /// When the file cannot be written, or is no book.
    pub fn open(book: &Path, key: ProviderKey, clock: Arc<dyn Clock>) -> Result<Arc<Self>, SandboxError> {
        let sandbox = Sandbox::open(book)?;
        let mut ledger = Ledger::default();
        ledger.read_on(book)?;
        Ok(Arc::new(Self {
            sandbox,
            book: book.to_owned(),
            key,
            clock,
            ledger: Mutex::new(ledger),
            intents: Mutex::default(),
            words: calling::WordsOf::default(),
            line: Line::default(),
        }))
    }

    /// The sandbox behind it.
    #[must_use]
    pub const fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Its routes: the words of both providers, `/switch` and `/book`.
    pub fn routes(self: &Arc<Self>) -> Router {
        let spoken =
            toss::routes().merge(stripe::routes()).layer(from_fn_with_state(self.clone(), on_the_line));
        let for_whoever_tries =
            Router::new().route("/switch", get(read_switch).put(set_switch)).route("/book", get(read_book));
        spoken
            .merge(for_whoever_tries)
            .route("/livez", get(StatusCode::OK))
            .layer(from_fn_with_state(self.clone(), with_the_key))
            .with_state(self.clone())
    }

    /// Switches the line.
    pub fn switch(&self, mode: LineMode) {
        self.line.set(mode);
    }

    async fn call(&self, call: ProviderCall) -> ProviderAnswer {
        self.sandbox.call(call).await
    }

    /// What the book says by now.
    fn ledger(&self) -> io::Result<MutexGuard<'_, Ledger>> {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.read_on(&self.book).map_err(io::Error::other)?;
        Ok(ledger)
    }

    fn intents(&self) -> MutexGuard<'_, BTreeMap<String, stripe::Made>> {
        self.intents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody is heard who does not know the key: `Basic` with the key as the user, or `Bearer`.
async fn with_the_key(State(desk): State<Arc<SandboxDesk>>, request: Request, next: Next) -> Response {
    let key = desk.key.expose();
    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let said = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let path = request.uri().path();
    let knows = said.is_some_and(|said| said == basic || said.strip_prefix("Bearer ") == Some(key));
    if knows || path == "/livez" {
        return next.run(request).await;
    }
    if stripe::is_spoken_at(path) { stripe::unknown_key() } else { toss::unknown_key() }
}

/// What the line does to a request on its way in, and to the answer on its way back.
async fn on_the_line(State(desk): State<Arc<SandboxDesk>>, request: Request, next: Next) -> Response {
    desk.line.carry(request, next).await
}

async fn read_switch(State(desk): State<Arc<SandboxDesk>>) -> Json<LineMode> {
    Json(desk.line.mode())
}

async fn set_switch(
    State(desk): State<Arc<SandboxDesk>>,
    StrictJson(mode): StrictJson<LineMode>,
) -> Result<Json<LineMode>, Problem> {
    if let LineMode::Lossy { percent, .. } = mode
        && percent > 100
    {
        return Err(Problem::of(ProblemKind::InvalidField).field("percent", "a whole number from 0 to 100"));
    }
    desk.switch(mode);
    tracing::warn!(?mode, "the line was switched");
    Ok(Json(mode))
}

/// The book, line by line.
async fn read_book(State(desk): State<Arc<SandboxDesk>>) -> Response {
    let mut lines: Vec<BookLine> = Vec::new();
    match read_lines(&desk.book, 0, usize::MAX, |line| lines.push(line.clone())) {
        Ok(_) => Json(lines).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
