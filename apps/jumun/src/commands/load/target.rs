use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use catalog_contract::{MenuItem, MenuView};
use edge::problem::{Problem, ProblemKind};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

/// How long an answer may take before it counts as none.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Who asks where no customer does.
pub(crate) const WATCHER: &str = "operator:load";

/// The program under load, and the shop that is ordered at.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    authority: String,
    /// The shop's key.
    pub(crate) shop: String,
}

/// A request as it is sent, and sent again.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) actor: String,
    pub(crate) key: Option<String>,
    pub(crate) body: Bytes,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after_seconds: Option<u64>,
    pub(crate) body: Bytes,
}

/// Nothing came back: what was asked may have been done or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unanswered;

/// A connection that is kept alive, and made again when it broke.
pub(crate) struct Connection {
    address: SocketAddr,
    authority: String,
    sender: Option<SendRequest<Full<Bytes>>>,
}

#[derive(Deserialize)]
struct Shops {
    items: Vec<ShopKeyOnly>,
}

#[derive(Deserialize)]
struct ShopKeyOnly {
    key: String,
}

impl Target {
    /// Finds the program at a URL, and a shop in it.
    pub(crate) async fn find(url: &str, shop: Option<&str>) -> Result<Self> {
        let uri: Uri = url.parse().with_context(|| format!("--url {url} is no URL"))?;
        let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            bail!("--url is {url}, expected http://HOST:PORT");
        };
        let host = (authority.host(), authority.port_u16().unwrap_or(80));
        let address = tokio::net::lookup_host(host).await.ok().and_then(|mut found| found.next());
        let address = address.with_context(|| format!("the host of --url {url} is not known"))?;
        let mut target =
            Self { address, authority: authority.to_string(), shop: shop.unwrap_or_default().to_owned() };
        if shop.is_none() {
            let shops: Shops = target.read("/v1/shops").await?;
            let first = shops.items.into_iter().next().context("no shop is open there")?;
            target.shop = first.key;
        }
        Ok(target)
    }

    /// What the shop sells now.
    pub(crate) async fn items(&self) -> Result<Vec<String>> {
        let menu: MenuView = self.read(&format!("/v1/shops/{}/menu", self.shop)).await?;
        Ok(menu.items.into_iter().filter(MenuItem::can_be_had).map(|item| item.key).collect())
    }

    /// Reads once.
    pub(crate) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.connection().read(path).await
    }

    /// A connection that will be made when it is used.
    pub(crate) fn connection(&self) -> Connection {
        Connection { address: self.address, authority: self.authority.clone(), sender: None }
    }
}

impl Call {
    /// A read by nobody in particular.
    pub(crate) fn get(path: &str) -> Self {
        let (path, actor) = (path.to_owned(), WATCHER.to_owned());
        Self { method: Method::GET, path, actor, key: None, body: Bytes::new() }
    }
}

impl Answer {
    /// Whether asking again would not change it. A 5xx, a request that still runs and one that was
    /// turned away at the door are to be asked again, with the same key.
    pub(crate) fn is_final(&self) -> bool {
        match StatusCode::from_u16(self.status) {
            Ok(StatusCode::CONFLICT) => {
                Problem::from_json(&self.body).map(|problem| problem.kind())
                    != Ok(ProblemKind::AlreadyRunning)
            }
            Ok(StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) => false,
            Ok(status) => !status.is_server_error(),
            Err(_) => false,
        }
    }
}

impl Connection {
    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&mut self, call: &Call) -> Result<Answer, Unanswered> {
        let answered = tokio::time::timeout(ANSWER_TIMEOUT, self.exchange(call)).await;
        match answered {
            Ok(Ok(answer)) => Ok(answer),
            _ => {
                self.sender = None;
                Err(Unanswered)
            }
        }
    }

    /// Reads JSON.
    pub(crate) async fn read<T: DeserializeOwned>(&mut self, path: &str) -> Result<T> {
        let answer = match self.send(&Call::get(path)).await {
            Ok(answer) => answer,
            Err(Unanswered) => bail!("http://{}{path} does not answer", self.authority),
        };
        if answer.status != StatusCode::OK.as_u16() {
            let said = String::from_utf8_lossy(&answer.body);
            bail!("http://{}{path} answers {}: {said}", self.authority, answer.status);
        }
        serde_json::from_slice(&answer.body).with_context(|| format!("{path} answers what cannot be read"))
    }

    async fn exchange(&mut self, call: &Call) -> Result<Answer> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(&call.path)
            .header(header::HOST, &self.authority)
            .header("jumun-actor", &call.actor);
        if !call.body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Full::new(call.body.clone()))?;
        let response = self.sender().await?.send_request(request).await?;
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after_seconds = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Answer { status, retry_after_seconds, body })
    }

    async fn sender(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        let is_usable = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !is_usable {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::task::spawn_local(connection);
            self.sender = Some(sender);
        }
        self.sender.as_mut().context("there is no connection")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: Vec<u8>) -> Answer {
        Answer { status, retry_after_seconds: None, body: body.into() }
    }

    #[test]
    fn what_still_runs_and_what_broke_is_asked_again() {
        let running = Problem::of(ProblemKind::AlreadyRunning).to_json();
        assert!(!answer(409, running).is_final());
        assert!(!answer(503, Vec::new()).is_final());
        assert!(!answer(429, Vec::new()).is_final());
    }

    #[test]
    fn a_refusal_is_final() {
        let short = Problem::of(ProblemKind::OutOfStock).to_json();
        assert!(answer(409, short).is_final());
        assert!(answer(402, Vec::new()).is_final());
        assert!(answer(201, Vec::new()).is_final());
    }
}
