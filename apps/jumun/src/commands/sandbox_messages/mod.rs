//! `jumun sandbox-messages`: a relay for KakaoTalk and text messages and a mail server on this machine, that
//! send nothing to anybody and record what arrives. What they do with it can be changed while they run.
//!
//! - `book.rs`: what has arrived, once per id.
//! - `switches.rs`: how each channel behaves.
//! - `relay.rs`: the routes that a relay has.
//! - `smtp.rs`, `mail.rs`: mails as they come in, and as they are shown.
//! - `desk.rs`: the routes of whoever looks at it.

mod book;
mod desk;
mod mail;
mod relay;
mod smtp;
mod switches;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use axum::Router;
use clap::Args;
use edge::listener::{Listener, ListenerSettings};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::SystemClock;
use crate::shops;

use book::Book;
use relay::Approved;
use switches::Switches;

#[derive(Debug, Args)]
pub(crate) struct SandboxMessagesFlags {
    /// Where it listens, on this machine only; port 0 picks one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8099")]
    listen: SocketAddr,
    /// Where it takes mails (SMTP), on this machine only; nowhere when left out.
    #[arg(long, value_name = "ADDR")]
    smtp_listen: Option<SocketAddr>,
    /// Where every message is written down too, a line of JSON each.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Shops (built-in names or files) whose templates are approved; any template is where none is named.
    #[arg(long, value_name = "SHOP|FILE")]
    approved: Vec<String>,
}

/// What all its routes share.
#[derive(Clone)]
struct Sandbox {
    book: Arc<Book>,
    switches: Arc<Switches>,
    approved: Arc<Approved>,
}

pub(crate) fn run(flags: &SandboxMessagesFlags) -> Result<ExitCode> {
    for address in [Some(flags.listen), flags.smtp_listen].into_iter().flatten() {
        if !address.ip().is_loopback() {
            bail!("{address} can be reached from other machines, and what arrives names people");
        }
    }
    let shops = flags.approved.iter().map(|name| shops::one(name)).collect::<Result<Vec<_>>>()?;
    let book = Book::new(Arc::new(SystemClock::start()), flags.record.clone())?;
    let sandbox = Sandbox {
        book: Arc::new(book),
        switches: Arc::new(Switches::default()),
        approved: Arc::new(Approved::of(&shops)),
    };
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    threads.block_on(serve(flags.listen, flags.smtp_listen, sandbox))
}

async fn serve(address: SocketAddr, mails: Option<SocketAddr>, sandbox: Sandbox) -> Result<ExitCode> {
    if let Some(address) = mails {
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("{address} cannot be listened on"))?;
        tokio::spawn(smtp::serve(listener, sandbox.clone()));
    }
    let listener = Listener::bind(address, ListenerSettings::default())
        .await
        .with_context(|| format!("{address} cannot be listened on"))?;
    println!("sandbox for messages on http://{}", listener.local_addr());
    let routes = Router::new().merge(relay::routes()).merge(desk::routes()).with_state(sandbox);
    let shutdown = CancellationToken::new();
    let stopped = shutdown.clone();
    tokio::spawn(async move {
        let _interrupted = tokio::signal::ctrl_c().await;
        stopped.cancel();
    });
    let _drained = listener.serve(routes, shutdown).await;
    Ok(ExitCode::SUCCESS)
}
