use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use inventory_service::{LOW, STOCK};
use journal::RowQuery;
use kernel::Clock;
use runtime::Readers;
use telemetry::Metrics;

use crate::data_folder::DataFolder;
use crate::house::{Control, RunningRole};
use crate::roles::Role;
use crate::stuck::find_stuck;

/// What is measured when somebody looks: how far the roles of this process are behind each other, what
/// is parked, what is under way.
#[derive(Clone)]
pub(super) struct Gauges {
    watched: Arc<[Watched]>,
    data: DataFolder,
    clock: Arc<dyn Clock>,
    /// Shops of which a number was told: it goes back to 0.
    told: Told,
    told_of_stock: Told,
}

type Told = Arc<Mutex<BTreeSet<String>>>;

/// More stock items than all shops together let run low.
const LOW_ITEMS_MAX: usize = 100_000;

struct Watched {
    role: Role,
    control: Arc<dyn Control>,
    readers: Readers,
}

impl Gauges {
    pub(super) fn of(running: &[RunningRole], data: DataFolder, clock: Arc<dyn Clock>) -> Self {
        let watched = running.iter().map(|part| Watched {
            role: part.role,
            control: part.control.clone(),
            readers: part.readers.clone(),
        });
        Self { watched: watched.collect(), data, clock, told: Arc::default(), told_of_stock: Arc::default() }
    }

    /// Sets the gauges to what they are now; a store that cannot be read leaves its own as they were.
    pub(super) async fn measure(&self, metrics: &Metrics) {
        for watched in self.watched.iter() {
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
            if watched.role == Role::Inventory {
                self.count_low_stock(&watched.readers, metrics).await;
            }
            if let Ok(parked) = watched.readers.read(|store| store.parked()).await {
                of_role.parked_events(i64::try_from(parked.len()).unwrap_or(i64::MAX));
            }
        }
        if self.watched.iter().any(|watched| watched.role == Role::Tracking) {
            self.count_stuck(metrics).await;
        }
    }

    /// Orders that stand still, shop by shop; whoever tells the stories counts them.
    async fn count_stuck(&self, metrics: &Metrics) {
        let (data, now) = (self.data.clone(), self.clock.now());
        let found = tokio::task::spawn_blocking(move || find_stuck(&data, None, now)).await;
        let Ok(Ok(stuck)) = found else { return };
        let shops = stuck.into_iter().map(|order| order.shop.to_string());
        set_by_shop(&self.told, shops, |shop, orders| metrics.orders_stuck(shop, orders));
    }

    /// Stock items that run low, shop by shop.
    async fn count_low_stock(&self, readers: &Readers, metrics: &Metrics) {
        let query = RowQuery {
            collection: STOCK.to_owned(),
            state: Some(LOW.to_owned()),
            limit: LOW_ITEMS_MAX,
            ..RowQuery::default()
        };
        let Ok(low) = readers.read(move |store| store.rows(&query)).await else { return };
        let shops = low.into_iter().map(|row| row.shop.to_string());
        set_by_shop(&self.told_of_stock, shops, |shop, items| metrics.stock_low_items(shop, items));
    }

    /// Where the journal of a role of this process ends.
    async fn head(&self, role: &str) -> Option<u64> {
        let watched = self.watched.iter().find(|watched| watched.role.name() == role)?;
        watched.readers.read(|store| store.head()).await.ok()
    }
}

/// Sets the number of every shop that is named now, or was before.
fn set_by_shop(told: &Told, shops: impl Iterator<Item = String>, set: impl Fn(String, i64)) {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for shop in shops {
        *counts.entry(shop).or_default() += 1;
    }
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    told.extend(counts.keys().cloned());
    for shop in told.iter() {
        set(shop.clone(), counts.get(shop).copied().unwrap_or(0));
    }
}
