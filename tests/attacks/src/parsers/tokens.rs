use std::sync::{Arc, OnceLock};

use edge::actor::ACTOR_NAME_CHARS_MAX;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use identity::{Algorithm, KeySet, Keys, NoKey, PublicKey, SigningKey, Trust, Verifier};
use kernel::{ManualClock, Timestamp};
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example";
const NOW_SECONDS: i64 = 1_800_000_000;
const TOKEN_TYPE: &str = "at+jwt";

#[derive(Debug)]
struct OneKey(PublicKey);

impl Keys for OneKey {
    fn issuer(&self) -> Option<Arc<str>> {
        Some(ISSUER.into())
    }

    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<PublicKey, NoKey>> {
        ready((self.0.id() == id).then(|| self.0.clone()).ok_or(NoKey::Unknown)).boxed()
    }
}

struct House {
    key: SigningKey,
    verifier: Verifier,
    good: String,
}

fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| {
        let key = SigningKey::from_seed(&[7; 32]).unwrap();
        let trust = Trust {
            keys: Arc::new(OneKey(key.public().clone())),
            audience: "jumun".to_owned(),
            token_type: TOKEN_TYPE.to_owned(),
            grants_claim: "jumun".to_owned(),
            name_claim: "sub".to_owned(),
            leeway_millis: 30_000,
            live: None,
        };
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(NOW_SECONDS * 1_000)));
        let claims = json!({
            "iss": ISSUER, "aud": "jumun", "sub": "kim", "iat": NOW_SECONDS, "exp": NOW_SECONDS + 600,
            "jumun": ["staff@cafe"],
        });
        let good = key.sign(TOKEN_TYPE, &claims).unwrap();
        House { key, verifier: Verifier::new(trust, clock), good }
    })
}

/// Reads bytes as a token, as the claims of one that is signed, and as the keys of an issuer. Only what was
/// signed is believed, and of that only what names somebody and is good now.
pub(super) fn tokens(bytes: &[u8]) {
    let House { key, verifier, good } = house();
    let text = String::from_utf8_lossy(bytes);
    if verifier.verify(&text).now_or_never().unwrap().is_ok() {
        assert_eq!(text, *good, "was believed");
    }
    if let Ok(claims) = serde_json::from_slice::<Value>(bytes) {
        let signed = key.sign(TOKEN_TYPE, &claims).unwrap();
        if let Ok(verified) = verifier.verify(&signed).now_or_never().unwrap() {
            let name = &verified.principal.name;
            assert!((1..=ACTOR_NAME_CHARS_MAX).contains(&name.len()), "{name:?} of {claims}");
            assert!(claims["iss"] == ISSUER && claims["exp"].as_f64() > Some((NOW_SECONDS - 31) as f64));
        }
    }
    let _whether_they_are_some = KeySet::from_jwks(bytes, &Algorithm::USUAL);
}

/// A token that is believed, to begin with.
#[must_use]
pub fn good_token() -> &'static str {
    &house().good
}
