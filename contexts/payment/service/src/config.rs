/// How payment asks its provider. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentConfig {
    /// How long one call to the provider may take before its outcome counts as not known.
    pub call_timeout_millis: u64,
    /// How long a call is left alone before it is taken for lost (with its program) and made again.
    pub lease_millis: i64,
    /// How long after an outcome that is not known the provider is asked again; doubled each time.
    pub retry_base_millis: i64,
    /// The longest wait between two times.
    pub retry_max_millis: i64,
    /// After so many attempts a provider that still says no to a refund is believed.
    pub refund_refusals_max: u32,
    /// How long a refund waits for a second person.
    pub proposal_kept_millis: i64,
    /// How long after the first ask an unknown outcome is given up: it then waits for people.
    pub give_up_after_millis: i64,
}

impl Default for PaymentConfig {
    fn default() -> Self {
        Self {
            call_timeout_millis: 4_000,
            lease_millis: 5_000,
            retry_base_millis: 500,
            retry_max_millis: 3_600_000,
            refund_refusals_max: 4,
            proposal_kept_millis: 24 * 3_600_000,
            give_up_after_millis: 7 * 24 * 3_600_000,
        }
    }
}

impl PaymentConfig {
    /// How long an effect may take with all of its calls. It ends before the lease does, so that no second
    /// attempt confirms what the first still does.
    #[must_use]
    pub(crate) fn errand_timeout_millis(&self) -> u64 {
        let lease = u64::try_from(self.lease_millis).unwrap_or(0);
        lease - lease / 10
    }

    /// How long to wait after so many attempts in vain.
    #[must_use]
    pub(crate) fn backoff_millis(&self, attempt: u32) -> i64 {
        let doubled = 1i64 << attempt.saturating_sub(1).min(30);
        self.retry_base_millis.saturating_mul(doubled).min(self.retry_max_millis)
    }
}
