//! S7: an issuer that changes its keys, as its real address tells it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use identity::{Algorithm, Refused, RemoteKeys, SigningKey, Verifier};
use kernel::{Clock, ManualClock};
use serde_json::{Value, json};

use crate::world::{AUDIENCE, clock, key, trust};

/// An issuer on this machine.
#[derive(Clone)]
struct Issuer {
    address: SocketAddr,
    keys: Arc<Mutex<Option<Vec<SigningKey>>>>,
    fetched: Arc<AtomicU32>,
}

impl Issuer {
    async fn open(keys: &[SigningKey]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self {
            address: listener.local_addr().unwrap(),
            keys: Arc::new(Mutex::new(Some(keys.to_vec()))),
            fetched: Arc::default(),
        };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(set))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        issuer
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn publishes(&self, keys: &[SigningKey]) {
        *self.keys.lock().unwrap() = Some(keys.to_vec());
    }

    fn breaks_down(&self) {
        *self.keys.lock().unwrap() = None;
    }

    fn fetched(&self) -> u32 {
        self.fetched.load(Ordering::SeqCst)
    }

    fn token(&self, key: &SigningKey, clock: &ManualClock) -> String {
        let now = clock.now().millis() / 1_000;
        let claims =
            json!({ "iss": self.url(), "aud": AUDIENCE, "sub": "kim", "iat": now, "exp": now + 3_000 });
        key.sign("at+jwt", &claims).unwrap()
    }

    fn believed(&self, clock: &Arc<ManualClock>) -> Verifier {
        let keys = RemoteKeys::new(&self.url(), None, &Algorithm::USUAL, clock.clone()).unwrap();
        Verifier::new(trust(Arc::new(keys)), clock.clone())
    }
}

async fn discovery(State(issuer): State<Issuer>) -> Json<Value> {
    Json(json!({ "issuer": issuer.url(), "jwks_uri": format!("{}/keys", issuer.url()) }))
}

async fn set(State(issuer): State<Issuer>) -> Result<Json<Value>, StatusCode> {
    issuer.fetched.fetch_add(1, Ordering::SeqCst);
    let keys = issuer.keys.lock().unwrap();
    let keys = keys.as_ref().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
    let row = |key: &SigningKey| json!({ "kty": "OKP", "crv": "Ed25519", "kid": key.id(), "x": key.x() });
    Ok(Json(json!({ "keys": keys.iter().map(row).collect::<Vec<_>>() })))
}

#[tokio::test]
async fn while_keys_roll_no_good_token_fails_and_a_key_that_was_taken_away_is_refused_within_a_minute() {
    let (clock, old, new) = (clock(), key(1), key(2));
    let issuer = Issuer::open(std::slice::from_ref(&old)).await;
    let verifier = issuer.believed(&clock);
    let kept = issuer.token(&old, &clock);
    let (mut asked, mut refused_after) = (0, None);
    for second in 0..200 {
        match second {
            50 => issuer.publishes(&[old.clone(), new.clone()]),
            100 => issuer.publishes(std::slice::from_ref(&new)),
            _ => {}
        }
        // The issuer signs with the new key from the very moment on when it is published.
        let signs = if second < 50 { &old } else { &new };
        for _ in 0..5 {
            let fresh = issuer.token(signs, &clock);
            assert!(verifier.verify(&fresh).await.is_ok(), "second {second}");
            asked += 1;
        }
        match verifier.verify(&kept).await {
            Ok(_) => {
                assert!(refused_after.is_none(), "what is refused stays refused");
                asked += 1;
            }
            Err(refused) => {
                assert_eq!(refused, Refused::Key, "second {second}");
                assert!(second >= 100, "while it is published it is good");
                refused_after.get_or_insert(second - 100);
            }
        }
        clock.advance_millis(1_000);
    }
    let after = refused_after.unwrap();
    println!(
        "{asked} good requests, 0 failed; the old key was refused after {after} s; {} fetches",
        issuer.fetched()
    );
    assert!(after <= 60);
    assert!(issuer.fetched() <= 200 / 30 + 6, "{} fetches", issuer.fetched());
}

#[tokio::test]
async fn names_of_keys_that_are_made_up_do_not_make_us_knock_at_the_issuers_door() {
    let (clock, old) = (clock(), key(1));
    let issuer = Issuer::open(std::slice::from_ref(&old)).await;
    let verifier = issuer.believed(&clock);
    for seed in 10..110 {
        assert!(verifier.verify(&issuer.token(&key(seed), &clock)).await.is_err());
    }
    assert!(issuer.fetched() <= 6, "{} fetches", issuer.fetched());
    assert!(verifier.verify(&issuer.token(&old, &clock)).await.is_ok());
}

#[tokio::test]
async fn while_the_issuer_is_away_its_known_keys_hold_for_an_hour() {
    let (clock, old) = (clock(), key(1));
    let issuer = Issuer::open(std::slice::from_ref(&old)).await;
    let verifier = issuer.believed(&clock);
    assert!(verifier.verify(&issuer.token(&old, &clock)).await.is_ok());
    issuer.breaks_down();
    clock.advance_millis(3_500_000);
    assert!(verifier.verify(&issuer.token(&old, &clock)).await.is_ok());
    let stranger = issuer.token(&key(2), &clock);
    assert_eq!(verifier.verify(&stranger).await.unwrap_err(), Refused::KeysOutOfReach);
    clock.advance_millis(100_001);
    assert_eq!(verifier.verify(&issuer.token(&old, &clock)).await.unwrap_err(), Refused::KeysOutOfReach);
    issuer.publishes(std::slice::from_ref(&old));
    clock.advance_millis(5_000);
    assert!(verifier.verify(&issuer.token(&old, &clock)).await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_calls_itself_otherwise_is_not_believed() {
    let clock = clock();
    let issuer = Issuer::open(&[key(1)]).await;
    let mistaken = issuer.url().replace("127.0.0.1", "localhost");
    let keys = RemoteKeys::new(&mistaken, None, &Algorithm::USUAL, clock.clone()).unwrap();
    let refused = keys.fetch().await.unwrap_err();
    assert!(refused.contains("127.0.0.1"), "{refused}");
    let keys = RemoteKeys::new(&issuer.url(), None, &Algorithm::USUAL, clock).unwrap();
    assert_eq!(keys.fetch().await, Ok(1));
}
