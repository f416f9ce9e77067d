use serde_json::json;

use crate::world::{Installation, PASSWORD};

#[tokio::test]
async fn whoever_reads_the_terminal_makes_the_first_account_and_nobody_a_second() {
    let shop = Installation::new();
    let code = shop.issuer.offer_set_up().unwrap();
    let body = |code: &str, password: &str| json!({ "code": code, "name": "kim", "password": password });
    shop.post("set-up", body("abcd-efgh-ijkm-npqr", PASSWORD)).await.is(401);
    let weak = shop.post("set-up", body(&code, "password123")).await.is(400);
    assert_eq!(weak.body["errors"][0]["field"], "password");
    let answer = shop.post("set-up", body(&code, PASSWORD)).await.is(200);
    assert_eq!(shop.me(&answer.text("access_token")).await.is(200).body["roles"], json!(["operator"]));
    shop.post("set-up", body(&code, PASSWORD)).await.is(409);
    assert_eq!(shop.issuer.offer_set_up(), None);
    assert_eq!(shop.issuer.accounts().len(), 1);
}

#[tokio::test]
async fn there_is_no_default_password_and_no_code_but_the_one_that_was_said() {
    let shop = Installation::new();
    for (name, password) in [("admin", "admin"), ("operator", ""), ("root", "jumun"), ("", "")] {
        shop.log_in(name, password).await.is(401);
    }
    // Nobody has been told a code, so none is right.
    shop.post("set-up", json!({ "code": "", "name": "kim", "password": PASSWORD })).await.is(401);
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let shop = Installation::new();
    let code = shop.issuer.offer_set_up().unwrap();
    let body = |code: &str| json!({ "code": code, "name": "kim", "password": PASSWORD });
    for attempt in 0..5_u8 {
        shop.post_from([10, 0, 0, attempt], "set-up", body("abcd-efgh-ijkm-npqr")).await.is(401);
    }
    shop.post("set-up", body(&code)).await.is(429);
}

#[tokio::test]
async fn an_account_of_the_command_line_leaves_nothing_to_set_up() {
    let shop = Installation::new();
    let code = shop.issuer.offer_set_up().unwrap();
    shop.elsewhere().issuer.add("lee", &["operator".to_owned()], PASSWORD, None).unwrap();
    let body = json!({ "code": code, "name": "kim", "password": PASSWORD });
    shop.post("set-up", body).await.is(409);
}
