//! What `jumun users` does, beside a running program or without one.

use std::io;

use crate::accounts::{Account, AccountBook, Device, Refusal, checked_name, checked_roles};
use crate::code;
use crate::issuer::{ACCOUNTS, FORMER_KEY_IS_GOOD_MILLIS, Issuer, SESSIONS};
use crate::password_rules::{check_password, check_pin};
use crate::sessions::SessionBook;

impl Issuer {
    /// Adds somebody.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn add(
        &self,
        name: &str,
        roles: &[String],
        password: &str,
        pin: Option<&str>,
    ) -> Result<(), Refusal> {
        let (name, roles) = (checked_name(name)?, checked_roles(roles)?);
        check_password(password, &name)?;
        let mut account = self.new_account(roles, None, None);
        account.password = Some(self.keep(password)?);
        account.pin = pin.map(|pin| self.kept_pin(&account, pin)).transpose()?;
        self.change_accounts(|book| {
            if book.accounts.contains_key(&name) {
                return Err(Refusal::Taken(name.to_string()));
            }
            book.accounts.insert(name, account);
            Ok(())
        })
    }

    /// Takes somebody away, with every session.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn remove(&self, name: &str) -> Result<(), Refusal> {
        self.change_accounts(|book| {
            book.account(name)?;
            book.accounts.remove(name);
            Ok(())
        })?;
        self.end_sessions(name).map(drop)
    }

    /// Gives somebody another password; every session ends.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn set_password(&self, name: &str, password: &str) -> Result<(), Refusal> {
        check_password(password, name)?;
        let kept = self.keep(password)?;
        self.change_accounts(|book| {
            book.account(name)?.password = Some(kept);
            Ok(())
        })?;
        self.end_sessions(name).map(drop)
    }

    /// Gives somebody another PIN, or none; every session ends.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn set_pin(&self, name: &str, pin: Option<&str>) -> Result<(), Refusal> {
        let account = self.accounts.get_now().accounts.get(name).cloned();
        let account = account.ok_or_else(|| Refusal::Unknown(name.to_owned()))?;
        let kept = pin.map(|pin| self.kept_pin(&account, pin)).transpose()?;
        self.change_accounts(|book| {
            book.account(name)?.pin = kept;
            Ok(())
        })?;
        self.end_sessions(name).map(drop)
    }

    /// Gives somebody other parts. Sessions go on with them; access tokens of before have ended.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn set_roles(&self, name: &str, roles: &[String]) -> Result<(), Refusal> {
        let roles = checked_roles(roles)?;
        self.change_accounts(|book| {
            let account = book.account(name)?;
            account.roles = roles;
            account.generation = account.generation.wrapping_add(1);
            if !account.works_at_devices() {
                account.pin = None;
            }
            Ok(())
        })
    }

    /// Forgets the attempts that failed at somebody's name.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn unlock(&self, name: &str) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.change_accounts(|book| {
            book.account(name)?.unlocked_at = Some(now);
            Ok(())
        })
    }

    /// Ends every session of somebody; tells how many there were.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn log_out_everywhere(&self, name: &str) -> Result<usize, Refusal> {
        self.change_accounts(|book| book.account(name).map(drop))?;
        self.end_sessions(name)
    }

    /// Adds a device of a shop; its secret is told this once.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn add_device(&self, name: &str, shop: &str) -> Result<String, Refusal> {
        let name = checked_name(name)?;
        let role = format!("staff@{shop}");
        checked_roles(&[role])?;
        let secret = code::secret::<32>(&*self.chance);
        let device =
            Device { shop: shop.into(), secret_hash: code::hash(&secret), made_at: self.clock.now() };
        self.change_accounts(|book| {
            if book.devices.contains_key(&name) {
                return Err(Refusal::Taken(name.to_string()));
            }
            book.devices.insert(name, device);
            Ok(())
        })?;
        Ok(secret)
    }

    /// Takes a device away; whoever is signed in on it is so no longer.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn remove_device(&self, name: &str) -> Result<(), Refusal> {
        self.change_accounts(|book| {
            let removed = book.devices.remove(name);
            removed.map(drop).ok_or_else(|| Refusal::Unknown(name.to_owned()))
        })?;
        // Another device may have the name some day.
        Ok(self.change(SESSIONS, &self.sessions, |book: &mut SessionBook| {
            book.end_all_at(name);
            Ok::<_, io::Error>(())
        })?)
    }

    /// Signs with a fresh key from now on. What the one before has signed stays good until it expires, or
    /// ends at once where that key may be in wrong hands.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn rotate_keys(&self, at_once: bool) -> io::Result<Box<str>> {
        let former_is_good = if at_once { 0 } else { FORMER_KEY_IS_GOOD_MILLIS };
        self.ring.rotate(former_is_good, &*self.chance)
    }

    /// Everybody, by name.
    #[must_use]
    pub fn accounts(&self) -> Vec<(String, Account)> {
        let book = self.accounts.get_now();
        book.accounts.iter().map(|(name, account)| (name.to_string(), account.clone())).collect()
    }

    /// Every device, by name.
    #[must_use]
    pub fn devices(&self) -> Vec<(String, Device)> {
        let book = self.accounts.get_now();
        book.devices.iter().map(|(name, device)| (name.to_string(), device.clone())).collect()
    }

    /// How many sessions of somebody are open.
    #[must_use]
    pub fn sessions_of(&self, name: &str) -> usize {
        let now = self.clock.now();
        let book = self.sessions.get_now();
        book.sessions.values().filter(|session| &*session.name == name && session.is_open(now)).count()
    }

    fn kept_pin(&self, account: &Account, pin: &str) -> Result<Box<str>, Refusal> {
        if !account.works_at_devices() {
            return Err(Refusal::PinForOthers);
        }
        check_pin(pin)?;
        self.keep(pin)
    }

    fn keep(&self, secret: &str) -> Result<Box<str>, Refusal> {
        let kept = self.passwords.keep_now(secret, &self.salt());
        kept.ok_or_else(|| Refusal::Broken(io::Error::other("the password could not be computed")))
    }

    fn end_sessions(&self, name: &str) -> Result<usize, Refusal> {
        Ok(self.change(SESSIONS, &self.sessions, |book: &mut SessionBook| {
            Ok::<_, io::Error>(book.end_all_of(name))
        })?)
    }

    fn change_accounts<R>(
        &self,
        change: impl FnOnce(&mut AccountBook) -> Result<R, Refusal>,
    ) -> Result<R, Refusal> {
        self.change(ACCOUNTS, &self.accounts, change)
    }
}
