use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use ordering_service::OrderingService;
use ordering_service::effects::{AskPaymentEffect, PaymentGate};
use ordering_service::rest::{KeptAnswers, OrderingApi, routes};
use payment_contract::PaymentClient;
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::roles::Role;

/// What others in this process may ask of ordering.
pub(crate) struct OrderingPart {
    /// What stands before orders that need money.
    pub(crate) gate: PaymentGate,
}

pub(crate) fn start(
    house: &Arc<House>,
    handle: &Handle<OrderingService>,
    payment: Arc<dyn PaymentClient>,
) -> Result<(RunningRole, OrderingPart)> {
    let (journal, readers) = house.store(Role::Ordering)?;
    let service = OrderingService::new();
    let part = OrderingPart { gate: PaymentGate::new(house.clock.clone()) };
    let api = OrderingApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: service.shops().clone(),
        paces: service.paces().clone(),
        gate: part.gate.clone(),
        fingerprints: house.fingerprints.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
        kept: KeptAnswers::beside(handle),
    };
    let effects = Arc::new(AskPaymentEffect::new(payment));
    let thread = house.start(Role::Ordering, service, journal, handle, effects)?;
    let (api, _document) = routes().with_state(Arc::new(api)).split_for_parts();
    Ok((RunningRole::new(Role::Ordering, handle, readers, thread, api, Router::new()), part))
}
