//! What a line of an order costs and uses: the same arithmetic wherever it is asked.

use std::collections::BTreeMap;
use std::fmt;

use kernel::Money;

use crate::{MenuItem, MenuOption, OptionChoice, StockUse};

/// The most units that one line may ask for.
pub const LINE_QUANTITY_MAX: u32 = 9_999;

/// A line whose item, options and quantity have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// What one costs with its options; never less than nothing.
    pub unit_price: Money,
    /// What the line costs: unit price times quantity.
    pub total: Money,
    /// What was chosen, defaults included, in the order of the menu.
    pub options: Vec<PricedOption>,
    /// What the whole line uses of the stock: one entry per stock item, by name.
    pub uses: Vec<StockUse>,
}

/// A choice made with a line, or taken by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedOption {
    /// The option's key.
    pub option: String,
    /// The choice's key.
    pub choice: String,
}

/// Why a line cannot be ordered. [`PricingError::field`] says where it is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PricingError {
    /// The item cannot be had now.
    SoldOut {
        /// The item's key.
        item: String,
    },
    /// The choice cannot be made now: what it uses ran out.
    ChoiceOutOfStock {
        /// Its place among the options that were named; `None` where it is the usual one of a
        /// required option that was not named.
        index: Option<usize>,
        /// The option's key.
        option: String,
        /// The choice's key.
        choice: String,
    },
    /// None, or more than a line may ask for.
    Quantity {
        /// What was asked.
        asked: u32,
    },
    /// The item has no such option.
    UnknownOption {
        /// Its place among the options that were named.
        index: usize,
        /// What was named.
        named: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The option has no such choice.
    UnknownChoice {
        /// Its place among the options that were named.
        index: usize,
        /// What was named.
        named: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The option is named twice.
    RepeatedOption {
        /// The place of the second.
        index: usize,
        /// The option's key.
        option: String,
    },
    /// The price or the stock it uses is beyond what can be counted, or less than nothing.
    OutOfRange,
}

impl PricingError {
    /// The path in the line of what is wrong: `quantity`, `options[1].choice`.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            Self::SoldOut { .. } => "item".to_owned(),
            Self::Quantity { .. } | Self::OutOfRange => "quantity".to_owned(),
            Self::UnknownOption { index, .. } | Self::RepeatedOption { index, .. } => {
                format!("options[{index}].option")
            }
            Self::UnknownChoice { index, .. } | Self::ChoiceOutOfStock { index: Some(index), .. } => {
                format!("options[{index}].choice")
            }
            Self::ChoiceOutOfStock { index: None, .. } => "options".to_owned(),
        }
    }
}

impl fmt::Display for PricingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SoldOut { item } => write!(f, "{item} is sold out"),
            Self::ChoiceOutOfStock { option, choice, .. } => {
                write!(f, "the choice {choice} of {option} is sold out")
            }
            Self::Quantity { asked } => {
                write!(f, "expected a quantity from 1 to {LINE_QUANTITY_MAX}, found {asked}")
            }
            Self::UnknownOption { named, known, .. } => {
                write!(f, "expected an option of the item ({}), found {named}", listed(known))
            }
            Self::UnknownChoice { named, known, .. } => {
                write!(f, "expected a choice of the option ({}), found {named}", listed(known))
            }
            Self::RepeatedOption { option, .. } => {
                write!(f, "expected each option once, found {option} twice")
            }
            Self::OutOfRange => f.write_str("the line is too large to be priced"),
        }
    }
}

impl std::error::Error for PricingError {}

/// Prices a line: `quantity` units of an item with options named as (option, choice).
///
/// A required option that is not named takes its first choice; any other stays open.
///
/// # Errors
/// [`PricingError`], naming the field of the line that is wrong.
pub fn price_line(
    item: &MenuItem,
    named: &[(&str, &str)],
    quantity: u32,
) -> Result<PricedLine, PricingError> {
    if !item.can_be_had() {
        return Err(PricingError::SoldOut { item: item.key.clone() });
    }
    if !(1..=LINE_QUANTITY_MAX).contains(&quantity) {
        return Err(PricingError::Quantity { asked: quantity });
    }
    let chosen = resolve_choices(item, named)?;
    if let Some((option, choice)) = chosen.iter().find(|(_, choice)| choice.out_of_stock) {
        return Err(PricingError::ChoiceOutOfStock {
            index: named.iter().position(|(key, _)| *key == option.key),
            option: option.key.clone(),
            choice: choice.key.clone(),
        });
    }
    let unit_price = unit_price(item, &chosen)?;
    Ok(PricedLine {
        unit_price,
        total: unit_price.times(quantity).map_err(|_| PricingError::OutOfRange)?,
        uses: line_uses(item, &chosen, quantity)?,
        options: chosen
            .iter()
            .map(|(option, choice)| PricedOption { option: option.key.clone(), choice: choice.key.clone() })
            .collect(),
    })
}

type Chosen<'a> = Vec<(&'a MenuOption, &'a OptionChoice)>;

fn resolve_choices<'a>(item: &'a MenuItem, named: &[(&str, &str)]) -> Result<Chosen<'a>, PricingError> {
    let mut choices = BTreeMap::new();
    for (index, (option_key, choice_key)) in named.iter().enumerate() {
        let option = find_option(item, index, option_key)?;
        let choice = find_choice(option, index, choice_key)?;
        if choices.insert(option.key.as_str(), choice).is_some() {
            return Err(PricingError::RepeatedOption { index, option: option.key.clone() });
        }
    }
    let defaulted = |option: &'a MenuOption| option.choices.first().filter(|_| option.required);
    Ok(item
        .options
        .iter()
        .filter_map(|option| {
            let choice = choices.get(option.key.as_str()).copied().or_else(|| defaulted(option))?;
            Some((option, choice))
        })
        .collect())
}

fn find_option<'a>(item: &'a MenuItem, index: usize, key: &str) -> Result<&'a MenuOption, PricingError> {
    item.options.iter().find(|option| option.key == key).ok_or_else(|| PricingError::UnknownOption {
        index,
        named: key.to_owned(),
        known: item.options.iter().map(|option| option.key.clone()).collect(),
    })
}

fn find_choice<'a>(
    option: &'a MenuOption,
    index: usize,
    key: &str,
) -> Result<&'a OptionChoice, PricingError> {
    option.choices.iter().find(|choice| choice.key == key).ok_or_else(|| PricingError::UnknownChoice {
        index,
        named: key.to_owned(),
        known: option.choices.iter().map(|choice| choice.key.clone()).collect(),
    })
}

fn unit_price(item: &MenuItem, chosen: &Chosen<'_>) -> Result<Money, PricingError> {
    let sum = chosen.iter().try_fold(item.price, |sum, (_, choice)| sum.plus(choice.price_difference));
    sum.ok().filter(|price| price.amount >= 0).ok_or(PricingError::OutOfRange)
}

fn line_uses(item: &MenuItem, chosen: &Chosen<'_>, quantity: u32) -> Result<Vec<StockUse>, PricingError> {
    let mut per_item: BTreeMap<&str, u32> = BTreeMap::new();
    let of_choices = chosen.iter().flat_map(|(_, choice)| &choice.uses);
    for stock_use in item.uses.iter().chain(of_choices) {
        let used = stock_use.quantity.checked_mul(quantity).ok_or(PricingError::OutOfRange)?;
        let sum = per_item.entry(&stock_use.item).or_default();
        *sum = sum.checked_add(used).ok_or(PricingError::OutOfRange)?;
    }
    Ok(per_item.into_iter().map(|(item, quantity)| StockUse { item: item.to_owned(), quantity }).collect())
}

fn listed(known: &[String]) -> String {
    if known.is_empty() { "it has none".to_owned() } else { known.join(", ") }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use kernel::Currency;

    use super::*;
    use crate::{ClosedChoice, StockClosing, Text};

    fn choice(key: &str, difference: i64, uses: &[(&str, u32)]) -> OptionChoice {
        OptionChoice {
            key: key.to_owned(),
            name: Text::default(),
            price_difference: Money::new(difference, Currency::KRW),
            uses: uses.iter().map(|&(item, quantity)| StockUse { item: item.to_owned(), quantity }).collect(),
            out_of_stock: false,
        }
    }

    fn option(key: &str, required: bool, choices: Vec<OptionChoice>) -> MenuOption {
        MenuOption { key: key.to_owned(), name: Text::default(), required, choices }
    }

    fn latte() -> MenuItem {
        MenuItem {
            key: "latte".to_owned(),
            name: Text::default(),
            category: None,
            price: Money::new(5000, Currency::KRW),
            options: vec![
                option("size", true, vec![choice("regular", 0, &[]), choice("large", 500, &[("milk", 1)])]),
                option("shot", false, vec![choice("extra", 600, &[])]),
                option("gift", false, vec![choice("half", -2500, &[])]),
            ],
            uses: vec![
                StockUse { item: "milk".to_owned(), quantity: 2 },
                StockUse { item: "cup".to_owned(), quantity: 1 },
            ],
            sold_out: false,
            out_of_stock: false,
        }
    }

    fn uses(line: &PricedLine) -> Vec<(&str, u32)> {
        line.uses.iter().map(|used| (used.item.as_str(), used.quantity)).collect()
    }

    #[test]
    fn an_item_alone_costs_its_price_and_takes_the_first_required_choice() {
        let line = price_line(&latte(), &[], 2).unwrap();
        assert_eq!((line.unit_price.amount, line.total.amount), (5000, 10_000));
        assert_eq!(line.options, [PricedOption { option: "size".to_owned(), choice: "regular".to_owned() }]);
        assert_eq!(uses(&line), [("cup", 2), ("milk", 4)]);
    }

    #[test]
    fn choices_add_to_the_price_and_to_the_stock() {
        let line = price_line(&latte(), &[("shot", "extra"), ("size", "large")], 3).unwrap();
        assert_eq!((line.unit_price.amount, line.total.amount), (6100, 18_300));
        assert_eq!(
            line.options.iter().map(|chosen| chosen.option.as_str()).collect::<Vec<_>>(),
            ["size", "shot"]
        );
        assert_eq!(uses(&line), [("cup", 3), ("milk", 9)]);
    }

    #[test]
    fn a_choice_may_cost_less_than_nothing() {
        assert_eq!(price_line(&latte(), &[("gift", "half")], 1).unwrap().unit_price.amount, 2500);
    }

    #[test]
    fn a_sold_out_item_is_refused() {
        let error = price_line(&MenuItem { sold_out: true, ..latte() }, &[], 1).unwrap_err();
        assert_eq!((error.field().as_str(), error.to_string().as_str()), ("item", "latte is sold out"));
    }

    #[test]
    fn an_item_and_a_choice_that_stock_closes_are_refused() {
        let mut closed = latte();
        closed.close(&StockClosing { out_of_stock: true, choices: vec![] });
        let error = price_line(&closed, &[], 1).unwrap_err();
        assert_eq!(error, PricingError::SoldOut { item: "latte".to_owned() });

        let large = ClosedChoice { option: "size".to_owned(), choice: "large".to_owned() };
        closed.close(&StockClosing { out_of_stock: false, choices: vec![large] });
        assert!(price_line(&closed, &[], 1).is_ok());
        let error = price_line(&closed, &[("shot", "extra"), ("size", "large")], 1).unwrap_err();
        assert_eq!(error.field(), "options[1].choice");
        assert_eq!(error.to_string(), "the choice large of size is sold out");
    }

    #[test]
    fn the_usual_choice_is_not_exchanged_for_another_where_stock_closes_it() {
        let mut closed = latte();
        let regular = ClosedChoice { option: "size".to_owned(), choice: "regular".to_owned() };
        closed.close(&StockClosing { out_of_stock: false, choices: vec![regular] });
        assert_eq!(price_line(&closed, &[], 1).unwrap_err().field(), "options");
        assert!(price_line(&closed, &[("size", "large")], 1).is_ok());
    }

    #[test]
    fn a_quantity_of_none_or_too_many_is_refused() {
        for asked in [0, LINE_QUANTITY_MAX + 1, u32::MAX] {
            assert_eq!(price_line(&latte(), &[], asked).unwrap_err(), PricingError::Quantity { asked });
        }
    }

    #[test]
    fn an_unknown_option_is_refused_with_its_place() {
        let error = price_line(&latte(), &[("size", "large"), ("syrup", "vanilla")], 1).unwrap_err();
        assert_eq!(error.field(), "options[1].option");
        assert_eq!(error.to_string(), "expected an option of the item (size, shot, gift), found syrup");
    }

    #[test]
    fn an_unknown_choice_is_refused_with_its_place() {
        let error = price_line(&latte(), &[("size", "huge")], 1).unwrap_err();
        assert_eq!(error.field(), "options[0].choice");
        assert_eq!(error.to_string(), "expected a choice of the option (regular, large), found huge");
    }

    #[test]
    fn an_option_named_twice_is_refused() {
        let error = price_line(&latte(), &[("size", "large"), ("size", "regular")], 1).unwrap_err();
        assert_eq!(error, PricingError::RepeatedOption { index: 1, option: "size".to_owned() });
    }

    #[test]
    fn a_price_beyond_counting_or_below_nothing_is_refused() {
        let dear = MenuItem { price: Money::new(i64::MAX, Currency::KRW), ..latte() };
        assert_eq!(price_line(&dear, &[], 2).unwrap_err(), PricingError::OutOfRange);
        let cheap = MenuItem { price: Money::new(1000, Currency::KRW), ..latte() };
        assert_eq!(price_line(&cheap, &[("gift", "half")], 1).unwrap_err(), PricingError::OutOfRange);
    }

    #[test]
    fn stock_beyond_counting_is_refused() {
        let uses = vec![StockUse { item: "bean".to_owned(), quantity: u32::MAX }];
        assert_eq!(price_line(&MenuItem { uses, ..latte() }, &[], 2).unwrap_err(), PricingError::OutOfRange);
    }
}
