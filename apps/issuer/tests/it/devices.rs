use serde_json::{Value, json};

use crate::world::{Installation, PASSWORD};

fn shift(secret: &str, name: &str, pin: &str) -> Value {
    json!({ "device": "tablet", "device_secret": secret, "name": name, "pin": pin })
}

#[tokio::test]
async fn a_pin_is_good_on_a_device_of_the_shop_for_what_is_done_there() {
    let shop = Installation::with_kim();
    let secret = shop.issuer.add_device("tablet", "corner").unwrap();
    let answer = shop.post("pin-login", shift(&secret, "kim", "2580")).await.is(200);
    let me = shop.me(&answer.text("access_token")).await.is(200);
    assert_eq!(me.body["roles"], json!(["staff@corner"]), "no customer, by a PIN");
    let next = shop.refresh(&answer.text("refresh_token")).await.is(200);
    assert_eq!(shop.me(&next.text("access_token")).await.body["roles"], json!(["staff@corner"]));
}

#[tokio::test]
async fn a_pin_is_good_nowhere_else() {
    let shop = Installation::with_kim();
    let secret = shop.issuer.add_device("tablet", "corner").unwrap();
    let elsewhere = shop.issuer.add_device("other", "market").unwrap();
    shop.post("pin-login", shift("", "kim", "2580")).await.is(401);
    shop.post("pin-login", shift(&elsewhere, "kim", "2580")).await.is(401);
    let mut body = shift(&elsewhere, "kim", "2580");
    body["device"] = json!("other");
    shop.post("pin-login", body).await.is(401);
    shop.post("pin-login", shift(&secret, "kim", "2581")).await.is(401);
    shop.log_in("kim", "2580").await.is(401);
    shop.post("pin-login", shift(&secret, "kim", PASSWORD)).await.is(401);
    // Five were wrong; a password is another matter, and nobody is locked out of that.
    shop.post("pin-login", shift(&secret, "kim", "2580")).await.is(429);
    shop.log_in("kim", PASSWORD).await.is(200);
}

#[tokio::test]
async fn a_device_that_is_taken_away_takes_its_sessions_along_and_a_shift_ends() {
    let shop = Installation::with_kim();
    let secret = shop.issuer.add_device("tablet", "corner").unwrap();
    let sign_in = || shop.post("pin-login", shift(&secret, "kim", "2580"));
    let answer = sign_in().await.is(200);
    shop.clock.advance_millis(12 * 3_600_000);
    shop.refresh(&answer.text("refresh_token")).await.is(401);
    let answer = sign_in().await.is(200);
    shop.elsewhere().issuer.remove_device("tablet").unwrap();
    shop.clock.advance_millis(500);
    shop.me(&answer.text("access_token")).await.is(401);
    shop.refresh(&answer.text("refresh_token")).await.is(401);
    sign_in().await.is(401);
}

#[tokio::test]
async fn a_device_of_the_same_name_brings_no_session_of_the_former_one_back() {
    let shop = Installation::with_kim();
    let secret = shop.issuer.add_device("tablet", "corner").unwrap();
    let stolen = shop.post("pin-login", shift(&secret, "kim", "2580")).await.is(200);
    shop.issuer.remove_device("tablet").unwrap();
    let _another = shop.issuer.add_device("tablet", "corner").unwrap();
    shop.me(&stolen.text("access_token")).await.is(401);
    shop.refresh(&stolen.text("refresh_token")).await.is(401);
}
