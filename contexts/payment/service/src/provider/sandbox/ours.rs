use std::collections::BTreeMap;

use kernel::{Aggregate as _, Currency, Money, OrderId, Recorded, ShopKey, Timestamp};
use payment_contract::{
    DEPOSIT_METHOD, DiscrepancyEvent, DiscrepancyFoundV1, DiscrepancyKind, PaymentEvent, PaymentRequestedV1,
    Remedy,
};
use payment_domain::Discrepancy;

/// Our book, folded from payment's events: per charge key what was captured and what went back, and
/// what was settled between the books.
#[derive(Debug, Clone, Default)]
pub struct OurBook {
    charges: BTreeMap<OrderId, OurCharge>,
    found: BTreeMap<uuid::Uuid, DiscrepancyFoundV1>,
    settled: BTreeMap<String, SettledCharge>,
    strangers: BTreeMap<String, i64>,
}

/// A charge of ours.
#[derive(Debug, Clone)]
pub struct OurCharge {
    key: String,
    shop: ShopKey,
    currency: Currency,
    captured: Option<Money>,
    code: Option<String>,
    settled: bool,
    refunds: Vec<OurRefund>,
    changed_at: Timestamp,
}

#[derive(Debug, Clone)]
struct OurRefund {
    step: u32,
    key: String,
    amount: i64,
    done: bool,
}

/// What was settled about a charge: what their book is known to say.
#[derive(Debug, Clone, Default)]
pub(super) struct SettledCharge {
    /// What they captured under the key.
    pub(super) theirs: Option<Money>,
    /// What they gave back beside the payment's own refunds.
    pub(super) back: i64,
    kinds: Vec<(DiscrepancyKind, Remedy)>,
}

impl OurCharge {
    /// Its key at the provider.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The shop of its order.
    #[must_use]
    pub const fn shop(&self) -> &ShopKey {
        &self.shop
    }

    /// Its currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// What was captured, in minor units.
    #[must_use]
    pub fn captured(&self) -> Option<i64> {
        self.captured.map(|money| money.amount)
    }

    /// The provider's code for its approval.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether it is known what became of it.
    #[must_use]
    pub const fn settled(&self) -> bool {
        self.settled
    }

    /// When anything about it was last heard.
    #[must_use]
    pub const fn changed_at(&self) -> Timestamp {
        self.changed_at
    }

    /// The refunds that are done: key and amount.
    pub fn refunds(&self) -> impl Iterator<Item = (&str, i64)> {
        self.refunds.iter().filter(|refund| refund.done).map(|refund| (refund.key.as_str(), refund.amount))
    }

    /// What is back, in minor units.
    #[must_use]
    pub fn refunded(&self) -> i64 {
        self.refunds().fold(0, |sum, (_, amount)| sum.saturating_add(amount))
    }

    pub(super) fn called_back(&self) -> i64 {
        self.refunds.iter().fold(0, |sum, refund| sum.saturating_add(refund.amount))
    }

    pub(crate) fn refund_open(&self) -> bool {
        self.refunds.iter().any(|refund| !refund.done)
    }

    pub(super) const fn captured_money(&self) -> Option<Money> {
        self.captured
    }

    fn of(requested: &PaymentRequestedV1, recorded: &Recorded) -> Self {
        Self {
            key: requested.provider_key.clone(),
            shop: recorded.subject.shop.clone(),
            currency: requested.amount.currency,
            captured: None,
            code: None,
            settled: false,
            refunds: Vec::new(),
            changed_at: recorded.at,
        }
    }
}

impl OurBook {
    /// Takes the next event of payment's journal. Events that are none of payment's are left out.
    pub fn take(&mut self, recorded: &Recorded) {
        if &*recorded.stream_kind == Discrepancy::KIND {
            if let Ok(event) = recorded.decode::<DiscrepancyEvent>() {
                self.take_discrepancy(recorded, event);
            }
        } else if let Ok(event) = recorded.decode::<PaymentEvent>() {
            self.take_payment(recorded, &event);
        }
    }

    /// Every charge, by its order.
    pub fn charges(&self) -> impl Iterator<Item = (OrderId, &OurCharge)> {
        self.charges.iter().map(|(order, charge)| (*order, charge))
    }

    /// The charge of an order.
    #[must_use]
    pub fn charge(&self, order: OrderId) -> Option<&OurCharge> {
        self.charges.get(&order)
    }

    /// Takes a charge out: it is over, and agrees.
    pub(crate) fn take_out(&mut self, order: OrderId) -> Option<OurCharge> {
        self.charges.remove(&order)
    }

    /// Whether a key is that of one of our charges.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        let order = key.split('/').next().and_then(|id| uuid::Uuid::try_parse(id).ok()).map(OrderId);
        order.and_then(|order| self.charge(order)).is_some_and(|charge| charge.key == key)
    }

    /// Whether the same was settled before.
    #[must_use]
    pub fn has_settled(&self, found: &DiscrepancyFoundV1) -> bool {
        let wanted = (found.kind, found.remedy.clone());
        self.settled.get(&found.charge_key).is_some_and(|settled| settled.kinds.contains(&wanted))
    }

    pub(super) fn settled_with(&self, key: &str) -> Option<&SettledCharge> {
        self.settled.get(key)
    }

    /// Keys that are not ours, and whose money is back.
    pub(super) fn strangers(&self) -> impl Iterator<Item = &str> {
        self.strangers.keys().map(String::as_str)
    }

    fn take_payment(&mut self, recorded: &Recorded, event: &PaymentEvent) {
        let order = OrderId(recorded.stream_id);
        if let PaymentEvent::Requested(requested) = event {
            // A deposit is none of the provider's matters.
            if requested.method == DEPOSIT_METHOD {
                self.charges.remove(&order);
            } else {
                self.charges.insert(order, OurCharge::of(requested, recorded));
            }
        }
        let Some(charge) = self.charges.get_mut(&order) else {
            return;
        };
        charge.changed_at = recorded.at;
        match event {
            PaymentEvent::Approved(approved) => {
                charge.captured = Some(approved.amount);
                charge.code = Some(approved.approval_code.clone());
                charge.settled = true;
            }
            PaymentEvent::Declined(_) | PaymentEvent::AttemptDeclined(_) | PaymentEvent::Voided(_) => {
                charge.settled = true;
            }
            PaymentEvent::RefundRequested(wish) => charge.refunds.push(OurRefund {
                step: wish.step,
                key: wish.provider_key.clone(),
                amount: wish.amount.amount,
                done: false,
            }),
            // The provider has nothing of what the shop gave back itself.
            PaymentEvent::Refunded(refunded) if refunded.by_hand.is_some() => {
                charge.refunds.retain(|refund| refund.step != refunded.step);
            }
            PaymentEvent::Refunded(refunded) => {
                for refund in charge.refunds.iter_mut().filter(|refund| refund.step == refunded.step) {
                    refund.done = true;
                }
            }
            PaymentEvent::Awaited(_)
            | PaymentEvent::RefundProposed(_)
            | PaymentEvent::RefundWithdrawn(_)
            | PaymentEvent::RefundImpossible(_)
            | PaymentEvent::Requested(_)
            | PaymentEvent::OutcomeUnknown(_)
            | PaymentEvent::VoidRequested(_) => {}
        }
    }

    fn take_discrepancy(&mut self, recorded: &Recorded, event: DiscrepancyEvent) {
        match event {
            DiscrepancyEvent::Found(found) => {
                self.found.insert(recorded.stream_id, found);
            }
            DiscrepancyEvent::Settled(_) => {
                // What was disregarded says nothing about either book.
                let found = self.found.remove(&recorded.stream_id);
                if let Some(found) = found.filter(|found| found.kind != DiscrepancyKind::CallbackMismatch) {
                    self.settle(found);
                }
            }
        }
    }

    fn settle(&mut self, found: DiscrepancyFoundV1) {
        let ours = self.knows(&found.charge_key);
        let captured = found.order.and_then(|order| self.charge(order)).and_then(OurCharge::captured_money);
        if !ours {
            self.strangers.insert(found.charge_key.clone(), found.theirs.amount);
        }
        let settled = self
            .settled
            .entry(found.charge_key)
            .or_insert_with(|| SettledCharge { theirs: captured, ..SettledCharge::default() });
        match (found.kind, &found.remedy) {
            (DiscrepancyKind::UnknownToThem, _) => settled.theirs = None,
            (DiscrepancyKind::WrongAmount, _) => settled.theirs = Some(found.theirs),
            (DiscrepancyKind::CapturedUnknownToUs, Remedy::RecordHere { .. }) => {
                settled.theirs = Some(found.theirs)
            }
            _ => {}
        }
        // A lost refund is one of the payment's own.
        if let Remedy::RefundThere { amount, .. } = &found.remedy
            && found.kind != DiscrepancyKind::LostRefund
        {
            settled.back = settled.back.saturating_add(amount.amount);
        }
        settled.kinds.push((found.kind, found.remedy));
    }
}
