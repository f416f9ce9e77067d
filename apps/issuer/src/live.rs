//! Which access tokens have ended before their time: those whose session, account or device is gone, or
//! whose parts have changed.

use identity::{Claims, Live};
use serde_json::Value;

use crate::accounts::AccountBook;
use crate::issuer::Issuer;
use crate::sessions::SessionBook;

impl Live for Issuer {
    /// What another process has just written (a session that was opened a moment ago) is looked for once
    /// more before a token is refused; what it has taken away is known half a second later.
    fn is_live(&self, claims: &Claims) -> bool {
        let now = self.clock.now();
        let is_open = |sessions: &SessionBook, accounts: &AccountBook| {
            let id = claims.get("sid").and_then(Value::as_str)?;
            let session = sessions.sessions.get(id).filter(|session| session.ends_at > now)?;
            let account = accounts.accounts.get(&session.name)?;
            let has_its_device =
                session.device.as_ref().is_none_or(|device| accounts.devices.contains_key(device));
            let is_same = session.name == claims.subject
                && claims.get("gen").and_then(Value::as_u64) == Some(u64::from(account.generation));
            Some(is_same && has_its_device)
        };
        is_open(&self.sessions.get(), &self.accounts.get()).unwrap_or(false)
            || is_open(&self.sessions.get_now(), &self.accounts.get_now()).unwrap_or(false)
    }
}
