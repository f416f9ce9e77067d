//! One payment service on a journal in memory, with a sandbox, a clock that is moved by hand and
//! an ordering that says what the test wants it to say.

use std::sync::Arc;

use catalog_contract::{
    Accept, BreakerRule, CancelRule, CatalogEvent, Completes, DepositRule, Handover, PaymentRule,
    PaymentTime, Prepare, PrepareRule, ShopDefinedV1, ShopLife, Stage, StageBounds, StockMode, StockRule,
    StockUse, Text, WhenUnavailable,
};
use journal::{Batch, Journal as _, MemoryJournal, Reader as _, Row, RowQuery, RowWrite};
use kernel::{
    Actor, Causation, Currency, Money, OrderId, Personal, Published, Recorded, SeededIds, ShopKey, Subject,
    Timestamp,
};
use ordering_contract::{
    CancelReason, OrderCancelledV1, OrderEvent, OrderPaymentAbandonedV1, OrderPlacedV1, OrderRefusedV1,
    OrderStepWishedV1, RefusalReason, WishedStep,
};
use payment_contract::{
    AskPayment, DEPOSIT_METHOD, DiscrepancyFoundV1, LedgerAccountView, PaymentEvent, PaymentState,
    PaymentView,
};
use payment_service::effects::{Errand, Step};
use payment_service::provider::sandbox::{BookLine, Difference, OurBook, SandboxBook, compare};
use payment_service::provider::{ProviderAnswer, ProviderCall};
use payment_service::reconcile::{Books, ProviderReport, reconcile};
use payment_service::{
    Command, PaymentConfig, PaymentService, RefundReply, RefundWish, Refusal, Reply, Shops,
};
use runtime::{CommandEnvelope, EffectStart, EventsFrom, Failure, Inputs, Outputs, Processor, Quotas};
use uuid::Uuid;

pub(crate) const PRICE: i64 = 9_000;
const ORDERING: usize = 0;
const CATALOG: usize = 1;

pub(crate) fn won(amount: i64) -> Money {
    Money::new(amount, Currency::KRW)
}

pub(crate) fn cafe() -> ShopKey {
    ShopKey::from("cafe")
}

/// The n-th order.
pub(crate) fn order(number: u64) -> OrderId {
    OrderId(Uuid::from_u128(0xA000 + u128::from(number)))
}

pub(crate) struct House {
    pub(crate) processor: Processor<PaymentService, MemoryJournal>,
    journal: MemoryJournal,
    pub(crate) book: SandboxBook,
    /// The lines of the book, as far as the provider worked.
    pub(crate) lines: Vec<BookLine>,
    /// Both books as far as they have been read, and how many lines that is.
    books: Books,
    lines_read: usize,
    /// Effects that were started and not performed yet.
    pub(crate) started: Vec<EffectStart>,
    pub(crate) now: Timestamp,
    /// Whether ordering asks for the customer's approval.
    pub(crate) by_customer: bool,
    ordering_position: u64,
    catalog_position: u64,
    ids: Arc<SeededIds>,
}

impl House {
    pub(crate) fn open() -> Self {
        let journal = MemoryJournal::new(Uuid::from_u128(1));
        let now = Timestamp::from_millis(1_700_000_000_000);
        let ids = Arc::new(SeededIds::new(7));
        Self {
            processor: processor(&journal, now, ids.clone()),
            journal,
            book: SandboxBook::default(),
            lines: Vec::new(),
            books: Books::default(),
            lines_read: 0,
            started: Vec::new(),
            now,
            by_customer: false,
            ordering_position: 0,
            catalog_position: 0,
            ids,
        }
    }

    /// The program is killed, and started again on the same store: what was under way is lost.
    pub(crate) fn restart(&mut self) {
        self.started.clear();
        self.journal = self.journal.reopen();
        self.processor = processor(&self.journal, self.now, self.ids.clone());
    }

    // What arrives.

    pub(crate) fn ask(&mut self, number: u64, method: &str) -> Result<Reply, Failure<Refusal>> {
        self.ask_for(number, won(PRICE), method)
    }

    pub(crate) fn ask_for(
        &mut self,
        number: u64,
        amount: Money,
        method: &str,
    ) -> Result<Reply, Failure<Refusal>> {
        self.command(Command::Ask(AskPayment {
            order: order(number),
            shop: cafe(),
            order_number: number,
            customer: Some("1".into()),
            amount,
            method: method.to_owned(),
            by_customer: self.by_customer,
        }))
    }

    pub(crate) fn refund(&mut self, number: u64, amount: i64) -> Result<RefundReply, Failure<Refusal>> {
        self.refund_as(wish(number, Some(won(amount))))
    }

    pub(crate) fn refund_as(&mut self, wish: RefundWish) -> Result<RefundReply, Failure<Refusal>> {
        match self.command(Command::Refund(wish))? {
            Reply::Refund(reply) => Ok(reply),
            Reply::Taken | Reply::Callback { .. } => panic!("a refund is answered with the payment"),
        }
    }

    pub(crate) fn command(&mut self, command: Command) -> Result<Reply, Failure<Refusal>> {
        self.command_of("staff:kim", command)
    }

    /// Somebody else wishes something.
    pub(crate) fn command_of(&mut self, actor: &str, command: Command) -> Result<Reply, Failure<Refusal>> {
        let envelope = CommandEnvelope {
            ticket: 1,
            command,
            actor: Actor::parse(actor).unwrap(),
            causation: Causation::command(Uuid::from_u128(1)),
        };
        let mut outputs = self.step(Inputs { commands: vec![envelope], ..Inputs::default() });
        outputs.answers.remove(0).result
    }

    /// The catalog opens the cafe, paid from deposits; those who say no name have so many won.
    pub(crate) fn cafe_opens_on_deposit(&mut self, walk_in: i64) {
        let mut life = life();
        life.payment.deposit = Some(DepositRule { walk_in });
        self.catalog_says(life);
    }

    /// The catalog opens the cafe, where one person gives so much back alone.
    pub(crate) fn cafe_opens_with_refunds_up_to(&mut self, alone_max: i64) {
        let mut life = life();
        life.payment.refund_alone_max = Some(alone_max);
        self.catalog_says(life);
    }

    /// The catalog opens the cafe.
    pub(crate) fn cafe_opens(&mut self) {
        self.catalog_says(life());
    }

    fn catalog_says(&mut self, life: ShopLife) {
        let event = CatalogEvent::ShopDefined(ShopDefinedV1 { hash: "life-1".into(), life });
        self.catalog_position += 1;
        let recorded =
            recorded(self.catalog_position, self.now, Subject::shop(cafe()), Uuid::from_u128(3), &event);
        self.neighbour_says(CATALOG, recorded);
    }

    /// An order is placed that its customer's deposit pays; stock is held for it first.
    pub(crate) fn order_is_placed(&mut self, number: u64) {
        self.ordering_says(
            number,
            &OrderEvent::Placed(OrderPlacedV1 {
                life: "life-1".into(),
                customer: Some("1".into()),
                call_number: 1,
                lines: Vec::new(),
                uses: vec![StockUse { item: "cup".to_owned(), quantity: 1 }],
                total: won(PRICE),
                payment_method: Some(DEPOSIT_METHOD.to_owned()),
                placed_at: self.now,
                promised_at: None,
                later: None,
                table: None,
                delivers: false,
                client_key: None,
                personal: Personal::absent(),
            }),
        );
    }

    pub(crate) fn order_is_refused(&mut self, number: u64) {
        let reason = RefusalReason::OutOfStock;
        self.ordering_says(
            number,
            &OrderEvent::Refused(OrderRefusedV1 { reason, detail: None, holds_stock: false }),
        );
    }

    pub(crate) fn order_gives_up(&mut self, number: u64) {
        self.ordering_says(number, &OrderEvent::PaymentAbandoned(OrderPaymentAbandonedV1 {}));
    }

    pub(crate) fn order_is_cancelled(&mut self, number: u64, calls_money_back: bool) {
        self.ordering_says(
            number,
            &OrderEvent::Cancelled(OrderCancelledV1 {
                reason: CancelReason::ByStaff,
                text: None,
                calls_money_back,
                holds_stock: false,
            }),
        );
    }

    /// The customer approved while payment could not be asked.
    pub(crate) fn approval_is_wished(&mut self, number: u64) {
        let step = WishedStep::ApprovePayment;
        self.ordering_says(number, &OrderEvent::StepWished(OrderStepWishedV1 { step }));
    }

    fn ordering_says(&mut self, number: u64, event: &OrderEvent) {
        self.ordering_position += 1;
        let subject = Subject::order(cafe(), order(number), number);
        let recorded = recorded(self.ordering_position, self.now, subject, order(number).0, event);
        self.neighbour_says(ORDERING, recorded);
    }

    /// Ordering says something of an order of its own that cannot be read; how many events were
    /// parked.
    pub(crate) fn ordering_says_nonsense(&mut self, event_type: &str) -> usize {
        self.ordering_position += 1;
        let number = 1_000 + self.ordering_position;
        let subject = Subject::order(cafe(), order(number), number);
        let event = OrderEvent::PaymentAbandoned(OrderPaymentAbandonedV1 {});
        let recorded = Recorded {
            event_type: event_type.into(),
            data: b"nonsense".to_vec(),
            ..recorded(self.ordering_position, self.now, subject, order(number).0, &event)
        };
        let from = EventsFrom { source: ORDERING, stretch: vec![Arc::new(recorded)].into() };
        self.step(Inputs { events: vec![from], ..Inputs::default() }).parked
    }

    fn neighbour_says(&mut self, source: usize, recorded: Recorded) {
        let from = EventsFrom { source, stretch: vec![Arc::new(recorded)].into() };
        let outputs = self.step(Inputs { events: vec![from], ..Inputs::default() });
        assert_eq!((outputs.stalls, outputs.parked), (vec![], 0));
    }

    // What the provider does.

    /// Performs everything that is started, and what that starts, with a provider that answers.
    pub(crate) fn provider_works(&mut self) {
        while !self.started.is_empty() {
            let effect = self.started.remove(0);
            let mut lines = std::mem::take(&mut self.lines);
            self.perform(&effect, |book, call| {
                let handled = book.handle(call);
                lines.extend(handled.line.clone());
                if handled.reply_lost { no_answer() } else { handled.answer }
            });
            self.lines = lines;
        }
    }

    /// Performs one effect; every call is made, no answer arrives.
    pub(crate) fn answers_are_lost(&mut self) {
        let effect = self.started.remove(0);
        self.perform(&effect, |book, call| {
            book.handle(call);
            no_answer()
        });
    }

    /// Performs one effect; no call arrives.
    pub(crate) fn line_is_dead(&mut self) {
        let effect = self.started.remove(0);
        self.perform(&effect, |_, _| no_answer());
    }

    /// The next effect's call arrives; its result is to be brought by hand later.
    pub(crate) fn answer_travels(&mut self) -> Command {
        let effect = self.started.remove(0);
        let errand = Errand::of(&effect).unwrap();
        let handled = self.book.handle(&errand.call());
        match errand.answered(handled.answer) {
            Step::Done(command) => command,
            Step::Call(_) => panic!("the provider was asked again at once"),
        }
    }

    /// A result comes back.
    pub(crate) fn bring(&mut self, command: Command) {
        let envelope = CommandEnvelope {
            ticket: 0,
            command,
            actor: Actor::system(),
            causation: Causation::timer("test"),
        };
        let mut outputs = self.step(Inputs { results: vec![envelope], ..Inputs::default() });
        outputs.answers.remove(0).result.unwrap();
    }

    fn perform(
        &mut self,
        effect: &EffectStart,
        mut answer: impl FnMut(&mut SandboxBook, &ProviderCall) -> ProviderAnswer,
    ) {
        let mut errand = Errand::of(effect).unwrap();
        let command = loop {
            let answer = answer(&mut self.book, &errand.call());
            match errand.answered(answer) {
                Step::Call(next) => errand = next,
                Step::Done(command) => break command,
            }
        };
        self.bring(command);
    }

    // Time.

    pub(crate) fn time_passes(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        self.step(Inputs::default());
    }

    fn step(&mut self, inputs: Inputs<Command>) -> Outputs<Reply, Refusal> {
        let mut outputs = self.processor.step(self.now, inputs).unwrap();
        self.started.append(&mut outputs.effects);
        outputs
    }

    // What can be seen.

    pub(crate) fn row(&mut self, number: u64) -> Option<Row> {
        self.journal.row("payments", order(number).0).unwrap()
    }

    pub(crate) fn payment(&mut self, number: u64) -> PaymentView {
        serde_json::from_slice(&self.row(number).unwrap().body).unwrap()
    }

    pub(crate) fn state(&mut self, number: u64) -> PaymentState {
        self.payment(number).state
    }

    pub(crate) fn last_event(&mut self, number: u64) -> PaymentEvent {
        self.events(number).pop().unwrap()
    }

    pub(crate) fn events(&mut self, number: u64) -> Vec<PaymentEvent> {
        let stream = self.journal.load(order(number).0, 0).unwrap();
        stream.iter().map(|recorded| recorded.decode().unwrap()).collect()
    }

    /// Balances by account.
    pub(crate) fn ledger(&mut self) -> Vec<(String, i64)> {
        let query = RowQuery { collection: "ledger".to_owned(), limit: 100, ..RowQuery::default() };
        let rows = self.journal.rows(&query).unwrap();
        let mut accounts: Vec<(String, i64)> = rows
            .iter()
            .map(|row| serde_json::from_slice::<LedgerAccountView>(&row.body).unwrap())
            .map(|view| (view.account, view.balance.amount))
            .collect();
        accounts.sort();
        accounts
    }

    /// Calls to the provider that are under way or planned.
    pub(crate) fn leases(&mut self) -> usize {
        let timers = self.journal.timers().unwrap();
        timers.iter().filter(|timer| timer.kind.starts_with("effect:")).count()
    }

    pub(crate) fn timer_is_set(&mut self, kind: &str) -> bool {
        self.journal.timers().unwrap().iter().any(|timer| timer.kind == kind)
    }

    pub(crate) fn journal(&mut self) -> &mut MemoryJournal {
        &mut self.journal
    }

    /// Changes rows behind the program's back.
    pub(crate) fn tamper_with_rows(&mut self, collection: &str, tamper: impl Fn(&mut Row)) {
        let query = RowQuery { collection: collection.to_owned(), limit: 100, ..RowQuery::default() };
        let mut batch = Batch { id: Uuid::from_u128(99), ..Batch::default() };
        for mut row in self.journal.rows(&query).unwrap() {
            tamper(&mut row);
            batch.rows.push(RowWrite::Put(row.into()));
        }
        self.journal.commit(batch).unwrap();
    }

    /// Our book against the sandbox's.
    pub(crate) fn differences(&mut self) -> Vec<Difference> {
        compare(&self.our_book(), &self.book)
    }

    fn our_book(&mut self) -> OurBook {
        let mut ours = OurBook::default();
        for recorded in self.journal.read_after(0, usize::MAX).unwrap() {
            ours.take(&recorded);
        }
        ours
    }

    /// Something stands in the provider's book that nobody here asked for.
    pub(crate) fn provider_writes(&mut self, line: BookLine) {
        self.book.apply(&line);
        self.lines.push(line);
    }

    /// The provider's book is another one: as its lines, with some of them changed or left out.
    pub(crate) fn provider_rewrites(&mut self, change: impl Fn(BookLine) -> Option<BookLine>) {
        self.lines = std::mem::take(&mut self.lines).into_iter().filter_map(change).collect();
        self.book = SandboxBook::default();
        (self.books, self.lines_read) = (Books::default(), 0);
        for line in &self.lines {
            self.book.apply(line);
        }
    }

    /// What the provider's book and ours differ by now.
    pub(crate) fn found(&mut self) -> Vec<DiscrepancyFoundV1> {
        let mut report = ProviderReport::default();
        self.lines.iter().for_each(|line| report.take(line));
        let found = reconcile(&self.our_book(), &report, self.now);
        assert_eq!(self.found_by_reading_on(), found, "what is new is not all there is");
        found
    }

    /// The same, by whoever has read some of both books before, and reads what is new piece by piece.
    fn found_by_reading_on(&mut self) -> Vec<DiscrepancyFoundV1> {
        for lines in self.lines[self.lines_read..].chunks(3) {
            lines.iter().for_each(|line| self.books.take_theirs(line));
            while !self.books.are_level() {
                let page = self.journal.read_after(self.books.position(), 2).unwrap();
                page.iter().for_each(|event| self.books.take_ours(event));
                if page.is_empty() {
                    break;
                }
            }
            self.books.differences(self.now);
        }
        self.lines_read = self.lines.len();
        for event in self.journal.read_after(self.books.position(), usize::MAX).unwrap() {
            self.books.take_ours(&event);
        }
        for order in self.books.wanted() {
            let stream = self.journal.load(order.0, 0).unwrap();
            self.books.reload(order, &stream);
        }
        self.books.differences(self.now)
    }

    /// How many charges are still held against each other each time.
    pub(crate) fn charges_open(&mut self) -> usize {
        self.found();
        self.books.open()
    }

    /// Refunds that wait for a second person.
    pub(crate) fn waiting(&mut self, number: u64) -> Vec<u32> {
        self.payment(number).proposals.iter().map(|proposal| proposal.proposal).collect()
    }

    /// Nothing is under way, and both books say the same.
    #[track_caller]
    pub(crate) fn is_at_rest(&mut self) {
        assert_eq!(self.started, vec![]);
        assert_eq!(self.leases(), 0, "a lease is left");
        assert_eq!(self.differences(), vec![]);
        assert_eq!(self.ledger().iter().map(|(_, balance)| balance).sum::<i64>(), 0);
    }
}

pub(crate) fn wish(number: u64, amount: Option<Money>) -> RefundWish {
    RefundWish {
        order: order(number),
        shop: cafe(),
        amount,
        reason: "cold coffee".to_owned(),
        if_match: None,
        key: None,
    }
}

fn recorded(
    position: u64,
    at: Timestamp,
    subject: Subject,
    stream_id: Uuid,
    event: &impl Published,
) -> Recorded {
    let encoded = event.encode();
    Recorded {
        position,
        stream_kind: "neighbour".into(),
        stream_id,
        version: 1,
        event_type: event.event_type().into(),
        at,
        subject,
        causation: Causation::command(Uuid::from_u128(2)),
        actor: Actor::system(),
        data: encoded.data,
        personal: None,
        previous_hash: [0; 16],
        hash: [0; 16],
    }
}

/// An event of order 1's payment.
pub(crate) fn recorded_payment(position: u64, event: &PaymentEvent) -> Recorded {
    let subject = Subject::order(cafe(), order(1), 1);
    recorded(position, Timestamp::default(), subject, order(1).0, event)
}

fn life() -> ShopLife {
    let milestone = Stage::Started;
    ShopLife {
        key: cafe(),
        name: Text { ko: "카페".to_owned(), en: "Cafe".to_owned() },
        currency: Currency::KRW,
        time_zone: "Asia/Seoul".to_owned(),
        payment: PaymentRule {
            when: PaymentTime::AtOrder,
            default_method: Some("tok_approve".to_owned()),
            unavailable: WhenUnavailable::Reject,
            timeout_millis: 2_000,
            expires_after_millis: 0,
            breaker: BreakerRule { calls_min: 10, failures_percent: 50, open_millis: 5_000 },
            deposit: None,
            refund_alone_max: None,
        },
        stock: StockRule::of(StockMode::None),
        accept: Accept::Staff,
        prepare: PrepareRule { by: Prepare::Staff, finishes_at_start: false },
        handover: Handover::Pickup,
        delivery: None,
        cancel: CancelRule { customer_before: milestone, staff_before: milestone },
        completes: Completes::Command { or_after_millis: 0 },
        bounds: StageBounds { accept_millis: 0, start_millis: 0, prepare_millis: 0, handover_millis: 0 },
        hours: None,
        later: None,
        table: None,
        promise: None,
        messages: None,
        receipts: None,
    }
}

fn no_answer() -> ProviderAnswer {
    ProviderAnswer::Unknown { cause: "no answer in time".to_owned() }
}

fn processor(
    journal: &MemoryJournal,
    now: Timestamp,
    ids: Arc<SeededIds>,
) -> Processor<PaymentService, MemoryJournal> {
    let service = PaymentService::new(PaymentConfig::default(), Shops::default());
    Processor::open(service, journal.reopen(), ids, Quotas::default(), now).unwrap()
}
