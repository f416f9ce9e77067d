use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use payment_contract::AskError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How payment's door behaves to those who ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "door", rename_all = "kebab-case", deny_unknown_fields)]
pub enum DoorState {
    /// As it should.
    #[default]
    Normal,
    /// Opens late.
    Slow {
        /// How late, milliseconds.
        millis: u64,
    },
    /// Turns everybody away.
    Failing,
    /// Never opens.
    Hung,
}

impl fmt::Display for DoorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Normal => f.write_str("normal"),
            Self::Slow { millis } => write!(f, "slow by {millis} ms"),
            Self::Failing => f.write_str("failing"),
            Self::Hung => f.write_str("hung"),
        }
    }
}

/// The switch at payment's door: shows what the guard around payment is good for. Normal until
/// somebody sets it; clones are the same switch.
#[derive(Debug, Clone, Default)]
pub struct PaymentSwitch(Arc<RwLock<DoorState>>);

impl PaymentSwitch {
    /// How the door behaves now.
    #[must_use]
    pub fn state(&self) -> DoorState {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets how it behaves from now on. Who waits at a hung door goes on waiting.
    pub fn set(&self, state: DoorState) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Goes through the door.
    ///
    /// # Errors
    /// [`AskError::NotTaken`] when it is failing.
    pub(crate) async fn pass(&self) -> Result<(), AskError> {
        match self.state() {
            DoorState::Normal => Ok(()),
            DoorState::Slow { millis } => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                Ok(())
            }
            DoorState::Failing => Err(AskError::NotTaken("its door is switched to failing".to_owned())),
            DoorState::Hung => std::future::pending().await,
        }
    }
}
