//! Who somebody is: accounts of the installation, as the program serves them.

use journeys::{Answer, House, eventually, run_told};
use reqwest::Client;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

async fn post(house: &House, path: &str, body: Value) -> Answer {
    let http = Client::builder().no_proxy().build().unwrap();
    Answer::to(http.post(house.url(&format!("/v1/identity/{path}"))).json(&body)).await
}

async fn me(house: &House, token: &str) -> Answer {
    let http = Client::builder().no_proxy().build().unwrap();
    Answer::to(http.get(house.url("/v1/identity/me")).bearer_auth(token)).await
}

fn text(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().unwrap().to_owned()
}

fn users(house: &House, arguments: &[&str], input: &str) -> String {
    let data = house.data().display().to_string();
    let output = run_told(["users", "--data", &data].iter().chain(arguments), input);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn log_in(name: &str, password: &str) -> Value {
    json!({ "name": name, "password": password })
}

#[tokio::test]
async fn the_first_account_is_made_with_the_code_of_the_terminal_and_lives_on() {
    let mut house = House::open_with(&["kiosk"], &["--identity", "built-in"]).await;
    let said = house.server().said.join("\n");
    let code = said.lines().find_map(|line| line.strip_prefix("set-up code ")).unwrap().to_owned();
    assert!(!house.server().log().contains(&code), "the code is for the terminal, not for the log");

    let made_up = json!({ "code": "abcd-efgh-ijkm-npqr", "name": "kim", "password": PASSWORD });
    post(&house, "set-up", made_up).await.problem(401, "unauthenticated");
    let set_up = json!({ "code": code, "name": "kim", "password": PASSWORD });
    let first = post(&house, "set-up", set_up.clone()).await.is(200);
    let who = me(&house, &text(&first, "access_token")).await.is(200).json();
    assert_eq!(who, json!({ "name": "kim", "roles": ["operator"] }));
    post(&house, "set-up", set_up).await.problem(409, "command-forbidden-by-state");

    // Signed in, refreshed, signed out.
    let answer = post(&house, "login", log_in("kim", PASSWORD)).await.is(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let refresh = |answer: &Answer| json!({ "refresh_token": text(answer, "refresh_token") });
    let next = post(&house, "refresh", refresh(&answer)).await.is(200);
    let _ = me(&house, &text(&next, "access_token")).await.is(200);
    let _ = post(&house, "logout", refresh(&next)).await.is(204);
    me(&house, &text(&next, "access_token")).await.problem(401, "unauthenticated");
    post(&house, "refresh", refresh(&next)).await.problem(401, "unauthenticated");

    // A restart ends no session, and has no code to offer any more.
    house.kill().await;
    house.start().await;
    assert!(!house.server().said.join("\n").contains("set-up code"));
    let _ = me(&house, &text(&first, "access_token")).await.is(200);
    // What came twice has been copied: its session is over for both.
    let _ = post(&house, "refresh", refresh(&first)).await.is(200);
    post(&house, "refresh", refresh(&first)).await.problem(401, "unauthenticated");
    me(&house, &text(&first, "access_token")).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn whoever_guesses_waits_and_the_command_line_lets_them_in_again() {
    let house = House::open_with(&["kiosk"], &["--identity", "built-in"]).await;
    let lines = format!("{PASSWORD}\n2580\n");
    users(&house, &["add", "kim", "--role", "staff@kiosk,customer", "--pin"], &lines);
    let listed = users(&house, &["list"], "");
    assert!(
        listed.contains("kim") && listed.contains("customer, staff@kiosk") && listed.contains("PIN"),
        "{listed}"
    );

    let unknown = post(&house, "login", log_in("nobody", "wrong horse battery")).await.is(401);
    for attempt in 0..5 {
        let wrong = post(&house, "login", log_in("kim", "wrong horse battery")).await.is(401);
        if attempt == 0 {
            assert_eq!(wrong.bytes, unknown.bytes, "whether there is a kim is not said");
        }
    }
    let locked = post(&house, "login", log_in("kim", PASSWORD)).await;
    assert!(locked.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().unwrap() >= 1));
    locked.problem(429, "too-many-requests");
    users(&house, &["unlock", "kim"], "");
    let let_in = post(&house, "login", log_in("kim", PASSWORD)).await.is(200);
    let _ = me(&house, &text(&let_in, "access_token")).await.is(200);

    // On a device of the shop a PIN is enough, for what is done there.
    let secret = users(&house, &["device", "add", "tablet", "--shop", "kiosk"], "");
    let shift = json!({ "device": "tablet", "device_secret": secret.trim(), "name": "kim", "pin": "2580" });
    let shift = post(&house, "pin-login", shift).await.is(200);
    assert_eq!(me(&house, &text(&shift, "access_token")).await.json()["roles"], json!(["staff@kiosk"]));
    users(&house, &["log-out", "kim"], "");
    // What another process ends is known half a second later.
    let token = text(&shift, "access_token");
    eventually("the end of the session", async || me(&house, &token).await.status, |status| *status == 401)
        .await;
}

#[tokio::test]
async fn a_weak_password_and_a_role_that_is_none_are_refused_on_the_command_line() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data").display().to_string();
    for (role, password, says) in [
        ("staff@kiosk", "short\n", "10 characters"),
        ("staff@kiosk", "password1234\n", "tries first"),
        ("cook", "correct horse battery\n", "no role"),
        ("staff", "", "standard input"),
    ] {
        let output = run_told(["users", "--data", &data, "add", "kim", "--role", role], password);
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && words.contains(says), "{role} {password:?}: {words}");
    }
    assert!(run_told(["users", "--data", &data, "list"], "").stdout.is_empty());
}

#[tokio::test]
async fn one_house_believes_the_tokens_of_another_by_its_published_keys_while_they_roll() {
    let issuing = House::open_with(&["kiosk"], &["--identity", "built-in"]).await;
    users(&issuing, &["add", "kim", "--role", "manager@kiosk"], &format!("{PASSWORD}\n"));
    let issuer = issuing.url("");
    let told = ["--identity", "oidc", "--oidc-issuer", &issuer, "--oidc-audience", "jumun"];
    let believing = House::open_with(&["kiosk"], &told).await;
    let token = |answer: &Answer| text(answer, "access_token");

    let before = token(&post(&issuing, "login", log_in("kim", PASSWORD)).await.is(200));
    assert_eq!(me(&believing, &before).await.is(200).json()["roles"], json!(["manager@kiosk"]));
    users(&issuing, &["rotate-keys"], "");
    let head = |token: &str| token.split('.').next().map(ToOwned::to_owned);
    let fresh = async || token(&post(&issuing, "login", log_in("kim", PASSWORD)).await.is(200));
    let after = eventually("a token of the fresh key", fresh, |fresh| head(fresh) != head(&before)).await;
    for good in [&before, &after] {
        let _ = me(&issuing, good).await.is(200);
        let _ = me(&believing, good).await.is(200);
    }
    // It has no accounts of its own.
    post(&believing, "login", log_in("kim", PASSWORD)).await.problem(404, "not-found");
    me(&believing, &format!("{}x", &after[..after.len() - 1])).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn who_may_order_is_whom_the_token_names_and_no_header() {
    let house = House::open_with(&["kiosk"], &["--identity", "built-in"]).await;
    users(&house, &["add", "lee", "--role", "customer"], &format!("{PASSWORD}\n"));
    let token = text(&post(&house, "login", log_in("lee", PASSWORD)).await.is(200), "access_token");
    let http = Client::builder().no_proxy().build().unwrap();
    let order = |key: &str| {
        let wish = json!({ "lines": [{ "item": "americano", "quantity": 1 }] });
        http.post(house.url("/v1/shops/kiosk/orders")).header("idempotency-key", key).json(&wish)
    };
    let nobody = Answer::to(order("one")).await;
    assert!(nobody.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")));
    nobody.problem(401, "unauthenticated");
    Answer::to(order("two").header("jumun-actor", "operator:eve")).await.problem(400, "malformed-header");
    let placed = Answer::to(order("three").bearer_auth(&token)).await.is(201);
    assert_eq!(placed.json()["customer"], "lee");
    // Signed out is signed out everywhere.
    users(&house, &["log-out", "lee"], "");
    let ended = async || Answer::to(order("four").bearer_auth(&token)).await.status;
    eventually("the end of the session", ended, |status| *status == 401).await;
}

#[tokio::test]
async fn under_open_identity_there_is_nothing_to_sign_in_to() {
    let house = House::open(&["kiosk"]).await;
    post(&house, "login", log_in("kim", PASSWORD)).await.problem(404, "not-found");
    assert!(!house.data().join("identity").exists());
}

#[tokio::test]
async fn whoever_sits_at_the_machine_rebuilds_and_changes_menus_without_an_account() {
    let house = House::open_with(&["kiosk"], &["--identity", "built-in"]).await;
    let data = house.data().display().to_string();
    let rebuilt = run_told(["rebuild", "stories", "--data", &data], "");
    assert!(rebuilt.status.success(), "{rebuilt:?}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/kiosk.toml");
    let menu = run_told(["menu", "import", file, "--data", &data], "");
    assert!(menu.status.success(), "{menu:?}");
}
