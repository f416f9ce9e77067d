//! Our own keys: one that signs, those before it that are still good, in a folder that processes share.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::{BoxFuture, FutureExt, ready};
use kernel::{Clock, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Chance;
use crate::algorithm::Algorithm;
use crate::folder::{Folder, FolderLock};
use crate::keys::{Keys, NoKey, PublicKey};
use crate::signing_key::SigningKey;
use crate::watched::Watched;

/// Keys of one purpose in a folder: `NAME-keys.json` lists the public halves, `NAME-ID.key` holds the
/// private half of the one that signs.
pub struct KeyRing {
    folder: Folder,
    name: &'static str,
    clock: Arc<dyn Clock>,
    list: Watched<KeyList>,
    signer: Mutex<Option<SigningKey>>,
}

/// One of the keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyStanding {
    /// Its name.
    pub id: Box<str>,
    /// Its public half, in base64url.
    pub x: Box<str>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when what it has signed is good; the one that signs has no end yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_until: Option<Timestamp>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct KeyList {
    #[serde(default)]
    issuer: Option<Arc<str>>,
    keys: Vec<KeyStanding>,
}

impl KeyList {
    fn signs(&self) -> Option<&KeyStanding> {
        self.keys.iter().rev().find(|key| key.good_until.is_none())
    }
}

impl KeyRing {
    /// The keys of this name in a folder; they are made by [`Self::prepare`].
    #[must_use]
    pub fn open(folder: &Folder, name: &'static str, clock: Arc<dyn Clock>) -> Self {
        let list = Watched::new(folder.path_of(&list_file(name)), clock.clone());
        Self { folder: folder.clone(), name, clock, list, signer: Mutex::new(None) }
    }

    /// Sees to it that there is a key, and that the issuer has a name: the one that is given, or what was
    /// said before, or the usual one.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn prepare(&self, issuer: Option<&str>, usual: &str, chance: &dyn Chance) -> io::Result<()> {
        let lock = self.folder.lock()?;
        let mut list = self.read()?;
        let named = issuer.map(Arc::from).or_else(|| list.issuer.clone()).unwrap_or_else(|| usual.into());
        if list.signs().is_some() && list.issuer.as_ref() == Some(&named) {
            return Ok(());
        }
        list.issuer = Some(named);
        if list.signs().is_none() {
            self.add_key(&lock, &mut list, chance)?;
        }
        self.write(&lock, &list)
    }

    /// Signs with a fresh key from now on; what the one before has signed stays good for so long. Tells
    /// the name of the fresh one.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn rotate(&self, former_is_good_millis: i64, chance: &dyn Chance) -> io::Result<Box<str>> {
        let lock = self.folder.lock()?;
        let mut list = self.read()?;
        let now = self.clock.now();
        let ends = now.plus_millis(former_is_good_millis);
        for key in &mut list.keys {
            key.good_until = Some(key.good_until.map_or(ends, |until| until.min(ends)));
        }
        list.keys.retain(|key| key.good_until.is_none_or(|until| until > now));
        let fresh = self.add_key(&lock, &mut list, chance)?;
        self.write(&lock, &list)?;
        // Nobody signs with the former ones any more, so nobody need keep how.
        for name in self.private_files()? {
            if name != private_file(self.name, &fresh) {
                self.folder.remove(&lock, &name)?;
            }
        }
        Ok(fresh)
    }

    /// The key that signs.
    ///
    /// # Errors
    /// When there is none, or its private half cannot be read.
    pub fn signing_key(&self) -> io::Result<SigningKey> {
        let list = self.list.get();
        let list = if list.signs().is_some() { list } else { self.list.get_now() };
        let signs = list.signs().ok_or_else(|| io::Error::other("there is no key that signs"))?;
        let mut signer = self.signer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = signer.as_ref().filter(|key| key.id() == &*signs.id) {
            return Ok(key.clone());
        }
        let file = private_file(self.name, &signs.id);
        let bytes =
            self.folder.read(&file)?.ok_or_else(|| io::Error::other(format!("{file} is not there")))?;
        let seed = <[u8; 32]>::try_from(bytes.as_slice()).ok();
        let key = seed.and_then(|seed| SigningKey::from_seed(&seed));
        let key = key.filter(|key| key.id() == &*signs.id);
        let key = key.ok_or_else(|| io::Error::other(format!("{file} is damaged")))?;
        *signer = Some(key.clone());
        Ok(key)
    }

    /// The keys that are good now, the one that signs last.
    #[must_use]
    pub fn standing(&self) -> Vec<KeyStanding> {
        let now = self.clock.now();
        self.list.get_now().keys.iter().filter(|key| is_good(key, now)).cloned().collect()
    }

    /// The public halves of the keys that are good now (RFC 7517).
    #[must_use]
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = self
            .standing()
            .iter()
            .map(|key| {
                json!({
                    "kty": "OKP", "crv": "Ed25519", "alg": Algorithm::EdDsa.name(), "use": "sig",
                    "kid": key.id, "x": key.x,
                })
            })
            .collect();
        json!({ "keys": keys })
    }

    /// The key of a name, if it is good now.
    #[must_use]
    pub fn public_key(&self, id: &str) -> Option<PublicKey> {
        let (now, list) = (self.clock.now(), self.list.get());
        let key = list.keys.iter().find(|key| &*key.id == id && is_good(key, now))?;
        PublicKey::ed25519(&key.id, &key.x)
    }

    fn read(&self) -> io::Result<KeyList> {
        match self.folder.read(&list_file(self.name))? {
            Some(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| io::Error::other(format!("{} is damaged: {error}", list_file(self.name)))),
            None => Ok(KeyList::default()),
        }
    }

    fn write(&self, lock: &FolderLock, list: &KeyList) -> io::Result<()> {
        self.folder.replace(lock, &list_file(self.name), &serde_json::to_vec_pretty(list)?)?;
        let _seen = self.list.get_now();
        Ok(())
    }

    fn add_key(&self, lock: &FolderLock, list: &mut KeyList, chance: &dyn Chance) -> io::Result<Box<str>> {
        let mut seed = [0; 32];
        chance.fill(&mut seed);
        let key = SigningKey::from_seed(&seed).ok_or_else(|| io::Error::other("no key could be made"))?;
        self.folder.replace(lock, &private_file(self.name, key.id()), &seed)?;
        let made_at = self.clock.now();
        list.keys.push(KeyStanding { id: key.id().into(), x: key.x().into(), made_at, good_until: None });
        Ok(key.id().into())
    }

    fn private_files(&self) -> io::Result<Vec<String>> {
        let prefix = format!("{}-", self.name);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.folder.path_of("."))? {
            if let Ok(name) = entry?.file_name().into_string()
                && name.starts_with(&prefix)
                && name.ends_with(".key")
            {
                names.push(name);
            }
        }
        Ok(names)
    }
}

fn list_file(name: &str) -> String {
    format!("{name}-keys.json")
}

fn private_file(name: &str, id: &str) -> String {
    format!("{name}-{id}.key")
}

fn is_good(key: &KeyStanding, now: Timestamp) -> bool {
    key.good_until.is_none_or(|until| until > now)
}

impl Keys for KeyRing {
    fn issuer(&self) -> Option<Arc<str>> {
        self.list.get().issuer.clone()
    }

    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<PublicKey, NoKey>> {
        // A key that is fresher than the last look: nobody but us makes keys, so looking again is cheap.
        let found = self.public_key(id).or_else(|| {
            let _looked = self.list.get_now();
            self.public_key(id)
        });
        ready(found.ok_or(NoKey::Unknown)).boxed()
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("name", &self.name).field("folder", &self.folder).finish()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use kernel::ManualClock;
    use std::sync::atomic::{AtomicU8, Ordering};

    fn ring(home: &tempfile::TempDir, clock: &Arc<ManualClock>) -> KeyRing {
        KeyRing::open(&Folder::open(home.path()).unwrap(), "people", clock.clone())
    }

    fn chance() -> impl Chance {
        let next = AtomicU8::new(1);
        move |bytes: &mut [u8]| bytes.fill(next.fetch_add(1, Ordering::Relaxed))
    }

    #[test]
    fn the_issuer_is_who_it_was_unless_somebody_says_otherwise() {
        let home = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let (ring, chance) = (ring(&home, &clock), chance());
        assert_eq!(ring.issuer(), None);
        ring.prepare(None, "http://usual", &chance).unwrap();
        let first = ring.signing_key().unwrap();
        ring.prepare(None, "http://another", &chance).unwrap();
        assert_eq!(ring.issuer().as_deref(), Some("http://usual"));
        ring.prepare(Some("https://shop.example"), "http://usual", &chance).unwrap();
        assert_eq!(ring.issuer().as_deref(), Some("https://shop.example"));
        assert_eq!(ring.signing_key().unwrap().id(), first.id(), "a key stays through restarts");
    }

    #[test]
    fn a_fresh_key_signs_and_the_former_is_good_until_its_end() {
        let home = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000)));
        let (here, elsewhere, chance) = (ring(&home, &clock), ring(&home, &clock), chance());
        here.prepare(None, "x", &chance).unwrap();
        let former = elsewhere.signing_key().unwrap();
        let fresh = here.rotate(60_000, &chance).unwrap();
        assert_eq!(here.signing_key().unwrap().id(), &*fresh);
        assert!(here.folder.read(&private_file("people", former.id())).unwrap().is_none());
        clock.advance_millis(1_000);
        assert_eq!(elsewhere.signing_key().unwrap().id(), &*fresh);
        assert!(elsewhere.public_key(former.id()).is_some() && elsewhere.public_key(&fresh).is_some());
        assert_eq!(elsewhere.jwks()["keys"].as_array().unwrap().len(), 2);
        clock.advance_millis(59_000);
        assert!(elsewhere.public_key(former.id()).is_none());
        assert_eq!(elsewhere.jwks()["keys"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_key_that_is_lost_is_taken_away_at_once() {
        let home = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let (ring, chance) = (ring(&home, &clock), chance());
        ring.prepare(None, "x", &chance).unwrap();
        let former = ring.signing_key().unwrap();
        ring.rotate(0, &chance).unwrap();
        assert!(ring.public_key(former.id()).is_none());
    }
}
