use crate::world::{Installation, PASSWORD};

#[tokio::test]
async fn a_fresh_key_signs_and_what_the_former_has_signed_stays_good_until_it_ends() {
    let shop = Installation::with_kim();
    let elsewhere = shop.elsewhere();
    let before = shop.log_in("kim", PASSWORD).await.is(200);
    let fresh = elsewhere.issuer.rotate_keys(false).unwrap();
    shop.clock.advance_millis(500);
    let after = shop.log_in("kim", PASSWORD).await.is(200);
    for process in [&shop, &elsewhere] {
        process.me(&before.text("access_token")).await.is(200);
        process.me(&after.text("access_token")).await.is(200);
    }
    let keys = shop.get("/.well-known/jwks.json").await.is(200);
    assert_eq!(keys.body["keys"].as_array().unwrap().len(), 2);
    shop.clock.advance_millis(660_000);
    let keys = shop.get("/.well-known/jwks.json").await.is(200);
    assert_eq!(keys.body["keys"][0]["kid"], *fresh);
    assert_eq!(keys.body["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_in_wrong_hands_is_refused_at_once_and_sessions_go_on() {
    let shop = Installation::with_kim();
    let before = shop.log_in("kim", PASSWORD).await.is(200);
    shop.elsewhere().issuer.rotate_keys(true).unwrap();
    shop.clock.advance_millis(500);
    shop.me(&before.text("access_token")).await.is(401);
    let next = shop.refresh(&before.text("refresh_token")).await.is(200);
    shop.me(&next.text("access_token")).await.is(200);
}

#[tokio::test]
async fn the_issuer_says_where_its_keys_are_and_never_their_private_half() {
    let shop = Installation::new();
    let document = shop.get("/.well-known/openid-configuration").await.is(200);
    assert_eq!(document.text("issuer"), "http://127.0.0.1:8088");
    assert_eq!(document.text("jwks_uri"), "http://127.0.0.1:8088/.well-known/jwks.json");
    let keys = shop.get("/.well-known/jwks.json").await.is(200);
    let key = keys.body["keys"][0].as_object().unwrap();
    let names: Vec<&str> = key.keys().map(String::as_str).collect();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
}
