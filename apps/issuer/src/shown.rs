//! What a sign-in rests on, held against the book once more when its session is opened.

use crate::accounts::AccountBook;

/// What somebody has shown to be signed in, as it was kept when it was looked at.
pub(crate) struct Shown {
    /// Of a password, or of a PIN at a device.
    pub(crate) secret: Option<Box<str>>,
    /// The device and what is kept of its secret.
    pub(crate) device: Option<(Box<str>, Box<str>)>,
}

impl Shown {
    /// Whether all of it is kept still.
    pub(crate) fn is_good(&self, name: &str, book: &AccountBook) -> bool {
        let Some(account) = book.accounts.get(name) else { return false };
        match &self.device {
            None => self.secret.is_some() && account.password == self.secret,
            Some((device, secret_hash)) => {
                let is_same =
                    book.devices.get(device).is_some_and(|device| device.secret_hash == *secret_hash);
                is_same && self.secret.is_some() && account.pin == self.secret
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;
    use crate::accounts::{Account, Device};

    fn book() -> AccountBook {
        let now = Timestamp::from_millis(1);
        let kim = Account {
            roles: vec!["staff@corner".into()],
            password: Some("password".into()),
            pin: Some("pin".into()),
            generation: 0,
            unlocked_at: None,
            made_at: now,
        };
        let mut book = AccountBook::default();
        book.accounts.insert("kim".into(), kim);
        let device = Device { shop: "corner".into(), secret_hash: "secret".into(), made_at: now };
        book.devices.insert("tablet".into(), device);
        book
    }

    fn password(kept: &str) -> Shown {
        Shown { secret: Some(kept.into()), device: None }
    }

    fn pin(kept: &str, device: &str, secret: &str) -> Shown {
        Shown { secret: Some(kept.into()), device: Some((device.into(), secret.into())) }
    }

    #[test]
    fn what_is_kept_as_it_was_shown_is_good_and_what_was_changed_meanwhile_is_not() {
        let book = book();
        assert!(password("password").is_good("kim", &book));
        assert!(!password("former password").is_good("kim", &book));
        assert!(!password("password").is_good("lee", &book), "who is gone");
        assert!(pin("pin", "tablet", "secret").is_good("kim", &book));
        for changed in [
            pin("former pin", "tablet", "secret"),
            pin("pin", "tablet", "former secret"),
            pin("pin", "other", "secret"),
        ] {
            assert!(!changed.is_good("kim", &book));
        }
        assert!(!Shown { secret: None, device: None }.is_good("kim", &book), "nothing was shown");
    }
}
