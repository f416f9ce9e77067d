use std::borrow::Cow;

use super::given::{self, Pen, at, id, row};
use super::{Workshop, named};
use crate::{Batch, Journal, Reader, Row, RowOrder, RowQuery, RowWrite};

named![
    a_row_is_read_as_it_was_put,
    a_row_put_again_takes_the_place_of_the_former,
    a_row_may_move_to_another_shop_and_number,
    a_row_is_found_by_shop_and_number,
    lists_of_other_names_do_not_mix,
    a_hidden_row_stands_in_no_list_but_is_found_by_id_and_number,
    a_list_runs_newest_first_unless_asked_otherwise,
    a_list_is_read_in_pages_behind_the_last_row,
    rows_of_one_number_are_paged_by_their_id,
    a_page_may_end_between_rows_of_one_number,
    a_list_may_skip_rows,
    a_list_is_filtered_by_shop_customer_and_state,
    a_list_is_filtered_by_number_and_time,
    a_search_is_for_plain_text,
    counting_leaves_out_the_page,
    a_deleted_row_is_gone,
    a_cleared_list_is_empty_and_can_be_filled_again,
    rows_survive_reopening,
];

fn a_row_is_read_as_it_was_put<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let plain = row("cafe", 1);
    let odd = Row {
        customer: None,
        hidden: true,
        search: String::new(),
        body: Vec::new(),
        version: 900,
        at: at(-1),
        state: Cow::Borrowed("얼음"),
        ..row("kiosk", 0)
    };
    fill(&mut journal, &mut Pen::default(), vec![plain.clone(), odd.clone()]);
    assert_eq!(journal.row("orders", plain.id).unwrap(), Some(plain));
    assert_eq!(journal.row("orders", odd.id).unwrap(), Some(odd));
    assert_eq!(journal.row("orders", id(7)).unwrap(), None);
    assert_eq!(journal.row("none", id(7)).unwrap(), None);
}

fn a_row_put_again_takes_the_place_of_the_former<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    fill(&mut journal, &mut pen, vec![row("cafe", 1)]);
    let again = Row { state: Cow::Borrowed("done"), version: 2, body: b"{}".to_vec(), ..row("cafe", 1) };
    fill(&mut journal, &mut pen, vec![again.clone()]);
    assert_eq!(journal.rows(&all()).unwrap(), [again]);
    assert_eq!(journal.count_rows(&all()).unwrap(), 1);
}

fn a_row_may_move_to_another_shop_and_number<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    fill(&mut journal, &mut pen, vec![row("cafe", 1)]);
    let moved = Row { id: row("cafe", 1).id, ..row("kiosk", 2) };
    fill(&mut journal, &mut pen, vec![moved.clone()]);
    assert_eq!(journal.row_by_number("orders", "cafe", 1).unwrap(), None);
    assert_eq!(journal.row_by_number("orders", "kiosk", 2).unwrap(), Some(moved));
    assert_eq!(journal.count_rows(&all()).unwrap(), 1);
}

fn a_row_is_found_by_shop_and_number<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let twin = Row { id: id(1), ..row("kiosk", 1) };
    fill(&mut journal, &mut Pen::default(), vec![row("cafe", 1), twin.clone(), row("cafe", 2)]);
    assert_eq!(journal.row_by_number("orders", "cafe", 1).unwrap(), Some(row("cafe", 1)));
    assert_eq!(journal.row_by_number("orders", "kiosk", 1).unwrap(), Some(twin));
    assert_eq!(journal.row_by_number("orders", "kiosk", 2).unwrap(), None);
    assert_eq!(journal.row_by_number("payments", "cafe", 1).unwrap(), None);
}

fn lists_of_other_names_do_not_mix<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let payment = Row { collection: Cow::Borrowed("payments"), ..row("cafe", 1) };
    fill(&mut journal, &mut Pen::default(), vec![row("cafe", 1), payment.clone()]);
    assert_eq!(journal.rows(&all()).unwrap(), [row("cafe", 1)]);
    assert_eq!(journal.row("payments", payment.id).unwrap(), Some(payment));
}

fn a_hidden_row_stands_in_no_list_but_is_found_by_id_and_number<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let hidden = Row { hidden: true, ..row("cafe", 1) };
    fill(&mut journal, &mut pen, vec![hidden.clone(), row("cafe", 2)]);
    assert_eq!(numbers(&mut journal, &all()), [2]);
    assert_eq!(journal.count_rows(&all()).unwrap(), 1);
    let with_hidden = RowQuery { hidden: true, ..all() };
    assert_eq!(numbers(&mut journal, &with_hidden), [2, 1]);
    assert_eq!(journal.row("orders", hidden.id).unwrap(), Some(hidden.clone()));
    assert_eq!(journal.row_by_number("orders", "cafe", 1).unwrap(), Some(hidden));
    fill(&mut journal, &mut pen, vec![row("cafe", 1)]);
    assert_eq!(numbers(&mut journal, &all()), [2, 1]);
}

fn a_list_runs_newest_first_unless_asked_otherwise<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let rows = vec![row("cafe", 2), row("kiosk", 300), row("cafe", 1)];
    fill(&mut journal, &mut Pen::default(), rows);
    assert_eq!(numbers(&mut journal, &all()), [300, 2, 1]);
    let oldest_first = RowQuery { order: RowOrder::OldestFirst, ..all() };
    assert_eq!(numbers(&mut journal, &oldest_first), [1, 2, 300]);
}

fn a_list_is_read_in_pages_behind_the_last_row<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    fill(&mut journal, &mut Pen::default(), (1..=5).map(|number| row("cafe", number)).collect());
    for (order, expected) in
        [(RowOrder::NewestFirst, [5, 4, 3, 2, 1]), (RowOrder::OldestFirst, [1, 2, 3, 4, 5])]
    {
        let query = RowQuery { order, limit: 2, shop: Some("cafe".to_owned()), ..all() };
        assert_eq!(paged(&mut journal, query), expected);
    }
}

fn rows_of_one_number_are_paged_by_their_id<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let rows = (1..=4).map(|whose| Row { id: id(whose), ..row("cafe", 0) });
    fill(&mut journal, &mut Pen::default(), rows.collect());
    for order in [RowOrder::NewestFirst, RowOrder::OldestFirst] {
        let query = RowQuery { order, limit: 3, ..all() };
        assert_eq!(paged(&mut journal, query).len(), 4);
    }
}

fn a_page_may_end_between_rows_of_one_number<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let twins = (1..=2).map(|whose| Row { id: id(whose), ..row("cafe", 7) });
    fill(&mut journal, &mut Pen::default(), twins.chain([row("cafe", 8), row("cafe", 6)]).collect());
    for order in [RowOrder::NewestFirst, RowOrder::OldestFirst] {
        let query = RowQuery { order, limit: 2, shop: Some("cafe".to_owned()), ..all() };
        let first = journal.rows(&query).unwrap();
        let higher_id_first = order == RowOrder::NewestFirst;
        assert_eq!(first[1].id, id(if higher_id_first { 2 } else { 1 }));
        assert_eq!(paged(&mut journal, query).len(), 4);
    }
}

fn a_list_may_skip_rows<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    fill(&mut journal, &mut Pen::default(), (1..=5).map(|number| row("cafe", number)).collect());
    let query = RowQuery { skip: 2, limit: 2, ..all() };
    assert_eq!(numbers(&mut journal, &query), [3, 2]);
    let nothing = RowQuery { limit: 0, ..all() };
    assert!(journal.rows(&nothing).unwrap().is_empty());
}

fn a_list_is_filtered_by_shop_customer_and_state<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let rows = vec![
        row("cafe", 1),
        Row { customer: Some("customer:2".to_owned()), ..row("cafe", 2) },
        Row { state: Cow::Borrowed("done"), ..row("cafe", 3) },
        Row { customer: None, ..row("kiosk", 4) },
    ];
    fill(&mut journal, &mut Pen::default(), rows);
    let shop = RowQuery { shop: Some("cafe".to_owned()), ..all() };
    let customer = RowQuery { customer: Some("customer:1".to_owned()), ..all() };
    let state = RowQuery { state: Some("paid".to_owned()), ..all() };
    let everything = RowQuery {
        shop: shop.shop.clone(),
        customer: customer.customer.clone(),
        state: state.state.clone(),
        ..all()
    };
    assert_eq!(numbers(&mut journal, &shop), [3, 2, 1]);
    assert_eq!(numbers(&mut journal, &customer), [3, 1]);
    assert_eq!(numbers(&mut journal, &state), [4, 2, 1]);
    assert_eq!(numbers(&mut journal, &everything), [1]);
}

fn a_list_is_filtered_by_number_and_time<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    fill(&mut journal, &mut Pen::default(), (1..=4).map(|number| row("cafe", number)).collect());
    let number = RowQuery { number: Some(3), ..all() };
    let time = RowQuery { from: Some(at(20)), until: Some(at(40)), ..all() };
    assert_eq!(numbers(&mut journal, &number), [3]);
    assert_eq!(numbers(&mut journal, &time), [3, 2]);
}

fn a_search_is_for_plain_text<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    let texts = ["100% 라떼", "100 Latte", "latte_x", "a'b\""];
    let rows = (1..).zip(texts).map(|(number, text)| Row { search: text.to_owned(), ..row("cafe", number) });
    fill(&mut journal, &mut Pen::default(), rows.collect());
    for (text, expected) in [
        ("라떼", vec![1]),
        ("100%", vec![1]),
        ("%", vec![1]),
        ("_", vec![3]),
        ("latte", vec![3]),
        ("'b\"", vec![4]),
        ("100", vec![2, 1]),
        ("", vec![4, 3, 2, 1]),
    ] {
        let query = RowQuery { search: Some(text.to_owned()), ..all() };
        assert_eq!(numbers(&mut journal, &query), expected, "{text}");
    }
}

fn counting_leaves_out_the_page<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    fill(&mut journal, &mut Pen::default(), (1..=5).map(|number| row("cafe", number)).collect());
    let query = RowQuery { after: Some((3, id(0))), skip: 1, limit: 1, from: Some(at(20)), ..all() };
    assert_eq!(journal.count_rows(&query).unwrap(), 4);
}

fn a_deleted_row_is_gone<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    fill(&mut journal, &mut pen, vec![row("cafe", 1), row("cafe", 2)]);
    let delete = |collection, id| RowWrite::Delete { collection: Cow::Borrowed(collection), id };
    let rows = vec![
        delete("orders", row("cafe", 1).id),
        delete("orders", id(7)),
        delete("payments", row("cafe", 2).id),
    ];
    journal.commit(Batch { rows, ..pen.batch() }).unwrap();
    assert_eq!(numbers(&mut journal, &all()), [2]);
    assert_eq!(journal.row_by_number("orders", "cafe", 1).unwrap(), None);
}

fn a_cleared_list_is_empty_and_can_be_filled_again<W: Workshop>(workshop: &mut W) {
    let (mut journal, mut pen) = (workshop.open(), Pen::default());
    let payment = Row { collection: Cow::Borrowed("payments"), ..row("cafe", 9) };
    fill(&mut journal, &mut pen, vec![row("cafe", 1), payment.clone()]);
    let clear = || RowWrite::Clear { collection: Cow::Borrowed("orders") };
    journal.commit(Batch { rows: vec![clear()], ..pen.batch() }).unwrap();
    assert_eq!(journal.count_rows(&all()).unwrap(), 0);
    assert_eq!(journal.row("orders", row("cafe", 1).id).unwrap(), None);
    let rows = vec![RowWrite::Put(row("cafe", 2).into()), clear(), RowWrite::Put(row("cafe", 1).into())];
    journal.commit(Batch { rows, ..pen.batch() }).unwrap();
    journal.tidy_up().unwrap();
    assert_eq!(numbers(&mut journal, &all()), [1]);
    assert_eq!(journal.row("payments", payment.id).unwrap(), Some(payment));
    assert!(journal.audit().unwrap().is_empty());
}

fn rows_survive_reopening<W: Workshop>(workshop: &mut W) {
    let mut journal = workshop.open();
    fill(&mut journal, &mut Pen::default(), vec![row("cafe", 1), row("kiosk", 2)]);
    drop(journal);
    assert_eq!(workshop.open().rows(&all()).unwrap(), [row("kiosk", 2), row("cafe", 1)]);
}

fn all() -> RowQuery {
    RowQuery { collection: given::row("cafe", 1).collection.into_owned(), limit: 100, ..RowQuery::default() }
}

fn fill(journal: &mut impl Journal, pen: &mut Pen, rows: Vec<Row>) {
    let rows = rows.into_iter().map(|row| RowWrite::Put(row.into())).collect();
    journal.commit(Batch { rows, ..pen.batch() }).unwrap();
}

fn numbers(reader: &mut impl Reader, query: &RowQuery) -> Vec<u64> {
    reader.rows(query).unwrap().into_iter().map(|row| row.number).collect()
}

/// The numbers of every page, one behind the other.
fn paged(reader: &mut impl Reader, mut query: RowQuery) -> Vec<u64> {
    let mut seen = Vec::new();
    loop {
        let page = reader.rows(&query).unwrap();
        let Some(last) = page.last() else {
            return seen;
        };
        query.after = Some((last.number, last.id));
        seen.extend(page.into_iter().map(|row| row.number));
    }
}
