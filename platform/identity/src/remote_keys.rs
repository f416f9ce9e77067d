//! The keys of another issuer: fetched, kept, and fetched again before they are old.

use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use edge::outward::{Outward, OutwardSettings, roots_of_the_web};
use futures::future::{BoxFuture, FutureExt};
use http::Request;
use http_body_util::Full;
use kernel::{Clock, Timestamp};
use serde::Deserialize;
use thiserror::Error;
use url::{Host, Url};

use crate::algorithm::Algorithm;
use crate::keys::{KeySet, Keys, NoKey, PublicKey};

/// Keys are fetched again after so long.
const FETCHED_EVERY_MILLIS: i64 = 30_000;
/// Keys that are older than this are not believed before somebody has tried to fetch them again: a key that
/// its issuer takes away is refused so much later at the latest.
const BELIEVED_MILLIS: i64 = 60_000;
/// While the issuer cannot be reached, what is known of its keys holds so long.
const HOLDS_WITHOUT_ISSUER_MILLIS: i64 = 3_600_000;
/// After a fetch that failed, so long goes by before the next.
const AFTER_FAILURE_MILLIS: i64 = 5_000;
/// Fetches for the sake of a key that nobody knows: so many at once, and one more every ten seconds.
const EXTRA_FETCHES_MAX: u32 = 5;
const EXTRA_FETCH_EVERY_MILLIS: i64 = 10_000;
/// Most names of keys that are remembered for not being there.
const MISSING_MAX: usize = 64;
/// How long the issuer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The address of an issuer or of its keys that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0} is no address of an issuer: https://, or http:// on this machine, without query, fragment or password"
)]
pub struct WrongAddress(String);

/// The keys of an issuer that publishes them (OpenID Connect Discovery, or a set of keys at an address).
pub struct RemoteKeys {
    issuer: Arc<str>,
    discovery: Option<Url>,
    believed: Vec<Algorithm>,
    outward: Outward,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
    fetching: tokio::sync::Mutex<()>,
}

struct Known {
    set_url: Option<Url>,
    keys: Option<Arc<KeySet>>,
    fetched_at: Timestamp,
    failed_at: Option<Timestamp>,
    extra_fetches: u32,
    extra_since: Timestamp,
    /// Names that were fetched for in vain: they cause no further fetch. The regular one finds them once
    /// they are there.
    missing: VecDeque<Box<str>>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl RemoteKeys {
    /// The keys of an issuer; where they are is said, or asked of the issuer
    /// (`/.well-known/openid-configuration`). Nothing is fetched yet.
    ///
    /// # Errors
    /// [`WrongAddress`]; keys must come over TLS, but on this machine.
    pub fn new(
        issuer: &str,
        set_url: Option<&str>,
        believed: &[Algorithm],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WrongAddress> {
        let settings =
            OutwardSettings { connect_timeout: Duration::from_secs(3), ..OutwardSettings::default() };
        let outward =
            Outward::new(&settings, roots_of_the_web()).map_err(|_| WrongAddress(issuer.to_owned()))?;
        let well_known = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let _is_an_address = address(issuer)?;
        let (discovery, set_url) = match set_url {
            Some(url) => (None, Some(address(url)?)),
            None => (Some(address(&well_known)?), None),
        };
        let now = clock.now();
        let known = Known {
            set_url,
            keys: None,
            fetched_at: now,
            failed_at: None,
            extra_fetches: EXTRA_FETCHES_MAX,
            extra_since: now,
            missing: VecDeque::new(),
        };
        Ok(Self {
            issuer: issuer.into(),
            discovery,
            believed: believed.to_vec(),
            outward,
            clock,
            known: Mutex::new(known),
            fetching: tokio::sync::Mutex::new(()),
        })
    }

    /// Fetches the keys, so that the first token need not wait.
    ///
    /// # Errors
    /// Why they could not be had; they are asked for again when a token comes.
    pub async fn fetch(&self) -> Result<usize, String> {
        let _alone = self.fetching.lock().await;
        self.fetch_alone().await
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn look_up(&self, id: &str) -> Result<PublicKey, NoKey> {
        let has_just_looked = self.keep_fresh().await;
        if let Some(key) = self.lookup_now(id)? {
            return Ok(key);
        }
        if has_just_looked || self.known().missing.iter().any(|missing| &**missing == id) {
            return Err(NoKey::Unknown);
        }
        // Perhaps its issuer has made it a moment ago.
        let asked_at = self.known().fetched_at;
        let now = self.clock.now();
        if self.known().rests(now) || !self.known().may_fetch_extra(now) {
            return Err(NoKey::OutOfReach);
        }
        let _alone = self.fetching.lock().await;
        if self.known().fetched_at == asked_at && !self.fetch_or_warn().await {
            return Err(NoKey::OutOfReach);
        }
        let found = self.lookup_now(id)?;
        if found.is_none() {
            self.known().note_missing(id);
        }
        found.ok_or(NoKey::Unknown)
    }

    fn lookup_now(&self, id: &str) -> Result<Option<PublicKey>, NoKey> {
        let known = self.known();
        let age = self.clock.now().millis_since(known.fetched_at);
        match &known.keys {
            Some(keys) if age < HOLDS_WITHOUT_ISSUER_MILLIS => Ok(keys.find(id).cloned()),
            _ if known.keys.is_none() && known.failed_at.is_none() => Ok(None),
            _ => Err(NoKey::OutOfReach),
        }
    }

    /// One fetches; whoever comes meanwhile takes what is there while it may be believed, and waits when
    /// it may not. Tells whether it has fetched.
    async fn keep_fresh(&self) -> bool {
        let (due, believed) = self.known().standing(self.clock.now());
        if !due {
            return false;
        }
        let alone = if believed { self.fetching.try_lock().ok() } else { Some(self.fetching.lock().await) };
        let is_due = alone.is_some() && self.known().standing(self.clock.now()).0;
        is_due && self.fetch_or_warn().await
    }

    async fn fetch_or_warn(&self) -> bool {
        let fetched = self.fetch_alone().await;
        if let Err(cause) = &fetched {
            tracing::warn!(issuer = %self.issuer, cause, "the keys of the issuer cannot be fetched");
        }
        fetched.is_ok()
    }

    async fn fetch_alone(&self) -> Result<usize, String> {
        let fetched = tokio::time::timeout(PATIENCE, self.fetch_set()).await;
        let fetched = fetched.unwrap_or_else(|_| Err("it takes too long to answer".to_owned()));
        let now = self.clock.now();
        let mut known = self.known();
        match fetched {
            Ok(keys) => {
                let count = keys.len();
                (known.keys, known.fetched_at, known.failed_at) = (Some(Arc::new(keys)), now, None);
                Ok(count)
            }
            Err(cause) => {
                known.failed_at = Some(now);
                // It may have moved.
                if self.discovery.is_some() {
                    known.set_url = None;
                }
                Err(cause)
            }
        }
    }

    async fn fetch_set(&self) -> Result<KeySet, String> {
        let known = self.known().set_url.clone();
        let url = match (known, &self.discovery) {
            (Some(url), _) => url,
            (None, Some(discovery)) => self.discover(discovery).await?,
            (None, None) => return Err("nobody says where its keys are".to_owned()),
        };
        KeySet::from_jwks(&self.get(&url).await?, &self.believed)
    }

    async fn discover(&self, at: &Url) -> Result<Url, String> {
        let found: Discovery =
            serde_json::from_slice(&self.get(at).await?).map_err(|error| error.to_string())?;
        if found.issuer != *self.issuer {
            return Err(format!("it says that it is {}", edge::problem::echo(&found.issuer)));
        }
        let url = address(&found.jwks_uri).map_err(|error| error.to_string())?;
        self.known().set_url = Some(url.clone());
        Ok(url)
    }

    async fn get(&self, url: &Url) -> Result<Vec<u8>, String> {
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let request = Request::get(url.as_str())
            .header(http::header::HOST, host)
            .header(http::header::ACCEPT, "application/json")
            .body(Full::default())
            .map_err(|error| error.to_string())?;
        let (status, body) = self.outward.send(request).await.map_err(|error| error.to_string())?;
        if status != http::StatusCode::OK {
            return Err(format!("{url} answers {status}"));
        }
        Ok(body.to_vec())
    }
}

impl Known {
    /// Whether a fetch is due, and whether what is known may be believed until it is done: while it is
    /// young, and while an issuer that does not answer is tried again, which is one request's to wait for.
    fn standing(&self, now: Timestamp) -> (bool, bool) {
        let age = now.millis_since(self.fetched_at);
        let due = (self.keys.is_none() || age >= FETCHED_EVERY_MILLIS) && !self.rests(now);
        (due, self.keys.is_some() && (age < BELIEVED_MILLIS || self.failed_at.is_some()))
    }

    /// Whether the issuer has just not answered, and is left alone for a while.
    fn rests(&self, now: Timestamp) -> bool {
        self.failed_at.is_some_and(|at| now.millis_since(at) < AFTER_FAILURE_MILLIS)
    }

    fn note_missing(&mut self, id: &str) {
        if self.missing.len() >= MISSING_MAX {
            self.missing.pop_front();
        }
        self.missing.push_back(id.into());
    }

    /// Takes one of the fetches that unknown keys may cause: whoever makes names up shall not make us
    /// knock at the issuer's door.
    fn may_fetch_extra(&mut self, now: Timestamp) -> bool {
        let earned = now.millis_since(self.extra_since) / EXTRA_FETCH_EVERY_MILLIS;
        if earned > 0 {
            let earned = u32::try_from(earned).unwrap_or(u32::MAX);
            self.extra_fetches = self.extra_fetches.saturating_add(earned).min(EXTRA_FETCHES_MAX);
            self.extra_since = now;
        }
        let may = self.extra_fetches > 0;
        self.extra_fetches = self.extra_fetches.saturating_sub(1);
        may
    }
}

impl Keys for RemoteKeys {
    fn issuer(&self) -> Option<Arc<str>> {
        Some(self.issuer.clone())
    }

    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<PublicKey, NoKey>> {
        self.look_up(id).boxed()
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys").field("issuer", &self.issuer).finish()
    }
}

fn address(text: &str) -> Result<Url, WrongAddress> {
    let wrong = || WrongAddress(edge::problem::echo(text));
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_here = match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let is_safe = url.scheme() == "https" && url.host().is_some() || url.scheme() == "http" && is_here;
    let is_plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if is_safe && is_plain { Ok(url) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for good in
            ["https://id.example/realms/a", "http://127.0.0.1:8088", "http://localhost:1/x", "http://[::1]:2"]
        {
            assert!(address(good).is_ok(), "{good}");
        }
        for wrong in [
            "http://id.example",
            "http://10.0.0.1",
            "ftp://id.example",
            "file:///etc/passwd",
            "id.example",
            "",
            "https://a:b@id.example",
            "https://id.example/?x=1",
            "https://id.example/#x",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_that_are_made_up_cause_a_few_fetches_and_then_one_in_ten_seconds() {
        let at = Timestamp::from_millis;
        let mut known = Known {
            set_url: None,
            keys: None,
            fetched_at: at(0),
            failed_at: None,
            extra_fetches: EXTRA_FETCHES_MAX,
            extra_since: at(0),
            missing: VecDeque::new(),
        };
        let fetches = (0..100).filter(|_| known.may_fetch_extra(at(1))).count();
        assert_eq!(fetches, 5);
        let minute = (1..=60).filter(|second| known.may_fetch_extra(at(second * 1_000))).count();
        assert_eq!(minute, 6);
    }
}
