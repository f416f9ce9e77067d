//! `jumun demo`: a guided tour of under a minute. The shops are opened on a temporary data folder
//! by this same program, and everything that is shown goes through its real HTTP API.
//!
//! To add a scene: a function in `demo/scenes/`, and its line in [`Tour::play`].

mod corner;
mod counter;
mod program;
mod scenes;
mod teller;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use tokio::time::Instant;

use self::corner::Corner;
use self::counter::Counter;
use self::program::Program;
use self::teller::Teller;

#[derive(Debug, Args)]
pub(crate) struct DemoFlags {
    /// Keep what the tour leaves in this folder, which must be empty or not there yet; without it
    /// the folder is a temporary one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Plays the tour.
pub(crate) fn run(flags: &DemoFlags) -> Result<ExitCode> {
    let temporary = tempfile::tempdir().context("there is no room for a temporary folder")?;
    let data = match &flags.data {
        Some(data) if is_used(data) => bail!("{} is not empty", data.display()),
        Some(data) => data.clone(),
        None => temporary.path().join("data"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sound = runtime.block_on(async { Tour::begin(&data).await?.play().await })?;
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_used(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// Where the tour stands.
struct Tour {
    teller: Teller,
    counter: Counter,
    program: Program,
    data: PathBuf,
    began: Instant,
    /// The shop that takes money when it is ordered.
    paid: Corner,
    /// The shop that has nobody and counts its stock.
    stocked: Corner,
    /// The shop that makes something and lets couriers bring it.
    brought: Corner,
    /// The shop where customers approve the payment themselves.
    approved: Corner,
    /// The shop that is paid from deposits.
    from_deposit: Corner,
}

impl Tour {
    async fn begin(data: &Path) -> Result<Self> {
        let mut teller = Teller::new();
        let began = Instant::now();
        teller.heading("주문 Jumun", "점심시간의 다섯 가게 · a lunch rush in five shops");
        let program = Program::start(data).await?;
        teller.says(&format!("jumun serve --data {}", data.display()));
        teller.says(&format!("open at {} after {} ms", program.address, began.elapsed().as_millis()));
        let counter = Counter::at(&program.address)?;
        let delivery = ("handover", "delivery");
        let paid = Corner::find(&counter, &[("payment", "at-order"), ("handover", "pickup")]).await?;
        let stocked = Corner::find(&counter, &[("stock", "reserve")]).await?;
        let brought =
            Corner::find(&counter, &[("payment", "at-order"), ("prepare", "staff"), delivery]).await?;
        let approved = Corner::find(&counter, &[("payment", "by-customer")]).await?;
        let from_deposit =
            Corner::find(&counter, &[("payment", "at-order"), ("prepare", "none"), delivery]).await?;
        let data = data.to_owned();
        Ok(Self { teller, counter, program, data, began, paid, stocked, brought, approved, from_deposit })
    }

    /// Plays every scene; whether all invariants hold in the end.
    async fn play(mut self) -> Result<bool> {
        scenes::orders::paid(&mut self).await?;
        scenes::orders::declined(&mut self).await?;
        scenes::orders::clicked_twice(&mut self).await?;
        scenes::cancels::wins(&mut self).await?;
        scenes::cancels::too_late(&mut self).await?;
        scenes::stock::runs_out(&mut self).await?;
        scenes::lives::brought(&mut self).await?;
        scenes::lives::approved(&mut self).await?;
        scenes::lives::from_deposit(&mut self).await?;
        scenes::kill::half_way(&mut self).await?;
        let sound = scenes::check::invariants(&mut self).await?;
        self.program.stop().await?;
        self.teller.farewell(self.began.elapsed());
        Ok(sound)
    }
}
