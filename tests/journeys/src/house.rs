use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, PoisonError, RwLock};

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::answer::Answer;
use crate::server::Server;
use crate::shop::Shop;

/// A program that is open, its data folder, and the way there after each restart.
#[derive(Debug)]
pub struct House {
    folder: TempDir,
    arguments: Vec<String>,
    server: Option<Server>,
    address: Address,
}

/// Where the house is served now; shared with everybody who goes there.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    http: Client,
    base: Arc<RwLock<String>>,
}

impl Address {
    pub(crate) fn new(base: &str) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        Self { http, base: Arc::new(RwLock::new(base.to_owned())) }
    }

    pub(crate) fn http(&self) -> &Client {
        &self.http
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn moves_to(&self, base: &str) {
        base.clone_into(&mut self.base.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The path of a shop file that only tests have: `bakery`, `diner`.
#[must_use]
pub fn shop_file(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("shops")
        .join(name)
        .with_extension("toml")
        .display()
        .to_string()
}

/// The path of a shop file of the house: `market`, `appliance`.
#[must_use]
pub fn house_shop(name: &str) -> String {
    let shops = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shops");
    shops.join(name).with_extension("toml").display().to_string()
}

/// The path of a shop file of the documents: `flowers`, `canteen`.
#[must_use]
pub fn example_shop(name: &str) -> String {
    let shops = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples");
    shops.join(name).with_extension("toml").display().to_string()
}

impl House {
    /// Opens shops (built-in names or shop files) in a house of their own; all roles in one program.
    pub async fn open(shops: &[&str]) -> Self {
        Self::open_with(shops, &[]).await
    }

    /// The same with further arguments of `jumun serve`.
    pub async fn open_with(shops: &[&str], arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments: Vec<String> = shops.iter().chain(arguments).map(|word| (*word).to_owned()).collect();
        let mut house = Self { folder, arguments, server: None, address: Address::new("") };
        house.start().await;
        house
    }

    /// Starts the program again on the same data folder.
    pub async fn start(&mut self) {
        let words: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let server = Server::start(&self.data(), &words).await;
        self.address.moves_to(&server.public);
        self.server = Some(server);
    }

    /// Kills the program, as a power cut of the process would.
    pub async fn kill(&mut self) {
        self.server.take().unwrap().kill().await;
    }

    /// Asks the program to stop and waits for its end.
    pub async fn stop(&mut self) -> ExitStatus {
        self.server.take().unwrap().stop().await
    }

    /// The running program, for whoever waits for it elsewhere.
    pub fn take_server(&mut self) -> Server {
        self.server.take().unwrap()
    }

    /// The running program.
    #[must_use]
    pub fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of the shops.
    #[must_use]
    pub fn shop(&self, key: &str) -> Shop {
        Shop::at(self.address.clone(), key)
    }

    /// Gets a path of the house as it is.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.address.http().get(self.address.url(path))).await
    }

    /// Where a path is now.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.address.url(path)
    }

    pub(crate) fn address(&self) -> Address {
        self.address.clone()
    }

    /// Those who run the house.
    #[must_use]
    pub fn operators(&self) -> Operators {
        Operators::at(&self.server().operators)
    }
}

/// Those who run the house, at the listener that is theirs.
#[derive(Debug)]
pub struct Operators(Address);

impl Operators {
    /// Those of a program.
    #[must_use]
    pub fn at(base: &str) -> Self {
        Self(Address::new(base))
    }

    /// Gets a path of their listener.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.0.http().get(self.0.url(path))).await
    }

    /// Posts to a path of their listener.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self.0.http().post(self.0.url(path)).header("Jumun-Actor", "operator:test");
        Answer::to(request.json(&body)).await
    }

    /// Switches payment's door: `normal`, `failing` or `hung`.
    pub async fn payment_is(&self, door: &str) {
        self.switch(json!({ "door": door })).await;
    }

    /// Makes payment answer so late.
    pub async fn payment_is_slow(&self, millis: u64) {
        self.switch(json!({ "door": "slow", "millis": millis })).await;
    }

    async fn switch(&self, door: Value) {
        let request = self.0.http().put(self.0.url("/switches/payment")).json(&door);
        let _switched = Answer::to(request).await.is(200);
    }
}
