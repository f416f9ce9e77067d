//! Who is known in this house, once identity is configured: whom to ask about tokens, and what this
//! process shows its neighbours.

use std::sync::Arc;

use edge::authority::Authority;
use edge::principal::{Authenticate, ServiceTokens};

use crate::{authorization, openapi};

/// Identity, as it is configured. A house without it is open.
#[derive(Debug, Clone)]
pub(crate) struct Identified {
    /// The table, held against every request.
    pub(crate) authority: Authority,
    /// What this process shows its neighbours.
    pub(crate) tokens: Arc<dyn ServiceTokens>,
}

impl Identified {
    /// A house in which tokens are checked by `authenticate`.
    pub(crate) fn new(authenticate: Arc<dyn Authenticate>, tokens: Arc<dyn ServiceTokens>) -> Self {
        Self { authority: authorization::authority(authenticate, &openapi::document()), tokens }
    }
}
