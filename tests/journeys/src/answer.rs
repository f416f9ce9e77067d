use std::fmt;

use reqwest::{RequestBuilder, header::HeaderMap};
use serde_json::Value;

use crate::wait::PATIENCE;

/// What came back.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.status, self.headers, self.text())
    }
}

impl Answer {
    /// Sends a request and reads the whole answer.
    ///
    /// # Panics
    /// When there is none.
    pub async fn to(request: RequestBuilder) -> Self {
        Self::or_silence(request).await.unwrap()
    }

    /// Sends a request; nobody may be there.
    pub async fn or_silence(request: RequestBuilder) -> Option<Self> {
        let response = request.timeout(PATIENCE).send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.ok()?.to_vec();
        Some(Self { status, headers, bytes })
    }

    /// The same, where the status is this one.
    ///
    /// # Panics
    /// When it is another, with all that came.
    #[must_use]
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// The problem of the body, where it is of this status and kind.
    ///
    /// # Panics
    /// When it is another problem or none.
    #[track_caller]
    pub fn problem(self, status: u16, slug: &str) -> Value {
        let problem = self.is(status).any_problem();
        assert_eq!(problem["type"], format!("https://jumun.dev/problems/{slug}"), "{problem:#}");
        problem
    }

    /// The problem of the body, whatever it is about.
    ///
    /// # Panics
    /// When the answer is not in the form of a problem.
    #[track_caller]
    pub fn any_problem(self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "the status is repeated: {problem:#}");
        assert!(problem["type"].as_str().is_some_and(|uri| uri.starts_with("https://jumun.dev/problems/")));
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{problem:#}");
        problem
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The items of a page.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        self.json()["items"].as_array().unwrap_or_else(|| panic!("no page: {}", self.text())).clone()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}
