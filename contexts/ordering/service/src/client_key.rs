use edge::idempotency::{Fingerprints, IdempotencyKey};
use kernel::planted::{self, Bug};
use kernel::{Actor, OrderId, ShopKey};
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
    key_of(fingerprints, actor, &format!("POST /v1/shops/{shop}/orders"), key, body)
}

/// The key of a change of an order's address, likewise.
#[must_use]
pub fn address_key(
    fingerprints: &Fingerprints,
    actor: &Actor,
    shop: &ShopKey,
    order: OrderId,
    key: &IdempotencyKey,
    body: &[u8],
) -> ClientKey {
    key_of(fingerprints, actor, &format!("PUT /v1/shops/{shop}/orders/{order}/address"), key, body)
}

fn key_of(
    fingerprints: &Fingerprints,
    actor: &Actor,
    route: &str,
    key: &IdempotencyKey,
    body: &[u8],
) -> ClientKey {
    let subject = if planted::is(Bug::B20) { "everybody" } else { actor.as_str() };
    ClientKey { scope: fingerprints.scope(subject, route, key), body: fingerprints.body(body) }
}
