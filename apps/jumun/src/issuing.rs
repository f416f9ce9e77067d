//! Whose tokens are believed here: the issuer of this installation, or one that the settings name.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use edge::principal::Authenticate;
use identity::{Chance, Everybody, Folder, RemoteKeys, ServiceTokens, Trust, Verifier};
use issuer::Issuer;
use kernel::Clock;

use crate::data_folder::DataFolder;
use crate::roles::Role;
use crate::serve::fill_with_chance;
use crate::settings::{Identity, OidcSettings, Settings};

/// The folder of identity in the data folder.
pub(crate) const IDENTITY: &str = "identity";

/// How far the clocks of an issuer elsewhere and of this machine may be apart.
const LEEWAY_MILLIS: i64 = 30_000;

/// Who is asked about tokens, where identity is not open.
#[derive(Debug, Clone)]
pub(crate) struct Issuing {
    /// Knows who stands behind a token of a person.
    persons: Arc<dyn Authenticate>,
    /// What processes of this installation show each other.
    pub(crate) services: Arc<ServiceTokens>,
    /// The issuer of this installation, in the process that people reach.
    issuer: Option<Arc<Issuer>>,
    remote: Option<Arc<RemoteKeys>>,
}

impl Issuing {
    /// As the settings say; `None` where identity is open.
    ///
    /// # Errors
    /// When the folder of identity cannot be used, or the issuer's address is none.
    pub(crate) fn of(settings: &Settings, data: &DataFolder, clock: &Arc<dyn Clock>) -> Result<Option<Self>> {
        let (persons, issuer, remote) = match (settings.identity, &settings.oidc) {
            (Some(Identity::BuiltIn), _) => {
                let issuer = Arc::new(open_issuer(data.path(), clock.clone())?);
                let persons: Arc<dyn Authenticate> = Arc::new(Verifier::new(issuer.trust(), clock.clone()));
                let is_reached = settings.roles.contains(&Role::Gateway);
                (persons, is_reached.then_some(issuer), None)
            }
            (Some(Identity::Oidc), Some(oidc)) => {
                let (persons, remote) = believed(oidc, clock)?;
                (persons, None, Some(remote))
            }
            _ => return Ok(None),
        };
        let services = open_services(data, clock.clone())?;
        Ok(Some(Self { persons, services: Arc::new(services), issuer, remote }))
    }

    /// Knows who stands behind any token, a person's or a service's.
    pub(crate) fn tokens(&self) -> Arc<dyn Authenticate> {
        Arc::new(Everybody::new(self.persons.clone(), self.services.clone()))
    }

    /// The routes of identity, in a process that is reached at this address; what the issuer calls itself
    /// is known from then on.
    ///
    /// # Errors
    /// When the folder of identity cannot be used.
    pub(crate) fn routes(&self, public_url: Option<&str>, public: SocketAddr) -> Result<Router> {
        if let Some(issuer) = &self.issuer {
            issuer.prepare(public_url, &format!("http://{public}")).context("the keys of the issuer")?;
        }
        if let Some(remote) = self.remote.clone() {
            // So that the first token need not wait; if it fails, the first token asks again.
            tokio::spawn(async move {
                match remote.fetch().await {
                    Ok(keys) => tracing::info!(keys, "the keys of the issuer are here"),
                    Err(cause) => tracing::warn!(cause, "the keys of the issuer cannot be fetched yet"),
                }
            });
        }
        Ok(issuer::rest::served(self.issuer.clone(), true))
    }

    /// The code with which the first account is made, while there is none.
    pub(crate) fn set_up_code(&self) -> Option<String> {
        self.issuer.as_ref()?.offer_set_up()
    }
}

/// The issuer of an installation, for the program and its command line.
///
/// # Errors
/// When its folder cannot be made.
pub(crate) fn open_issuer(data: &Path, clock: Arc<dyn Clock>) -> Result<Issuer> {
    let folder = data.join(IDENTITY);
    Issuer::open(&folder, clock, chance())
        .with_context(|| format!("the folder {} cannot be made", folder.display()))
}

/// A token for whoever sits at the machine and can read the data folder.
///
/// # Errors
/// When the key of services cannot be read.
pub(crate) fn at_the_machine(data: &DataFolder, clock: Arc<dyn Clock>, name: &str) -> Result<String> {
    let services = open_services(data, clock)?;
    Ok(services.at_the_machine(name).context("the key of services")?.into())
}

/// Signs what processes show each other with a fresh key from now on ([`ServiceTokens::rotate`]): a key that
/// makes operators of whoever holds it. Tells its name.
///
/// # Errors
/// When the folder of identity cannot be used.
pub(crate) fn rotate_key_of_services(
    data: &DataFolder,
    clock: Arc<dyn Clock>,
    at_once: bool,
) -> Result<String> {
    let rotated = open_services(data, clock)?.rotate(at_once, &*chance());
    Ok(rotated.context("the key of services")?.into())
}

fn open_services(data: &DataFolder, clock: Arc<dyn Clock>) -> Result<ServiceTokens> {
    let folder = Folder::open(&data.path().join(IDENTITY)).context("the folder of identity")?;
    ServiceTokens::open(&folder, clock, &*chance()).context("the key of services")
}

fn chance() -> Arc<dyn Chance> {
    Arc::new(fill_with_chance)
}

fn believed(oidc: &OidcSettings, clock: &Arc<dyn Clock>) -> Result<(Arc<dyn Authenticate>, Arc<RemoteKeys>)> {
    let keys = RemoteKeys::new(&oidc.issuer, oidc.keys_url.as_deref(), &oidc.algorithms, clock.clone())
        .context("--oidc-issuer")?;
    let keys = Arc::new(keys);
    let trust = Trust {
        keys: keys.clone(),
        audience: oidc.audience.clone(),
        token_type: oidc.token_type.clone(),
        grants_claim: oidc.roles_claim.clone(),
        name_claim: oidc.name_claim.clone(),
        leeway_millis: LEEWAY_MILLIS,
        live: None,
    };
    Ok((Arc::new(Verifier::new(trust, clock.clone())), keys))
}
