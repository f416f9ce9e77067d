//! How each channel of the sandbox behaves, switched while it runs.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use catalog_contract::Channel;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// How a channel behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Behaviour {
    /// It takes what arrives.
    #[default]
    Healthy,
    /// It takes nothing, and says that it is not there.
    Down,
    /// It takes what arrives, late.
    Slow {
        /// How late.
        millis: u64,
    },
    /// It refuses what arrives, for good.
    Refuses,
    /// It loses some, before or after it has taken them: the sender hears that it is not there.
    Lossy {
        /// How many of a hundred.
        percent: u32,
        /// What chance begins with: the same losses again.
        seed: u64,
    },
}

/// What becomes of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Taken, after this long.
    Taken { after_millis: u64 },
    /// Not taken.
    Down,
    /// Refused.
    Refused,
    /// Taken, and the answer is lost.
    AnswerLost,
}

/// The switches of all channels.
#[derive(Default)]
pub(super) struct Switches(Mutex<BTreeMap<Channel, Switch>>);

struct Switch {
    behaviour: Behaviour,
    chance: SmallRng,
}

impl Switches {
    /// Sets one.
    pub(super) fn set(&self, channel: Channel, behaviour: Behaviour) {
        let seed = if let Behaviour::Lossy { seed, .. } = behaviour { seed } else { 0 };
        let switch = Switch { behaviour, chance: SmallRng::seed_from_u64(seed) };
        self.switches().insert(channel, switch);
    }

    /// How they stand; those that nobody set are healthy.
    pub(super) fn read(&self) -> BTreeMap<Channel, Behaviour> {
        self.switches().iter().map(|(channel, switch)| (*channel, switch.behaviour)).collect()
    }

    /// What becomes of the next message on a channel.
    pub(super) fn fate(&self, channel: Channel) -> Fate {
        let mut switches = self.switches();
        let Some(switch) = switches.get_mut(&channel) else { return Fate::Taken { after_millis: 0 } };
        match switch.behaviour {
            Behaviour::Healthy => Fate::Taken { after_millis: 0 },
            Behaviour::Down => Fate::Down,
            Behaviour::Slow { millis } => Fate::Taken { after_millis: millis },
            Behaviour::Refuses => Fate::Refused,
            Behaviour::Lossy { percent, .. } => {
                if switch.chance.random_range(0..100) >= percent {
                    Fate::Taken { after_millis: 0 }
                } else if switch.chance.random_bool(0.5) {
                    Fate::Down
                } else {
                    Fate::AnswerLost
                }
            }
        }
    }

    fn switches(&self) -> MutexGuard<'_, BTreeMap<Channel, Switch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(seed: u64) -> Vec<Fate> {
        let switches = Switches::default();
        switches.set(Channel::Kakao, Behaviour::Lossy { percent: 50, seed });
        (0..100).map(|_| switches.fate(Channel::Kakao)).collect()
    }

    #[test]
    fn the_same_seed_loses_the_same_messages() {
        assert_eq!(fates(7), fates(7));
        assert_ne!(fates(7), fates(8));
        for fate in [Fate::Taken { after_millis: 0 }, Fate::Down, Fate::AnswerLost] {
            assert!(fates(7).contains(&fate), "{fate:?}");
        }
    }

    #[test]
    fn one_channel_that_is_down_leaves_the_others_alone() {
        let switches = Switches::default();
        switches.set(Channel::Kakao, Behaviour::Down);
        assert_eq!(switches.fate(Channel::Kakao), Fate::Down);
        assert_eq!(switches.fate(Channel::Sms), Fate::Taken { after_millis: 0 });
    }
}
