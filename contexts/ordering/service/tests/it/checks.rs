//! What is checked before anything is kept: each refusal names the field.

use journal::Reader;
use ordering_contract::ChosenOption;
use ordering_service::{NewLine, NewOrder, OrderingRefusal, WrongField};

use crate::house::*;

fn refused(wish: NewOrder) -> OrderingRefusal {
    let mut house = House::open();
    let refusal = house.place_with(order(1), CAFE, wish, Some(key(1, 1))).unwrap_err();
    assert_eq!(house.processor.journal().head().unwrap(), 0, "nothing is kept");
    assert!(house.row(order(1)).is_none() && house.remembered(&key(1, 1)).is_none());
    refusal
}

fn wrong_fields(wish: NewOrder) -> Vec<String> {
    match refused(wish) {
        OrderingRefusal::Invalid(wrong) => wrong.into_iter().map(|wrong| wrong.field).collect(),
        other => panic!("{other:?}"),
    }
}

fn with_option(option: &str, choice: &str) -> NewLine {
    let chosen = ChosenOption { option: option.to_owned(), choice: choice.to_owned() };
    NewLine { options: vec![chosen], ..line("americano", 1) }
}

#[test]
fn none_and_too_many_lines_are_refused() {
    assert_eq!(wrong_fields(wish(vec![])), ["lines"]);
    assert_eq!(wrong_fields(wish(vec![line("americano", 1); 101])), ["lines"]);
}

#[test]
fn a_hundred_lines_are_fine() {
    let mut house = House::open();

    assert!(house.place(order(1), CAFE, wish(vec![line("americano", 1); 100])).is_ok());
}

#[test]
fn a_quantity_of_none_or_too_many_names_its_line() {
    for quantity in [0, 10_000] {
        let wish = wish(vec![line("americano", 1), line("americano", quantity)]);
        assert_eq!(wrong_fields(wish), ["lines[1].quantity"]);
    }
}

#[test]
fn an_item_that_is_not_on_the_menu_names_its_line_and_what_was_found() {
    let refusal = refused(wish(vec![line("americano", 1), line("tea", 1)]));

    let OrderingRefusal::UnknownItem(WrongField { field, found, .. }) = refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!((field.as_str(), found.as_deref()), ("lines[1].item", Some("tea")));
}

#[test]
fn an_item_that_cannot_be_had_names_its_line() {
    let mut house = House::open();
    house.sell_out(CAFE, "americano");
    house.hear();

    let refusal = house.place(order(1), CAFE, americanos(1)).unwrap_err();

    let OrderingRefusal::SoldOut(wrong) = refusal else { panic!("{refusal:?}") };
    assert_eq!(wrong.field, "lines[0].item");
    assert!(house.place(order(2), KIOSK, americanos(1)).is_ok(), "another shop still has it");
}

#[test]
fn an_unknown_option_or_choice_names_its_place() {
    assert_eq!(wrong_fields(wish(vec![with_option("syrup", "vanilla")])), ["lines[0].options[0].option"]);
    assert_eq!(wrong_fields(wish(vec![with_option("size", "huge")])), ["lines[0].options[0].choice"]);
}

#[test]
fn a_price_that_differs_says_what_it_costs() {
    let line = NewLine { unit_price: Some(won(4_000)), ..line("americano", 2) };
    let refusal = refused(wish(vec![line]));

    let field = "lines[0].unit_price".to_owned();
    assert_eq!(refusal, OrderingRefusal::PriceDiffers { field, expected: won(4_000), costs: won(4_500) });
}

#[test]
fn a_total_that_differs_says_what_it_costs() {
    let refusal = refused(NewOrder { total: Some(won(8_000)), ..americanos(2) });

    let field = "total".to_owned();
    assert_eq!(refusal, OrderingRefusal::PriceDiffers { field, expected: won(8_000), costs: won(9_000) });
}

#[test]
fn prices_that_are_as_expected_are_taken_with_their_options() {
    let mut house = House::open();
    let large = NewLine { unit_price: Some(won(5_000)), quantity: 2, ..with_option("size", "large") };

    house.place(order(1), CAFE, NewOrder { total: Some(won(10_000)), ..wish(vec![large]) }).unwrap();

    let view = house.view(order(1));
    assert_eq!(
        (view.total, view.lines[0].unit_price, view.lines[0].name.as_str()),
        (won(10_000), won(5_000), "아메리카노")
    );
    assert_eq!(view.lines[0].options[0].choice, "large");
}

#[test]
fn texts_that_are_too_long_or_cannot_be_printed_are_refused_together() {
    let wish = NewOrder {
        note: Some("가".repeat(501)),
        name: Some("Kim\u{7}".to_owned()),
        phone: Some("0".repeat(33)),
        customer: Some("two words".to_owned()),
        payment_method: Some(String::new()),
        ..americanos(1)
    };

    assert_eq!(wrong_fields(wish), ["note", "name", "phone", "customer", "payment_method"]);
}

#[test]
fn what_is_no_mail_address_is_refused_by_its_field() {
    let long = format!("{}@example.com", "a".repeat(243));
    let no_addresses = [
        "",
        "mina",
        "@example.com",
        "mina@",
        "mina@example.com\nBcc: lee@example.com",
        "mina@example.com,lee@example.com",
        "<mina@example.com>",
        "mi na@example.com",
        "mina@@example.com",
        &long,
    ];
    for email in no_addresses {
        assert_eq!(wrong_fields(NewOrder { email: Some(email.to_owned()), ..americanos(1) }), ["email"]);
    }
    let mut house = House::open();
    let wish = NewOrder { email: Some("mina+cafe@example.com".to_owned()), ..americanos(1) };
    house.place(order(1), CAFE, wish).unwrap();
    assert_eq!(house.view(order(1)).email.as_deref(), Some("mina+cafe@example.com"));
}

#[test]
fn texts_of_the_greatest_length_are_fine() {
    let mut house = House::open();
    let wish =
        NewOrder { note: Some("가".repeat(499) + "\n"), name: Some("나".repeat(100)), ..americanos(1) };

    assert!(house.place(order(1), CAFE, wish).is_ok());
}

#[test]
fn a_customer_orders_for_themselves_and_staff_for_somebody() {
    let mut house = House::open();
    let for_lee = NewOrder { customer: Some("lee".to_owned()), ..americanos(1) };
    house.command("customer:park", place(order(1), KIOSK, for_lee.clone(), None)).unwrap();
    house.command("staff:kim", place(order(2), KIOSK, for_lee, None)).unwrap();

    let customers = [1, 2].map(|number| house.view(order(number)).customer.unwrap().as_str().to_owned());
    assert_eq!(customers, ["park", "lee"]);
}

#[test]
fn a_refused_wish_between_good_ones_keeps_the_good_ones_and_takes_no_number() {
    let mut house = House::open();
    let wishes = [americanos(1), wish(vec![line("tea", 1)]), americanos(2)];

    let said = house.commands((1..).zip(wishes).map(|(number, wish)| place(order(number), CAFE, wish, None)));

    assert!(said[0].is_ok() && said[1].is_err() && said[2].is_ok());
    assert_eq!((house.view(order(1)).number, house.view(order(3)).number), (1, 2));
    assert!(house.row(order(2)).is_none());
}

#[test]
fn labels_are_kept_with_the_order_and_shown_with_name_and_phone() {
    let mut house = House::open();
    let labels =
        [("counter", "3"), ("campaign", "가을")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    let wish = NewOrder {
        labels: labels.clone().into(),
        name: Some("Kim".to_owned()),
        phone: Some("010".to_owned()),
        ..americanos(1)
    };
    house.place(order(1), KIOSK, wish).unwrap();
    house.place(order(2), KIOSK, americanos(1)).unwrap();

    let view = house.view(order(1));
    assert_eq!(
        (view.labels, view.name.as_deref(), view.phone.as_deref()),
        (labels.into(), Some("Kim"), Some("010"))
    );
    assert!(house.view(order(2)).labels.is_empty());
}

#[test]
fn labels_that_are_too_many_or_too_long_are_refused() {
    let labels =
        |labels: Vec<(String, String)>| NewOrder { labels: labels.into_iter().collect(), ..americanos(1) };
    let many = (0..17).map(|number| (number.to_string(), String::new())).collect();
    assert_eq!(wrong_fields(labels(many)), ["labels"]);
    assert_eq!(wrong_fields(labels(vec![("x".repeat(65), String::new())])), ["labels"]);
    assert_eq!(wrong_fields(labels(vec![("x".to_owned(), "y".repeat(201))])), ["labels.x"]);
    assert_eq!(wrong_fields(labels(vec![("x".to_owned(), "\u{7}".to_owned())])), ["labels.x"]);
}
