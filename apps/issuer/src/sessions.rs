//! Who is signed in: a session per sign-in, with a refresh token that changes every time it is used.

use std::collections::BTreeMap;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// A session of somebody who has shown a password ends after so long, however much it is used.
pub(crate) const PASSWORD_SESSION_MILLIS: i64 = 30 * 24 * 3_600_000;
/// One of somebody who has shown a PIN: a shift.
pub(crate) const PIN_SESSION_MILLIS: i64 = 12 * 3_600_000;
/// A session that nobody has used for so long has ended.
const IDLE_MILLIS: i64 = 7 * 24 * 3_600_000;
/// Most sessions of one account; the one that was used longest ago ends for a new one.
const OF_ONE_ACCOUNT_MAX: usize = 20;
/// Most sessions of all.
const OF_ALL_MAX: usize = 10_000;

/// A sign-in that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) name: Box<str>,
    /// The device that it was opened at with a PIN, and that it ends with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<Box<str>>,
    /// The hash of the one refresh token that is good.
    pub(crate) refresh_hash: Box<str>,
    pub(crate) used_at: Timestamp,
    pub(crate) ends_at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionBook {
    /// By the hash of the first half of their refresh tokens.
    #[serde(default)]
    pub(crate) sessions: BTreeMap<Box<str>, Session>,
}

/// What became of a refresh token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refreshed {
    /// The session goes on, under the new token.
    GoesOn(Session),
    /// It had been used before: somebody has a copy. The session has ended.
    UsedBefore,
    /// It belongs to no session.
    Unknown,
}

impl Session {
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.ends_at > now && self.used_at.plus_millis(IDLE_MILLIS) > now
    }
}

impl SessionBook {
    /// Adds a session; makes room where there is none.
    pub(crate) fn open(&mut self, id: Box<str>, session: Session, now: Timestamp) {
        self.sessions.retain(|_, session| session.is_open(now));
        let of_account = |book: &Self| {
            let of_account = book.sessions.iter().filter(|(_, other)| other.name == session.name);
            of_account.map(|(id, other)| (other.used_at, id.clone())).collect::<Vec<_>>()
        };
        let mut own = of_account(self);
        own.sort();
        let too_many = (own.len() + 1).saturating_sub(OF_ONE_ACCOUNT_MAX);
        for (_, id) in own.iter().take(too_many) {
            self.sessions.remove(id);
        }
        if self.sessions.len() >= OF_ALL_MAX
            && let Some(oldest) = self.sessions.iter().min_by_key(|(_, other)| other.used_at)
        {
            let oldest = oldest.0.clone();
            self.sessions.remove(&oldest);
        }
        self.sessions.insert(id, session);
    }

    /// Takes a refresh token for a new one. Whichever token of a session is not its last has been copied.
    pub(crate) fn refresh(
        &mut self,
        id: &str,
        hash: &str,
        fresh_hash: Box<str>,
        now: Timestamp,
    ) -> Refreshed {
        let Some(session) = self.sessions.get_mut(id).filter(|session| session.is_open(now)) else {
            return Refreshed::Unknown;
        };
        if &*session.refresh_hash != hash {
            self.sessions.remove(id);
            return Refreshed::UsedBefore;
        }
        session.refresh_hash = fresh_hash;
        session.used_at = now;
        Refreshed::GoesOn(session.clone())
    }

    /// Ends every session that was opened at a device.
    pub(crate) fn end_all_at(&mut self, device: &str) {
        self.sessions.retain(|_, session| session.device.as_deref() != Some(device));
    }

    /// Ends every session of an account; tells how many there were.
    pub(crate) fn end_all_of(&mut self, name: &str) -> usize {
        let before = self.sessions.len();
        self.sessions.retain(|_, session| &*session.name != name);
        before - self.sessions.len()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn session(name: &str, used_at: i64) -> Session {
        let (used_at, ends_at) = (at(used_at), at(used_at + PASSWORD_SESSION_MILLIS));
        Session { name: name.into(), device: None, refresh_hash: "1".into(), used_at, ends_at }
    }

    #[test]
    fn a_refresh_token_is_good_once_and_its_second_use_ends_the_session() {
        let mut book = SessionBook::default();
        book.open("s".into(), session("kim", 0), at(0));
        assert!(matches!(book.refresh("s", "1", "2".into(), at(1)), Refreshed::GoesOn(_)));
        assert!(matches!(book.refresh("s", "2", "3".into(), at(2)), Refreshed::GoesOn(_)));
        assert_eq!(book.refresh("s", "1", "4".into(), at(3)), Refreshed::UsedBefore);
        assert_eq!(book.refresh("s", "3", "5".into(), at(4)), Refreshed::Unknown, "the good one is over too");
    }

    #[test]
    fn a_session_ends_unused_after_a_week_and_used_after_a_month() {
        let mut book = SessionBook::default();
        book.open("s".into(), session("kim", 0), at(0));
        assert_eq!(book.refresh("s", "1", "2".into(), at(IDLE_MILLIS)), Refreshed::Unknown);
        let mut now = 0;
        while now + IDLE_MILLIS <= PASSWORD_SESSION_MILLIS {
            now += IDLE_MILLIS - 1;
            assert!(matches!(book.refresh("s", "1", "1".into(), at(now)), Refreshed::GoesOn(_)));
        }
        assert_eq!(book.refresh("s", "1", "1".into(), at(PASSWORD_SESSION_MILLIS)), Refreshed::Unknown);
    }

    #[test]
    fn the_oldest_session_makes_room_and_only_ones_own() {
        let mut book = SessionBook::default();
        book.open("lee".into(), session("lee", 0), at(1));
        for number in 0..30_i64 {
            book.open(format!("{number:02}").into(), session("kim", number), at(100));
        }
        let kept: Vec<&str> = book.sessions.keys().map(|id| &**id).collect();
        assert_eq!(kept.len(), OF_ONE_ACCOUNT_MAX + 1);
        assert_eq!((kept[0], *kept.last().unwrap()), ("10", "lee"));
        assert_eq!(book.end_all_of("kim"), OF_ONE_ACCOUNT_MAX);
        assert_eq!(book.sessions.len(), 1);
    }
}
