//! Proves of a shop's life, over every state that an order of it can come to: no order gets stuck, and
//! who paid has the goods or the money back.
//!
//! The walk drives the aggregates themselves - the order, its ticket, its delivery - with every wish that
//! somebody may have at any time, and every message between contexts on its way for as long as it likes.
//! Payment and inventory are played by the few facts that they tell ordering. The walk is breadth first:
//! what it finds wrong it tells by the shortest way there.

#[cfg(test)]
mod explained;
mod moves;
mod world;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use catalog_contract::ShopLife;
use kernel::Timestamp;
use ordering_contract::LaterTime;

use moves::{Move, moves};
use world::World;

/// A life that was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    /// The states that its orders can come to.
    pub(crate) states: usize,
}

/// What is wrong with a life, and the shortest way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counterexample {
    wrong: String,
    steps: Vec<String>,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.wrong)?;
        for (number, step) in (1..).zip(&self.steps) {
            write!(f, "\n  {number:>2}. {step}")?;
        }
        Ok(())
    }
}

/// More states than any life has: the walk itself is wrong then.
const STATES_MAX: usize = 500_000;

/// Some later time: which one makes no difference.
const LATER: LaterTime =
    LaterTime { wanted_at: Timestamp::from_millis(2), due_at: Timestamp::from_millis(1) };

/// A state that was reached: from where, by what, and where it leads.
struct Reached {
    from: Option<(usize, String)>,
    ended: bool,
    leads_to: Vec<usize>,
}

/// Walks through every state of an order under this life.
///
/// # Errors
/// [`Counterexample`]: the first thing that is wrong, by the shortest way.
pub(crate) fn prove(life: &ShopLife) -> Result<Proof, Counterexample> {
    walk(life, moves)
}

/// The orders that a walk begins with. One of each kind is cancelled by nobody: that a cancel would end it
/// must not hide that nothing else does.
fn starts(life: &Arc<ShopLife>) -> Result<Vec<World>, String> {
    let only_later = life.later.as_ref().is_some_and(|rule| rule.only);
    let now = (!only_later).then_some(None);
    let mut starts = Vec::new();
    for later in now.into_iter().chain(life.later.as_ref().map(|_| Some(LATER))) {
        let start = World::new(life, later)?;
        starts.extend([World { cancels_left: 0, ..start.clone() }, start]);
    }
    Ok(starts)
}

fn walk(life: &ShopLife, moves: impl Fn(&World) -> Vec<Move>) -> Result<Proof, Counterexample> {
    let life = Arc::new(life.clone());
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut reached = Vec::new();
    let mut waiting = VecDeque::new();
    let starts = starts(&life).map_err(|wrong| Counterexample { wrong, steps: Vec::new() })?;
    for start in starts {
        let index = reached.len();
        known.insert(start.key(), index);
        reached.push(Reached { from: None, ended: start.has_ended(), leads_to: Vec::new() });
        waiting.push_back((index, start));
    }
    while let Some((at, world)) = waiting.pop_front() {
        if let Some(wrong) = world.wrong() {
            return Err(Counterexample { wrong, steps: way_to(&reached, at) });
        }
        for (what, outcome) in moves(&world) {
            let next = match outcome {
                Ok(next) => next,
                Err(wrong) => {
                    let mut steps = way_to(&reached, at);
                    steps.push(what);
                    return Err(Counterexample { wrong, steps });
                }
            };
            let key = next.key();
            let index = match known.get(&key) {
                Some(&index) => index,
                None => {
                    let index = reached.len();
                    known.insert(key, index);
                    let ended = next.has_ended();
                    reached.push(Reached { from: Some((at, what)), ended, leads_to: Vec::new() });
                    waiting.push_back((index, next));
                    index
                }
            };
            reached[at].leads_to.push(index);
        }
        if reached.len() > STATES_MAX {
            let wrong = format!("there is no end to the states of an order: more than {STATES_MAX}");
            return Err(Counterexample { wrong, steps: Vec::new() });
        }
    }
    match first_without_an_end(&reached) {
        Some(stuck) => {
            let wrong = "an order can get stuck: from here it never ends, whoever does what".to_owned();
            Err(Counterexample { wrong, steps: way_to(&reached, stuck) })
        }
        None => Ok(Proof { states: reached.len() }),
    }
}

fn way_to(reached: &[Reached], mut at: usize) -> Vec<String> {
    let mut steps = Vec::new();
    while let Some((from, what)) = &reached[at].from {
        steps.push(what.clone());
        at = *from;
    }
    steps.reverse();
    steps
}

/// The first state from which no end can be reached.
fn first_without_an_end(reached: &[Reached]) -> Option<usize> {
    let mut comes_from: Vec<Vec<usize>> = vec![Vec::new(); reached.len()];
    for (at, state) in reached.iter().enumerate() {
        for &next in &state.leads_to {
            comes_from[next].push(at);
        }
    }
    let mut ends = vec![false; reached.len()];
    let mut waiting: Vec<usize> = (0..reached.len()).filter(|at| reached[*at].ended).collect();
    while let Some(at) = waiting.pop() {
        if !std::mem::replace(&mut ends[at], true) {
            waiting.extend(comes_from[at].iter().copied());
        }
    }
    ends.iter().position(|ends| !ends)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use catalog_contract::Completes;

    use super::*;
    use crate::shops;

    #[test]
    fn every_shop_that_the_program_carries_is_proved() {
        for shop in catalog_service::DEFAULT_SHOPS {
            let file = shops::one(shop.name()).unwrap();
            let proof = prove(&file.life).unwrap_or_else(|found| panic!("{}: {found}", shop.name()));
            assert!(proof.states > 20, "{}: {proof:?}", shop.name());
        }
    }

    #[test]
    fn an_order_for_later_whose_time_never_comes_is_found_although_a_cancel_would_end_it() {
        let life = shops::one("cafe").unwrap().life;
        let later = Some(catalog_contract::LaterRule {
            days_ahead_max: 7,
            notice_millis: 1_000,
            lead_millis: 1_000,
            cut_off: None,
            only: true,
        });
        let life = ShopLife { later, ..life };
        assert!(prove(&life).is_ok());
        let without_its_time = |world: &World| {
            let mut found = moves(world);
            found.retain(|(what, _)| what != "its time has come");
            found
        };
        let found = walk(&life, without_its_time).unwrap_err();
        assert!(found.wrong.starts_with("an order can get stuck"), "{found}");
        assert_eq!(found.steps, ["the money is captured", "ordering hears: Approved"], "{found}");
    }

    #[test]
    fn every_shop_of_the_documents_is_proved() {
        for name in ["flowers", "canteen"] {
            let file = format!("{}/../../docs/examples/{name}.toml", env!("CARGO_MANIFEST_DIR"));
            let proof = prove(&shops::one(&file).unwrap().life).unwrap();
            assert!(proof.states > 20, "{name}: {proof:?}");
        }
    }

    #[test]
    fn a_delivered_order_that_nobody_closes_is_found_to_get_stuck() {
        let mut life = shops::one("pizza").unwrap().life;
        life.completes = Completes::Command { or_after_millis: 0 };
        let found = prove(&life).unwrap_err();
        assert!(found.wrong.starts_with("an order can get stuck"), "{found}");
        let brought = found.steps.iter().any(|step| step == "the courier has brought it");
        assert!(brought && found.steps.len() < 20, "{found}");
    }
}
