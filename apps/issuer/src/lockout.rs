//! Whoever guesses must wait, longer each time: by the name they try and by the address they come from.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use kernel::Timestamp;

/// Attempts that cost nothing but themselves.
const FREE_OF_NAME: u32 = 5;
const FREE_OF_ADDRESS: u32 = 20;
/// The first wait, and the longest.
const FIRST_WAIT_MILLIS: i64 = 1_000;
const LONGEST_WAIT_MILLIS: i64 = 15 * 60_000;
/// What failed before this is forgotten.
const FORGOTTEN_MILLIS: i64 = 3_600_000;
/// Most names and addresses that are remembered.
const REMEMBERED_MAX: usize = 20_000;

/// Attempts to sign in that have not come to anything. A name counts whether there is such an account or
/// not, so waiting tells nothing.
#[derive(Debug, Default)]
pub(crate) struct Lockout(Mutex<HashMap<Who, Attempts>>);

/// What is tried. Each is counted apart: a lost device locks nobody's password, and no name that somebody
/// makes up locks anything but itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Tried {
    /// A password of this name.
    Password(Box<str>),
    /// A PIN of this name.
    Pin(Box<str>),
    /// The code of the set-up.
    SetUp,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Tried(Tried),
    Address(IpAddr),
}

/// Names that are longer are none, and need not be remembered in full.
const NAME_CHARACTERS_MAX: usize = 64;

impl Tried {
    /// A password of this name.
    pub(crate) fn password(name: &str) -> Self {
        Self::Password(cut(name))
    }

    /// A PIN of this name.
    pub(crate) fn pin(name: &str) -> Self {
        Self::Pin(cut(name))
    }
}

fn cut(name: &str) -> Box<str> {
    name.chars().take(NAME_CHARACTERS_MAX).collect::<String>().into()
}

#[derive(Debug, Clone, Copy)]
struct Attempts {
    count: u32,
    last_at: Timestamp,
    open_at: Timestamp,
}

impl Lockout {
    /// Begins an attempt: it counts at once, so that many at the same time count as many.
    ///
    /// # Errors
    /// How many seconds must go by first.
    pub(crate) fn begin(
        &self,
        tried: &Tried,
        address: Option<IpAddr>,
        unlocked_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), u32> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED_MAX {
            make_room(&mut all, now);
        }
        let who: Vec<(Who, u32)> = [(Who::Tried(tried.clone()), FREE_OF_NAME)]
            .into_iter()
            .chain(address.map(|address| (Who::Address(address), FREE_OF_ADDRESS)))
            .collect();
        for (who, _) in &who {
            let unlocked_at = if matches!(who, Who::Tried(_)) { unlocked_at } else { None };
            if all.get(who).is_some_and(|attempts| attempts.is_forgotten(unlocked_at, now)) {
                all.remove(who);
            }
        }
        let wait =
            who.iter().filter_map(|(who, _)| all.get(who)).map(|attempts| attempts.open_at.millis_since(now));
        if let Some(wait) = wait.max().filter(|wait| *wait > 0) {
            return Err(u32::try_from(wait.div_euclid(1_000) + 1).unwrap_or(u32::MAX));
        }
        for (who, free) in who {
            all.entry(who).or_insert(Attempts { count: 0, last_at: now, open_at: now }).count_one(free, now);
        }
        Ok(())
    }

    /// The attempt came to nothing through no fault of whoever made it.
    pub(crate) fn take_back(&self, tried: &Tried, address: Option<IpAddr>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let who = [Some(Who::Tried(tried.clone())), address.map(Who::Address)];
        for who in who.into_iter().flatten() {
            if let Some(attempts) = all.get_mut(&who) {
                attempts.take_one_back();
            }
        }
    }

    /// The attempt was good: its name begins anew. The address does not, or whoever has one account could
    /// guess others' for ever.
    pub(crate) fn succeeded(&self, tried: &Tried, address: Option<IpAddr>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&Who::Tried(tried.clone()));
        if let Some(attempts) = address.and_then(|address| all.get_mut(&Who::Address(address))) {
            attempts.take_one_back();
        }
    }
}

impl Attempts {
    fn count_one(&mut self, free: u32, now: Timestamp) {
        self.count = self.count.saturating_add(1);
        self.last_at = now;
        if let Some(beyond) = self.count.checked_sub(free) {
            let wait = FIRST_WAIT_MILLIS.saturating_mul(1 << beyond.min(20));
            self.open_at = now.plus_millis(wait.min(LONGEST_WAIT_MILLIS));
        }
    }

    /// An attempt was let in, so the wait before it was over; the one behind it goes with it.
    fn take_one_back(&mut self) {
        self.count = self.count.saturating_sub(1);
        self.open_at = self.last_at;
    }

    fn is_forgotten(&self, unlocked_at: Option<Timestamp>, now: Timestamp) -> bool {
        now.millis_since(self.last_at) >= FORGOTTEN_MILLIS || unlocked_at.is_some_and(|at| at >= self.last_at)
    }
}

/// Those who need not wait now go first.
fn make_room(all: &mut HashMap<Who, Attempts>, now: Timestamp) {
    all.retain(|_, attempts| !attempts.is_forgotten(None, now));
    if all.len() >= REMEMBERED_MAX {
        all.retain(|_, attempts| attempts.open_at > now);
    }
    if all.len() >= REMEMBERED_MAX {
        all.clear();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, last]))
    }

    fn kim() -> Tried {
        Tried::password("kim")
    }

    #[test]
    fn after_five_attempts_at_a_name_each_wait_is_twice_the_one_before() {
        let lockout = Lockout::default();
        let mut now = 0;
        let mut waits = Vec::new();
        for attempt in 0..20_u8 {
            if let Err(seconds) = lockout.begin(&kim(), address(attempt), None, at(now)) {
                waits.push(seconds);
                now += i64::from(seconds) * 1_000;
                lockout.begin(&kim(), address(attempt), None, at(now)).unwrap();
            }
        }
        assert_eq!(waits[..4], [2, 3, 5, 9]);
        assert_eq!(*waits.iter().max().unwrap(), 901);
    }

    #[test]
    fn many_at_the_same_time_count_as_many() {
        let lockout = Lockout::default();
        let passed =
            (0..100_u8).filter(|from| lockout.begin(&kim(), address(*from), None, at(0)).is_ok()).count();
        assert_eq!(passed, 5);
    }

    #[test]
    fn one_address_has_twenty_attempts_at_all_names() {
        let lockout = Lockout::default();
        let tried = |number: u32| {
            lockout.begin(&Tried::password(&number.to_string()), address(1), None, at(0)).is_ok()
        };
        assert_eq!((0..100).filter(|number| tried(*number)).count(), 20);
        assert!(lockout.begin(&kim(), address(2), None, at(0)).is_ok(), "others are not concerned");
    }

    #[test]
    fn a_good_attempt_an_hour_or_whoever_unlocks_makes_a_name_begin_anew() {
        let lockout = Lockout::default();
        let fill = |now| while lockout.begin(&kim(), None, None, at(now)).is_ok() {};
        fill(0);
        lockout.succeeded(&kim(), None);
        assert!(lockout.begin(&kim(), None, None, at(0)).is_ok());
        fill(0);
        assert!(lockout.begin(&kim(), None, Some(at(0)), at(1)).is_ok());
        fill(1);
        assert!(lockout.begin(&kim(), None, Some(at(0)), at(1)).is_err(), "unlocked once is not for ever");
        assert!(lockout.begin(&kim(), None, None, at(1 + FORGOTTEN_MILLIS)).is_ok());
    }

    #[test]
    fn names_without_end_are_not_remembered_without_end() {
        let lockout = Lockout::default();
        for number in 0..REMEMBERED_MAX * 2 {
            let _any = lockout.begin(&Tried::password(&number.to_string()), None, None, at(0));
        }
        assert!(lockout.0.lock().unwrap().len() <= REMEMBERED_MAX + 2);
    }

    #[test]
    fn an_attempt_that_is_taken_back_leaves_no_wait_behind() {
        let lockout = Lockout::default();
        let mut now = 0;
        for _ in 0..14 {
            while let Err(seconds) = lockout.begin(&kim(), address(1), None, at(now)) {
                now += i64::from(seconds) * 1_000;
            }
        }
        let seconds = lockout.begin(&kim(), address(1), None, at(now)).unwrap_err();
        now += i64::from(seconds) * 1_000;
        lockout.begin(&kim(), address(1), None, at(now)).unwrap();
        lockout.take_back(&kim(), address(1));
        lockout.begin(&kim(), address(1), None, at(now + 1)).unwrap();
        assert!(lockout.begin(&kim(), address(1), None, at(now + 2)).is_err(), "the next one waits again");
    }

    #[test]
    fn no_made_up_name_counts_as_a_pin_or_as_the_set_up() {
        let lockout = Lockout::default();
        for name in ["pin kim", "set-up"] {
            while lockout.begin(&Tried::password(name), None, None, at(0)).is_ok() {}
        }
        assert!(lockout.begin(&Tried::pin("kim"), None, None, at(0)).is_ok());
        assert!(lockout.begin(&Tried::SetUp, None, None, at(0)).is_ok());
    }
}
