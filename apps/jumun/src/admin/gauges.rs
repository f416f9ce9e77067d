use std::sync::Arc;

use runtime::Readers;
use telemetry::Metrics;

use crate::house::{Control, RunningRole};
use crate::roles::Role;

/// What is measured when somebody looks: how far the roles of this process are behind each other, what
/// is parked, what is under way.
#[derive(Clone)]
pub(super) struct Gauges(Arc<[Watched]>);

struct Watched {
    role: Role,
    control: Arc<dyn Control>,
    readers: Readers,
}

impl Gauges {
    pub(super) fn of(running: &[RunningRole]) -> Self {
        let watched = running.iter().map(|part| Watched {
            role: part.role,
            control: part.control.clone(),
            readers: part.readers.clone(),
        });
        Self(watched.collect())
    }

    /// Sets the gauges to what they are now; a store that cannot be read leaves its own as they were.
    pub(super) async fn measure(&self, metrics: &Metrics) {
        for watched in self.0.iter() {
            let of_role = metrics.role(watched.role.name());
            for (source, heard) in watched.control.heard() {
                if let Some(head) = self.head(source).await {
                    let lag = head.saturating_sub(heard);
                    of_role.subscription_lag(source, i64::try_from(lag).unwrap_or(i64::MAX));
                }
            }
            for (effect, running) in watched.control.effects_running() {
                of_role.effects_running(effect, running);
            }
            if let Ok(parked) = watched.readers.read(|store| store.parked()).await {
                of_role.parked_events(i64::try_from(parked.len()).unwrap_or(i64::MAX));
            }
        }
    }

    /// Where the journal of a role of this process ends.
    async fn head(&self, role: &str) -> Option<u64> {
        let watched = self.0.iter().find(|watched| watched.role.name() == role)?;
        watched.readers.read(|store| store.head()).await.ok()
    }
}
