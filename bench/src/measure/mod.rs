//! The measurements, one subject per file. Each records its figures in the readings and counts
//! what was acknowledged against what is stored.

mod before;
mod builds;
mod drain;
mod end_to_end;
mod growth;
mod idle;
mod intake;
mod lives;
mod orders;
mod overhead;
mod reads;
mod rebuild;
mod size;
mod slow_disk;
mod start;
mod tokens;
mod whole;

pub(crate) use before::COMPARED;
pub(crate) use lives::LIVES;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::arguments::{Arguments, Sizes};
use crate::clock::millis_since_1970;
use crate::machine::Stolen;
use crate::readings::Readings;
use crate::request::{Orders, Workload};
use crate::server::{self, Program, Server};
use crate::store::Journals;

/// What every measurement needs.
pub(crate) struct Bench {
    pub(crate) arguments: Arguments,
    pub(crate) sizes: Sizes,
    pub(crate) program: Program,
    /// Everything that is stored goes here.
    pub(crate) folder: PathBuf,
    pub(crate) readings: Readings,
}

/// The program at work, and its journals.
struct Subject {
    server: Server,
    /// With the orders of the workload.
    journals: Journals,
    /// What is asked of it now.
    workload: Workload,
    /// What customers' requests say of their sender: nothing where nobody is asked.
    customer: String,
    /// What those of whoever watches the shop say.
    watcher: String,
}

impl Subject {
    fn of(server: Server, data: &Path) -> Self {
        Self {
            server,
            journals: Journals::of(data),
            workload: Workload::Completed,
            customer: String::new(),
            watcher: String::new(),
        }
    }

    /// Turns to another workload.
    fn turn_to(&mut self, workload: Workload) {
        self.workload = workload;
        self.journals = self.journals.at_shop(workload.shop());
    }

    /// Stories behind a number that are told to the end of the workload.
    fn told_after(&self, number: u64) -> Result<u64> {
        self.journals.told_after(number, self.workload.ends_as())
    }

    /// Orders of many connections, none of which has the key of another.
    fn orders(&self) -> impl Fn(usize) -> Orders + use<> {
        let (workload, lines, seed) = (self.workload, self.customer.clone(), millis_since_1970() << 16);
        move |connection| Orders::carrying(workload, &lines, seed + connection as u64)
    }
}

impl Bench {
    /// Measures all that is wanted.
    ///
    /// # Errors
    /// When something cannot be measured at all; what is measured and wrong is in the readings.
    pub(crate) async fn run(&mut self) -> Result<()> {
        size::binary(self)?;
        builds::recorded(self)?;
        start::empty(self).await?;
        idle::idle(self).await?;
        drain::drain(self).await?;
        let subject = self.subject("many").await?;
        self.rounds(&subject).await?;
        let subject = growth::growth(self, subject).await?;
        size::after_all(self, subject).await?;
        start::again(self, "many").await?;
        self.verify("many").await
    }

    async fn rounds(&mut self, subject: &Subject) -> Result<()> {
        let echo = server::echo().await?;
        let taking = intake::open(self).await?;
        let shops = lives::open(self).await?;
        let slow = slow_disk::open(self).await?;
        let mut before = before::open(self).await?;
        let mut checked = tokens::open(self).await?;
        for round in 1..=self.sizes.rounds {
            eprintln!("round {round} of {}, load {}", self.sizes.rounds, crate::machine::load_average());
            let then = Stolen::now();
            intake::raw_inserts(self)?;
            intake::many_connections(self, taking.as_ref(), &echo).await?;
            slow_disk::many_connections(self, slow.as_ref()).await?;
            intake::some_connections(self, taking.as_ref(), &echo).await?;
            intake::one_connection(self, taking.as_ref()).await?;
            whole::many_connections(self, subject).await?;
            end_to_end::end_to_end(self, subject).await?;
            reads::reads(self, subject, &echo).await?;
            overhead::overhead(self, subject, "R23").await?;
            tokens::with_tokens(self, checked.as_mut()).await?;
            lives::lives(self, shops.as_ref(), &echo).await?;
            before::compare(self, before.as_mut(), (taking.as_ref(), subject)).await?;
            self.readings.record("stolen %", Stolen::now().percent_since(then));
        }
        intake::close(self, taking).await?;
        slow_disk::close(self, slow).await?;
        lives::close(self, shops).await?;
        before::close(before).await?;
        tokens::close(self, checked).await?;
        idle::memory_after(self, subject)
    }

    /// Starts the program on a store of this name.
    async fn subject(&self, name: &str) -> Result<Subject> {
        let data = self.folder.join(name);
        let server = self.program.serve(&data).await?;
        Ok(Subject::of(server, &data))
    }

    /// Lets the program check a store that nobody holds.
    async fn verify(&mut self, name: &str) -> Result<()> {
        match self.program.verify(&self.folder.join(name)).await? {
            Ok(said) => self.readings.verified.push(said),
            Err(said) => self.readings.broken.push(format!("jumun verify of {name}:\n{said}")),
        }
        Ok(())
    }

    fn wants(&self, numbers: &[&str]) -> bool {
        numbers.iter().any(|number| self.arguments.wants(number))
    }
}
