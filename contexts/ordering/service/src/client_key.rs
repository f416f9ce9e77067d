use edge::idempotency::{Fingerprints, IdempotencyKey};
use kernel::planted::{self, Bug};
use kernel::{Actor, ShopKey};
use ordering_contract::ClientKey;

/// A client's key as it is kept: scoped to whoever asks and to the shop, beside the body it came
/// with, both hashed.
#[must_use]
pub fn client_key(
    fingerprints: &Fingerprints,
    actor: &Actor,
    shop: &ShopKey,
    key: &IdempotencyKey,
    body: &[u8],
) -> ClientKey {
    let subject = if planted::is(Bug::B20) { "everybody" } else { actor.as_str() };
    ClientKey {
        scope: fingerprints.scope(subject, &format!("POST /v1/shops/{shop}/orders"), key),
        body: fingerprints.body(body),
    }
}
