//! `jumun sandbox-provider`: the sandbox as a program of its own, spoken to over HTTP as a real provider is.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use edge::listener::{Listener, ListenerSettings};
use payment_service::provider::ProviderKey;
use payment_service::provider::callback::CallbackSecret;
use payment_service::provider::sandbox::{CallingOut, SandboxDesk};
use telemetry::{LogFormat, LogOptions, start_logs};
use tokio_util::sync::CancellationToken;

use crate::clock::SystemClock;
use crate::serve::Signals;

#[derive(Debug, Args)]
pub(crate) struct SandboxProviderFlags {
    /// Where shops reach it; port 0 picks one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// What shops must know to be heard; better said by the environment than by the flag.
    #[arg(long, value_name = "KEY", env = "JUMUN_PROVIDER_KEY", hide_env_values = true)]
    secret_key: String,
    /// The file of its book; without one it forgets everything with its end.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Where it calls back, without the provider's name: `http://HOST:PORT/v1/payments/callbacks`.
    #[arg(long, value_name = "URL", requires = "callback_secret")]
    callback_url: Option<String>,
    /// What it signs its callbacks with: `whsec_` and base64.
    #[arg(long, value_name = "SECRET", env = "JUMUN_CALLBACK_SECRET", hide_env_values = true)]
    callback_secret: Option<String>,
}

/// How often its book is synced.
const SYNC_BOOK_EVERY: Duration = Duration::from_secs(1);
/// How long what is under way may go on when it is told to stop: a hung answer never ends.
const DRAIN: Duration = Duration::from_secs(1);

pub(crate) fn run(flags: SandboxProviderFlags) -> Result<ExitCode> {
    let key = ProviderKey::parse(&flags.secret_key).context("--secret-key: expected one word")?;
    let out = match (flags.callback_url, flags.callback_secret) {
        (Some(url), Some(secret)) => {
            let secret = CallbackSecret::parse(&secret)
                .context("--callback-secret: expected whsec_ and the base64 of 24 bytes or more")?;
            Some(CallingOut { url: url.trim_end_matches('/').to_owned(), secret })
        }
        _ => None,
    };
    start_logs(&LogOptions { format: LogFormat::Pretty, filter: "info".to_owned() })?;
    let forgotten = tempfile::tempdir().context("no temporary folder can be made")?;
    let book = flags.data.unwrap_or_else(|| forgotten.path().join("book"));
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    threads.block_on(serve(flags.listen, key, &book, out))
}

async fn serve(
    address: SocketAddr,
    key: ProviderKey,
    book: &Path,
    out: Option<CallingOut>,
) -> Result<ExitCode> {
    let desk = SandboxDesk::open(book, key, Arc::new(SystemClock::start()))
        .with_context(|| format!("the book {} cannot be opened", book.display()))?;
    if let Some(out) = out {
        desk.call_out(out).context("callbacks cannot be made")?;
    }
    let synced = desk.clone();
    tokio::spawn(async move { synced.sandbox().keep_synced(SYNC_BOOK_EVERY).await });
    let settings = ListenerSettings { drain_timeout: DRAIN, ..ListenerSettings::default() };
    let listener = Listener::bind(address, settings)
        .await
        .with_context(|| format!("{address} cannot be listened on"))?;
    let signals = Signals::listen()?;
    println!("listening on http://{}", listener.local_addr());
    let _closed = std::io::stdout().flush();
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(listener.serve(desk.routes(), shutdown.clone()));
    signals.wait().await;
    shutdown.cancel();
    let _drained = serving.await;
    Ok(ExitCode::SUCCESS)
}
