//! Mails, over SMTP. The message's own id is the mail's `Message-ID`, so that a mail that came twice is
//! known by it.

use std::time::{Duration, SystemTime};

use catalog_contract::Language;
use kernel::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::Url;

use super::connection::is_this_machine;
use super::lane::Carried;
use crate::effects::Letter;

/// How long a server may take for one step.
const STEP_TIMEOUT: Duration = Duration::from_secs(3);
/// What a server says who does not know our name or password, or wants to be told them: that may be put
/// right.
const ACCOUNT: [u16; 4] = [454, 530, 534, 535];

/// How mails are sent.
#[derive(Clone)]
pub struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Its address may hold a password.
impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[mail server]")
    }
}

impl MailServer {
    /// The server at an address such as `smtps://user:password@mail.example`, and whom mails are from, such
    /// as `Jumun <orders@shop.example>`.
    ///
    /// # Errors
    /// What was expected instead, without the address.
    pub fn try_new(url: &str, from: &str) -> Result<Self, MailServerError> {
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailServerError::Url)?;
        let address = Url::parse(url).map_err(|_| MailServerError::Url)?;
        if !is_encrypted(&address) && !is_this_machine(&address) {
            return Err(MailServerError::Plain);
        }
        let from = from.parse().map_err(|_| MailServerError::From)?;
        Ok(Self { transport: builder.timeout(Some(STEP_TIMEOUT)).build(), from })
    }

    /// Sends one.
    pub(super) async fn send(&self, mail: Message) -> Carried {
        let Err(error) = self.transport.send(mail).await else { return Carried::Taken };
        // What a server writes in words is not kept: it may name a person's address.
        match error.status().map(u16::from) {
            Some(code) if error.is_permanent() && !ACCOUNT.contains(&code) => {
                Carried::Refused(format!("refused with code {code}"))
            }
            Some(code) => Carried::Later(format!("answered with code {code}")),
            None if error.is_timeout() => Carried::Later("no answer in time".to_owned()),
            None => Carried::Later("cannot be spoken to".to_owned()),
        }
    }

    /// The mail that a letter is.
    ///
    /// # Errors
    /// Why there can be none.
    pub fn write(&self, letter: &Letter, now: Timestamp) -> Result<Message, String> {
        let email = letter.to.email.as_deref().ok_or("the order says no mail address")?;
        let address: Address = email.parse().map_err(|_| "what the order says is no mail address")?;
        let name = letter.to.name.as_deref().map(one_line).filter(|name| !name.is_empty());
        let subject = one_line(letter.subject.as_deref().unwrap_or(letter.shop.as_str()));
        let seconds = u64::try_from(now.millis()).unwrap_or_default() / 1_000;
        head(&self.from, Mailbox::new(name, address), &subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{}@{}>", letter.message, self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentLanguage(letter.language))
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|_| "no mail can be made of the message".to_owned())
    }
}

/// Why there is no such mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailServerError {
    /// Its address is none.
    Url,
    /// It is another machine, and mails to it would not be encrypted.
    Plain,
    /// The sender's address is none.
    From,
}

impl std::fmt::Display for MailServerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Url => "expected an address such as smtps://user:password@mail.example",
            Self::Plain => {
                "expected smtps://.. or smtp://..?tls=required: only a server on this machine is spoken to in \
                 the clear"
            }
            Self::From => "expected a sender such as Jumun <orders@shop.example>",
        })
    }
}

impl std::error::Error for MailServerError {}

/// Whether nothing is said to the server in the clear: `opportunistic` lets whoever is in between decide.
fn is_encrypted(address: &Url) -> bool {
    let tls = address.query_pairs().find(|(name, _)| name == "tls");
    address.scheme() == "smtps" || tls.is_some_and(|(_, how)| how == "required")
}

fn head(from: &Mailbox, to: Mailbox, subject: &str) -> MessageBuilder {
    Message::builder().from(from.clone()).to(to).subject(subject)
}

/// A text as one line: nothing of it begins another header.
fn one_line(text: &str) -> String {
    let parts: Vec<&str> = text.split(char::is_control).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// Says that a program wrote it: no machine shall answer.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The language that it is written in.
#[derive(Clone)]
struct ContentLanguage(Language);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(word: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(if word == "en" { Language::En } else { Language::Ko }))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.as_str().to_owned())
    }
}
