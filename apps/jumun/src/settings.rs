//! How the program is set up: flags, then `JUMUN_*`, then a file, then defaults. What nobody knows
//! is refused.

mod door;
mod identity;
pub(crate) mod messages;
mod provider;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use gateway::GatewaySettings;
use notification_service::channels::SetUp;
use serde::Deserialize;
use telemetry::Secret;

pub(crate) use self::identity::{Identity, OidcSettings};
use self::identity::{OidcFile, OidcFlags};
use crate::roles::Role;
use door::{DoorFile, DoorFlags};
use messages::MessagesFile;
use provider::{ProviderFile, ProviderFlags};
pub(crate) use provider::{ProviderName, ProviderSettings};

/// The flags of `jumun serve`; each may also be said by the environment or a file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServeFlags {
    /// Shops to open: names of built-in ones or shop files; all built-in ones where none is named.
    #[arg(value_name = "SHOP|FILE")]
    pub(crate) shops: Vec<String>,
    /// Where everything is kept.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Where customers and staff are served; port 0 picks one.
    #[arg(long, value_name = "ADDR", env = "JUMUN_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where operators are served: /livez, /readyz, /metrics, switches.
    #[arg(long, value_name = "ADDR", env = "JUMUN_ADMIN_LISTEN")]
    pub(crate) admin_listen: Option<SocketAddr>,
    /// The roles this process plays, separated by commas; all where none is named.
    #[arg(long, value_name = "LIST", value_delimiter = ',', env = "JUMUN_ROLES")]
    pub(crate) roles: Option<Vec<Role>>,
    /// The address that customers see, for links.
    #[arg(long, value_name = "URL", env = "JUMUN_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Who may call: `open` believes the header Jumun-Actor, and is the default on loopback only;
    /// `built-in` asks for an account of this installation; `oidc` for a token of an issuer.
    #[arg(long, value_name = "HOW", env = "JUMUN_IDENTITY")]
    pub(crate) identity: Option<Identity>,
    #[command(flatten)]
    pub(crate) oidc: OidcFlags,
    /// Where webhooks may lead: to public addresses only, or anywhere, this machine included.
    #[arg(long, value_name = "WHERE", env = "JUMUN_WEBHOOKS_TO")]
    pub(crate) webhooks_to: Option<WebhooksTo>,
    #[command(flatten)]
    pub(crate) door: DoorFlags,
    #[command(flatten)]
    pub(crate) provider: ProviderFlags,
    /// Where traces are sent (OTLP over gRPC), such as http://127.0.0.1:4317.
    #[arg(long, value_name = "URL", env = "JUMUN_OTLP_ENDPOINT")]
    pub(crate) otlp_endpoint: Option<String>,
    /// What is logged, such as `info` or `info,ordering_service=debug`.
    #[arg(long, value_name = "FILTER", env = "JUMUN_LOG")]
    pub(crate) log: Option<String>,
    /// How it is logged.
    #[arg(long, value_name = "FORM", env = "JUMUN_LOG_FORM")]
    pub(crate) log_form: Option<LogForm>,
    /// A file with the same settings (TOML, `snake_case` keys).
    #[arg(long, value_name = "FILE", env = "JUMUN_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

/// Where webhooks may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WebhooksTo {
    /// To public addresses.
    Public,
    /// Anywhere: for tests, and for networks that are closed anyway.
    Anywhere,
}

impl From<WebhooksTo> for notification_service::channels::Reach {
    fn from(to: WebhooksTo) -> Self {
        match to {
            WebhooksTo::Public => Self::Public,
            WebhooksTo::Anywhere => Self::Anywhere,
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogForm {
    /// One JSON object per line.
    Json,
    /// For people.
    Text,
}

/// The settings of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSettings {
    shops: Option<Vec<String>>,
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    admin_listen: Option<SocketAddr>,
    roles: Option<Vec<String>>,
    public_url: Option<String>,
    identity: Option<Identity>,
    #[serde(default)]
    oidc: OidcFile,
    webhooks_to: Option<WebhooksTo>,
    callback_secret: Option<Secret<String>>,
    #[serde(default)]
    door: DoorFile,
    #[serde(default)]
    messages: MessagesFile,
    #[serde(default)]
    payment_provider: ProviderFile,
    otlp_endpoint: Option<String>,
    log: Option<String>,
    log_form: Option<LogForm>,
}

/// How the program is set up, everything said.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) shops: Vec<String>,
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) admin_listen: SocketAddr,
    pub(crate) roles: Vec<Role>,
    pub(crate) public_url: Option<String>,
    pub(crate) identity: Option<Identity>,
    /// The issuer, where identity is somebody else's matter.
    pub(crate) oidc: Option<OidcSettings>,
    pub(crate) webhooks_to: WebhooksTo,
    /// What providers sign their calls with; said by no flag, which everybody on the machine could read.
    pub(crate) callback_secret: Option<Secret<String>>,
    /// Who moves the money.
    pub(crate) provider: ProviderSettings,
    pub(crate) gateway: GatewaySettings,
    /// The channels to customers that are set up.
    pub(crate) messages: SetUp,
    pub(crate) otlp_endpoint: Option<String>,
    pub(crate) log: String,
    pub(crate) log_form: LogForm,
}

/// What is logged where nobody says: migrations of a new store are no news.
const LOG_DEFAULT: &str = "info,refinery_core=warn,refinery=warn";

/// The variable that says what providers sign their calls with.
const CALLBACK_SECRET: &str = "JUMUN_CALLBACK_SECRET";

/// The variables of the environment that mean something.
const VARIABLES: &[&str] = &[
    "JUMUN_DATA",
    "JUMUN_LISTEN",
    "JUMUN_ADMIN_LISTEN",
    "JUMUN_ROLES",
    "JUMUN_PUBLIC_URL",
    "JUMUN_IDENTITY",
    "JUMUN_WEBHOOKS_TO",
    CALLBACK_SECRET,
    "JUMUN_OTLP_ENDPOINT",
    "JUMUN_LOG",
    "JUMUN_LOG_FORM",
    "JUMUN_CONFIG",
];

impl Settings {
    /// Puts flags, environment, file and defaults together.
    ///
    /// # Errors
    /// Naming the key or variable that nobody knows, or the value that cannot be.
    pub(crate) fn gather(flags: ServeFlags) -> Result<Self> {
        refuse_unknown_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
        let file = match &flags.config {
            Some(path) => read_file(path)?,
            None => FileSettings::default(),
        };
        let roles = match flags.roles {
            Some(roles) => roles,
            None => parse_roles(file.roles)?,
        };
        let is_door = roles.contains(&Role::Gateway);
        let public_url = flags.public_url.or(file.public_url);
        let identity = flags.identity.or(file.identity);
        let oidc = flags.oidc.over(file.oidc, identity)?;
        let gateway = flags.door.over(file.door, public_url.as_deref())?;
        let settings = Self {
            shops: if flags.shops.is_empty() { file.shops.unwrap_or_default() } else { flags.shops },
            data: flags.data.or(file.data).unwrap_or_else(|| PathBuf::from("./jumun-data")),
            listen: flags.listen.or(file.listen).unwrap_or_else(|| default_address(8088, is_door)),
            admin_listen: flags
                .admin_listen
                .or(file.admin_listen)
                .unwrap_or_else(|| default_address(8089, is_door)),
            roles,
            public_url,
            identity,
            oidc,
            callback_secret: std::env::var(CALLBACK_SECRET).ok().map(Secret::from).or(file.callback_secret),
            provider: flags.provider.over(file.payment_provider)?,
            gateway,
            messages: file.messages.gather()?,
            webhooks_to: flags.webhooks_to.or(file.webhooks_to).unwrap_or(WebhooksTo::Public),
            otlp_endpoint: flags.otlp_endpoint.or(file.otlp_endpoint),
            log: flags.log.or(file.log).unwrap_or_else(|| LOG_DEFAULT.to_owned()),
            log_form: flags.log_form.or(file.log_form).unwrap_or(LogForm::Text),
        };
        settings.check_identity()?;
        Ok(settings)
    }

    /// Beyond loopback nobody is served before it is said who may call. Operators' switches ask nobody who
    /// they are, so they leave the machine only where everything is open.
    fn check_identity(&self) -> Result<()> {
        if !self.listen.ip().is_loopback() && self.identity.is_none() {
            bail!(
                "--listen {} can be reached from other machines, and nothing says who may call: listen on \
                 127.0.0.1, or say --identity built-in (accounts of this installation), --identity oidc (an \
                 issuer of your own), or --identity open if everybody who reaches it may do everything",
                self.listen
            );
        }
        if !self.admin_listen.ip().is_loopback() && self.identity != Some(Identity::Open) {
            bail!(
                "--admin-listen {} can be reached from other machines, and whoever reaches it may do \
                 everything there: listen on 127.0.0.1, or say --identity open if that is meant",
                self.admin_listen
            );
        }
        Ok(())
    }
}

fn default_address(port: u16, is_door: bool) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], if is_door { port } else { 0 }))
}

fn parse_roles(names: Option<Vec<String>>) -> Result<Vec<Role>> {
    let Some(names) = names else { return Ok(Role::all().collect()) };
    names
        .iter()
        .map(|name| {
            Role::parse(name).with_context(|| format!("roles: there is no role {name}; see `jumun roles`"))
        })
        .collect()
}

fn read_file(path: &Path) -> Result<FileSettings> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration file {} cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the configuration file {} is wrong", path.display()))
}

/// The channels to customers that environment and file set up.
pub(crate) fn set_up_messages(config: Option<&Path>) -> Result<SetUp> {
    let file = config.map(read_file).transpose()?.unwrap_or_default();
    file.messages.gather()
}

fn refuse_unknown_variables(names: impl Iterator<Item = String>) -> Result<()> {
    for name in names.filter(|name| name.starts_with("JUMUN_")) {
        let parts = [door::VARIABLES, identity::VARIABLES, messages::VARIABLES, provider::VARIABLES];
        let known = [VARIABLES].into_iter().chain(parts).flatten().copied().collect::<Vec<_>>();
        if !known.contains(&name.as_str()) {
            bail!("the environment variable {name} means nothing to jumun; it knows {}", known.join(", "));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn an_address_beyond_loopback_needs_a_word_about_identity() {
        let listen = Some("0.0.0.0:8088".parse().unwrap());
        let refused =
            Settings::gather(ServeFlags { listen, ..ServeFlags::default() }).unwrap_err().to_string();
        assert!(refused.contains("--identity open"), "{refused}");
        let open = ServeFlags { listen, identity: Some(Identity::Open), ..ServeFlags::default() };
        assert!(Settings::gather(open).is_ok());
        let built_in = ServeFlags { listen, identity: Some(Identity::BuiltIn), ..ServeFlags::default() };
        assert!(Settings::gather(built_in).is_ok());
    }

    #[test]
    fn switches_that_ask_nobody_leave_the_machine_only_where_everything_is_open() {
        let admin_listen = Some("0.0.0.0:8089".parse().unwrap());
        let flags = |identity| ServeFlags { admin_listen, identity, ..ServeFlags::default() };
        for identity in [None, Some(Identity::BuiltIn)] {
            let refused = Settings::gather(flags(identity)).unwrap_err().to_string();
            assert!(refused.contains("--admin-listen"), "{refused}");
        }
        assert!(Settings::gather(flags(Some(Identity::Open))).is_ok());
    }

    #[test]
    fn a_process_that_is_not_the_door_leaves_the_known_ports_alone() {
        let flags = ServeFlags { roles: Some(vec![Role::Kitchen]), ..ServeFlags::default() };
        assert_eq!(Settings::gather(flags).unwrap().listen.port(), 0);
    }

    #[test]
    fn a_key_that_nobody_knows_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jumun.toml");
        std::fs::write(&path, "lisen = \"127.0.0.1:1\"\n").unwrap();
        let refused =
            Settings::gather(ServeFlags { config: Some(path), ..ServeFlags::default() }).unwrap_err();
        assert!(format!("{refused:#}").contains("lisen"), "{refused:#}");
    }

    #[test]
    fn a_variable_that_nobody_knows_is_refused_by_name() {
        let refused = refuse_unknown_variables(["JUMUN_LISEN".to_owned()].into_iter()).unwrap_err();
        assert!(refused.to_string().contains("JUMUN_LISEN"));
    }
}
