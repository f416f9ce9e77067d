//! S11 and S12: orders whose numbers are made up. Whatever a client says of prices and quantities, an order
//! that is taken costs what the menu says, and nothing overflows.

use kernel::Money;
use ordering_contract::{ChosenOption, OrderEvent};
use ordering_service::{NewLine, NewOrder, OrderingReply};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::house::*;

const ORDERS: u128 = 100_000;
const BATCH: u128 = 500;

/// A shop that answers as soon as the order is placed, so that its total is there to be seen.
const SHOP: &str = KIOSK;

/// Mostly something usual.
fn mostly<T: Copy>(chance: &mut SmallRng, usual: &[T], odd: &[T]) -> T {
    let things = if chance.random_ratio(14, 15) { usual } else { odd };
    things[chance.random_range(0..things.len())]
}

fn quantity(chance: &mut SmallRng) -> u32 {
    mostly(chance, &[1, 2, 3, 12], &[0, 9_999, 10_000, 1 << 31, u32::MAX])
}

fn said_price(chance: &mut SmallRng, right: i64) -> Option<Money> {
    let odd = [right - 1, right + 1, 0, 1, -1, -right, i64::MIN, i64::MAX, right / 100];
    let said = mostly(chance, &[right], &odd);
    chance.random_ratio(1, 3).then(|| won(said))
}

fn made_up(chance: &mut SmallRng) -> NewOrder {
    let lines: Vec<NewLine> = (0..chance.random_range(0..5)).map(|_| made_up_line(chance)).collect();
    let right = lines.iter().map(price_of).sum::<Option<i128>>().unwrap_or(0);
    let total = said_price(chance, i64::try_from(right).unwrap_or(0));
    NewOrder { total, ..wish(lines) }
}

fn made_up_line(chance: &mut SmallRng) -> NewLine {
    let item = mostly(chance, &["americano", "americano", "water"], &["gold", "", "AMERICANO"]);
    let option = |chance: &mut SmallRng| ChosenOption {
        option: mostly(chance, &["size"], &["discount", ""]).to_owned(),
        choice: mostly(chance, &["regular", "large"], &["huge", "large ", "free"]).to_owned(),
    };
    // Water has no size.
    let many = if item == "water" { mostly(chance, &[0], &[1]) } else { mostly(chance, &[0, 1], &[2, 3]) };
    let options: Vec<_> = (0..many).map(|_| option(chance)).collect();
    let mut line = NewLine { options, ..line(item, quantity(chance)) };
    let one = price_of(&NewLine { quantity: 1, ..line.clone() }).unwrap_or(0);
    line.unit_price = said_price(chance, i64::try_from(one).unwrap_or(0));
    line
}

/// What a line costs by the menu, counted here and not there; `None` for what is not on it.
fn price_of(line: &NewLine) -> Option<i128> {
    let item = [americano(), water()].into_iter().find(|item| item.key == line.item)?;
    let mut one = i128::from(item.price.amount);
    for chosen in &line.options {
        let option = item.options.iter().find(|option| option.key == chosen.option)?;
        let choice = option.choices.iter().find(|choice| choice.key == chosen.choice)?;
        one += i128::from(choice.price_difference.amount);
    }
    Some(one * i128::from(line.quantity))
}

#[test]
fn a_hundred_thousand_made_up_orders_cost_what_the_menu_says_or_are_refused() {
    let seed = std::env::var("ATTACKS_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    println!("seed {seed}");
    let mut chance = SmallRng::seed_from_u64(seed);
    let (mut taken, mut refused) = (0, 0);
    for batch in 0..ORDERS / BATCH {
        // A house of its own for each batch, so that it stays small.
        let mut house = House::open();
        let wishes: Vec<NewOrder> = (0..BATCH).map(|_| made_up(&mut chance)).collect();
        let commands =
            wishes.iter().zip(1..).map(|(wish, number)| place(order(number), SHOP, wish.clone(), None));
        let answers = house.commands(commands.collect::<Vec<_>>());
        for ((wish, answer), number) in wishes.iter().zip(answers).zip(1..) {
            let Ok(OrderingReply::Placed(_)) = answer else {
                refused += 1;
                assert!(
                    house.events(order(number)).is_empty(),
                    "seed {seed}, {batch}: refused and kept: {wish:?}"
                );
                continue;
            };
            taken += 1;
            let right: Option<i128> = wish.lines.iter().map(price_of).sum();
            let events = house.events(order(number));
            let Some(OrderEvent::Placed(placed)) = events.first() else { panic!("{events:?}") };
            let total = i128::from(placed.total.amount);
            assert_eq!(Some(total), right, "seed {seed}, {batch}: {wish:?}");
            assert!(wish.total.is_none_or(|said| i128::from(said.amount) == total), "{wish:?}");
            assert!(wish.lines.iter().all(|line| (1..=9_999).contains(&line.quantity)), "{wish:?}");
        }
    }
    println!("{taken} taken at the menu's price, {refused} refused");
    assert!(taken > 10_000 && refused > 10_000, "{taken} {refused}");
}

#[test]
fn no_sum_overflows() {
    let mut house = House::open();
    for (number, quantity) in (1..).zip([0, 10_000, 1 << 31, u32::MAX]) {
        let refused = house.place(order(number), SHOP, wish(vec![line("americano", quantity)]));
        assert!(refused.is_err(), "{quantity}");
    }
    let many = wish(vec![line("americano", 9_999); 101]);
    assert!(house.place(order(9), SHOP, many).is_err(), "more lines than an order has");
    for money in [won(i64::MAX), won(i64::MIN)] {
        let wish = NewOrder { total: Some(money), ..americanos(1) };
        assert!(house.place(order(10), SHOP, wish).is_err());
    }
}
