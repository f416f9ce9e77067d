use std::path::PathBuf;

use journeys::{Answer, Operators, Server, eventually};
use tempfile::TempDir;

/// A gateway that holds nothing, before a process that holds every role.
#[derive(Debug)]
pub struct Village {
    folder: TempDir,
    /// The process that strangers reach.
    pub gateway: Server,
    /// The process behind it.
    pub roles: Server,
}

impl Village {
    /// Opens a shop behind a gateway that is told so.
    ///
    /// # Panics
    /// When they do not find each other.
    pub async fn open(shop: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data: PathBuf = folder.path().join("data");
        let gateway = Server::start(&data, &[&[shop, "--roles", "gateway"], arguments].concat()).await;
        let held = "catalog,ordering,payment,inventory,kitchen,delivery,notification,tracking";
        let roles = Server::start(&data, &[shop, "--roles", held]).await;
        let village = Self { folder, gateway, roles };
        let menu = format!("{}/v1/shops/{shop}/menu", village.gateway.public);
        let found = eventually(
            "the menu through the gateway",
            async || Answer::or_silence(reqwest_client().get(&menu)).await,
            |answer| answer.as_ref().is_some_and(|answer| answer.status == 200),
        );
        found.await.unwrap();
        village
    }

    /// How many requests the roles have answered.
    pub async fn answered_behind(&self) -> u64 {
        requests_answered(&self.roles).await
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

/// How many requests a process has answered, by its own count.
async fn requests_answered(server: &Server) -> u64 {
    let metrics = Operators::at(&server.operators).get("/metrics").await.is(200).text();
    metrics
        .lines()
        .filter(|line| line.starts_with("jumun_http_requests_total"))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

fn reqwest_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
