use catalog_contract::Milestone;

/// Which event of which role is which milestone: to tell of another, add its row.
///
/// They are all ordering's: what its neighbours do becomes an order's milestone there, so that the
/// changes of one order come in one order.
const TOLD: &[(&str, &str, Milestone)] = &[
    ("ordering", "order-placed", Milestone::Placed),
    ("ordering", "order-paid", Milestone::Paid),
    ("ordering", "order-scheduled", Milestone::Scheduled),
    ("ordering", "order-confirmed", Milestone::Confirmed),
    ("ordering", "order-accepted", Milestone::Accepted),
    ("ordering", "order-started", Milestone::Started),
    ("ordering", "order-prepared", Milestone::Prepared),
    ("ordering", "order-delivery-started", Milestone::DeliveryStarted),
    ("ordering", "order-delivered", Milestone::Delivered),
    ("ordering", "order-completed", Milestone::Completed),
    ("ordering", "order-cancel-denied", Milestone::CancelDenied),
    ("ordering", "order-cancelled", Milestone::Cancelled),
    ("ordering", "order-refunded", Milestone::Refunded),
];

/// The milestone that an event of a role is, and the role's name; `None` where it is none.
#[must_use]
pub fn milestone_of(source: &str, event: &str) -> Option<(&'static str, Milestone)> {
    let told = TOLD.iter().find(|(role, name, _)| *role == source && *name == event);
    told.map(|(role, _, milestone)| (*role, *milestone))
}
