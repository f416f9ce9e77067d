//! What the door is told: how often, from where, from which pages, and what is noted.

use std::num::NonZeroU32;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use gateway::{GatewaySettings, Origins, Timeouts};
use serde::Deserialize;

/// The flags about the door.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DoorFlags {
    /// Most requests per minute of one subject, and of one address; nobody is limited without.
    #[arg(long, value_name = "COUNT", env = "JUMUN_REQUESTS_PER_MINUTE")]
    requests_per_minute: Option<NonZeroU32>,
    /// How many of them may come at once; by default a tenth.
    #[arg(long, value_name = "COUNT", env = "JUMUN_REQUESTS_AT_ONCE")]
    requests_at_once: Option<NonZeroU32>,
    /// Proxies of your own in front, whose X-Forwarded-For is believed; none by default.
    #[arg(long, value_name = "COUNT", env = "JUMUN_TRUSTED_PROXIES")]
    trusted_proxies: Option<usize>,
    /// Pages of other origins that may call, separated by commas, such as https://shop.example.
    #[arg(long, value_name = "LIST", value_delimiter = ',', env = "JUMUN_ALLOWED_ORIGINS")]
    allowed_origins: Option<Vec<String>>,
    /// Which requests are noted in the log.
    #[arg(long, value_name = "WHICH", env = "JUMUN_ACCESS_LOG")]
    access_log: Option<AccessLog>,
    /// How long an answer to what only reads may take until its head, in milliseconds.
    #[arg(long, value_name = "MILLIS", env = "JUMUN_READS_TIMEOUT_MILLIS")]
    reads_timeout_millis: Option<NonZeroU32>,
    /// How long an answer to a command may take.
    #[arg(long, value_name = "MILLIS", env = "JUMUN_COMMANDS_TIMEOUT_MILLIS")]
    commands_timeout_millis: Option<NonZeroU32>,
    /// How long an answer to an order may take, its payment included; a shop's own bound for payment is
    /// mostly shorter.
    #[arg(long, value_name = "MILLIS", env = "JUMUN_ORDERS_TIMEOUT_MILLIS")]
    orders_timeout_millis: Option<NonZeroU32>,
}

/// The same settings in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DoorFile {
    requests_per_minute: Option<NonZeroU32>,
    requests_at_once: Option<NonZeroU32>,
    trusted_proxies: Option<usize>,
    allowed_origins: Option<Vec<String>>,
    access_log: Option<AccessLog>,
    reads_timeout_millis: Option<NonZeroU32>,
    commands_timeout_millis: Option<NonZeroU32>,
    orders_timeout_millis: Option<NonZeroU32>,
}

/// Which requests are noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AccessLog {
    /// Every one.
    All,
    /// Those that are refused or fail.
    Refused,
    /// None.
    None,
}

impl From<AccessLog> for gateway::AccessLog {
    fn from(which: AccessLog) -> Self {
        match which {
            AccessLog::All => Self::All,
            AccessLog::Refused => Self::Refused,
            AccessLog::None => Self::None,
        }
    }
}

/// The variables of the environment that are about the door.
pub(crate) const VARIABLES: &[&str] = &[
    "JUMUN_REQUESTS_PER_MINUTE",
    "JUMUN_REQUESTS_AT_ONCE",
    "JUMUN_TRUSTED_PROXIES",
    "JUMUN_ALLOWED_ORIGINS",
    "JUMUN_ACCESS_LOG",
    "JUMUN_READS_TIMEOUT_MILLIS",
    "JUMUN_COMMANDS_TIMEOUT_MILLIS",
    "JUMUN_ORDERS_TIMEOUT_MILLIS",
];

impl DoorFlags {
    /// Puts flags, environment and file together; pages under the address that customers see may always
    /// call.
    ///
    /// # Errors
    /// Naming the origin that is none.
    pub(crate) fn over(self, file: DoorFile, public_url: Option<&str>) -> Result<GatewaySettings> {
        let origins = self.allowed_origins.or(file.allowed_origins).unwrap_or_default();
        let origins = Origins::try_new(&origins).context("--allowed-origins")?;
        let unsaid = Timeouts::default();
        let said = |flag: Option<NonZeroU32>, key: Option<NonZeroU32>, unsaid| {
            flag.or(key).map_or(unsaid, NonZeroU32::get)
        };
        Ok(GatewaySettings {
            public_url: public_url.map(ToOwned::to_owned),
            requests_per_minute: self.requests_per_minute.or(file.requests_per_minute),
            requests_at_once: self.requests_at_once.or(file.requests_at_once),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies).unwrap_or(0),
            origins: match public_url {
                Some(own) => origins.with_pages_under(own),
                None => origins,
            },
            access_log: self.access_log.or(file.access_log).map(Into::into).unwrap_or_default(),
            timeouts: Timeouts {
                reads_millis: said(self.reads_timeout_millis, file.reads_timeout_millis, unsaid.reads_millis),
                commands_millis: said(
                    self.commands_timeout_millis,
                    file.commands_timeout_millis,
                    unsaid.commands_millis,
                ),
                orders_millis: said(
                    self.orders_timeout_millis,
                    file.orders_timeout_millis,
                    unsaid.orders_millis,
                ),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn a_flag_wins_over_the_file_and_what_nobody_says_limits_nobody() {
        let file: DoorFile = toml::from_str("requests_per_minute = 60\ntrusted_proxies = 1").unwrap();
        let flags = DoorFlags { requests_per_minute: NonZeroU32::new(600), ..DoorFlags::default() };
        let settings = flags.over(file, None).unwrap();
        assert_eq!(settings.requests_per_minute, NonZeroU32::new(600));
        assert_eq!(settings.trusted_proxies, 1);
        assert_eq!(DoorFlags::default().over(DoorFile::default(), None).unwrap().requests_per_minute, None);
    }

    #[test]
    fn answers_may_take_as_long_as_is_said_of_their_kind() {
        let file: DoorFile =
            toml::from_str("reads_timeout_millis = 500\norders_timeout_millis = 2000").unwrap();
        let flags = DoorFlags { reads_timeout_millis: NonZeroU32::new(250), ..DoorFlags::default() };
        let timeouts = flags.over(file, None).unwrap().timeouts;
        let expected = Timeouts { reads_millis: 250, orders_millis: 2_000, ..Timeouts::default() };
        assert_eq!(timeouts, expected);
        assert!(toml::from_str::<DoorFile>("commands_timeout_millis = 0").is_err());
    }

    #[test]
    fn what_is_no_origin_is_refused_by_name() {
        let flags = DoorFlags { allowed_origins: Some(vec!["*".to_owned()]), ..DoorFlags::default() };
        let refused = format!("{:#}", flags.over(DoorFile::default(), None).unwrap_err());
        assert!(refused.contains("--allowed-origins") && refused.contains("\"*\""), "{refused}");
    }
}
