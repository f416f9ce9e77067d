//! The provider port: whoever really moves money, outside of Jumun.
//!
//! A provider remembers keys: the same call under the same key moves money once. To add one that is reached
//! over HTTP: a [`Dialect`] with its golden exchanges, its name in `apps/jumun/src/settings/provider.rs`. To
//! add one of another kind: implement [`Provider`].

pub mod callback;
mod exchange;
mod far;
pub mod sandbox;
mod stripe;
mod toss;

use std::future::Future;
use std::pin::Pin;

use kernel::Money;
use serde::{Deserialize, Serialize};

pub use exchange::{
    Asked, Charged, Dialect, Examined, Next, ProviderRequest, ProviderResponse, RequestBody, Verb,
};
pub use far::{BaseUrl, FarProvider, FarSettings, ProviderKey};
pub use stripe::Stripe;
pub use toss::Toss;

/// A call to a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ProviderCall {
    /// Capture an amount.
    Authorise {
        /// The charge's key.
        key: String,
        /// How much.
        amount: Money,
        /// With what: a token that the provider issued.
        method: String,
    },
    /// What became of a charge?
    Query {
        /// The charge's key.
        key: String,
        /// How much it was asked for: an answer about another amount is none.
        amount: Money,
    },
    /// Never capture a charge that is not captured yet. Answered like a query: what *was* captured
    /// is approved, what was not is declined from now on.
    Cancel {
        /// The charge's key.
        key: String,
        /// How much it was asked for.
        amount: Money,
    },
    /// Give back some of a captured charge.
    Refund {
        /// The refund's own key. Without one every call is a new refund.
        key: Option<String>,
        /// The charge's key.
        charge_key: String,
        /// How much.
        amount: Money,
    },
}

/// What a provider answered, or that it did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ProviderAnswer {
    /// The charge is captured.
    Approved {
        /// The provider's code for it.
        code: String,
    },
    /// The charge is not captured and never will be.
    Declined {
        /// Why, in words.
        reason: String,
    },
    /// There is no charge under that key; one that is on its way may still arrive. Nothing can go
    /// back of what is not there.
    NotFound,
    /// The money is back.
    Refunded,
    /// No answer that can be relied on: it may have happened or not.
    Unknown {
        /// What happened instead of an answer.
        cause: String,
    },
}

/// An answer on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = ProviderAnswer> + Send + 'a>>;

/// Whoever really moves money.
pub trait Provider: Send + Sync + 'static {
    /// Makes a call. A failure of the line or of the provider is [`ProviderAnswer::Unknown`]; the
    /// future may also never end, the caller brings its own patience.
    fn call(&self, call: ProviderCall) -> Answering<'_>;
}
