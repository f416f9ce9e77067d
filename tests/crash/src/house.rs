//! The cycles of one data folder: it is opened, killed over and over, and judged in the end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use futures::future::join_all;
use tokio::time::{Instant, sleep};

use crate::bounds::Held;
use crate::check;
use crate::memory::Memory;
use crate::person::{Part, Person};
use crate::plan::{Plan, chance};
use crate::program::Site;
use crate::shops;
use crate::wire::Wire;

const CUSTOMERS: usize = 12;
const STAFF: usize = 4;
const COURIERS: usize = 3;
const SHELVES: usize = 1;
/// How long everybody may take to be answered, and the program to come to rest, in the end.
const REST_TIMEOUT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A data folder, and everybody who comes there.
pub struct House {
    site: Site,
    seed: u64,
    people: Vec<Person>,
    kills: Kills,
    held: Held,
}

/// How often the program was killed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kills {
    /// While it served.
    pub serving: u64,
    /// While it started.
    pub starting: u64,
}

/// What is left of a house.
#[derive(Debug)]
pub struct Remains {
    /// What everybody remembers.
    pub memory: Memory,
    /// How often it was killed.
    pub kills: Kills,
    /// The most that it held.
    pub held: Held,
    /// Orders that are in the stores, refused ones too.
    pub orders: u64,
    /// What must not be.
    pub violations: Vec<String>,
}

impl House {
    /// A new house in an empty folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn open(folder: &Path, binary: PathBuf, seed: u64) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let shops = shops::lay_out(folder)?;
        let site = Site { binary, data: folder.join("data"), log: folder.join("jumun.log"), shops };
        let parts = [
            (Part::Customer, CUSTOMERS),
            (Part::Staff, STAFF),
            (Part::Shelves, SHELVES),
            (Part::Courier, COURIERS),
        ];
        let people = parts
            .iter()
            .flat_map(|(part, count)| (0..*count).map(move |_| *part))
            .enumerate()
            .map(|(who, part)| Person::new(part, format!("p{who}")))
            .collect();
        Ok(Self { site, seed, people, kills: Kills::default(), held: Held::default() })
    }

    /// One cycle: started, served, killed.
    ///
    /// # Errors
    /// When the program does not become ready, or ends by itself.
    pub async fn cycle(&mut self, cycle: u64) -> Result<()> {
        let plan = Plan::of(self.seed, cycle);
        for after in &plan.stillborn {
            self.site.start_and_kill(*after).await?;
            self.kills.starting += 1;
        }
        let program = self.site.start().await?;
        let wire = Wire::new(&program.url)?;
        let (seed, site, held) = (self.seed, &self.site, &mut self.held);
        let lives =
            self.people.iter_mut().zip(1..).map(|(person, who)| person.live(&wire, chance(seed, cycle, who)));
        let kill = async {
            sleep(plan.served).await;
            *held = held.max(site.held(&program)?);
            site.kill(program).await
        };
        let (_, killed) = tokio::join!(join_all(lives), kill);
        self.kills.serving += 1;
        killed
    }

    /// Lets everybody be answered and everything come to rest, ends the program, and judges.
    ///
    /// # Errors
    /// When the program does not start, or something cannot be read.
    pub async fn close(mut self) -> Result<Remains> {
        let mut violations = Vec::new();
        let program = self.site.start().await?;
        let wire = Wire::new(&program.url)?;
        let deadline = Instant::now() + REST_TIMEOUT;
        join_all(self.people.iter_mut().map(|person| person.settle(&wire, deadline))).await;
        let pending = self.people.iter().filter_map(Person::pending);
        violations.extend(pending.map(|wish| format!("{wish:?} is never decided")));
        while let Some(moving) = check::moving(&self.site.data)?.into_iter().next() {
            if Instant::now() >= deadline {
                violations.push(format!("it does not come to rest: {moving}"));
                break;
            }
            sleep(LOOK_EVERY).await;
        }
        let mut memory = Memory::default();
        for person in self.people {
            memory.merge(person.memory);
        }
        violations.append(&mut memory.violations);
        self.held = self.held.max(self.site.held(&program)?);
        violations.extend(self.held.beyond());
        violations.extend(check::api(&wire, &memory).await?);
        violations.extend(self.site.end(program).await.err().map(|error| format!("{error:#}")));
        let judged = check::stores(&self.site.data, &memory)?;
        violations.extend(judged.violations);
        violations.extend(self.site.verify().await?.map(|said| format!("verify is not green:\n{said}")));
        violations.extend(self.site.panics()?.into_iter().map(|line| format!("it panicked: {line}")));
        Ok(Remains { memory, kills: self.kills, held: self.held, orders: judged.orders, violations })
    }
}
