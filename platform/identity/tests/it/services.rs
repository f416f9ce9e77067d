//! Processes of one house, and one of another.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use edge::actor::ActorRole;
use edge::principal::{Authenticate, ServiceTokens as ShowsTokens, Unauthenticated};
use identity::{Everybody, Folder, KeyRing, Refused, ServiceTokens, Verifier};
use kernel::ManualClock;
use tempfile::TempDir;

use crate::world::{claims, clock, key, trust, verifier};

fn house(home: &TempDir, clock: &Arc<ManualClock>, seed: u8) -> ServiceTokens {
    let next = AtomicU8::new(seed);
    let chance = move |bytes: &mut [u8]| bytes.fill(next.fetch_add(1, Ordering::Relaxed));
    ServiceTokens::open(&Folder::open(home.path()).unwrap(), clock.clone(), &chance).unwrap()
}

#[tokio::test]
async fn a_process_of_the_same_house_is_known_by_its_token_for_a_minute_and_where_it_meant_to_go() {
    let (home, clock) = (tempfile::tempdir().unwrap(), clock());
    let (ordering, payment) = (house(&home, &clock, 1), house(&home, &clock, 7));
    let token = ordering.issue("ordering", "payment").unwrap();
    assert_eq!(&*payment.verify(&token, "payment").await.unwrap(), "ordering");
    assert_eq!(payment.verify(&token, "kitchen").await.unwrap_err(), Refused::Audience);
    assert_eq!(ordering.issue("ordering", "payment").unwrap(), token, "shown again");
    assert_ne!(ordering.issue("ordering", "kitchen").unwrap(), token);
    clock.advance_millis(20_000);
    assert_ne!(ordering.issue("ordering", "payment").unwrap(), token, "made anew before it is old");
    clock.advance_millis(45_000);
    assert_eq!(payment.verify(&token, "payment").await.unwrap_err(), Refused::Expired);
}

#[tokio::test]
async fn whoever_has_a_copy_of_the_key_is_nobody_once_it_is_rotated() {
    let (home, clock) = (tempfile::tempdir().unwrap(), clock());
    let (ordering, payment) = (house(&home, &clock, 1), house(&home, &clock, 7));
    let copied = ordering.at_the_machine("eve").unwrap();
    assert!(payment.verify(&copied, "neighbours").await.is_ok());
    let former = ordering.issue("ordering", "payment").unwrap();
    let next = AtomicU8::new(50);
    let chance = |bytes: &mut [u8]| bytes.fill(next.fetch_add(1, Ordering::Relaxed));
    let _fresh = ordering.rotate(false, &chance).unwrap();
    clock.advance_millis(500);
    assert!(payment.verify(&former, "payment").await.is_ok(), "what was under way goes on");
    assert_ne!(payment.issue("ordering", "payment").unwrap(), former, "and others know of the fresh one");
    let _fresh = ordering.rotate(true, &chance).unwrap();
    clock.advance_millis(500);
    assert_eq!(payment.verify(&copied, "neighbours").await.unwrap_err(), Refused::Key);
    let token = ordering.issue("ordering", "payment").unwrap();
    assert_eq!(&*payment.verify(&token, "payment").await.unwrap(), "ordering");
}

#[tokio::test]
async fn a_process_of_another_house_is_nobody() {
    let (here, there, clock) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), clock());
    let (ours, theirs) = (house(&here, &clock, 1), house(&there, &clock, 101));
    let token = theirs.issue("ordering", "payment").unwrap();
    assert_eq!(ours.verify(&token, "payment").await.unwrap_err(), Refused::Key);
}

#[tokio::test]
async fn a_persons_token_is_no_services_and_the_other_way_round() {
    let (home, clock) = (tempfile::tempdir().unwrap(), clock());
    let services = house(&home, &clock, 1);
    let persons = key(1).sign("at+jwt", &claims()).unwrap();
    assert_eq!(services.verify(&persons, "jumun").await.unwrap_err(), Refused::Type);
    let ring = KeyRing::open(&Folder::open(home.path()).unwrap(), "services", clock.clone());
    // Even where somebody believed the services' keys by mistake.
    let verifier = Verifier::new(trust(Arc::new(ring)), clock);
    let token = services.issue("ordering", "jumun").unwrap();
    assert_eq!(verifier.verify(&token).await.unwrap_err(), Refused::Type);
}

#[tokio::test]
async fn a_token_is_held_against_the_keys_of_whoever_it_says_it_is_of() {
    let (home, there, clock) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), clock());
    let services = Arc::new(house(&home, &clock, 1));
    let everybody = Everybody::new(Arc::new(verifier(clock.clone())), services.clone());
    let service = everybody.authenticate(&services.token("ordering").unwrap()).await.unwrap();
    assert_eq!(&*service.name, "ordering");
    assert!(service.plays(ActorRole::Service, None));
    assert!(!service.plays(ActorRole::Operator, None));
    let here = everybody.authenticate(&services.at_the_machine("kim").unwrap()).await.unwrap();
    assert_eq!(&*here.name, "kim");
    assert!(here.plays(ActorRole::Operator, None) && here.plays(ActorRole::Service, None));
    let person = everybody.authenticate(&key(1).sign("at+jwt", &claims()).unwrap()).await.unwrap();
    assert_eq!(&*person.name, "kim");
    assert!(!person.plays(ActorRole::Service, None));
    let again = everybody.authenticate(&services.token("ordering").unwrap()).await.unwrap();
    assert!(again.plays(ActorRole::Service, None), "a person came between");
    // The key of persons makes no service, and that of another house none of ours.
    let posing = key(1).sign("service+jwt", &claims()).unwrap();
    assert_eq!(everybody.authenticate(&posing).await, Err(Unauthenticated::Invalid));
    let foreign = house(&there, &clock, 101).token("ordering").unwrap();
    assert_eq!(everybody.authenticate(&foreign).await, Err(Unauthenticated::Invalid));
}
