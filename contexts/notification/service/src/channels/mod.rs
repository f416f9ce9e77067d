//! How a message leaves: one channel per file.
//!
//! A channel that took a message twice was given the same id twice.

mod connection;
mod file;
mod guard;
mod kakao;
mod lane;
mod log;
mod mail;
mod relay;
mod signature;
mod sms;
mod webhook;

use std::collections::BTreeSet;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use catalog_contract::Channel;
use edge::outward::{roots_of_the_web, tls};
use kernel::{Clock, Timestamp};
use lane::Lane;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::RootCertStore;

use crate::effects::{Letter, SendOutcome, Target};

pub use guard::{Reach, is_public, may_be_called};
pub use kakao::KakaoRelay;
pub use mail::{MailServer, MailServerError};
pub use relay::RelayAddress;
pub use sms::SmsRelay;
pub use tokio_rustls::rustls::Error as TlsError;

pub use signature::{new_secret, sign, signature_is_right};

/// The ways out, as the effects see them.
pub trait Channels: Send + Sync + 'static {
    /// Puts a message on a channel of this machine.
    ///
    /// # Errors
    /// What happened instead.
    fn put(&self, channel: Channel, letter: &Letter) -> Result<(), String>;

    /// Carries a message on a channel that somebody has set up; it may take a while by this clock.
    fn carry<'a>(
        &'a self,
        channel: Channel,
        letter: &'a Letter,
        clock: &'a dyn Clock,
    ) -> Pin<Box<dyn Future<Output = SendOutcome> + Send + 'a>>;

    /// Calls a webhook with a message, signed at this time.
    fn call<'a>(
        &'a self,
        target: &'a Target,
        letter: &'a Letter,
        now: Timestamp,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;
}

/// The channels that whoever runs the program has set up.
#[derive(Debug, Clone, Default)]
pub struct SetUp {
    /// KakaoTalk messages.
    pub kakao: Option<KakaoRelay>,
    /// Text messages.
    pub sms: Option<SmsRelay>,
    /// Mails.
    pub mail: Option<MailServer>,
}

impl SetUp {
    /// Which they are.
    #[must_use]
    pub fn channels(&self) -> BTreeSet<Channel> {
        let kakao = self.kakao.is_some().then_some(Channel::Kakao);
        let sms = self.sms.is_some().then_some(Channel::Sms);
        let mail = self.mail.is_some().then_some(Channel::Mail);
        kakao.into_iter().chain(sms).chain(mail).collect()
    }
}

/// A way out with the lane that leads to it.
struct Way<T> {
    to: T,
    lane: Lane,
}

impl<T> Way<T> {
    fn new(to: T) -> Self {
        Self { to, lane: Lane::new() }
    }
}

/// The channels of the running program.
pub struct RealChannels {
    file: file::MessageFile,
    caller: webhook::Caller,
    tls: TlsConnector,
    kakao: Option<Way<KakaoRelay>>,
    sms: Option<Way<SmsRelay>>,
    mail: Option<Way<MailServer>>,
}

impl RealChannels {
    /// With the file of messages at this place, and webhooks called within this reach and time.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(messages_file: PathBuf, reach: Reach, timeout: Duration) -> Result<Self, TlsError> {
        Self::trusting(messages_file, reach, timeout, roots_of_the_web())
    }

    /// The same, with webhooks that one of these roots vouches for, and no others of https.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn trusting(
        messages_file: PathBuf,
        reach: Reach,
        timeout: Duration,
        roots: RootCertStore,
    ) -> Result<Self, TlsError> {
        let tls = tls(roots)?;
        Ok(Self {
            file: file::MessageFile::new(messages_file),
            caller: webhook::Caller { reach, tls: tls.clone(), timeout },
            tls,
            kakao: None,
            sms: None,
            mail: None,
        })
    }

    /// The same, with what somebody has set up.
    #[must_use]
    pub fn with(self, set_up: SetUp) -> Self {
        Self {
            kakao: set_up.kakao.map(Way::new),
            sms: set_up.sms.map(Way::new),
            mail: set_up.mail.map(Way::new),
            ..self
        }
    }

    async fn carry_by(&self, channel: Channel, letter: &Letter, clock: &dyn Clock) -> SendOutcome {
        match channel {
            Channel::Kakao => {
                let Some(way) = &self.kakao else { return not_set_up(channel) };
                self.post(&way.lane, &way.to.address, way.to.told(letter), letter, clock).await
            }
            Channel::Sms => {
                let Some(way) = &self.sms else { return not_set_up(channel) };
                self.post(&way.lane, &way.to.address, way.to.told(letter), letter, clock).await
            }
            Channel::Mail => {
                let Some(way) = &self.mail else { return not_set_up(channel) };
                match way.to.write(letter, clock.now()) {
                    Ok(mail) => way.lane.carry(clock, way.to.send(mail)).await,
                    Err(cause) => SendOutcome::Impossible { cause },
                }
            }
            Channel::Log | Channel::File | Channel::Webhook => not_set_up(channel),
        }
    }

    async fn post(
        &self,
        lane: &Lane,
        address: &RelayAddress,
        told: Result<serde_json::Value, String>,
        letter: &Letter,
        clock: &dyn Clock,
    ) -> SendOutcome {
        match told {
            Ok(told) => lane.carry(clock, relay::post(&self.tls, address, letter.message, &told)).await,
            // What cannot be said to the relay says nothing about the relay.
            Err(cause) => SendOutcome::Impossible { cause },
        }
    }
}

fn not_set_up(channel: Channel) -> SendOutcome {
    SendOutcome::Impossible { cause: format!("`{}` is not set up here", channel.as_str()) }
}

impl Channels for RealChannels {
    fn put(&self, channel: Channel, letter: &Letter) -> Result<(), String> {
        match channel {
            Channel::Log => {
                log::put(letter);
                Ok(())
            }
            Channel::File => self.file.put(letter),
            Channel::Webhook => Err("a webhook is called, not put".into()),
            other => Err(format!("`{}` is carried, not put", other.as_str())),
        }
    }

    fn carry<'a>(
        &'a self,
        channel: Channel,
        letter: &'a Letter,
        clock: &'a dyn Clock,
    ) -> Pin<Box<dyn Future<Output = SendOutcome> + Send + 'a>> {
        Box::pin(self.carry_by(channel, letter, clock))
    }

    fn call<'a>(
        &'a self,
        target: &'a Target,
        letter: &'a Letter,
        now: Timestamp,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        Box::pin(self.caller.call(target, letter, now))
    }
}
