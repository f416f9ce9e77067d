//! How a message leaves: one channel per file.
//!
//! A channel that took a message twice was given the same id twice.

mod connection;
mod file;
mod guard;
mod log;
mod signature;
mod webhook;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use catalog_contract::Channel;
use kernel::Timestamp;
use tokio_rustls::rustls::RootCertStore;

use crate::effects::{Letter, Target};

pub use guard::{Reach, is_public, may_be_called};
pub use tokio_rustls::rustls::Error as TlsError;

pub use signature::{new_secret, sign, signature_is_right};

/// The ways out, as the effects see them.
pub trait Channels: Send + Sync + 'static {
    /// Puts a message on a channel of this machine.
    ///
    /// # Errors
    /// What happened instead.
    fn put(&self, channel: Channel, letter: &Letter) -> Result<(), String>;

    /// Calls a webhook with a message, signed at this time.
    fn call<'a>(
        &'a self,
        target: &'a Target,
        letter: &'a Letter,
        now: Timestamp,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;
}

/// The channels of the running program.
pub struct RealChannels {
    file: file::MessageFile,
    caller: webhook::Caller,
}

impl RealChannels {
    /// With the file of messages at this place, and webhooks called within this reach and time.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(messages_file: PathBuf, reach: Reach, timeout: Duration) -> Result<Self, TlsError> {
        Self::trusting(messages_file, reach, timeout, connection::roots_of_the_web())
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
        let tls = connection::tls(roots)?;
        Ok(Self {
            file: file::MessageFile::new(messages_file),
            caller: webhook::Caller { reach, tls, timeout },
        })
    }
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
        }
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
