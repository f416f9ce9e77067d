//! What operators are served: health, metrics, switches, rebuilds.

mod gauges;
mod health;
mod payment_door;

use axum::Router;
use axum::routing::get;
use edge::authority::Authority;
use edge::layers::{EdgeLayer, EdgeSettings};
use gateway::{FarRoles, Gateway};

use crate::data_folder::DataFolder;
use crate::observers::Observers;
use crate::parts::Parts;

/// The routes of the admin listener.
pub(crate) fn routes(
    parts: &Parts,
    data: &DataFolder,
    observers: &Observers,
    gateway: &Gateway,
    far: &FarRoles,
    authority: Option<&Authority>,
) -> Router {
    let metrics = observers.clone();
    let gate = parts.ordering.as_ref().map(|ordering| ordering.gate.clone());
    let (gateway, far, authority) = (gateway.clone(), far.clone(), authority.cloned());
    let gauges = gauges::Gauges::of(&parts.running, data.clone(), observers.clock.clone());
    let mut routes = Router::new()
        .route(
            "/metrics",
            get(move || {
                if let Some(gate) = &gate {
                    metrics.note_breakers(&gate.states());
                }
                metrics.note_door(&gateway, &far, authority.as_ref());
                let (gauges, metrics) = (gauges.clone(), metrics.clone());
                async move {
                    gauges.measure(&metrics.metrics).await;
                    metrics.render()
                }
            }),
        )
        .merge(health::routes(parts))
        .merge(payment_door::routes(parts.payment_switch.clone()));
    for part in &parts.running {
        if part.role == crate::roles::Role::Tracking {
            routes = routes.merge(part.internal.clone());
        }
    }
    routes
        .fallback(edge::params::not_found)
        .method_not_allowed_fallback(edge::params::method_not_allowed)
        .layer(EdgeLayer::new(&EdgeSettings::default()))
}
