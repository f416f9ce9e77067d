//! A running writer with the toy in it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use journal::Reader;
use kernel::{Actor, Causation, ManualClock};
use runtime::{
    CallError, EffectRunner, EffectStart, FeedOpener, Handle, SilentObserver, Writer, WriterOptions,
    WriterStopped,
};
use uuid::Uuid;

use crate::bench::Bench;
use crate::faulty::Faulty;
use crate::toy::{Toy, ToyCommand, ToyRefusal, ToyReply};

/// Long enough for whatever is waited for; only a test that fails takes it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct House {
    pub(crate) handle: Handle<Toy>,
    pub(crate) journal: Faulty,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) thread: JoinHandle<()>,
    pub(crate) stopped: Receiver<WriterStopped>,
}

/// Brings back that the polishing is done.
pub(crate) struct Cloth;

impl EffectRunner<Toy> for Cloth {
    fn run(
        &self,
        effect: EffectStart,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<ToyCommand>> + Send + '_>> {
        Box::pin(std::future::ready(Some(ToyCommand::Polished { key: effect.key })))
    }
}

impl House {
    pub(crate) fn open() -> Self {
        Self::with(Bench::new(), vec![], 16)
    }

    pub(crate) fn with(bench: Bench, feeds: Vec<FeedOpener>, commands_max: usize) -> Self {
        let handle = Writer::<Toy, Faulty>::handle(commands_max, 100);
        let clock = Arc::new(ManualClock::at(bench.now));
        let (stop, stopped) = channel();
        let options = WriterOptions {
            clock: clock.clone(),
            feeds,
            far_sources: false,
            commands_max,
            tail_events: 100,
            observer: Box::new(SilentObserver),
            on_stop: Box::new(move |why| {
                let _gone = stop.send(why);
            }),
        };
        let thread = Writer::start(&handle, bench.processor, Arc::new(Cloth), options).unwrap();
        Self { handle, journal: bench.journal, clock, thread, stopped }
    }

    pub(crate) async fn call(&self, command: ToyCommand) -> Result<ToyReply, CallError<ToyRefusal>> {
        let call = self.handle.call(command, Actor::anonymous(), Causation::command(Uuid::nil()));
        tokio::time::timeout(PATIENCE, call).await.unwrap()
    }

    /// From now on every commit tells that it has begun, and waits until it may go on.
    pub(crate) fn hold_commits(&self) -> (Receiver<()>, Sender<()>) {
        let ((begun, begins), (go, may_go)) = (channel(), channel());
        self.journal.faults.lock().unwrap().in_commit = Some(Box::new(move || {
            let _gone = begun.send(());
            let _gone = may_go.recv_timeout(PATIENCE);
        }));
        (begins, go)
    }

    pub(crate) fn head(&self) -> u64 {
        self.journal.clone().head().unwrap()
    }

    pub(crate) fn stop(self) -> WriterStopped {
        self.handle.stop();
        self.thread.join().unwrap();
        self.stopped.recv().unwrap()
    }
}
