//! Lists: pages by cursor, filters, and a cursor that fits its filters only.

use std::collections::BTreeSet;

use journeys::{Basket, House, Shop};

/// Seven orders of two customers; the last one is cancelled.
async fn busy() -> (House, Shop) {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    for number in 0..6 {
        let name = if number % 2 == 0 { "mina" } else { "juno" };
        let item = if number < 3 { "1" } else { "5" };
        let order = cafe.customer(name).orders(Basket::of(item, 1)).await;
        cafe.ticket_is(&order, "open").await;
        cafe.tells(&order, "confirmed").await;
    }
    let last = cafe.customer("mina").orders(Basket::of("12", 1)).await;
    let _cancelled = cafe.customer("mina").cancels(&last).await.is(200);
    cafe.shows(&last, "refunded").await;
    cafe.tells(&last, "refunded").await;
    (house, cafe)
}

async fn all_pages(shop: &Shop, list: &str, filter: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = shop.get(&format!("{list}?limit=2{filter}{cursor}")).await.is(200);
        let items = page.items();
        assert!(items.len() <= 2);
        numbers.extend(items.iter().map(|item| item["number"].as_u64().unwrap()));
        match page.json()["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return numbers,
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_or_a_repeat() {
    let (_house, cafe) = busy().await;
    for list in ["/orders", "/stories", "/payments"] {
        assert_eq!(all_pages(&cafe, list, "").await, [7, 6, 5, 4, 3, 2, 1], "{list}");
    }
    let tickets: BTreeSet<u64> = all_pages(&cafe, "/tickets", "").await.into_iter().collect();
    assert!((1..=6).all(|number| tickets.contains(&number)), "{tickets:?}");
}

#[tokio::test]
async fn filters_narrow_a_list_and_work_together() {
    let (_house, cafe) = busy().await;
    for list in ["/orders", "/stories"] {
        assert_eq!(all_pages(&cafe, list, "&state=refunded").await, [7], "{list}");
        assert_eq!(all_pages(&cafe, list, "&customer=juno").await, [6, 4, 2], "{list}");
        assert_eq!(all_pages(&cafe, list, "&item=5").await, [6, 5, 4], "{list}");
        assert_eq!(all_pages(&cafe, list, "&item=5&customer=mina").await, [5], "{list}");
        assert_eq!(all_pages(&cafe, list, "&state=completed").await, [0_u64; 0], "{list}");
    }
    assert_eq!(all_pages(&cafe, "/stories", "&number=3").await, [3]);
    assert_eq!(all_pages(&cafe, "/payments", "&state=refunded").await, [7]);
    assert_eq!(all_pages(&cafe, "/tickets", "&state=open").await, [1, 2, 3, 4, 5, 6]);
    let third = cafe.get("/orders/3").await.json()["placed_at"].clone();
    let numbers = all_pages(&cafe, "/stories", &format!("&from={third}")).await;
    assert_eq!(numbers.iter().min(), Some(&3));
    let numbers = all_pages(&cafe, "/stories", &format!("&until={third}")).await;
    assert!(numbers.iter().all(|number| *number <= 3), "{numbers:?}");
}

#[tokio::test]
async fn a_cursor_that_is_not_ours_or_of_another_filter_is_refused() {
    let (_house, cafe) = busy().await;
    let next = cafe.get("/orders?limit=2").await.json()["next"].as_str().unwrap().to_owned();
    for query in [format!("cursor={next}&customer=juno"), "cursor=abc".to_owned(), format!("cursor={next}x")]
    {
        cafe.get(&format!("/orders?{query}")).await.problem(400, "invalid-cursor");
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_is_refused_by_name() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("state=boiling", "state"),
        ("colour=red", "colour"),
    ] {
        for list in ["/orders", "/stories", "/payments", "/tickets"] {
            let refused = cafe.get(&format!("{list}?{query}")).await.is(400).any_problem();
            assert_eq!(refused["errors"][0]["field"], field, "{list}?{query}: {refused}");
        }
    }
}

#[tokio::test]
async fn pages_may_be_turned_by_number_and_counted_without_reading_them() {
    let (_house, cafe) = busy().await;
    let numbers = async |query: &str| {
        let items = cafe.get(&format!("/stories?{query}")).await.is(200).items();
        items.iter().map(|item| item["number"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("order=oldest&skip=2&limit=3").await, [3, 4, 5]);
    assert_eq!(numbers("skip=6").await, [1]);
    assert_eq!(numbers("skip=7").await, Vec::<u64>::new());
    assert_eq!(numbers("reached=refunded").await, [7]);
    assert_eq!(numbers("reached=paid&order=oldest&skip=5").await, [6, 7]);
    let count =
        async |query: &str| cafe.get(&format!("/stories/count{query}")).await.is(200).json()["count"].clone();
    assert_eq!(
        (count("").await, count("?reached=refunded").await, count("?reached=accepted").await),
        (7.into(), 1.into(), 0.into())
    );
    let own = cafe.get_with("/stories/count", "Jumun-Actor", "customer:juno").await.is(200).json();
    assert_eq!(own["count"], 3);
    let own = cafe
        .get_with("/stories/count?reached=cancelled", "Jumun-Actor", "customer:mina")
        .await
        .is(200)
        .json();
    assert_eq!(own["count"], 1);
    cafe.get("/stories/count?reached=eaten").await.problem(400, "invalid-field");
}
