//! An answer as it was written out, with what says who may have it: kept, it need not be written again.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{HeaderValue, header};

use crate::actor::ActorHeader;
use crate::etag::{EntityTag, IfNoneMatch};

/// A resource of a shop, as JSON that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Shown(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shop: Box<str>,
    customer: Option<String>,
    version: u64,
    body: Bytes,
}

impl Shown {
    /// A resource of this shop at a version, and whose it is, where it is somebody's.
    #[must_use]
    pub fn new(shop: &str, customer: Option<String>, version: u64, body: Vec<u8>) -> Self {
        Self(Arc::new(Inner { shop: shop.into(), customer, version, body: body.into() }))
    }

    /// Whether it is this shop's, and whoever asks may see it.
    #[must_use]
    pub fn is_for(&self, shop: &str, actor: &ActorHeader) -> bool {
        *self.0.shop == *shop && actor.may_see(self.0.customer.as_deref())
    }

    /// How much memory it takes, in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        /// What keeping it takes beside the body.
        const AROUND_BYTES: usize = 192;
        self.0.body.len() + AROUND_BYTES
    }

    /// The answer with its tag; 304 for a client that has it already.
    #[must_use]
    pub fn answer(&self, known: &IfNoneMatch) -> Response {
        known.answer(EntityTag::of_version(self.0.version), || {
            let mut response = Response::new(Body::from(self.0.body.clone()));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        })
    }
}
