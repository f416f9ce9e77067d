//! Signing in and out; what `jumun users` does is in `users.rs`.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use identity::{Chance, Folder, KeyRing, Keys, Trust, Watched};
use kernel::{Clock, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::accounts::{Account, AccountBook, Refusal, checked_name, grants_at};
use crate::code;
use crate::lockout::{Lockout, Tried};
use crate::password_rules::check_password;
use crate::passwords::{Full, Passwords};
use crate::sessions::{PASSWORD_SESSION_MILLIS, PIN_SESSION_MILLIS, Refreshed, Session, SessionBook};
use crate::shown::Shown;

/// Whom access tokens are for.
pub const AUDIENCE: &str = "jumun";
/// What they call themselves (RFC 9068).
pub const TOKEN_TYPE: &str = "at+jwt";
/// Where they say which parts somebody plays.
pub const GRANTS_CLAIM: &str = "jumun";

/// How long an access token is good, unless its session ends before.
pub const ACCESS_SECONDS: i64 = 600;
/// What the former key has signed outlives it.
pub(crate) const FORMER_KEY_IS_GOOD_MILLIS: i64 = (ACCESS_SECONDS + 60) * 1_000;
/// Two processes of one machine read nearly the same clock.
const LEEWAY_MILLIS: i64 = 5_000;

pub(crate) const ACCOUNTS: &str = "accounts.json";
pub(crate) const SESSIONS: &str = "sessions.json";
/// Secrets that are longer are none.
const ATTEMPTED_SECRET_BYTES_MAX: usize = 1_024;

/// What somebody has who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Shown with every request.
    pub access_token: String,
    /// How long it is good.
    pub expires_in_seconds: i64,
    /// Exchanged for the next pair, once.
    pub refresh_token: String,
}

/// Why somebody is not signed in.
#[derive(Debug)]
pub enum Unsigned {
    /// Name, password, PIN, device, code or refresh token: one of them is wrong, and which is not said.
    Wrong,
    /// Too many attempts: so many seconds must go by.
    Wait(u32),
    /// Too many are signing in just now.
    Full,
    /// There are accounts already, so nothing is set up.
    AlreadySetUp,
    /// The account cannot be as it was asked for.
    Refused(Refusal),
    /// The folder cannot be used.
    Broken(io::Error),
}

impl From<io::Error> for Unsigned {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<Full> for Unsigned {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

impl From<Refusal> for Unsigned {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Broken(error) => Self::Broken(error),
            refusal => Self::Refused(refusal),
        }
    }
}

/// The issuer of one installation.
pub struct Issuer {
    pub(crate) folder: Folder,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) accounts: Watched<AccountBook>,
    pub(crate) sessions: Watched<SessionBook>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) passwords: Passwords,
    lockout: Lockout,
    set_up_code: Mutex<Option<Box<str>>>,
}

impl Issuer {
    /// Opens the folder of an installation, and makes it where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> io::Result<Self> {
        let folder = Folder::open(folder)?;
        Ok(Self {
            ring: Arc::new(KeyRing::open(&folder, "people", clock.clone())),
            accounts: Watched::new(folder.path_of(ACCOUNTS), clock.clone()),
            sessions: Watched::new(folder.path_of(SESSIONS), clock.clone()),
            passwords: Passwords::new(&*chance),
            lockout: Lockout::default(),
            set_up_code: Mutex::new(None),
            folder,
            clock,
            chance,
        })
    }

    /// Sees to it that there is a key and that the issuer has a name: the address that customers see, or
    /// the one of before, or the usual one.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn prepare(&self, public_url: Option<&str>, usual: &str) -> io::Result<()> {
        self.ring.prepare(public_url.map(|url| url.trim_end_matches('/')), usual, &*self.chance)
    }

    /// What a verifier needs to believe this issuer.
    #[must_use]
    pub fn trust(self: &Arc<Self>) -> Trust {
        Trust {
            keys: self.ring.clone(),
            audience: AUDIENCE.to_owned(),
            token_type: TOKEN_TYPE.to_owned(),
            grants_claim: GRANTS_CLAIM.to_owned(),
            name_claim: "sub".to_owned(),
            leeway_millis: LEEWAY_MILLIS,
            live: Some(self.clone()),
        }
    }

    /// The keys that access tokens are signed with.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.ring
    }

    /// How often a password was computed.
    #[must_use]
    pub fn password_runs(&self) -> u64 {
        self.passwords.runs()
    }

    /// A code with which the first account can be made, once, while there is none; `None` where there is
    /// one.
    #[must_use]
    pub fn offer_set_up(&self) -> Option<String> {
        if !self.accounts.get_now().accounts.is_empty() {
            return None;
        }
        let code = code::typed(&*self.chance);
        *self.set_up_code.lock().unwrap_or_else(PoisonError::into_inner) = Some(code::hash(&code));
        Some(code)
    }

    /// Makes the first account, an operator's, for whoever knows the code of the terminal.
    ///
    /// # Errors
    /// [`Unsigned`].
    pub async fn set_up(
        self: &Arc<Self>,
        code: &str,
        name: &str,
        password: String,
        address: Option<IpAddr>,
    ) -> Result<SignedIn, Unsigned> {
        if !self.accounts.get_now().accounts.is_empty() {
            return Err(Unsigned::AlreadySetUp);
        }
        self.begin(&Tried::SetUp, address, None)?;
        let kept = self.set_up_code.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if !kept.is_some_and(|kept| code::is(code.trim(), &kept)) {
            return Err(Unsigned::Wrong);
        }
        self.lockout.succeeded(&Tried::SetUp, address);
        let name = checked_name(name)?;
        check_password(&password, &name)?;
        let password = self.passwords.keep(password, self.salt()).await?;
        let account = self.new_account(vec!["operator".into()], Some(password.clone()), None);
        let first = name.clone();
        self.change_accounts_aside(move |book| {
            if !book.accounts.is_empty() {
                return Err(Unsigned::AlreadySetUp);
            }
            book.accounts.insert(first, account);
            Ok(())
        })
        .await?;
        self.set_up_code.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.open_session(name, Shown { secret: Some(password), device: None }).await
    }

    /// Signs somebody in with name and password.
    ///
    /// # Errors
    /// [`Unsigned`]: the same, after the same work, whether there is such an account or not.
    pub async fn log_in(
        self: &Arc<Self>,
        name: &str,
        password: String,
        address: Option<IpAddr>,
    ) -> Result<SignedIn, Unsigned> {
        let account = self.accounts.get_now().accounts.get(name).cloned();
        let unlocked_at = account.as_ref().and_then(|account| account.unlocked_at);
        let kept = account.and_then(|account| account.password);
        self.attempt(&Tried::password(name), address, unlocked_at, password, kept.clone()).await?;
        self.open_session(name.into(), Shown { secret: kept, device: None }).await
    }

    /// Signs somebody in who works at a device, with a PIN that is good there only.
    ///
    /// # Errors
    /// [`Unsigned`]: the same, after the same work, whatever is wrong.
    pub async fn log_in_with_pin(
        self: &Arc<Self>,
        device: &str,
        device_secret: &str,
        name: &str,
        pin: String,
        address: Option<IpAddr>,
    ) -> Result<SignedIn, Unsigned> {
        let book = self.accounts.get_now();
        let account = book.accounts.get(name);
        let known = book.devices.get(device).filter(|known| code::is(device_secret, &known.secret_hash));
        let kept = match (known, account) {
            (Some(device), Some(account)) if !grants_at(device, account).is_empty() => account.pin.clone(),
            _ => None,
        };
        let unlocked_at = account.and_then(|account| account.unlocked_at);
        let device = known.map(|known| (device.into(), known.secret_hash.clone()));
        self.attempt(&Tried::pin(name), address, unlocked_at, pin, kept.clone()).await?;
        self.open_session(name.into(), Shown { secret: kept, device }).await
    }

    /// Takes a refresh token for the next pair. One that was used before ends its session.
    ///
    /// # Errors
    /// [`Unsigned`].
    pub async fn refresh(self: &Arc<Self>, refresh_token: &str) -> Result<SignedIn, Unsigned> {
        let (id, secret) = refresh_token.split_once('.').ok_or(Unsigned::Wrong)?;
        let key = code::hash(id);
        // Whatever nobody is signed in with costs a look, and no turn at the file.
        if !self.sessions.get_now().sessions.contains_key(&key) {
            return Err(Unsigned::Wrong);
        }
        let fresh = code::secret::<32>(&*self.chance);
        let (of_session, hash, fresh_hash) = (key, code::hash(secret), code::hash(&fresh));
        let now = self.clock.now();
        let refreshed =
            self.change_sessions_aside(move |book| book.refresh(&of_session, &hash, fresh_hash, now)).await?;
        match refreshed {
            Refreshed::GoesOn(session) => self.signed_in(id, &session, &fresh),
            Refreshed::UsedBefore => {
                tracing::warn!(
                    "a refresh token came a second time, so somebody has a copy: its session has ended"
                );
                Err(Unsigned::Wrong)
            }
            Refreshed::Unknown => Err(Unsigned::Wrong),
        }
    }

    /// Ends the session of a refresh token, and its access tokens with it; well where there is none.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub async fn log_out(self: &Arc<Self>, refresh_token: &str) -> io::Result<()> {
        let key = code::hash(refresh_token.split_once('.').map_or("", |(id, _)| id));
        if self.sessions.get_now().sessions.contains_key(&key) {
            self.change_sessions_aside(move |book| drop(book.sessions.remove(&key))).await?;
        }
        Ok(())
    }

    async fn attempt(
        &self,
        tried: &Tried,
        address: Option<IpAddr>,
        unlocked_at: Option<Timestamp>,
        secret: String,
        kept: Option<Box<str>>,
    ) -> Result<(), Unsigned> {
        self.begin(tried, address, unlocked_at)?;
        let kept = kept.filter(|_| secret.len() <= ATTEMPTED_SECRET_BYTES_MAX);
        let secret = if secret.len() <= ATTEMPTED_SECRET_BYTES_MAX { secret } else { String::new() };
        match self.passwords.fits(secret, kept).await {
            Ok(true) => {
                self.lockout.succeeded(tried, address);
                Ok(())
            }
            Ok(false) => Err(Unsigned::Wrong),
            Err(Full) => {
                self.lockout.take_back(tried, address);
                Err(Unsigned::Full)
            }
        }
    }

    fn begin(
        &self,
        tried: &Tried,
        address: Option<IpAddr>,
        unlocked_at: Option<Timestamp>,
    ) -> Result<(), Unsigned> {
        self.lockout.begin(tried, address, unlocked_at, self.clock.now()).map_err(Unsigned::Wait)
    }

    async fn open_session(self: &Arc<Self>, name: Box<str>, shown: Shown) -> Result<SignedIn, Unsigned> {
        let (id, secret) = (code::secret::<16>(&*self.chance), code::secret::<32>(&*self.chance));
        let now = self.clock.now();
        let lasts = if shown.device.is_some() { PIN_SESSION_MILLIS } else { PASSWORD_SESSION_MILLIS };
        let refresh_hash = code::hash(&secret);
        let device = shown.device.as_ref().map(|(device, _)| device.clone());
        let session = Session { name, device, refresh_hash, used_at: now, ends_at: now.plus_millis(lasts) };
        let (key, kept, issuer) = (code::hash(&id), session.clone(), self.clone());
        let opened = move |book: &mut SessionBook| {
            // Looked at with nobody in between: whoever changes a secret ends the sessions of before, and
            // this one shall not come after them with the former.
            let is_still_good = shown.is_good(&kept.name, &issuer.accounts.get_now());
            if is_still_good {
                book.open(key, kept, now);
            }
            is_still_good
        };
        if !self.change_sessions_aside(opened).await? {
            return Err(Unsigned::Wrong);
        }
        self.signed_in(&id, &session, &secret)
    }

    /// The parts are read anew every time: who has lost one has it in no further token.
    fn signed_in(&self, id: &str, session: &Session, secret: &str) -> Result<SignedIn, Unsigned> {
        let book = self.accounts.get_now();
        let account = book.accounts.get(&session.name).ok_or(Unsigned::Wrong)?;
        let roles = match &session.device {
            None => account.roles.clone(),
            Some(device) => grants_at(book.devices.get(device).ok_or(Unsigned::Wrong)?, account),
        };
        let seconds = self.clock.now().millis() / 1_000;
        let issuer = self.ring.issuer().ok_or_else(|| io::Error::other("the issuer has no name yet"))?;
        // Tokens are shown around: what is in one ends no session and is no half of a refresh token.
        let claims = json!({
            "iss": issuer, "aud": AUDIENCE, "sub": session.name, "iat": seconds,
            "exp": seconds + ACCESS_SECONDS, "sid": code::hash(id), "gen": account.generation,
            GRANTS_CLAIM: roles,
        });
        let token = self.ring.signing_key()?.sign(TOKEN_TYPE, &claims);
        Ok(SignedIn {
            access_token: token.ok_or_else(|| io::Error::other("the key signs nothing"))?,
            expires_in_seconds: ACCESS_SECONDS,
            refresh_token: format!("{id}.{secret}"),
        })
    }

    pub(crate) fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.chance.fill(&mut salt);
        salt
    }

    pub(crate) fn new_account(
        &self,
        roles: Vec<Box<str>>,
        password: Option<Box<str>>,
        pin: Option<Box<str>>,
    ) -> Account {
        Account { roles, password, pin, generation: 0, unlocked_at: None, made_at: self.clock.now() }
    }

    async fn change_accounts_aside<R: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut AccountBook) -> Result<R, Unsigned> + Send + 'static,
    ) -> Result<R, Unsigned> {
        let issuer = self.clone();
        aside(move || issuer.change(ACCOUNTS, &issuer.accounts, change)).await?
    }

    async fn change_sessions_aside<R: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut SessionBook) -> R + Send + 'static,
    ) -> io::Result<R> {
        let issuer = self.clone();
        aside(move || issuer.change(SESSIONS, &issuer.sessions, |book| Ok(change(book)))).await?
    }

    /// Reads a book, changes it and replaces it, with nobody in between; nothing is written where the
    /// change is refused or changes nothing.
    pub(crate) fn change<B, R, E>(
        &self,
        file: &str,
        watched: &Watched<B>,
        change: impl FnOnce(&mut B) -> Result<R, E>,
    ) -> Result<R, E>
    where
        B: Serialize + DeserializeOwned + Default + Clone + PartialEq,
        E: From<io::Error>,
    {
        let lock = self.folder.lock()?;
        let mut book = match self.folder.read(file)? {
            Some(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| io::Error::other(format!("{file} is damaged: {error}")))?,
            None => B::default(),
        };
        let before = book.clone();
        let done = change(&mut book)?;
        if book != before {
            let bytes = serde_json::to_vec_pretty(&book).map_err(io::Error::other)?;
            self.folder.replace(&lock, file, &bytes)?;
            let _seen = watched.get_now();
        }
        Ok(done)
    }
}

/// Runs what syncs to the disk where it keeps no request waiting.
async fn aside<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> io::Result<R> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("folder", &self.folder).finish_non_exhaustive()
    }
}
