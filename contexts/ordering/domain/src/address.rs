//! Where an order is brought to, and until when that may change: until the courier first sets out.
//!
//! Before its delivery exists ordering decides; from `order-delivery-requested` on delivery does,
//! against its start, and ordering follows its word.

use std::sync::Arc;

use catalog_contract::Stage;
use kernel::Personal;
use ordering_contract::{
    ClientKey, OrderAddress, OrderAddressChangeRequestedV1, OrderAddressChangedV1, OrderEvent, OrderPlacedV1,
};

use crate::{AddressWish, Order, Rejection};

impl Order {
    /// Where it is brought to, as far as ordering has said.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.placed()?.personal.reveal()?.address.as_deref()
    }

    /// A change of its address that waits for delivery's answer.
    #[must_use]
    pub const fn address_wish(&self) -> Option<AddressWish> {
        match self {
            Self::Standing { address_wish, .. } => *address_wish,
            _ => None,
        }
    }

    pub(crate) fn change_address(
        &self,
        personal: Personal<OrderAddress>,
        client_key: Option<ClientKey>,
    ) -> Result<Vec<OrderEvent>, Rejection> {
        let placed = match self {
            Self::Nothing | Self::Abandoned { .. } | Self::Refused { .. } => return Err(Rejection::Unknown),
            Self::Waiting { placed, .. }
            | Self::Scheduled { placed, .. }
            | Self::Standing { placed, .. }
            | Self::Cancelled { placed, .. } => placed,
        };
        if !placed.delivers {
            return Err(Rejection::BroughtNowhere);
        }
        let is_there = |new: &OrderAddress| self.address() == Some(&new.address);
        match self {
            Self::Standing { address_wish: Some(_), .. } => Err(Rejection::AddressAsked(self.state())),
            Self::Standing { stage, .. } if *stage >= Stage::DeliveryStarted => {
                Err(Rejection::TooLateToReaddress(self.state()))
            }
            Self::Cancelled { .. } => Err(Rejection::TooLateToReaddress(self.state())),
            _ if personal.reveal().is_some_and(is_there) => Ok(vec![]),
            Self::Standing { stage, .. } if *stage >= Stage::Prepared => {
                let asked = OrderAddressChangeRequestedV1 { client_key, personal };
                Ok(vec![OrderEvent::AddressChangeRequested(asked)])
            }
            _ => Ok(vec![OrderEvent::AddressChanged(OrderAddressChangedV1 { client_key, personal })]),
        }
    }

    pub(crate) fn with_address(self, to: &Personal<OrderAddress>) -> Self {
        match self {
            Self::Waiting { placed, reserved, step_wishes } => {
                Self::Waiting { placed: readdressed(placed, to), reserved, step_wishes }
            }
            Self::Scheduled { placed, paid } => Self::Scheduled { placed: readdressed(placed, to), paid },
            Self::Standing { placed, stage, paid, wish, address_wish, step_wishes } => {
                let placed = readdressed(placed, to);
                Self::Standing { placed, stage, paid, wish, address_wish, step_wishes }
            }
            other => other,
        }
    }

    pub(crate) fn with_address_wish(self, address_wish: Option<AddressWish>) -> Self {
        match self {
            Self::Standing { placed, stage, paid, wish, step_wishes, .. } => {
                Self::Standing { placed, stage, paid, wish, address_wish, step_wishes }
            }
            other => other,
        }
    }
}

/// The same order under another address; what was erased leaves none.
fn readdressed(mut placed: Arc<OrderPlacedV1>, to: &Personal<OrderAddress>) -> Arc<OrderPlacedV1> {
    let mut contact = placed.personal.reveal().cloned().unwrap_or_default();
    contact.address = to.reveal().map(|to| to.address.clone());
    Arc::make_mut(&mut placed).personal = Personal::new(contact);
    placed
}
