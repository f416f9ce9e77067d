//! One state of one trace: where it is cut, and what then becomes of the files.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::seq::IteratorRandom;
use rand::{Rng, SeedableRng};

use crate::check::{self, Outcome, Violation};
use crate::cut;
use crate::damage::{Damage, Place, Spare};
use crate::format::Kind;
use crate::image::Image;
use crate::loss::Loss;
use crate::recording::{Recording, scratch_folder};
use crate::script::Script;
use crate::trace::Trace;
use crate::worker;

/// What becomes of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blow {
    /// A power cut.
    Loss(Loss),
    /// Damage to what was safe.
    Damage(Damage),
}

impl Blow {
    /// The blows of ordinary runs, in turn: two power cuts to each damage.
    #[must_use]
    pub fn in_turn(turn: usize) -> Self {
        let (round, place) = (turn / 3, turn % 3);
        if place == 2 {
            Self::Damage(Damage::ALL[round % Damage::ALL.len()])
        } else {
            Self::Loss(Loss::ALL[(round * 2 + place) % Loss::ALL.len()])
        }
    }

    /// Its name in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loss(loss) => loss.name(),
            Self::Damage(damage) => damage.name(),
        }
    }
}

/// A case: the blow, and the seed of everything else about it. Written `torn512:17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// What becomes of the files.
    pub blow: Blow,
    /// The seed of cut and choices.
    pub seed: u64,
}

/// What a case came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// All promises kept.
    Kept,
    /// Damage, and what it came to.
    Damaged(Outcome),
    /// The trace offered nothing to damage in this way.
    NotApplicable,
}

impl Case {
    /// What the power cut of this case leaves, and the record that it came before.
    ///
    /// # Errors
    /// When the trace cannot be replayed, or the case is no power cut.
    pub fn cut(&self, trace: &Trace, folder: &str) -> Result<(Image, usize)> {
        let Blow::Loss(loss) = self.blow else {
            bail!("{self} is damage, not a power cut");
        };
        cut::power(trace, folder, loss, &mut StdRng::seed_from_u64(self.seed))
    }

    /// Makes the state, opens it with the product and judges it.
    ///
    /// # Errors
    /// When the state cannot be made; a broken promise is the inner error.
    pub fn judge(&self, recording: &Recording, script: &Script) -> Result<Result<Finding, Violation>> {
        match self.blow {
            Blow::Loss(_) => {
                let (image, cut) = self.cut(&recording.trace, &recording.folder)?;
                let folder = scratch_folder()?;
                image.write_to(folder.path())?;
                let acknowledged = worker::last_batch(recording.trace.acknowledgements(cut));
                let verdict =
                    check::after_power_cut(recording.plan.subject, folder.path(), script, acknowledged);
                Ok(verdict.map(|()| Finding::Kept).map_err(|violation| at_cut(violation, cut)))
            }
            Blow::Damage(damage) => {
                judge_damage(damage, recording, script, &mut StdRng::seed_from_u64(self.seed))
            }
        }
    }
}

fn at_cut(violation: Violation, cut: usize) -> Violation {
    Violation { detail: format!("{} (cut at record {cut})", violation.detail), ..violation }
}

fn judge_damage(
    damage: Damage,
    recording: &Recording,
    script: &Script,
    chance: &mut StdRng,
) -> Result<Result<Finding, Violation>> {
    // Some moments offer no log to damage: right behind a checkpoint that ended it.
    for _ in 0..20 {
        let Some(cut) = cut::places_behind(&recording.trace, Kind::Acknowledge).choose(chance) else {
            break;
        };
        let mut image = cut::at(&recording.trace, &recording.folder, cut, Loss::Everything, chance)?;
        let last = worker::last_batch(recording.trace.acknowledgements(cut));
        let sound = scratch_folder()?;
        image.write_to(sound.path())?;
        let bookmark = recording.plan.subject.open(sound.path()).and_then(|mut subject| subject.bookmark());
        let bookmark = bookmark.context("opening the undamaged state")?;
        let spare = spare_for(damage, recording, script, cut, last, chance)?;
        if let Some(place) = damage.strike(&mut image, &spare, chance) {
            let folder = scratch_folder()?;
            image.write_to(folder.path())?;
            let outcome = check::after_damage(recording.plan.subject, folder.path(), script, last, &bookmark);
            return Ok(outcome
                .and_then(|outcome| forbid_excuses(place, outcome))
                .map(Finding::Damaged)
                .map_err(|violation| at_cut(violation, cut)));
        }
    }
    Ok(Ok(Finding::NotApplicable))
}

/// Damage that the store itself must see may not be left to a neighbour.
fn forbid_excuses(place: Place, outcome: Outcome) -> Result<Outcome, Violation> {
    let is_excuse = matches!(outcome, Outcome::DetectedByNeighbour | Outcome::MixtureDetectedByNeighbour);
    if is_excuse && place != Place::Log {
        let detail = "an older state served in silence; only a neighbour would notice";
        return Err(Violation::new(check::Promise::I32, detail));
    }
    Ok(outcome)
}

fn spare_for(
    damage: Damage,
    recording: &Recording,
    script: &Script,
    cut: usize,
    last: u64,
    chance: &mut StdRng,
) -> Result<Spare> {
    let mut spare = Spare::default();
    match damage {
        Damage::ForeignLog => spare.foreign_log = foreign_log(recording, last)?,
        Damage::OldLog => {
            let earlier = chance.random_range(1..=cut);
            let mut image = cut::at(&recording.trace, &recording.folder, earlier, Loss::Everything, chance)?;
            spare.old_log = image.file_ending("-wal").map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        }
        Damage::FlipPayload => {
            let contents = script.contents(last);
            let payload = contents.orders.values().flat_map(|order| &order.events).choose(chance);
            // The filler's beginning: what stands before it is the same in every event.
            spare.payload = payload.map_or_else(Vec::new, |text| text.as_bytes()[text.len() - 12..].to_vec());
        }
        _ => {}
    }
    Ok(spare)
}

/// The log of another store of the same kind, with as many batches.
fn foreign_log(recording: &Recording, batches: u64) -> Result<Vec<u8>> {
    let folder = scratch_folder()?;
    let mut subject = recording.plan.subject.open(folder.path())?;
    for step in Script::new(!recording.plan.seed, batches).after(0) {
        subject.commit(step)?;
    }
    let mut name = recording.plan.subject.database_file(folder.path()).into_os_string();
    name.push("-wal");
    Ok(std::fs::read(name)?)
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.blow {
            Blow::Loss(loss) => write!(f, "{loss:?}:{}", self.seed),
            Blow::Damage(damage) => write!(f, "{damage:?}:{}", self.seed),
        }
    }
}

impl FromStr for Case {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (word, seed) = text.split_once(':').context("a case is written BLOW:SEED")?;
        let loss = Loss::ALL.into_iter().find(|it| format!("{it:?}") == word).map(Blow::Loss);
        let damage = || Damage::ALL.into_iter().find(|it| format!("{it:?}") == word).map(Blow::Damage);
        let blow = loss.or_else(damage).with_context(|| format!("unknown blow {word}"))?;
        Ok(Self { blow, seed: seed.parse()? })
    }
}
