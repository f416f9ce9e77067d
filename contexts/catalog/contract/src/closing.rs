//! What of a menu cannot be had because stock ran out: the same arithmetic wherever it is asked.

use serde::{Deserialize, Serialize};

use crate::{MenuItem, OptionChoice, StockUse};

/// What of a menu item stock closes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockClosing {
    /// Whether the item cannot be had at all.
    pub out_of_stock: bool,
    /// The choices that cannot be made, in the order of the item's options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ClosedChoice>,
}

/// A choice that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedChoice {
    /// The option's key.
    pub option: String,
    /// The choice's key.
    pub choice: String,
}

impl StockClosing {
    /// What is closed where `available` tells how many of a stock item can be had, or `None` where
    /// there are enough.
    ///
    /// A choice is closed where the item with it needs more of what the choice uses than there is. An
    /// item is closed where it needs more by itself, or where every choice of a required option is
    /// closed. What several options use together is not looked at: the reservation is.
    pub fn of(item: &MenuItem, available: impl Fn(&str) -> Option<u64>) -> Self {
        let is_short =
            |stock: &str, needed: u64| available(stock).is_some_and(|available| available < needed);
        let by_item = |stock: &str| quantity_of(&item.uses, stock);
        let is_closed = |choice: &OptionChoice| {
            let mut uses = choice.uses.iter();
            uses.any(|used| is_short(&used.item, by_item(&used.item) + quantity_of(&choice.uses, &used.item)))
        };
        let mut choices = Vec::new();
        let mut leaves_no_choice = false;
        for option in &item.options {
            let closed = option.choices.iter().filter(|choice| is_closed(choice));
            let before = choices.len();
            choices.extend(
                closed.map(|choice| ClosedChoice { option: option.key.clone(), choice: choice.key.clone() }),
            );
            leaves_no_choice |= option.required && choices.len() - before == option.choices.len();
        }
        let itself = item.uses.iter().any(|used| is_short(&used.item, by_item(&used.item)));
        Self { out_of_stock: itself || leaves_no_choice, choices }
    }
}

impl MenuItem {
    /// Whether it can be had: neither sold out by hand nor closed by stock.
    #[must_use]
    pub const fn can_be_had(&self) -> bool {
        !self.sold_out && !self.out_of_stock
    }

    /// What of it stock closes now.
    #[must_use]
    pub fn closing(&self) -> StockClosing {
        let choices = self.options.iter().flat_map(|option| {
            let closed = option.choices.iter().filter(|choice| choice.out_of_stock);
            closed.map(|choice| ClosedChoice { option: option.key.clone(), choice: choice.key.clone() })
        });
        StockClosing { out_of_stock: self.out_of_stock, choices: choices.collect() }
    }

    /// Lets stock close this of it and nothing else; what it no longer has is passed over.
    pub fn close(&mut self, closing: &StockClosing) {
        self.out_of_stock = closing.out_of_stock;
        for option in &mut self.options {
            for choice in &mut option.choices {
                choice.out_of_stock = closing
                    .choices
                    .iter()
                    .any(|closed| closed.option == option.key && closed.choice == choice.key);
            }
        }
    }

    /// The most of a stock item that one of it can use, with any choice of every option; 0 where it
    /// uses none.
    #[must_use]
    pub fn largest_portion(&self, stock: &str) -> u64 {
        let largest_choice = self.options.iter().map(|option| {
            option.choices.iter().map(|choice| quantity_of(&choice.uses, stock)).max().unwrap_or(0)
        });
        largest_choice.fold(quantity_of(&self.uses, stock), u64::saturating_add)
    }

    /// The names of all that it can use of the stock; some may be there twice.
    pub fn stock_items(&self) -> impl Iterator<Item = &str> {
        let choices = self.options.iter().flat_map(|option| &option.choices);
        self.uses.iter().chain(choices.flat_map(|choice| &choice.uses)).map(|used| used.item.as_str())
    }
}

fn quantity_of(uses: &[StockUse], stock: &str) -> u64 {
    uses.iter().filter(|used| used.item == stock).map(|used| u64::from(used.quantity)).sum()
}
