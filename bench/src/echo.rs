//! The yardstick Y1: JSON in, the same JSON out, with nothing behind it. It runs as a process of
//! its own (`bench echo`), with the runtime and the allocator of the program under test.

use std::io::Write;
use std::net::SocketAddr;

use anyhow::Result;
use axum::routing::post;
use axum::serve::ListenerExt;
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;

/// Serves until it is killed; says where in one line, as the program does.
pub(crate) fn serve() -> Result<()> {
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    threads.block_on(async {
        let socket = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        println!("listening on http://{}", socket.local_addr()?);
        std::io::stdout().flush()?;
        let socket = socket.tap_io(|stream| {
            let _slower_then = stream.set_nodelay(true);
        });
        // The second as the documents' own load names it.
        let routes = Router::new().route("/v1/shops/{shop}/orders", post(echo)).route("/orders", post(echo));
        axum::serve(socket, routes).await?;
        Ok(())
    })
}

async fn echo(Json(body): Json<Value>) -> Json<Value> {
    Json(body)
}
