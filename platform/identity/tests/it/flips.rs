//! S6: one bit of a good token, turned over.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::world::{claims, clock, key, verifier};

const FLIPS: usize = 10_000;

#[tokio::test]
async fn of_ten_thousand_flipped_bits_none_goes_unnoticed() {
    let verifier = verifier(clock());
    let token = key(1).sign("at+jwt", &claims()).unwrap();
    assert!(verifier.verify(&token).await.is_ok());
    let mut chance = SmallRng::seed_from_u64(6);
    let (mut believed, mut no_text) = (Vec::new(), 0);
    for _ in 0..FLIPS {
        let mut bytes = token.clone().into_bytes();
        let (at, bit) = (chance.random_range(0..bytes.len()), chance.random_range(0..8));
        bytes[at] ^= 1 << bit;
        match String::from_utf8(bytes) {
            // No bit is outside what is signed: the spare ones of base64 must be zero.
            Ok(flipped) if verifier.verify(&flipped).await.is_ok() => believed.push((at, bit)),
            Ok(_) => {}
            // A header that is no text never becomes a token.
            Err(_) => no_text += 1,
        }
    }
    println!("{FLIPS} flips, {no_text} of them no text, {} believed", believed.len());
    assert_eq!(believed, []);
    assert!(no_text < FLIPS / 4, "most flips were looked at");
}

#[tokio::test]
async fn every_single_bit_of_the_signature_counts() {
    let verifier = verifier(clock());
    let token = key(1).sign("at+jwt", &claims()).unwrap();
    let signature = token.rfind('.').unwrap() + 1;
    for at in signature..token.len() {
        for bit in 0..7 {
            let mut bytes = token.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let flipped = String::from_utf8(bytes).unwrap();
            assert!(verifier.verify(&flipped).await.is_err(), "bit {bit} of letter {at}");
        }
    }
}
