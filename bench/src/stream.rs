//! The live stream of a shop, read as a client reads it: which orders are shown as completed.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::request::{SHOP, get_with};

/// A stream that is followed.
pub(crate) struct Stream {
    lines: tokio::io::Lines<BufReader<TcpStream>>,
}

#[derive(Deserialize)]
struct Change {
    order: String,
    state: String,
}

impl Stream {
    /// Follows the bench shop from now on; `lines` are further ones of the head.
    pub(crate) async fn follow(address: SocketAddr, lines: &str) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&get_with(&format!("/v1/shops/{SHOP}/stream"), lines)).await?;
        let mut lines = BufReader::new(stream).lines();
        let status = lines.next_line().await?.context("the stream ended at once")?;
        if !status.contains(" 200 ") {
            bail!("the stream was answered with {status}");
        }
        Ok(Self { lines })
    }

    /// The next order that is shown as completed. What is not a change (the frame of a chunk, the
    /// id of an event, a sign of life) is passed over.
    pub(crate) async fn next_completed(&mut self) -> Result<String> {
        loop {
            let line = self.lines.next_line().await?.context("the stream ended")?;
            let Some(data) = line.strip_prefix("data:") else { continue };
            let Ok(change) = serde_json::from_str::<Change>(data) else { continue };
            if change.state == "completed" {
                return Ok(change.order);
            }
        }
    }
}
