use issuer::Refusal;
use serde_json::json;

use crate::world::{Installation, PASSWORD};

fn roles(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn whoever_was_added_signs_in_and_is_who_they_are() {
    let shop = Installation::with_kim();
    let answer = shop.log_in("kim", PASSWORD).await.is(200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.text("token_type"), "Bearer");
    assert_eq!(answer.body["expires_in_seconds"], 600);
    let me = shop.me(&answer.text("access_token")).await.is(200);
    assert_eq!(me.body, json!({ "name": "kim", "roles": ["customer", "staff@corner"] }));
}

#[tokio::test]
async fn without_a_token_or_with_half_of_one_nobody_is_anybody() {
    let shop = Installation::with_kim();
    let token = shop.log_in("kim", PASSWORD).await.text("access_token");
    shop.get("/v1/identity/me").await.is(401);
    shop.me("").await.is(401);
    shop.me(&token[..token.len() - 1]).await.is(401);
    shop.me(&token).await.is(200);
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let shop = Installation::with_kim();
    for (body, field) in [
        (json!({ "name": "kim" }), "password"),
        (json!({ "name": 1, "password": PASSWORD }), "name"),
        (json!({ "name": "kim", "password": PASSWORD, "admin": true }), "admin"),
    ] {
        let answer = shop.post("login", body).await.is(400);
        assert_eq!(answer.body["errors"][0]["field"], field);
        assert!(!answer.body.to_string().contains(PASSWORD), "what was typed is never repeated");
    }
}

#[test]
fn what_cannot_be_is_refused_and_says_what_could() {
    let shop = Installation::with_kim();
    let add = |name: &str, texts: &[&str], password: &str, pin: Option<&str>| {
        shop.issuer.add(name, &roles(texts), password, pin).unwrap_err()
    };
    assert!(matches!(add("kim", &["staff"], PASSWORD, None), Refusal::Taken(_)));
    assert!(matches!(add("Lee", &["staff"], PASSWORD, None), Refusal::Name));
    assert!(matches!(add("lee", &["cook"], PASSWORD, None), Refusal::Role(_)));
    assert!(matches!(add("lee", &[], PASSWORD, None), Refusal::Roles));
    assert!(matches!(add("lee", &["staff"], "short", None), Refusal::Password(_)));
    assert!(matches!(add("lee", &["staff"], PASSWORD, Some("1111")), Refusal::Pin(_)));
    assert!(matches!(add("lee", &["manager"], PASSWORD, Some("2580")), Refusal::PinForOthers));
    assert!(matches!(shop.issuer.set_roles("lee", &roles(&["staff"])).unwrap_err(), Refusal::Unknown(_)));
    assert_eq!(shop.issuer.accounts().len(), 1);
}

#[tokio::test]
async fn other_roles_end_the_access_tokens_of_before_and_not_the_session() {
    let shop = Installation::with_kim();
    let answer = shop.log_in("kim", PASSWORD).await.is(200);
    // On the command line: another process.
    shop.elsewhere().issuer.set_roles("kim", &roles(&["customer"])).unwrap();
    shop.clock.advance_millis(500);
    shop.me(&answer.text("access_token")).await.is(401);
    let next = shop.refresh(&answer.text("refresh_token")).await.is(200);
    assert_eq!(shop.me(&next.text("access_token")).await.is(200).body["roles"], json!(["customer"]));
}

#[tokio::test]
async fn another_password_no_account_and_the_command_line_end_every_session() {
    let ends: [fn(&Installation); 3] = [
        |shop| shop.issuer.set_password("kim", "another horse battery").unwrap(),
        |shop| shop.issuer.remove("kim").unwrap(),
        |shop| assert_eq!(shop.issuer.log_out_everywhere("kim").unwrap(), 2),
    ];
    for end in ends {
        let shop = Installation::with_kim();
        let one = shop.log_in("kim", PASSWORD).await.is(200);
        let other = shop.log_in("kim", PASSWORD).await.is(200);
        end(&shop.elsewhere());
        shop.clock.advance_millis(500);
        for answer in [one, other] {
            shop.me(&answer.text("access_token")).await.is(401);
            shop.refresh(&answer.text("refresh_token")).await.is(401);
        }
    }
}

#[test]
fn nothing_of_a_password_or_a_secret_is_in_any_file() {
    let shop = Installation::with_kim();
    let secret = shop.issuer.add_device("tablet", "corner").unwrap();
    let folder = shop.home.path().join("identity");
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for hidden in [PASSWORD, "2580\"", secret.as_str()] {
            assert!(!text.contains(hidden), "{text}");
        }
    }
}
