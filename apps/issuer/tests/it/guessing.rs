//! Whoever guesses learns nothing, and waits.

use serde_json::json;

use crate::world::{Installation, PASSWORD};

#[tokio::test]
async fn an_unknown_name_costs_as_much_work_and_gets_the_same_answer_as_a_wrong_password() {
    let shop = Installation::with_kim();
    let runs = || shop.issuer.password_runs();
    let before = runs();
    let wrong = shop.log_in("kim", "wrong horse battery").await.is(401);
    let of_wrong = runs() - before;
    let unknown = shop.log_in("nobody", "wrong horse battery").await.is(401);
    let of_unknown = runs() - before - of_wrong;
    assert_eq!((of_wrong, of_unknown), (1, 1));
    assert_eq!(wrong.body, unknown.body);
    for (device, secret, name, pin) in
        [("tablet", "x", "kim", "2580"), ("tablet", "x", "nobody", "2580"), ("", "", "", "")]
    {
        let before = runs();
        let body = json!({ "device": device, "device_secret": secret, "name": name, "pin": pin });
        shop.post_from([10, 0, 0, 9], "pin-login", body).await.is(401);
        assert_eq!(runs() - before, 1, "{device} {name}");
    }
}

#[tokio::test]
async fn an_endless_password_is_wrong_and_costs_no_more() {
    let shop = Installation::with_kim();
    let before = shop.issuer.password_runs();
    shop.log_in("kim", &"x".repeat(60_000)).await.is(401);
    assert_eq!(shop.issuer.password_runs() - before, 1);
}

#[tokio::test]
async fn after_five_wrong_passwords_a_name_is_locked_known_or_not_and_says_for_how_long() {
    for name in ["kim", "nobody"] {
        let shop = Installation::with_kim();
        for attempt in 0..5_u8 {
            let body = json!({ "name": name, "password": "wrong horse battery" });
            shop.post_from([10, 0, 0, attempt], "login", body).await.is(401);
        }
        let before = shop.issuer.password_runs();
        // Even with the right one: whoever guesses it at last does not learn so.
        let locked = shop.log_in(name, PASSWORD).await.is(429);
        assert_eq!(shop.issuer.password_runs(), before, "a locked name costs nothing");
        assert_eq!(locked.headers["retry-after"], "2");
        assert_eq!(locked.body["type"], "https://jumun.dev/problems/too-many-requests");
        shop.clock.advance_millis(2_000);
        let after = shop.log_in(name, PASSWORD).await;
        assert_eq!(after.status.as_u16(), if name == "kim" { 200 } else { 401 });
    }
}

#[tokio::test]
async fn the_command_line_unlocks_a_name() {
    let shop = Installation::with_kim();
    for attempt in 0..5_u8 {
        let body = json!({ "name": "kim", "password": "wrong horse battery" });
        shop.post_from([10, 0, 0, attempt], "login", body).await.is(401);
    }
    shop.log_in("kim", PASSWORD).await.is(429);
    shop.elsewhere().issuer.unlock("kim").unwrap();
    shop.log_in("kim", PASSWORD).await.is(200);
}

#[tokio::test]
async fn one_address_cannot_try_all_names_and_others_still_sign_in() {
    let shop = Installation::with_kim();
    for number in 0..20 {
        let body = json!({ "name": format!("n{number}"), "password": "wrong horse battery" });
        shop.post_from([6, 6, 6, 6], "login", body).await.is(401);
    }
    let body = json!({ "name": "kim", "password": PASSWORD });
    shop.post_from([6, 6, 6, 6], "login", body.clone()).await.is(429);
    shop.post_from([10, 0, 0, 1], "login", body).await.is(200);
}

#[tokio::test]
async fn many_who_sign_in_at_once_are_served_or_told_to_come_again() {
    let shop = Installation::with_kim();
    let attempts = (0..40_u8).map(|number| {
        let body = json!({ "name": format!("n{number}"), "password": "wrong horse battery" });
        shop.post_from([10, 1, 1, number], "login", body)
    });
    let answers = futures::future::join_all(attempts).await;
    let with = |status: u16| answers.iter().filter(|answer| answer.status.as_u16() == status).count();
    assert_eq!(with(401) + with(503), 40);
    assert_eq!(with(401), 16, "as many as there are places");
    let told = answers.iter().find(|answer| answer.status.as_u16() == 503).unwrap();
    assert_eq!(told.headers["retry-after"], "1");
    shop.log_in("kim", PASSWORD).await.is(200);
}
