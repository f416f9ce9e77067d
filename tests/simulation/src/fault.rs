use std::fmt;

use crate::chance::Chance;

/// A fault of the model (reliability, section 6) that a run can inject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the texts stand beside them in `Fault::what`")]
pub enum Fault {
    F1,
    F2,
    F9,
    F10,
    F11,
    F12,
    F13,
    F14,
    F15,
    F19,
    F20,
    F21,
    F22,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 13] = [
        Self::F1,
        Self::F2,
        Self::F9,
        Self::F10,
        Self::F11,
        Self::F12,
        Self::F13,
        Self::F14,
        Self::F15,
        Self::F19,
        Self::F20,
        Self::F21,
        Self::F22,
    ];

    /// What happens.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::F1 => "every role is killed at once",
            Self::F2 => "one role is killed",
            Self::F9 => "the provider is slow",
            Self::F10 => "the provider does it and its answer is lost",
            Self::F11 => "the provider declines, fails or resets the connection",
            Self::F12 => "the provider calls back: early, twice, late, wrongly; others do in its name",
            Self::F13 => "events and calls arrive twice",
            Self::F14 => "events are delayed, sources overtake each other",
            Self::F15 => "events are lost on the way, or the position is not saved",
            Self::F19 => "an event cannot be applied",
            Self::F20 => "clocks jump, drift and differ",
            Self::F21 => "customers send ten times what ordering can take, for a minute",
            Self::F22 => "clients hang up, and retry one key from many sockets",
        }
    }

    /// The share of runs that have a fault which is drawn apart from the others.
    const fn share_apart(self) -> Option<f64> {
        match self {
            // Some hundred orders each: rare, or nothing else would be seen for them.
            Self::F21 => Some(0.02),
            _ => None,
        }
    }

    /// Reads `F9`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| format!("{fault:?}") == text)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How often each fault strikes in one run; each run has a swarm of its own, because a mix of
/// everything all the time hides what is rare.
#[derive(Debug, Clone)]
pub(crate) struct Swarm {
    rates: [f64; Fault::ALL.len()],
}

impl Swarm {
    /// Draws a swarm: most faults are in with even chance, at a rate between rare and frequent.
    ///
    /// One that is drawn apart moves no draw of the others: a seed keeps its story when such a fault
    /// is added.
    pub(crate) fn draw(seed: u64, chance: &mut Chance) -> Self {
        let mut rates = [0.0; Fault::ALL.len()];
        for (fault, rate) in Fault::ALL.into_iter().zip(&mut rates) {
            let (included, drawn) = match fault.share_apart() {
                Some(share) => {
                    let mut apart = Chance::of(seed, &fault.to_string());
                    (apart.hits(share), apart.spread(0.005, 0.3))
                }
                None => (chance.hits(0.5), chance.spread(0.005, 0.3)),
            };
            if included {
                *rate = drawn;
            }
        }
        Self { rates }
    }

    /// Leaves a fault out.
    pub(crate) fn without(&mut self, fault: Fault) {
        self.rates[fault as usize] = 0.0;
    }

    /// The probability with which a fault strikes where it can.
    pub(crate) const fn rate(&self, fault: Fault) -> f64 {
        self.rates[fault as usize]
    }

    /// The faults that are in.
    pub(crate) fn included(&self) -> impl Iterator<Item = Fault> + '_ {
        Fault::ALL.into_iter().filter(|fault| self.rate(*fault) > 0.0)
    }
}

impl fmt::Display for Swarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> =
            self.included().map(|fault| format!("{fault} {:.1} %", self.rate(fault) * 100.0)).collect();
        f.write_str(&parts.join(", "))
    }
}
