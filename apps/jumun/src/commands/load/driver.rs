use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use hyper::Method;
use hyper::body::Bytes;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::acknowledgements::{Ack, AckLog, Acknowledged};
use super::mix::Fate;
use super::tally::{OpenCancel, Tally, record};
use super::target::{Answer, Call, Connection, Target};
use super::wishes::{Wish, Wishes};

/// How long to wait before something is asked for again.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(2);

/// How orders are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Loop {
    /// So many a second, whatever comes back.
    Open {
        /// The rate.
        per_second: f64,
    },
    /// The next when the last was answered.
    Closed,
}

/// Sends orders and keeps what comes back. All of it in one thread.
pub(crate) struct Driver {
    pub(crate) target: Target,
    pub(crate) wishes: Wishes,
    warm_up: Duration,
    next: RefCell<u64>,
    tally: RefCell<Tally>,
    acks: RefCell<Option<AckLog>>,
}

/// An order that is due: which, and when it was meant to be sent.
type Due = (u64, Duration);

impl Driver {
    pub(crate) fn new(target: Target, wishes: Wishes, acks: AckLog, warm_up: Duration) -> Self {
        Self {
            target,
            wishes,
            warm_up,
            next: RefCell::new(0),
            tally: RefCell::new(Tally::new()),
            acks: RefCell::new(Some(acks)),
        }
    }

    /// Sends for as long as it is told to; how long it took until the last was answered.
    pub(crate) async fn drive(self: &Rc<Self>, how: Loop, lasts: Duration, connections: usize) -> Duration {
        let began = Instant::now();
        let mut workers = JoinSet::new();
        match how {
            Loop::Open { per_second } => {
                let (sender, due) = unbounded_channel();
                let due = Rc::new(Mutex::new(due));
                for _ in 0..connections {
                    workers.spawn_local(self.clone().work_open(began, due.clone()));
                }
                std::thread::spawn(move || dispatch(began, per_second, lasts, &sender));
            }
            Loop::Closed => {
                for _ in 0..connections {
                    workers.spawn_local(self.clone().work_closed(began, lasts));
                }
            }
        }
        while workers.join_next().await.is_some() {}
        began.elapsed()
    }

    /// Whoever is free takes the order that has waited longest.
    async fn work_open(self: Rc<Self>, began: Instant, due: Rc<Mutex<UnboundedReceiver<Due>>>) {
        let mut connection = self.target.connection();
        loop {
            let next = due.lock().await.recv().await;
            let Some((number, meant_at)) = next else { return };
            self.order(&mut connection, number, began, meant_at).await;
        }
    }

    async fn work_closed(self: Rc<Self>, began: Instant, lasts: Duration) {
        let mut connection = self.target.connection();
        while began.elapsed() < lasts {
            let number = self.next.replace_with(|next| *next + 1);
            self.order(&mut connection, number, began, began.elapsed()).await;
        }
    }

    async fn order(&self, connection: &mut Connection, number: u64, began: Instant, meant_at: Duration) {
        let wish = self.wishes.nth(number);
        let answer = connection.send(&self.placing(&wish)).await;
        {
            let mut tally = self.tally.borrow_mut();
            tally.sent += 1;
            match &answer {
                Ok(answer) => *tally.statuses.entry(answer.status).or_default() += 1,
                Err(_) => tally.unanswered += 1,
            }
            if meant_at >= self.warm_up {
                record(&mut tally.placing, began.elapsed().saturating_sub(meant_at));
            }
        }
        let order = match answer {
            Ok(answer) if answer.is_final() => self.note(number, &wish, &answer),
            _ => {
                self.tally.borrow_mut().open.push(number);
                None
            }
        };
        if let Some(order) = order.filter(|_| wish.fate == Fate::Cancelled) {
            let sent_at = Instant::now();
            self.cancel(connection, number, &wish, order).await;
            record(&mut self.tally.borrow_mut().cancelling, sent_at.elapsed());
        }
    }

    /// Notes a final answer; the order, where it was acknowledged.
    fn note(&self, number: u64, wish: &Wish, answer: &Answer) -> Option<kernel::OrderId> {
        let said = (answer.status / 100 == 2)
            .then(|| serde_json::from_slice::<Acknowledged>(&answer.body).ok())
            .flatten();
        match said {
            Some(said) => {
                if let Some(acks) = &mut *self.acks.borrow_mut() {
                    acks.note(number, &wish.key, answer.status, &said);
                }
                Some(said.id)
            }
            None => {
                self.tally.borrow_mut().refused.push(number);
                None
            }
        }
    }

    async fn cancel(&self, connection: &mut Connection, number: u64, wish: &Wish, order: kernel::OrderId) {
        let call = Call {
            method: Method::POST,
            path: format!("/v1/shops/{}/orders/{order}/cancel", self.target.shop),
            actor: format!("customer:{}", wish.customer),
            key: None,
            body: Bytes::from_static(b"{}"),
        };
        let answer = connection.send(&call).await;
        let mut tally = self.tally.borrow_mut();
        match answer {
            Ok(answer) if answer.status == 200 => tally.cancelled.push(number),
            Ok(answer) if answer.is_final() => {}
            _ => tally.open_cancels.push(OpenCancel { wish: number, order }),
        }
    }

    /// Asks again for everything without a final answer, with the key it had, until there is one.
    pub(crate) async fn settle(self: &Rc<Self>, patience: Duration, connections: usize) {
        let deadline = Instant::now() + patience;
        let open = std::mem::take(&mut self.tally.borrow_mut().open);
        let cancels = std::mem::take(&mut self.tally.borrow_mut().open_cancels);
        let (open, cancels) = (Rc::new(RefCell::new(open)), Rc::new(RefCell::new(cancels)));
        let mut workers = JoinSet::new();
        for _ in 0..connections {
            workers.spawn_local(self.clone().work_settling(deadline, open.clone(), cancels.clone()));
        }
        while workers.join_next().await.is_some() {}
    }

    async fn work_settling(
        self: Rc<Self>,
        deadline: Instant,
        open: Rc<RefCell<Vec<u64>>>,
        cancels: Rc<RefCell<Vec<OpenCancel>>>,
    ) {
        let mut connection = self.target.connection();
        loop {
            let next = open.borrow_mut().pop();
            let Some(number) = next else { break };
            self.settle_one(&mut connection, number, deadline).await;
        }
        loop {
            let next = cancels.borrow_mut().pop();
            let Some(cancel) = next else { break };
            let wish = self.wishes.nth(cancel.wish);
            self.cancel(&mut connection, cancel.wish, &wish, cancel.order).await;
        }
    }

    async fn settle_one(&self, connection: &mut Connection, number: u64, deadline: Instant) {
        let wish = self.wishes.nth(number);
        let call = self.placing(&wish);
        loop {
            let pause = match connection.send(&call).await {
                Ok(answer) if answer.is_final() => {
                    self.note(number, &wish, &answer);
                    self.tally.borrow_mut().settled += 1;
                    return;
                }
                Ok(answer) => answer.retry_after_seconds.map_or(AGAIN_AFTER, Duration::from_secs),
                Err(_) => AGAIN_AFTER,
            };
            if Instant::now() >= deadline {
                self.tally.borrow_mut().open.push(number);
                return;
            }
            sleep(pause.min(AGAIN_AFTER_MAX)).await;
        }
    }

    /// What was counted, and every acknowledgement.
    pub(crate) fn finish(&self) -> Result<(Tally, Vec<Ack>)> {
        let acks = self.acks.borrow_mut().take().map_or_else(|| Ok(Vec::new()), AckLog::finish)?;
        Ok((self.tally.replace(Tally::new()), acks))
    }

    fn placing(&self, wish: &Wish) -> Call {
        Call {
            method: Method::POST,
            path: format!("/v1/shops/{}/orders", self.target.shop),
            actor: format!("customer:{}", wish.customer),
            key: Some(wish.key.clone()),
            body: wish.body.clone(),
        }
    }
}

/// Hands out orders at their times. A thread of its own: the timers of the runtime are whole
/// milliseconds, and an order must not be late because answers are being read.
fn dispatch(began: Instant, per_second: f64, lasts: Duration, due: &UnboundedSender<Due>) {
    for number in 0u64.. {
        #[expect(clippy::cast_precision_loss, reason = "there will not be 2^52 orders")]
        let meant_at = Duration::from_secs_f64(number as f64 / per_second);
        if meant_at >= lasts {
            return;
        }
        if let Some(wait) = meant_at.checked_sub(began.elapsed()) {
            std::thread::sleep(wait);
        }
        if due.send((number, meant_at)).is_err() {
            return;
        }
    }
}
