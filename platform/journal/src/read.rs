use kernel::Timestamp;

/// Which way a list runs, by (number, id) of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowOrder {
    /// The latest number first.
    #[default]
    NewestFirst,
    /// The earliest number first.
    OldestFirst,
}

/// A page of a list. Hidden rows are left out unless asked for. Ordered by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowQuery {
    /// The list.
    pub collection: String,
    /// Only this shop's.
    pub shop: Option<String>,
    /// Only this customer's.
    pub customer: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only with this text in their search text (plain substring, case as it is).
    pub search: Option<String>,
    /// Only this number.
    pub number: Option<u64>,
    /// Only at or after.
    pub from: Option<Timestamp>,
    /// Only before.
    pub until: Option<Timestamp>,
    /// Hidden rows too.
    pub hidden: bool,
    /// Which way.
    pub order: RowOrder,
    /// Behind this (number, id) in the order's direction: the page before ended there.
    pub after: Option<(u64, uuid::Uuid)>,
    /// Rows to leave out first (classic paging).
    pub skip: u64,
    /// How many at most.
    pub limit: usize,
}
