//! A provider over HTTP: moves the bytes of a [`Dialect`], with a key of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use edge::outward::{Outward, OutwardSettings, roots_of_the_web};
use http::Request;
use http::uri::{Scheme, Uri};
use http_body_util::Full;
use tokio::time::Instant;

use super::exchange::{
    Charged, Dialect, Examined, Next, ProviderRequest, ProviderResponse, RequestBody, Verb, unknown,
};
use super::{Answering, Provider, ProviderAnswer, ProviderCall};

/// No call takes more requests than this: to find, to look, to act, and some pages of a list between them.
const REQUESTS_MAX: usize = 8;

/// The key that says to a provider who asks; it prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderKey(String);

impl ProviderKey {
    /// A key as the provider gave it; `None` where it is empty, or cannot be in a header.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The key itself: only where it is sent or compared.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderKey")
    }
}

/// Where a provider is: scheme and host, nothing behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// What was expected: `https`, or `http` on this machine, for the key travels with every request.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "https://HOST, or http://HOST of this machine, with nothing behind it";
        let uri: Uri = text.parse().map_err(|_| EXPECTED)?;
        let host = uri.host().ok_or(EXPECTED)?;
        let is_near = host == "localhost"
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let is_safe = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) => *scheme == Scheme::HTTP && is_near,
            None => false,
        };
        let is_bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let has_no_user = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if is_safe && is_bare && has_no_user {
            Ok(Self(text.trim_end_matches('/').to_owned()))
        } else {
            Err(EXPECTED)
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a provider is reached.
#[derive(Debug, Clone)]
pub struct FarSettings {
    /// Where it is.
    pub base: BaseUrl,
    /// Who asks.
    pub key: ProviderKey,
    /// How long a charge that was called off and cannot be found there may still turn up. Only after so
    /// long is it taken for one that never was.
    pub lapse: Duration,
}

/// A provider that is reached over HTTP. Patience is the caller's.
pub struct FarProvider {
    dialect: Arc<dyn Dialect>,
    settings: FarSettings,
    outward: Outward,
    /// Charges that were called off and not found, and since when.
    missing: Mutex<BTreeMap<String, Instant>>,
}

impl fmt::Debug for FarProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FarProvider({} at {})", self.dialect.name(), self.settings.base)
    }
}

impl FarProvider {
    /// A provider that speaks so, there. Nothing is asked yet: it may be away.
    ///
    /// # Errors
    /// When TLS cannot be set up at all.
    pub fn try_new(dialect: Arc<dyn Dialect>, settings: FarSettings) -> Result<Self, impl std::error::Error> {
        Outward::new(&OutwardSettings::default(), roots_of_the_web()).map(|outward| Self {
            dialect,
            settings,
            outward,
            missing: Mutex::default(),
        })
    }

    async fn ask(&self, call: &ProviderCall) -> ProviderAnswer {
        let mut next = self.dialect.begin(call);
        for _ in 0..REQUESTS_MAX {
            match next {
                Next::Done(answer) => return answer,
                Next::Ask(asked, request) => match self.send(&request).await {
                    Ok(response) => next = self.dialect.follow(call, &asked, &response),
                    Err(cause) => return unknown(cause),
                },
            }
        }
        match next {
            Next::Done(answer) => answer,
            Next::Ask(..) => unknown("the provider did not come to a point"),
        }
    }

    /// What its book has of a charge, whose approval had this code where it had one.
    ///
    /// # Errors
    /// In words, where it does not say.
    pub async fn examine(&self, key: &str, code: Option<&str>) -> Examined {
        let mut so_far = Charged::default();
        let mut next = self.dialect.examine(key, code);
        for _ in 0..REQUESTS_MAX {
            match next {
                Next::Done(examined) => return examined,
                Next::Ask(asked, request) => {
                    let response = self.send(&request).await?;
                    next = self.dialect.examined(key, &mut so_far, &asked, &response);
                }
            }
        }
        match next {
            Next::Done(examined) => examined,
            Next::Ask(..) => Err("the provider did not come to a point".to_owned()),
        }
    }

    async fn send(&self, request: &ProviderRequest) -> Result<ProviderResponse, String> {
        let method = match request.method {
            Verb::Get => http::Method::GET,
            Verb::Post => http::Method::POST,
        };
        let mut sent = Request::builder()
            .method(method)
            .uri(format!("{}{}", self.settings.base, request.path))
            .header("accept", "application/json")
            .header("user-agent", concat!("jumun/", env!("CARGO_PKG_VERSION")));
        for (name, value) in self.dialect.credentials(self.settings.key.expose()) {
            sent = sent.header(name, value);
        }
        if let Some(key) = &request.idempotency_key {
            sent = sent.header("idempotency-key", key);
        }
        let body = match &request.body {
            RequestBody::Nothing {} => Vec::new(),
            RequestBody::Json(value) => {
                sent = sent.header("content-type", "application/json");
                value.to_string().into_bytes()
            }
            RequestBody::Form(fields) => {
                sent = sent.header("content-type", "application/x-www-form-urlencoded");
                form(fields).into_bytes()
            }
        };
        let sent = sent.body(Full::from(body)).map_err(|_| "the request cannot be written".to_owned())?;
        let (status, body) = self.outward.send(sent).await.map_err(|error| error.to_string())?;
        Ok(ProviderResponse { status: status.as_u16(), body: body.to_vec() })
    }

    /// A charge that was called off and is not there may still be on its way, until that is too long ago.
    /// A program that was started anew waits anew.
    fn settled(&self, call: &ProviderCall, answer: ProviderAnswer) -> ProviderAnswer {
        let ProviderCall::Cancel { key, .. } = call else { return answer };
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        if answer != ProviderAnswer::NotFound {
            missing.remove(key);
            return answer;
        }
        let since = *missing.entry(key.clone()).or_insert_with(Instant::now);
        if since.elapsed() < self.settings.lapse {
            return unknown("the provider does not know the charge; it may still be on its way");
        }
        missing.remove(key);
        ProviderAnswer::Declined { reason: "the charge never reached the provider".to_owned() }
    }
}

impl Provider for FarProvider {
    fn call(&self, call: ProviderCall) -> Answering<'_> {
        Box::pin(async move {
            let answer = self.ask(&call).await;
            self.settled(&call, answer)
        })
    }
}

/// Fields as a form is written.
fn form(fields: &[(String, String)]) -> String {
    let written = fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value)));
    written.collect::<Vec<_>>().join("&")
}

/// A text with everything that means something in an address written out.
pub(super) fn percent(text: &str) -> String {
    let written = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    written.collect()
}
