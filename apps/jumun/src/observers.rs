//! Who watches the writers and the door: logs, metrics, traces.

use anyhow::Result;
use axum::Router;
use runtime::{Observer, SilentObserver};

use crate::roles::Role;
use crate::settings::Settings;

/// Everything that watches, shared.
#[derive(Clone)]
pub(crate) struct Observers {}

impl Observers {
    /// Begins to watch as the settings say.
    pub(crate) fn start(_settings: &Settings) -> Result<Self> {
        Ok(Self {})
    }

    /// What watches a role's writer.
    pub(crate) fn of_role(&self, _role: Role) -> Box<dyn Observer> {
        Box::new(SilentObserver)
    }

    /// What watches the door.
    pub(crate) fn around(&self, routes: Router) -> Router {
        routes
    }

    /// Sends what has not been sent.
    pub(crate) async fn finish(self) {}

    /// The metrics, as text.
    pub(crate) fn render(&self) -> String {
        String::new()
    }
}
