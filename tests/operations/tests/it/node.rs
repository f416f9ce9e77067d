//! One role without a program around it: its processor on its real store.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bus::{Feed, LocalFeed};
use journal_sqlite::{Options, SqliteJournal};
use kernel::{Actor, Causation, SeededIds, Timestamp};
use operations::store;
use runtime::{Admin, AdminReply, CommandEnvelope, EventsFrom, Inputs, Outputs, Processor, Quotas, Service};
use uuid::Uuid;

/// When these stories happen: 2026-03-02 08:00 in Seoul.
const NOW: Timestamp = Timestamp::from_millis(1_772_406_000_000);
/// Events taken at once from each source.
const EVENTS: usize = 1_024;

static LIVES: AtomicU64 = AtomicU64::new(1);

pub(crate) struct Node<S: Service> {
    processor: Processor<S, SqliteJournal>,
    feeds: Vec<(usize, Box<dyn Feed>)>,
}

impl<S: Service> Node<S> {
    /// Opens the role on its store in a data folder.
    pub(crate) fn open(data: &Path, service: S) -> Self {
        let role = service.role();
        let journal = SqliteJournal::open(&data.join(role), role, Options::default()).unwrap();
        // A program that starts again never draws the ids of its former life.
        let ids = Arc::new(SeededIds::new(LIVES.fetch_add(1, Ordering::Relaxed)));
        let processor = Processor::open(service, journal, ids, Quotas::default(), NOW).unwrap();
        Self { processor, feeds: Vec::new() }
    }

    /// Lets it hear those of its sources that are in a data folder.
    pub(crate) fn listen(&mut self, data: &Path, roles: &[&str]) {
        let sources = self.processor.service().sources();
        for (index, role) in sources.iter().enumerate().filter(|(_, role)| roles.contains(role)) {
            let (data, of) = (data.to_path_buf(), (*role).to_owned());
            let mut feed = LocalFeed::new(Arc::new(move || Ok(Box::new(store(&data, &of)))), None);
            self.processor.meet_source(index, feed.identity().unwrap(), feed.head().unwrap()).unwrap();
            self.feeds.push((index, Box::new(feed)));
        }
    }

    /// Takes what its neighbours have told since. Whether there was anything.
    pub(crate) fn hear(&mut self) -> bool {
        let mut inputs = Inputs::default();
        for (source, feed) in &mut self.feeds {
            let events = feed.read_after(self.processor.position(*source), EVENTS).unwrap();
            if !events.is_empty() {
                inputs.events.push(EventsFrom { source: *source, stretch: events.into() });
            }
        }
        let outputs = self.step(inputs);
        assert!(outputs.stalls.is_empty(), "{:?}", outputs.stalls);
        outputs.inputs + outputs.passed > 0
    }

    /// Does what commands wish, all in one batch.
    pub(crate) fn take(&mut self, commands: impl IntoIterator<Item = (Uuid, S::Command)>) {
        let commands = commands.into_iter().map(|(id, command)| CommandEnvelope {
            ticket: 0,
            command,
            actor: Actor::anonymous(),
            causation: Causation::command(id),
        });
        let outputs = self.step(Inputs { commands: commands.collect(), ..Inputs::default() });
        assert!(outputs.answers.iter().all(|answer| answer.result.is_ok()));
    }

    /// Does what an operator wishes.
    pub(crate) fn operate(&mut self, actor: &str, admin: Admin) -> AdminReply {
        let actor = Actor::parse(actor).unwrap();
        let outputs = self.step(Inputs { admin: vec![(0, actor, admin)], ..Inputs::default() });
        outputs.admin.into_iter().next().unwrap().1
    }

    pub(crate) fn journal(&mut self) -> &mut SqliteJournal {
        self.processor.journal()
    }

    fn step(&mut self, inputs: Inputs<S::Command>) -> Outputs<S::Reply, S::Refusal> {
        self.processor.step(NOW, inputs).unwrap()
    }
}
