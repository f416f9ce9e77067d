use delivery_contract::DeliveryView;
use delivery_domain::DeliveryRejection;
use edge::etag::IfMatch;
use kernel::{OrderId, ShopKey};

use runtime::KeyUse;

/// Staff or a courier take a step with a delivery of their shop.
#[derive(Debug, Clone)]
pub struct DeliveryStep {
    /// The shop.
    pub shop: ShopKey,
    /// The delivery's order.
    pub order: OrderId,
    /// The step.
    pub step: Step,
    /// Go on only if the delivery is still the one that was read.
    pub if_match: IfMatch,
    /// The client's idempotency key, where it sent one.
    pub key: Option<KeyUse>,
}

/// What staff and couriers do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Give it to a courier.
    Assign {
        /// Who.
        courier: String,
    },
    /// Set out.
    Start,
    /// The customer has it.
    Complete,
    /// It did not get there.
    Fail {
        /// Why.
        reason: String,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryReply {
    /// The delivery as it stands now, or stood when the key was answered first.
    Delivery(Box<DeliveryView>),
    /// The refusal that is kept under the key: a problem, byte for byte.
    KeptRefusal {
        /// The problem, JSON.
        problem: Vec<u8>,
    },
}

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryRefusal {
    /// No such shop is open here.
    ShopUnknown(ShopKey),
    /// The delivery's state forbids it, or there is no delivery (yet).
    Delivery(DeliveryRejection),
    /// The delivery is no longer the one that was read.
    Changed {
        /// Its version now.
        version: u64,
    },
    /// The key came with another body before.
    KeyReused,
}
