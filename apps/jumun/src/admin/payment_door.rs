use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use edge::body::StrictJson;
use payment_service::client::{DoorState, PaymentSwitch};
use serde::{Deserialize, Serialize};

/// How payment's door stands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "door", rename_all = "kebab-case", deny_unknown_fields)]
enum Door {
    /// As it should.
    Normal,
    /// Opens late.
    Slow {
        /// How late.
        millis: u64,
    },
    /// Turns everybody away.
    Failing,
    /// Never opens.
    Hung,
}

/// `GET` and `PUT /switches/payment`: makes payment slow, failing or hung, to show what then happens.
pub(super) fn routes(switch: PaymentSwitch) -> Router {
    Router::new().route("/switches/payment", get(read).put(set)).with_state(switch)
}

async fn read(State(switch): State<PaymentSwitch>) -> Json<Door> {
    Json(match switch.state() {
        DoorState::Normal => Door::Normal,
        DoorState::Slow { millis } => Door::Slow { millis },
        DoorState::Failing => Door::Failing,
        DoorState::Hung => Door::Hung,
    })
}

async fn set(State(switch): State<PaymentSwitch>, StrictJson(door): StrictJson<Door>) -> Json<Door> {
    switch.set(match door {
        Door::Normal => DoorState::Normal,
        Door::Slow { millis } => DoorState::Slow { millis },
        Door::Failing => DoorState::Failing,
        Door::Hung => DoorState::Hung,
    });
    tracing::warn!(?door, "payment's door was switched");
    Json(door)
}
