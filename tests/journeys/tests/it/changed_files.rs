//! A shop file is about to change: what differs, and what recorded orders would have made of it.

use std::fs;

use journeys::{Basket, House, run, shop_file};

fn said(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn a_changed_file_is_tried_on_the_orders_that_were_placed() {
    let house = House::open(&[&shop_file("hasty")]).await;
    let shop = house.shop("hasty");
    let first = shop.customer("mina").orders(Basket::of("juice", 2)).await;
    shop.customer("noa").orders(Basket::of("juice", 1)).await;
    let _cancelled = shop.customer("mina").cancels(&first).await;
    shop.tells(&first, "cancelled").await;
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("changed.toml");
    let text = fs::read_to_string(shop_file("hasty")).unwrap();
    let text = text
        .replace("3000", "3500")
        .replace("customer_before = \"started\"", "customer_before = \"confirmed\"");
    fs::write(&changed, text).unwrap();
    let (changed, data) = (changed.to_str().unwrap(), house.data());

    let differs = said(&["shops", "diff", &shop_file("hasty"), changed]);
    assert!(differs.contains("cancel.customer_before: \"started\" -> \"confirmed\""), "{differs}");
    assert!(differs.contains("menu.juice.price.amount: 3000 -> 3500"), "{differs}");

    let same = said(&["shops", "dry-run", &shop_file("hasty"), "--data", data.to_str().unwrap()]);
    assert_eq!(same, "2 orders of hasty replayed: 2 as they went, 0 differently\n");

    let tried = said(&["shops", "dry-run", changed, "--data", data.to_str().unwrap()]);
    assert!(tried.contains("order      1  would cost 7000 KRW instead of 6000 KRW"), "{tried}");
    assert!(
        tried.contains("order      1  its cancel at Confirmed was taken and would be refused"),
        "{tried}"
    );
    assert!(tried.ends_with("2 orders of hasty replayed: 0 as they went, 2 differently\n"), "{tried}");
}
