//! Settings that nobody knows are refused by name, before anything is opened.

use std::process::Command;

use operations::{jumun, program};

async fn refused(words: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program().await);
    command.args(words).current_dir(folder.path()).envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(!output.status.success());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was made all the same");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_knows_is_refused_by_name() {
    let variable = refused(&["serve"], &[("JUMUN_LISEN", "127.0.0.1:0")]).await;
    assert!(variable.contains("JUMUN_LISEN") && variable.contains("JUMUN_LISTEN"), "{variable}");
    let flag = refused(&["serve", "--lisen", "127.0.0.1:0"], &[]).await;
    assert!(flag.contains("--lisen"), "{flag}");
    let role = refused(&["serve", "--roles", "cellar"], &[]).await;
    assert!(role.contains("cellar") && role.contains("kitchen"), "{role}");
    let address = refused(&["serve", "--listen", "somewhere"], &[]).await;
    assert!(address.contains("somewhere") && address.contains("--listen"), "{address}");
    let shop = refused(&["serve", "tearoom", "--listen", "127.0.0.1:0"], &[]).await;
    assert!(shop.contains("tearoom") && shop.contains("cafe"), "{shop}");
    let beyond = refused(&["serve", "--listen", "0.0.0.0:0"], &[]).await;
    assert!(beyond.contains("--identity open") && beyond.contains("127.0.0.1"), "{beyond}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jumun.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\nlisten_admin = \"127.0.0.1:0\"\n").unwrap();
    let file = file.display().to_string();
    for said in [refused(&["serve", "--config", &file], &[]), refused(&["serve"], &[("JUMUN_CONFIG", &file)])]
    {
        let said = said.await;
        assert!(said.contains("listen_admin") && said.contains("line 2"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_roles_are_listed_one_a_line() {
    let said = jumun(&["roles"]).await.well();
    let roles: Vec<&str> = said.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(
        roles,
        [
            "gateway",
            "catalog",
            "ordering",
            "payment",
            "inventory",
            "kitchen",
            "delivery",
            "notification",
            "tracking"
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn port_0_picks_ports_of_its_own_and_a_role_is_held_once() {
    let house = journeys::House::open(&["cafe"]).await;
    let (public, operators) = (&house.server().public, &house.server().operators);
    assert!(public != operators && !public.ends_with(":0") && !operators.ends_with(":0"));
    let _ready = house.operators().get("/readyz").await.is(200);
    let (status, log) = journeys::Server::try_start(&house.data(), &["cafe"]).await.unwrap_err();
    assert!(status.is_some_and(|status| status.code() == Some(1)), "{status:?}");
    assert!(log.contains(&format!("held by process {}", house.server().process_id())), "{log}");
}
