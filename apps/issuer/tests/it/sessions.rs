use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::world::{Installation, PASSWORD};

#[tokio::test]
async fn an_access_token_ends_after_ten_minutes_and_the_session_goes_on() {
    let shop = Installation::with_kim();
    let answer = shop.log_in("kim", PASSWORD).await.is(200);
    shop.clock.advance_millis(604_999);
    shop.me(&answer.text("access_token")).await.is(200);
    shop.clock.advance_millis(1);
    shop.me(&answer.text("access_token")).await.is(401);
    let next = shop.refresh(&answer.text("refresh_token")).await.is(200);
    shop.me(&next.text("access_token")).await.is(200);
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_session_for_both() {
    let shop = Installation::with_kim();
    let first = shop.log_in("kim", PASSWORD).await.is(200).text("refresh_token");
    let second = shop.refresh(&first).await.is(200);
    shop.refresh(&first).await.is(401);
    shop.refresh(&second.text("refresh_token")).await.is(401);
    shop.me(&second.text("access_token")).await.is(401);
    shop.log_in("kim", PASSWORD).await.is(200);
}

#[tokio::test]
async fn of_two_who_refresh_at_the_same_moment_one_is_served() {
    let shop = Installation::with_kim();
    let token = shop.log_in("kim", PASSWORD).await.is(200).text("refresh_token");
    let answers = futures::future::join_all((0..8).map(|_| shop.refresh(&token))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.as_u16() == 200).count(), 1);
}

#[tokio::test]
async fn whoever_signs_out_is_out_at_once_here_and_half_a_second_later_elsewhere() {
    let shop = Installation::with_kim();
    let elsewhere = shop.elsewhere();
    let answer = shop.log_in("kim", PASSWORD).await.is(200);
    let token = answer.text("access_token");
    elsewhere.me(&token).await.is(200);
    let body = json!({ "refresh_token": answer.text("refresh_token") });
    shop.post("logout", body.clone()).await.is(204);
    shop.me(&token).await.is(401);
    shop.clock.advance_millis(500);
    elsewhere.me(&token).await.is(401);
    shop.refresh(&answer.text("refresh_token")).await.is(401);
    shop.post("logout", body).await.is(204);
    shop.post("logout", json!({ "refresh_token": "made.up" })).await.is(204);
}

#[tokio::test]
async fn made_up_refresh_tokens_are_refused() {
    let shop = Installation::with_kim();
    for token in ["", ".", "a.b", "no-dot", &"x".repeat(10_000)] {
        shop.refresh(token).await.is(401);
    }
}

#[tokio::test]
async fn sessions_outlive_a_restart() {
    let shop = Installation::with_kim();
    let answer = shop.log_in("kim", PASSWORD).await.is(200);
    let again = shop.elsewhere();
    again.me(&answer.text("access_token")).await.is(200);
    again.refresh(&answer.text("refresh_token")).await.is(200);
}

#[tokio::test]
async fn what_a_token_says_of_its_session_ends_none() {
    let shop = Installation::with_kim();
    let answer = shop.log_in("kim", PASSWORD).await.is(200);
    let access = answer.text("access_token");
    let claims = URL_SAFE_NO_PAD.decode(access.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let session = claims["sid"].as_str().unwrap();
    assert!(!answer.text("refresh_token").contains(session));
    for path in ["logout", "refresh"] {
        let _no_session = shop.post(path, json!({ "refresh_token": format!("{session}.x") })).await;
        shop.me(&access).await.is(200);
    }
    shop.refresh(&answer.text("refresh_token")).await.is(200);
}
