use journal::{MemoryJournal, Reader, Row, RowQuery};
use ordering_contract::OrderState;
use payment_service::provider::sandbox::SandboxBook;
use tracking_service::Generation;
use uuid::Uuid;

use super::Checker;
use super::case::{Case, Reservation};
use crate::role::Role;

/// Timers that name no order and are waited for all the same.
const ENDING: [&str; 2] = ["rebuild-stories", "expire-proposal"];

/// The disks of every role, by role.
pub(crate) type Disks = [MemoryJournal];

/// What must hold once nothing moves any longer: I3, I5, I8, I13, I15, I19, I22, I24, I32 to I35.
impl Checker {
    /// I24: orders, timers, parked events and links that are not done.
    pub(crate) fn unsettled(&mut self) -> Vec<(Option<Uuid>, String)> {
        let orders = self.cases.iter().filter(|(_, case)| !case.is_settled());
        let mut unsettled: Vec<_> = orders
            .map(|(id, case)| {
                let what = format!(
                    "it stands at {:?} (payment {:?}, ticket {:?}, delivery {:?}, reservation {:?}, last {:?})",
                    case.state, case.payment.state, case.ticket, case.delivery, case.reservation, case.last_step
                );
                (Some(*id), what)
            })
            .collect();
        for (role, mirror) in &self.mirrors {
            if mirror.parked() > 0 {
                unsettled.push((None, format!("{role} has {} parked events", mirror.parked())));
            }
            let begun =
                mirror.timers().filter(|timer| timer.order.is_some() || ENDING.contains(&&*timer.kind));
            for timer in begun {
                unsettled.push((
                    timer.order.map(|order| order.0),
                    format!("{role} still has timer {}", timer.key),
                ));
            }
        }
        unsettled
    }

    /// Judges everything once more.
    pub(crate) fn at_rest(&mut self, disks: &mut Disks, book: &SandboxBook) {
        let ids: Vec<Uuid> = self.cases.keys().copied().collect();
        for id in &ids {
            self.order_at_rest(*id, book);
        }
        self.money_at_rest(book);
        self.deposits_at_rest();
        self.stock_at_rest();
        self.menus_at_rest();
        self.messages_at_rest();
        self.rows_at_rest(disks);
        self.stories_at_rest(&mut disks[Role::Tracking as usize]);
        self.days_at_rest(&mut disks[Role::Tracking as usize]);
        self.chains(disks);
        let missing: Vec<Uuid> = self
            .log
            .acknowledged()
            .map(|(order, _)| order)
            .filter(|order| !matches!(disks[Role::Ordering as usize].load(*order, 0), Ok(events) if !events.is_empty()))
            .collect();
        for order in missing {
            let what = "it was acknowledged and is on no disk".to_owned();
            self.violation("I19", Some(order), what);
        }
    }

    fn order_at_rest(&mut self, id: Uuid, book: &SandboxBook) {
        let Some(case) = self.cases.get(&id) else {
            return;
        };
        let mut wrong = Vec::new();
        let ended =
            matches!(case.state, Some(OrderState::Cancelled | OrderState::Refunded | OrderState::Refused));
        let key = case.payment.key.clone().unwrap_or_else(|| format!("{id}/1"));
        if case.payment.by_deposit {
            return self.deposit_at_rest(id, ended);
        }
        let (captured, refunded) = (book.captured(&key), book.refunded(&key));
        let captured = captured.map_or(0, |captured| captured.amount);
        if ended && captured != refunded {
            wrong.push(("I3", format!("it is {:?}: {captured} captured, {refunded} given back", case.state)));
        }
        if case.state == Some(OrderState::Completed)
            && case.pays()
            && !case.payment.by_staff
            && captured - refunded <= 0
        {
            wrong.push(("I1", format!("it is completed: {captured} captured, {refunded} given back")));
        }
        if case.payment.captured.map_or(0, |money| money.amount) != captured
            || case.payment.refunded != refunded
        {
            wrong.push((
                "I5",
                format!(
                    "our book says {:?} less {}, the provider's {captured} less {refunded}",
                    case.payment.captured, case.payment.refunded
                ),
            ));
        }
        if ended && is_on_its_way(case) {
            wrong.push(("I22", format!("it is {:?}, its delivery {:?}", case.state, case.delivery)));
        }
        if case.set_out && case.address() != case.sent_to.as_deref() {
            wrong.push(("I21", "it set out for another address than it was promised".to_owned()));
        }
        if ended && is_live(case) {
            wrong.push(("I22", format!("it is {:?}, its ticket {:?}", case.state, case.ticket)));
        }
        // What uses nothing is answered too, and holds nothing.
        let uses_any = case.placed.as_ref().is_some_and(|placed| !placed.order.uses.is_empty());
        if ended && uses_any && case.reservation == Some(Reservation::Held) {
            wrong.push(("I22", format!("it is {:?} and still holds stock", case.state)));
        }
        for (invariant, what) in wrong {
            self.violation(invariant, Some(id), what);
        }
    }

    /// I1, I3, I22: an order that a deposit pays keeps its money or has it back, and nothing of the
    /// account is set aside for it any longer.
    fn deposit_at_rest(&mut self, id: Uuid, ended: bool) {
        let Some(case) = self.cases.get(&id) else { return };
        let kept = case.payment.captured.map_or(0, |money| money.amount) - case.payment.refunded;
        let (state, by_staff) = (case.state, case.payment.by_staff);
        if ended && kept != 0 {
            self.violation("I3", Some(id), format!("it is {state:?} and {kept} of its money is kept"));
        }
        if state == Some(OrderState::Completed) && !by_staff && kept <= 0 {
            self.violation("I1", Some(id), format!("it is completed and {kept} of its money is kept"));
        }
    }

    /// I5, I22: every deposit stands where its postings put it, never below nothing, and holds nothing for
    /// an order that has come to rest.
    fn deposits_at_rest(&mut self) {
        for finding in self.books.findings() {
            self.violation("I5", None, finding.to_string());
        }
        let held: Vec<_> = self.books.holds().collect();
        for (order, held) in held {
            let what = format!("{held} of a deposit is still held for it");
            self.violation("I22", Some(order.0), what);
        }
    }

    /// I5: the ledger sums to nothing, shop by shop, and the clearing account is what the provider
    /// holds for us.
    fn money_at_rest(&mut self, _book: &SandboxBook) {
        let mut sums = std::collections::BTreeMap::new();
        for ((shop, _), balance) in &self.accounts {
            *sums.entry(shop.clone()).or_insert(0) += balance;
        }
        for (shop, sum) in sums.into_iter().filter(|(_, sum)| *sum != 0) {
            self.violation("I5", None, format!("the accounts of {shop} sum to {sum}"));
        }
    }

    /// I15: nothing is held for an order that is done.
    fn stock_at_rest(&mut self) {
        let held: Vec<(Uuid, i64)> = self
            .items
            .values()
            .flat_map(|item| item.held_by.iter().map(|(order, held)| (*order, *held)))
            .collect();
        for (order, held) in held {
            let what = format!("{held} units are still held for it");
            self.violation("I22", Some(order), what);
        }
    }

    /// I8, I13: every row is its stream, as it stands.
    fn rows_at_rest(&mut self, disks: &mut Disks) {
        let cases: Vec<_> = self
            .cases
            .iter()
            .map(|(id, case)| {
                let asked = case.payment.requested.is_some();
                let payment = if asked { case.payment.version } else { 0 };
                (*id, case.version, payment, case.ticket_version, case.delivery_version)
            })
            .collect();
        for (id, order, payment, ticket, delivery) in cases {
            for (role, list, version) in [
                (Role::Ordering, "orders", order),
                (Role::Payment, "payments", payment),
                (Role::Kitchen, "tickets", ticket),
                (Role::Delivery, "deliveries", delivery),
            ] {
                let row = disks[role as usize].row(list, id).ok().flatten();
                let shown = row.map_or(0, |row| row.version);
                if shown != version {
                    let what = format!("{role} shows version {shown} of {version}");
                    self.violation("I8", Some(id), what);
                }
            }
        }
        let items: Vec<_> =
            self.items.iter().map(|(id, item)| (*id, item.available, item.reserved, item.consumed)).collect();
        for (id, available, reserved, consumed) in items {
            let row = disks[Role::Inventory as usize].row("stock", id).ok().flatten();
            let view = row
                .and_then(|row| serde_json::from_slice::<inventory_contract::StockItemView>(&row.body).ok());
            let shown = view.map(|view| (view.available, view.reserved, view.consumed));
            let counted = (available as u64, reserved as u64, consumed as u64);
            if shown != Some(counted) {
                let what = format!("stock item {id} is {counted:?} and is shown as {shown:?}");
                self.violation("I15", None, what);
            }
        }
    }

    /// I13: every story is its order, its money and its ticket, as they stand; nothing more is told.
    fn stories_at_rest(&mut self, tracking: &mut MemoryJournal) {
        let live = match Generation::live(tracking) {
            Ok(live) => live.collection(),
            Err(error) => return self.violation("I13", None, error.to_string()),
        };
        let told: Vec<_> = self.cases.iter().map(|(id, case)| (*id, Told::of(case))).collect();
        for (id, expected) in told {
            let row = tracking.row(&live, id).ok().flatten();
            let shown = row.as_ref().and_then(Told::shown);
            if shown.as_ref() != Some(&expected) {
                let what = format!("its story says {shown:?}, the stores {expected:?}");
                self.violation("I13", Some(id), what);
            }
        }
        let query = RowQuery { collection: live, hidden: true, ..RowQuery::default() };
        let stories = tracking.count_rows(&query).unwrap_or(0);
        if stories != self.cases.len() as u64 {
            let what = format!("{stories} stories are told of {} orders", self.cases.len());
            self.violation("I13", None, what);
        }
    }

    /// I32: the chains verify from the first event.
    fn chains(&mut self, disks: &mut Disks) {
        for role in Role::ALL {
            match disks[role as usize].audit() {
                Ok(damage) if damage.is_empty() => {}
                Ok(damage) => self.violation("I32", None, format!("{role}: {}", damage[0])),
                Err(error) => self.violation("I32", None, format!("{role}: {error}")),
            }
        }
    }
}

/// What a story says, and what the stores say.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    state: String,
    payment: Option<String>,
    ticket: Option<String>,
    delivery: Option<String>,
    events: u64,
}

impl Told {
    fn of(case: &Case) -> Self {
        let money = &case.payment;
        Self {
            state: case.state.map_or("", OrderState::as_str).to_owned(),
            payment: money.state.map(|state| state.as_str().to_owned()),
            ticket: case.ticket.map(|state| state.as_str().to_owned()),
            delivery: case.delivery.map(|state| state.as_str().to_owned()),
            events: case.version
                + money.version
                + case.ticket_version
                + case.reservation_version
                + case.delivery_version,
        }
    }

    fn shown(row: &Row) -> Option<Self> {
        let body: serde_json::Value = serde_json::from_slice(&row.body).ok()?;
        let part = |name: &str| {
            let state = body.get("story")?.get(name)?.get("state")?;
            state.as_str().map(str::to_owned)
        };
        Some(Self {
            state: row.state.to_string(),
            payment: part("payment"),
            ticket: part("ticket"),
            delivery: part("delivery"),
            events: row.version,
        })
    }
}

/// Whether somebody still brings it, or has brought it.
const fn is_on_its_way(case: &Case) -> bool {
    use delivery_contract::DeliveryState;
    matches!(
        case.delivery,
        Some(
            DeliveryState::Requested
                | DeliveryState::Assigned
                | DeliveryState::Started
                | DeliveryState::Failed
                | DeliveryState::Completed
        )
    )
}

fn is_live(case: &Case) -> bool {
    use kitchen_contract::TicketState;
    // Made, and came back from its way.
    if case.delivery_ended_badly() && case.ticket == Some(TicketState::Finished) {
        return false;
    }
    matches!(
        case.ticket,
        Some(TicketState::Open | TicketState::Accepted | TicketState::Started | TicketState::Finished)
    )
}
