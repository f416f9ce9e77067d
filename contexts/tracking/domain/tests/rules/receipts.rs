//! Receipts.

use catalog_contract::{MenuItem, MenuOption, OptionChoice, Text};
use tracking_contract::ReceiptView;
use tracking_domain::{Story, receipt};

use crate::house::{ORDER, approved, cafe, placed, refunded, story, won};

fn text(ko: &str, en: &str) -> Text {
    Text { ko: ko.to_owned(), en: en.to_owned() }
}

fn latte() -> MenuItem {
    let large = OptionChoice {
        key: "large".to_owned(),
        name: text("크게", "Large"),
        price_difference: won(500),
        uses: Vec::new(),
        out_of_stock: false,
    };
    MenuItem {
        key: "latte".to_owned(),
        name: text("라떼", "Latte"),
        category: None,
        price: won(4_000),
        options: vec![MenuOption {
            key: "size".to_owned(),
            name: text("크기", "Size"),
            required: true,
            choices: vec![large],
        }],
        uses: Vec::new(),
        sold_out: false,
        out_of_stock: false,
    }
}

fn receipt_of(story: &Story, item: Option<&MenuItem>) -> Option<ReceiptView> {
    receipt(story, &cafe(), (ORDER, &"cafe".into(), 42), |_| item)
}

#[test]
fn what_was_not_paid_has_no_receipt() {
    assert_eq!(receipt_of(&story(&[placed(0)]), None), None);
}

#[test]
fn a_receipt_says_what_was_bought_and_how_much_of_it_is_tax() {
    let item = latte();
    let receipt = receipt_of(&story(&[placed(0), approved(1)]), Some(&item)).unwrap();

    assert_eq!(receipt.receipt, "cafe-20261128-000042");
    assert_eq!(receipt.business_number.as_deref(), Some("123-45-67890"));
    let line = &receipt.lines[0];
    assert_eq!((&line.name, &line.options[0]), (&text("라떼", "Latte"), &text("크기: 크게", "Size: Large")));
    assert_eq!((line.quantity, line.unit_price, line.amount), (2, won(4_500), won(9_000)));
    let vat = receipt.vat.unwrap();
    assert_eq!((vat.percent, vat.supply, vat.vat), (10, won(8_182), won(818)));
    assert_eq!((receipt.net, receipt.refunds.len()), (won(9_000), 0));
}

#[test]
fn what_is_no_longer_on_the_menu_keeps_the_name_under_which_it_was_bought() {
    let renamed = MenuItem { name: text("카페라떼", "Cafe latte"), options: Vec::new(), ..latte() };
    for item in [None, Some(&renamed)] {
        let receipt = receipt_of(&story(&[placed(0), approved(1)]), item).unwrap();
        let line = &receipt.lines[0];
        assert_eq!(
            (&line.name, &line.options[0]),
            (&text("라떼", "라떼"), &text("size: large", "size: large"))
        );
    }
}

#[test]
fn refunds_are_shown_and_the_tax_of_what_is_left() {
    let facts = [placed(0), approved(1), refunded(5, 1, 2_000, false), refunded(9, 2, 7_000, true)];
    let part = receipt_of(&story(&facts[..3]), None).unwrap();
    assert_eq!((part.net, part.net_vat.unwrap().supply, part.refunds[0].step), (won(7_000), won(6_364), 1));
    let whole = receipt_of(&story(&facts), None).unwrap();
    assert_eq!((whole.net, whole.net_vat.unwrap().vat, whole.total), (won(0), won(0), won(9_000)));
}
