//! How many second tries there may be: a share of the first ones, so that trying again never makes an
//! overload worse.

/// Every request earns a tenth of a second try.
const EARNED_PER_REQUEST: u32 = 1;
const COST_OF_A_RETRY: u32 = 10;
/// At most ten second tries are saved up.
const SAVED_MAX: u32 = 10 * COST_OF_A_RETRY;

/// A purse of second tries; a new one holds one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RetryBudget {
    saved: u32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { saved: COST_OF_A_RETRY }
    }
}

impl RetryBudget {
    /// A request is made for the first time.
    pub(crate) fn earn(&mut self) {
        self.saved = (self.saved + EARNED_PER_REQUEST).min(SAVED_MAX);
    }

    /// Whether a request may be made a second time.
    pub(crate) fn spend(&mut self) -> bool {
        let rest = self.saved.checked_sub(COST_OF_A_RETRY);
        self.saved = rest.unwrap_or(self.saved);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_tries_are_at_most_a_tenth_of_the_first_ones() {
        let mut budget = RetryBudget::default();
        let tries = (0..1_000)
            .filter(|_| {
                budget.earn();
                budget.spend()
            })
            .count();
        assert!((100..=101).contains(&tries), "{tries}");
    }

    #[test]
    fn no_more_than_ten_are_saved_up() {
        let mut budget = RetryBudget::default();
        for _ in 0..10_000 {
            budget.earn();
        }
        assert_eq!((0..20).filter(|_| budget.spend()).count(), 10);
    }
}
