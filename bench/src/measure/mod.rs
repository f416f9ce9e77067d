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
mod reads;
mod rebuild;
mod size;
mod start;

pub(crate) use before::COMPARED;
pub(crate) use lives::LIVES;

use std::path::PathBuf;

use anyhow::Result;

use crate::arguments::{Arguments, Sizes};
use crate::machine::Stolen;
use crate::readings::Readings;
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
    journals: Journals,
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
        let shops = lives::open(self).await?;
        let before = before::open(self).await?;
        for round in 1..=self.sizes.rounds {
            eprintln!("round {round} of {}, load {}", self.sizes.rounds, crate::machine::load_average());
            let then = Stolen::now();
            intake::raw_inserts(self)?;
            intake::many_connections(self, subject, &echo).await?;
            intake::some_connections(self, subject, &echo).await?;
            intake::one_connection(self, subject).await?;
            end_to_end::end_to_end(self, subject).await?;
            reads::reads(self, subject, &echo).await?;
            lives::lives(self, shops.as_ref(), &echo).await?;
            before::compare(self, before.as_ref(), subject).await?;
            self.readings.record("stolen %", Stolen::now().percent_since(then));
        }
        lives::close(self, shops).await?;
        before::close(before).await?;
        idle::memory_after(self, subject)
    }

    /// Starts the program on a store of this name.
    async fn subject(&self, name: &str) -> Result<Subject> {
        let data = self.folder.join(name);
        let server = self.program.serve(&data).await?;
        Ok(Subject { server, journals: Journals::of(&data) })
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
