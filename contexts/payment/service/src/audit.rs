//! Checks payment's books from its own journal, as `jumun verify` and the simulator do: every event
//! is taken once, in order; what does not fit is a finding.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use journal::{Reader, RowQuery, StoreError};
use kernel::{Aggregate as _, Currency, Money, OrderId, Recorded, ShopKey};
use payment_contract::{DepositEvent, DiscrepancyEvent, LedgerAccountView, PaymentEvent, Posting};
use payment_domain::{BusinessDay, DepositAccount, Discrepancy, deposit_account, held_account};
use uuid::Uuid;

use crate::views::{self, LEDGER};

const PAGE: usize = 200;

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// An event's double entry does not sum to nothing.
    EntryDoesNotBalance {
        /// The event's position.
        position: u64,
        /// What it sums to.
        sum: i64,
    },
    /// Money was captured more than once for an order.
    CapturedTwice {
        /// The order.
        order: OrderId,
    },
    /// More went back, or was called back, than was captured.
    MoreBackThanCaptured {
        /// The order.
        order: OrderId,
        /// What was captured.
        captured: i64,
        /// What went back or was called back, whichever is more.
        back: i64,
    },
    /// An account of the ledger does not stand where its postings put it.
    AccountDiffers {
        /// The account.
        account: String,
        /// Where the row says it stands.
        row: i64,
        /// Where its postings put it.
        postings: i64,
    },
    /// There was less than nothing on a deposit, or more was held of it than was there.
    Overdrawn {
        /// The account.
        account: String,
    },
    /// An event cannot be read.
    Unreadable {
        /// The event's position.
        position: u64,
        /// Why.
        cause: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EntryDoesNotBalance { position, sum } => {
                write!(f, "the entry at position {position} sums to {sum}, not to nothing")
            }
            Self::CapturedTwice { order } => write!(f, "order {order} was captured more than once"),
            Self::MoreBackThanCaptured { order, captured, back } => {
                write!(f, "order {order}: {captured} was captured, {back} went back")
            }
            Self::AccountDiffers { account, row, postings } => {
                write!(f, "account {account} stands at {row}, its postings at {postings}")
            }
            Self::Overdrawn { account } => write!(f, "there was less than nothing on {account}"),
            Self::Unreadable { position, cause } => write!(f, "the event at position {position}: {cause}"),
        }
    }
}

/// What became of one order's money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderMoney {
    /// What was captured, in minor units.
    pub captured: i64,
    /// How many times.
    pub captures: u32,
    /// What is to go back.
    pub called_back: i64,
    /// What is back.
    pub refunded: i64,
    /// How often money went back.
    pub refunds: u32,
}

/// A prepaid account, as its stream tells it.
#[derive(Debug, Clone, Default)]
struct Deposit {
    account: Option<Account>,
    held_account: Option<Account>,
    balance: i64,
    holds: BTreeMap<OrderId, i64>,
    overdrawn: bool,
}

impl Deposit {
    fn held(&self) -> i64 {
        self.holds.values().sum()
    }
}

/// Payment's books, folded from its journal.
#[derive(Debug, Clone, Default)]
pub struct PaymentAudit {
    orders: BTreeMap<Uuid, OrderMoney>,
    accounts: BTreeMap<Account, i64>,
    deposits: BTreeMap<Uuid, Deposit>,
    /// By order and step.
    impossible: BTreeMap<(Uuid, u32), i64>,
    findings: Vec<Finding>,
}

impl PaymentAudit {
    /// Takes the next event of payment's journal.
    pub fn take(&mut self, recorded: &Recorded) {
        if &*recorded.stream_kind == DepositAccount::KIND {
            return self.take_deposit(recorded);
        }
        if &*recorded.stream_kind == Discrepancy::KIND {
            return self.take_discrepancy(recorded);
        }
        if &*recorded.stream_kind == BusinessDay::KIND {
            return;
        }
        let event = match recorded.decode::<PaymentEvent>() {
            Ok(event) => event,
            Err(error) => {
                let cause = error.to_string();
                return self.findings.push(Finding::Unreadable { position: recorded.position, cause });
            }
        };
        let money = self.orders.entry(recorded.stream_id).or_default();
        let postings = match &event {
            PaymentEvent::Approved(approved) => {
                money.captured = money.captured.saturating_add(approved.amount.amount);
                money.captures += 1;
                &approved.postings
            }
            PaymentEvent::RefundRequested(wish) => {
                money.called_back = money.called_back.saturating_add(wish.amount.amount);
                return;
            }
            PaymentEvent::Refunded(refunded) => {
                money.refunded = money.refunded.saturating_add(refunded.amount.amount);
                money.refunds += 1;
                self.impossible.remove(&(recorded.stream_id, refunded.step));
                &refunded.postings
            }
            PaymentEvent::RefundImpossible(no) => {
                self.impossible.insert((recorded.stream_id, no.step), no.amount.amount);
                return;
            }
            _ => return,
        };
        self.post(recorded, postings);
    }

    fn take_discrepancy(&mut self, recorded: &Recorded) {
        match recorded.decode::<DiscrepancyEvent>() {
            Ok(DiscrepancyEvent::Settled(settled)) => self.post(recorded, &settled.postings),
            Ok(DiscrepancyEvent::Found(_)) => {}
            Err(error) => {
                let cause = error.to_string();
                self.findings.push(Finding::Unreadable { position: recorded.position, cause });
            }
        }
    }

    fn take_deposit(&mut self, recorded: &Recorded) {
        let event = match recorded.decode::<DepositEvent>() {
            Ok(event) => event,
            Err(error) => {
                let cause = error.to_string();
                return self.findings.push(Finding::Unreadable { position: recorded.position, cause });
            }
        };
        let deposit = self.deposits.entry(recorded.stream_id).or_default();
        let balance = match &event {
            DepositEvent::Opened(opened) => {
                let name = deposit_account(opened.customer.as_ref());
                deposit.account = Some(Account::of(&recorded.subject.shop, &name, opened.balance));
                let name = held_account(opened.customer.as_ref());
                deposit.held_account = Some(Account::of(&recorded.subject.shop, &name, opened.balance));
                opened.balance
            }
            DepositEvent::ToppedUp(topped_up) => topped_up.balance,
            DepositEvent::Held(held) => {
                deposit.holds.insert(held.order, held.amount.amount);
                held.balance
            }
            DepositEvent::Released(released) => {
                deposit.holds.remove(&released.order);
                released.balance
            }
            DepositEvent::Captured(captured) => {
                deposit.holds.remove(&captured.order);
                captured.balance
            }
            DepositEvent::Refunded(refunded) => refunded.balance,
        };
        deposit.balance = balance.amount;
        deposit.overdrawn |= balance.amount < deposit.held();
        match &event {
            DepositEvent::Opened(opened) => self.post(recorded, &opened.postings),
            DepositEvent::ToppedUp(topped_up) => self.post(recorded, &topped_up.postings),
            DepositEvent::Held(held) => self.post(recorded, &held.postings),
            DepositEvent::Released(released) => self.post(recorded, &released.postings),
            // The payments' own facts carry these entries.
            DepositEvent::Captured(_) | DepositEvent::Refunded(_) => {}
        }
    }

    /// Every deposit must stand where the postings of its account put it, and never below nothing.
    fn check_deposits(&self, findings: &mut Vec<Finding>) {
        for deposit in self.deposits.values() {
            let Some(account) = &deposit.account else { continue };
            // A deposit is what we owe, held or not: a credit.
            let owed = |account: &Account| self.accounts.get(account).map_or(0, |sum| sum.saturating_neg());
            let held = deposit.held_account.as_ref().map_or(0, owed);
            if let Some(held_account) = deposit.held_account.as_ref().filter(|_| held != deposit.held()) {
                let (account, row) = (held_account.to_string(), deposit.held());
                findings.push(Finding::AccountDiffers { account, row, postings: held });
            }
            let owed = owed(account).saturating_add(held);
            if deposit.overdrawn {
                findings.push(Finding::Overdrawn { account: account.to_string() });
            }
            if owed != deposit.balance {
                let (account, row) = (account.to_string(), deposit.balance);
                findings.push(Finding::AccountDiffers { account, row, postings: owed });
            }
        }
    }

    /// What became of an order's money.
    #[must_use]
    pub fn order(&self, order: OrderId) -> OrderMoney {
        self.orders.get(&order.0).copied().unwrap_or_default()
    }

    /// Everything that is set aside on deposits, and for which orders.
    pub fn holds(&self) -> impl Iterator<Item = (OrderId, i64)> + '_ {
        self.deposits.values().flat_map(|deposit| deposit.holds.iter().map(|(order, held)| (*order, *held)))
    }

    /// What is set aside for an order on a deposit.
    #[must_use]
    pub fn held(&self, order: OrderId) -> i64 {
        self.deposits.values().filter_map(|deposit| deposit.holds.get(&order)).sum()
    }

    /// What of an order's money should go back and the provider will not give: it waits for the shop's
    /// own hands.
    #[must_use]
    pub fn impossible(&self, order: OrderId) -> i64 {
        self.impossible.range((order.0, 0)..=(order.0, u32::MAX)).map(|(_, amount)| amount).sum()
    }

    /// Every order that asked, and what became of its money.
    pub fn orders(&self) -> impl Iterator<Item = (OrderId, OrderMoney)> + '_ {
        self.orders.iter().map(|(id, money)| (OrderId(*id), *money))
    }

    /// What does not fit so far.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        for (order, money) in self.orders() {
            if money.captures > 1 {
                findings.push(Finding::CapturedTwice { order });
            }
            let back = money.refunded.max(money.called_back);
            if back > money.captured {
                findings.push(Finding::MoreBackThanCaptured { order, captured: money.captured, back });
            }
        }
        self.check_deposits(&mut findings);
        findings
    }

    /// Holds the ledger's rows against the postings.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn compare_ledger(&self, store: &mut dyn Reader) -> Result<Vec<Finding>, StoreError> {
        let rows: BTreeMap<Account, i64> = read_ledger(store)?
            .into_iter()
            .map(|view| (Account::of(&view.shop, &view.account, view.balance), view.balance.amount))
            .collect();
        let stands = |book: &BTreeMap<Account, i64>, account| book.get(account).copied().unwrap_or(0);
        let accounts: BTreeSet<&Account> = rows.keys().chain(self.accounts.keys()).collect();
        let mut findings = Vec::new();
        for account in accounts {
            let (row, postings) = (stands(&rows, account), stands(&self.accounts, account));
            if row != postings {
                findings.push(Finding::AccountDiffers { account: account.to_string(), row, postings });
            }
        }
        Ok(findings)
    }

    fn post(&mut self, recorded: &Recorded, postings: &[Posting]) {
        let sum = postings.iter().fold(0i64, |sum, posting| sum.saturating_add(posting.amount.amount));
        if sum != 0 {
            self.findings.push(Finding::EntryDoesNotBalance { position: recorded.position, sum });
        }
        for posting in postings {
            let account = Account::of(&recorded.subject.shop, &posting.account, posting.amount);
            let balance = self.accounts.entry(account).or_default();
            *balance = balance.saturating_add(posting.amount.amount);
        }
    }
}

/// An account as it is kept: per shop and currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    shop: ShopKey,
    name: String,
    currency: Currency,
}

impl Account {
    fn of(shop: &ShopKey, name: &str, amount: Money) -> Self {
        Self { shop: shop.clone(), name: name.to_owned(), currency: amount.currency }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} in {:?}", self.name, self.shop, self.currency)
    }
}

fn read_ledger(store: &mut dyn Reader) -> Result<Vec<LedgerAccountView>, StoreError> {
    let mut query = RowQuery { collection: LEDGER.to_owned(), limit: PAGE, ..RowQuery::default() };
    let mut views = Vec::new();
    loop {
        let rows = store.rows(&query)?;
        for row in &rows {
            views.push(views::ledger_account(row)?);
        }
        match rows.last() {
            Some(last) if rows.len() == PAGE => query.after = Some((last.number, last.id)),
            _ => return Ok(views),
        }
    }
}
