//! The command line, as people read it.

use journeys::{example_shop, run, shop_file};

fn said(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn roles_are_listed() {
    insta::assert_snapshot!("roles", said(&["roles"]));
}

#[test]
fn shops_are_listed_and_shown() {
    insta::assert_snapshot!("shops_list", said(&["shops", "list"]));
    insta::assert_snapshot!("shops_show_cafe", said(&["shops", "show", "cafe"]));
    insta::assert_snapshot!("shops_show_kiosk", said(&["shops", "show", "kiosk"]));
    insta::assert_snapshot!("shops_draw_cafe", said(&["shops", "draw", "cafe"]));
    for shop in ["flowers", "canteen"] {
        let file = example_shop(shop);
        assert!(said(&["shops", "check", &file]).contains("proved over all"), "{shop}");
        insta::assert_snapshot!(format!("shops_draw_{shop}"), said(&["shops", "draw", &file]));
        insta::assert_snapshot!(format!("shops_show_{shop}"), said(&["shops", "show", &file]));
    }
}

#[test]
fn a_shop_file_of_ones_own_is_checked_and_its_mistakes_are_shown() {
    let _sound = said(&["shops", "check", &shop_file("bakery")]);
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(shop_file("bakery")).unwrap();
    let path = folder.path().join("shop.toml");
    std::fs::write(
        &path,
        text.replace("price = 4000", "prise = 4000").replace("\"reserve\"", "\"reserved\""),
    )
    .unwrap();
    let shown = refused(&["shops", "check", path.to_str().unwrap()]);
    let shown = shown.replace(path.to_str().unwrap(), "shop.toml");
    insta::assert_snapshot!("a_broken_shop_file", shown);
    // A shop that is wrong is not opened either.
    let serve =
        refused(&["serve", path.to_str().unwrap(), "--data", folder.path().join("data").to_str().unwrap()]);
    assert!(serve.contains("prise"), "{serve}");
}

#[test]
fn a_shop_that_nobody_knows_is_refused_and_the_known_ones_are_named() {
    let said = refused(&["shops", "show", "bank"]);
    assert!(said.contains("bank") && said.contains("cafe") && said.contains("kiosk"), "{said}");
}

#[test]
fn a_word_that_nobody_knows_is_refused() {
    for arguments in [&["sreve"][..], &["serve", "--colour", "red"], &["serve", "--config", "/nowhere.toml"]]
    {
        assert!(!refused(arguments).is_empty());
    }
}

#[test]
fn the_tour_ends_with_books_that_agree() {
    let output = run(["demo"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!("demo_scenes", headings(&text));
    assert!(text.contains("all invariants hold"), "{text}");
}

/// The headings and what was answered: the rest differs from run to run.
fn headings(text: &str) -> String {
    let is_stable =
        |line: &&str| line.starts_with("   → ") || line.chars().next().is_some_and(|c| c.is_ascii_digit());
    text.lines().filter(is_stable).collect::<Vec<_>>().join("\n")
}
