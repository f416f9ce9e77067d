//! How customers are reached: the relays of KakaoTalk and text messages, the mail server. No flag says any of it, for
//! everybody on the machine could read that; the environment or a file does.

use anyhow::{Result, anyhow, bail};
use catalog_contract::{Channel, ShopLife};
use kernel::ShopKey;
use notification_service::channels::{
    KakaoRelay, MailServer, MailServerError, RelayAddress, SetUp, SmsRelay,
};
use serde::Deserialize;
use telemetry::Secret;

/// The settings of a file, under `[messages]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessagesFile {
    kakao_url: Option<Secret<String>>,
    kakao_secret_key: Option<Secret<String>>,
    kakao_sender_key: Option<Secret<String>>,
    sms_url: Option<Secret<String>>,
    sms_secret_key: Option<Secret<String>>,
    sms_sender: Option<Secret<String>>,
    smtp_url: Option<Secret<String>>,
    mail_from: Option<Secret<String>>,
}

/// The variables of the environment that are about messages.
pub(crate) const VARIABLES: &[&str] = &[
    "JUMUN_KAKAO_URL",
    "JUMUN_KAKAO_SECRET_KEY",
    "JUMUN_KAKAO_SENDER_KEY",
    "JUMUN_SMS_URL",
    "JUMUN_SMS_SECRET_KEY",
    "JUMUN_SMS_SENDER",
    "JUMUN_SMTP_URL",
    "JUMUN_MAIL_FROM",
];

/// What is said of a channel that a shop names and nobody has set up.
pub(crate) const NOT_SET_UP: &str =
    "the channel is not set up: messages take the next way of the shop, or the log";

/// The channels that shops name and nobody has set up.
pub(crate) fn missing_ways<'a>(
    lives: impl Iterator<Item = &'a ShopLife>,
    set_up: &SetUp,
) -> Vec<(ShopKey, Channel)> {
    let known = set_up.channels();
    let named = lives.flat_map(|life| {
        let channels = life.messages.iter().flat_map(|rule| rule.channels.iter().copied());
        channels.map(|channel| (life.key.clone(), channel))
    });
    named.filter(|(_, channel)| channel.is_set_up() && !known.contains(channel)).collect()
}

/// One setting: what it is called in the environment, and what was said.
struct Said(&'static str, Option<String>);

impl Said {
    fn of(variable: &'static str, file: Option<Secret<String>>) -> Self {
        let variable_says = std::env::var(variable).ok();
        Self(variable, variable_says.or_else(|| file.map(|secret| secret.expose().clone())))
    }
}

impl MessagesFile {
    /// Puts environment and file together.
    ///
    /// # Errors
    /// Naming the setting that is missing beside others, or that cannot be.
    pub(crate) fn gather(self) -> Result<SetUp> {
        let kakao = all_or_none([
            Said::of("JUMUN_KAKAO_URL", self.kakao_url),
            Said::of("JUMUN_KAKAO_SECRET_KEY", self.kakao_secret_key),
            Said::of("JUMUN_KAKAO_SENDER_KEY", self.kakao_sender_key),
        ])?;
        let sms = all_or_none([
            Said::of("JUMUN_SMS_URL", self.sms_url),
            Said::of("JUMUN_SMS_SECRET_KEY", self.sms_secret_key),
            Said::of("JUMUN_SMS_SENDER", self.sms_sender),
        ])?;
        let mail = all_or_none([
            Said::of("JUMUN_SMTP_URL", self.smtp_url),
            Said::of("JUMUN_MAIL_FROM", self.mail_from),
        ])?;
        Ok(SetUp {
            mail: match mail {
                None => None,
                // What stands there is not repeated: it may hold a password.
                Some([url, from]) => Some(MailServer::try_new(&url, &from).map_err(|error| match error {
                    MailServerError::Url | MailServerError::Plain => anyhow!("JUMUN_SMTP_URL: {error}"),
                    MailServerError::From => anyhow!("JUMUN_MAIL_FROM: {error}"),
                })?),
            },
            kakao: match kakao {
                None => None,
                Some([url, secret_key, sender_key]) => {
                    Some(KakaoRelay { address: relay("JUMUN_KAKAO_URL", &url, secret_key)?, sender_key })
                }
            },
            sms: match sms {
                None => None,
                Some([url, secret_key, sender]) => {
                    Some(SmsRelay { address: relay("JUMUN_SMS_URL", &url, secret_key)?, sender })
                }
            },
        })
    }
}

/// Settings that go together: all of them, or none.
fn all_or_none<const COUNT: usize>(said: [Said; COUNT]) -> Result<Option<[String; COUNT]>> {
    let names: Vec<&str> = said.iter().map(|Said(name, _)| *name).collect();
    let missing: Vec<&str> =
        said.iter().filter(|Said(_, value)| value.is_none()).map(|Said(name, _)| *name).collect();
    if missing.len() == COUNT {
        return Ok(None);
    }
    if !missing.is_empty() {
        bail!("{} is missing: {} go together", missing.join(" and "), names.join(", "));
    }
    if let Some(Said(name, _)) = said.iter().find(|Said(_, value)| {
        let value = value.as_deref().unwrap_or_default();
        value.trim().is_empty() || value.chars().any(char::is_control)
    }) {
        bail!("{name} is empty, or has a line break");
    }
    Ok(Some(said.map(|Said(_, value)| value.unwrap_or_default())))
}

fn relay(variable: &str, url: &str, secret_key: String) -> Result<RelayAddress> {
    // What stands there is not repeated: it may hold a key.
    RelayAddress::try_new(url, secret_key).map_err(|expected| anyhow!("{variable}: {expected}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn gathered(text: &str) -> Result<SetUp> {
        toml::from_str::<MessagesFile>(text).unwrap().gather()
    }

    #[test]
    fn nothing_said_sets_nothing_up() {
        assert!(gathered("").unwrap().channels().is_empty());
    }

    #[test]
    fn what_is_said_whole_is_set_up() {
        let text = "kakao_url = 'http://127.0.0.1:1/a'\nkakao_secret_key = 's'\nkakao_sender_key = 'k'";
        assert_eq!(gathered(text).unwrap().channels(), [Channel::Kakao].into());
        let debug = format!("{:?}", gathered(text).unwrap());
        assert!(!debug.contains("127.0.0.1") && !debug.contains("\"s\""), "{debug}");
    }

    #[test]
    fn half_a_relay_is_refused_by_what_is_missing() {
        let refused = gathered("sms_url = 'http://127.0.0.1:1/'\nsms_sender = '0212345678'").unwrap_err();
        assert!(refused.to_string().starts_with("JUMUN_SMS_SECRET_KEY is missing: "), "{refused}");
    }

    #[test]
    fn an_address_that_is_none_is_refused_and_not_repeated() {
        for url in [
            "relay.example/secret",
            "ftp://relay.example/secret",
            "unix:/secret",
            "http://relay.example/secret",
        ] {
            let text = format!("sms_url = '{url}'\nsms_sender = '02'\nsms_secret_key = 's'");
            let refused = format!("{:#}", gathered(&text).unwrap_err());
            assert!(
                refused.starts_with("JUMUN_SMS_URL: expected") && !refused.contains("secret"),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_mail_server_is_refused_by_the_setting_that_is_wrong_and_not_repeated() {
        for (url, from, field) in [
            ("mail.example/secret", "a@b.example", "JUMUN_SMTP_URL: expected an address"),
            ("smtp://user:secret@mail.example", "a@b.example", "JUMUN_SMTP_URL: expected smtps://"),
            ("smtps://user:secret@mail.example", "nobody", "JUMUN_MAIL_FROM: expected a sender"),
        ] {
            let refused = gathered(&format!("smtp_url = '{url}'\nmail_from = '{from}'")).unwrap_err();
            let refused = format!("{refused:#}");
            assert!(refused.starts_with(field) && !refused.contains("secret"), "{refused}");
        }
    }
}
