use std::collections::VecDeque;

use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use crate::wait::PATIENCE;

/// A live stream of server-sent events.
#[derive(Debug)]
pub struct Stream {
    response: Response,
    text: Vec<u8>,
    ready: VecDeque<Change>,
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id: where to resume.
    pub id: Option<String>,
    /// What it is: `change` or `reset`.
    pub event: String,
    /// What it says.
    pub data: Value,
}

impl Stream {
    /// Opens a stream, where it was left if an id is given.
    ///
    /// # Panics
    /// When it is not opened.
    pub(crate) async fn open(request: RequestBuilder, last_event_id: Option<&str>) -> Self {
        let request = match last_event_id {
            Some(id) => request.header("Last-Event-ID", id),
            None => request,
        };
        let response = tokio::time::timeout(PATIENCE, request.send()).await.unwrap().unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: Vec::new(), ready: VecDeque::new() }
    }

    /// The next event, if one comes before the stream ends.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn next(&mut self) -> Option<Change> {
        tokio::time::timeout(PATIENCE, self.read()).await.unwrap()
    }

    /// Reads on until an order is in a state; answers every state of it that was seen.
    ///
    /// # Panics
    /// When the stream ends before, or the state does not come in time.
    pub async fn until(&mut self, order: &str, state: &str) -> Vec<Change> {
        let mut seen = Vec::new();
        loop {
            let change = self.next().await.unwrap();
            let is_it = change.data["order"] == order;
            let is_last = is_it && change.data["state"] == state;
            if is_it {
                seen.push(change);
            }
            if is_last {
                return seen;
            }
        }
    }

    async fn read(&mut self) -> Option<Change> {
        loop {
            if let Some(change) = self.ready.pop_front() {
                return Some(change);
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.extend_from_slice(&chunk);
            while let Some(end) = self.text.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.text.drain(..end + 2).collect();
                self.ready.extend(parse(&String::from_utf8_lossy(&block)));
            }
        }
    }
}

/// One block of lines; comments that only keep the line alive say nothing.
fn parse(block: &str) -> Option<Change> {
    let field = |name: &str| {
        block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim_start))
    };
    let event = field("event")?.to_owned();
    let data = field("data").and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
    Some(Change { id: field("id").map(ToOwned::to_owned), event, data })
}
