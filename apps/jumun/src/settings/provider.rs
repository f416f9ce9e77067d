//! Who moves the money: the sandbox of the program itself, or a provider over HTTP, with a key of its own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use payment_service::provider::callback::CallbackWords;
use payment_service::provider::{BaseUrl, Dialect, FarSettings, ProviderKey, Stripe, Toss};
use serde::Deserialize;
use telemetry::Secret;

/// The flags about the payment provider.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ProviderFlags {
    /// Who moves the money: the sandbox in the program itself, or a provider over HTTP.
    #[arg(long, value_name = "NAME", env = "JUMUN_PAYMENT_PROVIDER")]
    payment_provider: Option<ProviderName>,
    /// Where the provider is, if not at its public address.
    #[arg(long, value_name = "URL", env = "JUMUN_PAYMENT_PROVIDER_URL")]
    payment_provider_url: Option<String>,
    /// After how many seconds a charge that was called off and is unknown there counts as never made.
    #[arg(long, value_name = "SECONDS", env = "JUMUN_PAYMENT_PROVIDER_LAPSE")]
    payment_provider_lapse: Option<u64>,
}

/// The same settings in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderFile {
    name: Option<ProviderName>,
    url: Option<String>,
    key: Option<Secret<String>>,
    lapse_seconds: Option<u64>,
}

/// A provider by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProviderName {
    /// In the program itself, for trying out: nobody's money.
    Sandbox,
    /// Toss Payments.
    Toss,
    /// Stripe.
    Stripe,
}

impl ProviderName {
    /// The name as settings and notes say it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Toss => "toss",
            Self::Stripe => "stripe",
        }
    }

    /// In whose words it calls back.
    pub(crate) const fn words(self) -> CallbackWords {
        match self {
            Self::Sandbox => CallbackWords::Own,
            Self::Toss => CallbackWords::Toss,
            Self::Stripe => CallbackWords::Stripe,
        }
    }

    fn far(self) -> Option<(Arc<dyn Dialect>, &'static str)> {
        match self {
            Self::Sandbox => None,
            Self::Toss => Some((Arc::new(Toss), "https://api.tosspayments.com")),
            Self::Stripe => Some((Arc::new(Stripe), "https://api.stripe.com")),
        }
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who moves the money, everything said.
#[derive(Clone)]
pub(crate) struct ProviderSettings {
    pub(crate) name: ProviderName,
    /// How it is spoken to; nothing where it is in the program itself.
    pub(crate) far: Option<(Arc<dyn Dialect>, FarSettings)>,
}

impl fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)
    }
}

/// The variable that says to the provider who asks; said by no flag, which everybody on the machine could
/// read.
const KEY: &str = "JUMUN_PROVIDER_KEY";

/// The variables of the environment that are about the provider.
pub(crate) const VARIABLES: &[&str] =
    &["JUMUN_PAYMENT_PROVIDER", "JUMUN_PAYMENT_PROVIDER_URL", "JUMUN_PAYMENT_PROVIDER_LAPSE", KEY];

/// How long a confirmation may still arrive where nobody says: Toss Payments forgets what its customer
/// authenticated after ten minutes.
const LAPSE: Duration = Duration::from_secs(15 * 60);

impl ProviderFlags {
    /// Puts flags, environment and file together.
    ///
    /// # Errors
    /// Naming what is missing, means nothing, or cannot be.
    pub(crate) fn over(self, file: ProviderFile) -> Result<ProviderSettings> {
        let key = std::env::var(KEY).ok().map(Secret::from).or(file.key);
        let name = self.payment_provider.or(file.name).unwrap_or(ProviderName::Sandbox);
        let url = self.payment_provider_url.or(file.url);
        let lapse = self.payment_provider_lapse.or(file.lapse_seconds).map(Duration::from_secs);
        let Some((dialect, address)) = name.far() else {
            if url.is_some() || key.is_some() || lapse.is_some() {
                bail!(
                    "--payment-provider is the sandbox of the program itself, which has no address, key or \
                     lapse: say --payment-provider toss or stripe, or leave the others out"
                );
            }
            return Ok(ProviderSettings { name, far: None });
        };
        let key = key.with_context(|| format!("--payment-provider {name} needs a key: set {KEY}"))?;
        let settings = FarSettings {
            base: BaseUrl::parse(url.as_deref().unwrap_or(address))
                .map_err(|expected| anyhow::anyhow!("--payment-provider-url: expected {expected}"))?,
            key: ProviderKey::parse(key.expose())
                .with_context(|| format!("{KEY}: expected the key as the provider gave it, in one word"))?,
            lapse: lapse.unwrap_or(LAPSE),
        };
        Ok(ProviderSettings { name, far: Some((dialect, settings)) })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn file(text: &str) -> ProviderFile {
        toml::from_str(text).unwrap()
    }

    fn refused(text: &str) -> String {
        format!("{:#}", ProviderFlags::default().over(file(text)).unwrap_err())
    }

    #[test]
    fn who_says_nothing_has_the_sandbox() {
        let settings = ProviderFlags::default().over(ProviderFile::default()).unwrap();
        assert_eq!(settings.name, ProviderName::Sandbox);
        assert!(settings.far.is_none());
    }

    #[test]
    fn a_provider_has_its_public_address_unless_another_is_said() {
        let settings = ProviderFlags::default().over(file("name = 'toss'\nkey = 'test_sk_1'")).unwrap();
        let (dialect, far) = settings.far.unwrap();
        assert_eq!(
            (dialect.name(), far.base.to_string()),
            ("toss", "https://api.tosspayments.com".to_owned())
        );
        assert_eq!(far.lapse, LAPSE);
        let near = "name = 'stripe'\nkey = 'k'\nurl = 'http://127.0.0.1:8090/'\nlapse_seconds = 2";
        let (dialect, far) = ProviderFlags::default().over(file(near)).unwrap().far.unwrap();
        assert_eq!((dialect.name(), far.base.to_string()), ("stripe", "http://127.0.0.1:8090".to_owned()));
        assert_eq!(far.lapse, Duration::from_secs(2));
        assert!(!format!("{:?} {far:?}", ProviderKey::parse("k")).contains("\"k\""));
    }

    #[test]
    fn what_is_missing_or_means_nothing_is_named() {
        assert!(refused("name = 'toss'").contains("JUMUN_PROVIDER_KEY"));
        assert!(refused("key = 'k'").contains("--payment-provider"));
        assert!(refused("url = 'https://example.com'").contains("--payment-provider"));
        assert!(refused("name = 'toss'\nkey = 'two words'").contains("JUMUN_PROVIDER_KEY"));
        for url in [
            "example.com",
            "http://example.com",
            "https://example.com/v1",
            "https://u:p@example.com",
            "ftp://127.0.0.1",
        ] {
            let refused = refused(&format!("name = 'toss'\nkey = 'k'\nurl = '{url}'"));
            assert!(refused.contains("--payment-provider-url: expected https://HOST"), "{url}: {refused}");
        }
        assert!(toml::from_str::<ProviderFile>("name = 'paypal'").is_err());
        assert!(toml::from_str::<ProviderFile>("nmae = 'toss'").is_err());
    }
}
