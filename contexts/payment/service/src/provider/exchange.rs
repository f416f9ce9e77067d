//! What an adapter says and hears, as data: the words of a provider's API apart from whoever moves bytes.

use kernel::Money;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ProviderAnswer, ProviderCall};

/// A provider's API as a pure mapping: calls to requests, responses to answers.
///
/// Only what the provider is known to have said is approved, declined or refunded. A response that cannot be
/// read, is about something else, or is a failure of the provider is [`ProviderAnswer::Unknown`].
pub trait Dialect: Send + Sync + 'static {
    /// The provider's name.
    fn name(&self) -> &'static str;

    /// The headers that say who asks, and in which version of the API.
    fn credentials(&self, key: &str) -> Vec<(&'static str, String)>;

    /// What a call begins with.
    fn begin(&self, call: &ProviderCall) -> Next;

    /// What follows from the response to what was asked.
    fn follow(&self, call: &ProviderCall, asked: &Asked, response: &ProviderResponse) -> Next;

    /// How it is begun to read what the provider's book has of a charge, whose approval had this code where
    /// it had one.
    fn examine(&self, key: &str, code: Option<&str>) -> Next<Examined>;

    /// What follows from the response, and from what was read before it.
    fn examined(
        &self,
        key: &str,
        so_far: &mut Charged,
        asked: &Asked,
        response: &ProviderResponse,
    ) -> Next<Examined>;
}

/// What comes next in a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Next<Answer = ProviderAnswer> {
    /// A request, and what it is for.
    Ask(Asked, ProviderRequest),
    /// The call is over.
    Done(Answer),
}

/// What a provider's book has of one charge, or why that cannot be said.
pub type Examined = Result<Charged, String>;

/// A charge as a provider's book has it. One that it does not have is all empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charged {
    /// What was captured, and the provider's code for it.
    #[serde(default)]
    pub captured: Option<(Money, String)>,
    /// What went back: the refund's key, where it says one, and how much.
    #[serde(default)]
    pub refunds: Vec<(Option<String>, Money)>,
}

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// To find a charge by our key.
    Find,
    /// To have a charge that captures nothing yet, always the same one under our key.
    Make,
    /// To look at a charge.
    Look,
    /// To capture it.
    Capture,
    /// To call it off.
    Withdraw,
    /// To give back some of it.
    GiveBack,
    /// To look at what was given back.
    LookAtRefund,
    /// To read what was given back of a charge, a page at a time.
    ListRefunds {
        /// The name that the charge goes by there.
        of: String,
    },
}

/// A request without scheme, host and credentials.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProviderRequest {
    /// The method.
    pub method: Verb,
    /// Path and query.
    pub path: String,
    /// The header `Idempotency-Key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// The body.
    #[serde(flatten)]
    pub body: RequestBody,
}

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
}

/// What a request carries.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestBody {
    /// Nothing.
    Nothing {},
    /// JSON.
    Json(Value),
    /// The fields of a form, in order.
    Form(Vec<(String, String)>),
}

impl ProviderRequest {
    /// Asks for something.
    pub(super) const fn get(path: String) -> Self {
        Self { method: Verb::Get, path, idempotency_key: None, body: RequestBody::Nothing {} }
    }

    /// Sends JSON.
    pub(super) const fn post_json(path: String, idempotency_key: Option<String>, body: Value) -> Self {
        Self { method: Verb::Post, path, idempotency_key, body: RequestBody::Json(body) }
    }
}

/// A response, read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderResponse {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl ProviderResponse {
    /// The body as what it should be; nothing where it is something else.
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// An answer that nobody can rely on, with the provider's own word for it.
    pub(super) fn unclear(&self, word: Option<&str>) -> ProviderAnswer {
        unknown(match word {
            Some(word) => format!("the provider answered {} {}", self.status, shortened(word)),
            None => format!("the provider answered {} with something that cannot be read", self.status),
        })
    }
}

pub(super) fn unknown(cause: impl Into<String>) -> ProviderAnswer {
    ProviderAnswer::Unknown { cause: cause.into() }
}

/// Texts of others are kept, but not at any length.
pub(super) fn shortened(text: &str) -> String {
    const CHARS_MAX: usize = 200;
    text.chars().filter(|letter| !letter.is_control()).take(CHARS_MAX).collect()
}
