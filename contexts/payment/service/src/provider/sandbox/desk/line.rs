//! The line between a shop and the provider, and what is wrong with it.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http_body::Frame;
use serde::{Deserialize, Serialize};

/// How the line is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LineMode {
    /// As it should be.
    #[default]
    Healthy,
    /// Every request arrives late.
    Slow {
        /// How late.
        milliseconds: u64,
    },
    /// Every connection breaks before anything is done.
    Down,
    /// Every request is answered with a failure, and nothing is done.
    Failing,
    /// Nobody ever answers, and nothing is done.
    Hung,
    /// Of so many in a hundred requests, the request or the answer is lost.
    Lossy {
        /// How many in a hundred.
        percent: u8,
        /// Which ones: the same seed loses the same.
        seed: u64,
    },
}

/// The line as it stands.
#[derive(Debug, Default)]
pub(super) struct Line(Mutex<(LineMode, u64)>);

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    ArrivesLate(u64),
    RequestLost,
    AnswerLost,
    Fails,
    Hangs,
}

impl Line {
    pub(super) fn mode(&self) -> LineMode {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    pub(super) fn set(&self, mode: LineMode) {
        let seed = if let LineMode::Lossy { seed, .. } = mode { seed } else { 0 };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (mode, seed);
    }

    pub(super) async fn carry(&self, request: Request, next: Next) -> Response {
        match self.fate() {
            Fate::Arrives => next.run(request).await,
            Fate::ArrivesLate(milliseconds) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                next.run(request).await
            }
            Fate::RequestLost => broken_off(),
            Fate::AnswerLost => {
                // Done is done, whether or not somebody hears of it.
                let _answer = next.run(request).await;
                broken_off()
            }
            Fate::Fails => {
                (StatusCode::INTERNAL_SERVER_ERROR, "<html><body>Internal Server Error</body></html>")
                    .into_response()
            }
            Fate::Hangs => std::future::pending().await,
        }
    }

    fn fate(&self) -> Fate {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match at.0 {
            LineMode::Healthy => Fate::Arrives,
            LineMode::Slow { milliseconds } => Fate::ArrivesLate(milliseconds),
            LineMode::Down => Fate::RequestLost,
            LineMode::Failing => Fate::Fails,
            LineMode::Hung => Fate::Hangs,
            LineMode::Lossy { percent, .. } => {
                let drawn = draw(&mut at.1);
                match (drawn % 100 < u64::from(percent), (drawn >> 32) & 1) {
                    (false, _) => Fate::Arrives,
                    (true, 0) => Fate::RequestLost,
                    (true, _) => Fate::AnswerLost,
                }
            }
        }
    }
}

/// The next number of a seed (splitmix64).
const fn draw(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// An answer whose connection breaks within it.
fn broken_off() -> Response {
    Body::new(Broken).into_response()
}

struct Broken;

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_loses_the_same_and_about_as_much_as_was_said() {
        let fates = |seed| {
            let line = Line::default();
            line.set(LineMode::Lossy { percent: 30, seed });
            (0..1_000).map(|_| line.fate()).collect::<Vec<_>>()
        };
        assert_eq!(fates(7), fates(7));
        assert_ne!(fates(7), fates(8));
        let count = |wanted| fates(7).iter().filter(|fate| **fate == wanted).count();
        assert!((240..360).contains(&(1_000 - count(Fate::Arrives))), "{}", count(Fate::Arrives));
        assert!(count(Fate::RequestLost) > 100 && count(Fate::AnswerLost) > 100);
    }
}
