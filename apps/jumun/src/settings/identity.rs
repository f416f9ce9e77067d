//! Who may call, and whose tokens are believed.

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use identity::Algorithm;
use serde::Deserialize;

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Identity {
    /// Whoever reaches the port is who they say they are.
    Open,
    /// Whoever has an account of this installation (`jumun users`).
    BuiltIn,
    /// Whoever carries a token of the issuer that is named (--oidc-issuer).
    Oidc,
}

/// The flags about an issuer of one's own.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OidcFlags {
    /// The issuer whose tokens are believed, such as https://id.example/realms/shop.
    #[arg(long, value_name = "URL", env = "JUMUN_OIDC_ISSUER")]
    pub(crate) oidc_issuer: Option<String>,
    /// Whom its tokens must be meant for.
    #[arg(long, value_name = "NAME", env = "JUMUN_OIDC_AUDIENCE")]
    pub(crate) oidc_audience: Option<String>,
    /// The claim with the roles, such as `jumun` or `realm_access.roles`.
    #[arg(long, value_name = "CLAIM", env = "JUMUN_OIDC_ROLES_CLAIM")]
    pub(crate) oidc_roles_claim: Option<String>,
    /// The claim that names somebody.
    #[arg(long, value_name = "CLAIM", env = "JUMUN_OIDC_NAME_CLAIM")]
    pub(crate) oidc_name_claim: Option<String>,
    /// What its access tokens call themselves in their header `typ`: `at+jwt`, or `JWT` where they all do.
    #[arg(long, value_name = "TYPE", env = "JUMUN_OIDC_TOKEN_TYPE")]
    pub(crate) oidc_token_type: Option<String>,
    /// Algorithms that are believed, separated by commas.
    #[arg(long, value_name = "LIST", value_delimiter = ',', env = "JUMUN_OIDC_ALGORITHMS")]
    pub(crate) oidc_algorithms: Option<Vec<String>>,
    /// Where its keys are, if not where its discovery document says.
    #[arg(long, value_name = "URL", env = "JUMUN_OIDC_KEYS_URL")]
    pub(crate) oidc_keys_url: Option<String>,
}

/// The same settings in a file, in the table `oidc`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OidcFile {
    issuer: Option<String>,
    audience: Option<String>,
    roles_claim: Option<String>,
    name_claim: Option<String>,
    token_type: Option<String>,
    algorithms: Option<Vec<String>>,
    keys_url: Option<String>,
}

/// An issuer whose tokens are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OidcSettings {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) roles_claim: String,
    pub(crate) name_claim: String,
    pub(crate) token_type: String,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) keys_url: Option<String>,
}

/// The variables of the environment that are about it.
pub(super) const VARIABLES: &[&str] = &[
    "JUMUN_OIDC_ISSUER",
    "JUMUN_OIDC_AUDIENCE",
    "JUMUN_OIDC_ROLES_CLAIM",
    "JUMUN_OIDC_NAME_CLAIM",
    "JUMUN_OIDC_TOKEN_TYPE",
    "JUMUN_OIDC_ALGORITHMS",
    "JUMUN_OIDC_KEYS_URL",
];

impl OidcFlags {
    /// Puts flags, environment and file together; `None` where identity is something else.
    ///
    /// # Errors
    /// Naming what is missing, or said for nothing.
    pub(super) fn over(self, file: OidcFile, identity: Option<Identity>) -> Result<Option<OidcSettings>> {
        let issuer = self.oidc_issuer.or(file.issuer);
        if identity != Some(Identity::Oidc) {
            if issuer.is_some() {
                bail!("an issuer is named (--oidc-issuer), and nobody asks it: say --identity oidc as well");
            }
            return Ok(None);
        }
        let algorithms = match self.oidc_algorithms.or(file.algorithms) {
            Some(names) => names.iter().map(|name| algorithm(name)).collect::<Result<Vec<_>>>()?,
            None => Algorithm::USUAL.to_vec(),
        };
        Ok(Some(OidcSettings {
            issuer: issuer.context("--identity oidc needs the issuer: --oidc-issuer URL")?,
            audience: self
                .oidc_audience
                .or(file.audience)
                .context("--identity oidc needs whom tokens must be meant for: --oidc-audience NAME")?,
            roles_claim: self.oidc_roles_claim.or(file.roles_claim).unwrap_or_else(|| "jumun".to_owned()),
            name_claim: self.oidc_name_claim.or(file.name_claim).unwrap_or_else(|| "sub".to_owned()),
            token_type: self.oidc_token_type.or(file.token_type).unwrap_or_else(|| "at+jwt".to_owned()),
            algorithms,
            keys_url: self.oidc_keys_url.or(file.keys_url),
        }))
    }
}

fn algorithm(name: &str) -> Result<Algorithm> {
    let known = Algorithm::ALL.map(Algorithm::name).join(", ");
    Algorithm::parse(name).with_context(|| format!("--oidc-algorithms: {name} is not one of {known}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn file(text: &str) -> OidcFile {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn an_issuer_and_an_audience_must_be_named_and_the_rest_is_usual() {
        let oidc = Some(Identity::Oidc);
        let settings = file("issuer = \"https://id.example\"\naudience = \"shop\"");
        let settings = OidcFlags::default().over(settings, oidc).unwrap().unwrap();
        assert_eq!((&*settings.roles_claim, &*settings.token_type), ("jumun", "at+jwt"));
        assert_eq!(settings.algorithms, Algorithm::USUAL);
        for (text, names) in [
            ("", "--oidc-issuer"),
            ("issuer = \"https://id.example\"", "--oidc-audience"),
            ("issuer = \"https://id.example\"\naudience = \"shop\"\nalgorithms = [\"HS256\"]", "HS256"),
            ("issuer = \"https://id.example\"\naudience = \"shop\"\nalgorithms = [\"none\"]", "none"),
        ] {
            let refused = format!("{:#}", OidcFlags::default().over(file(text), oidc).unwrap_err());
            assert!(refused.contains(names), "{text}: {refused}");
        }
    }

    #[test]
    fn an_issuer_that_nobody_asks_is_a_mistake() {
        let named = || file("issuer = \"https://id.example\"");
        assert!(OidcFlags::default().over(named(), Some(Identity::BuiltIn)).is_err());
        assert!(OidcFlags::default().over(named(), None).is_err());
        assert_eq!(OidcFlags::default().over(file(""), None).unwrap(), None);
    }
}
