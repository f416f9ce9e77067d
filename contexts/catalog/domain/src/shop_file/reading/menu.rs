use std::collections::{BTreeMap, BTreeSet};

use catalog_contract::{MenuItem, MenuOption, OptionChoice, StockMode, StockUse, Text};
use kernel::{Currency, Money};

use super::stock::check_known;
use super::values::{amount, check_key, text};
use crate::menu_rules::lowest_price;
use crate::shop_file::form::{AmountForm, ChoiceForm, ItemForm, OptionForm, ShopForm};
use crate::shop_file::nearest::nearest;
use crate::shop_file::report::{Report, item_path, key_path};

/// The menu of a file, whose prices can be read only where the currency is known.
pub(super) struct Menu<'a> {
    pub form: &'a ShopForm,
    pub currency: Option<Currency>,
}

impl Menu<'_> {
    pub(super) fn read(&self, report: &mut Report<'_>) -> Vec<MenuItem> {
        if self.form.menu.is_empty() {
            report.refuse("menu", "dead end: nothing is sold; expected at least one [[menu]] item");
        }
        let categories = self.categories(report);
        let options = self.options(report);
        let mut seen = BTreeSet::new();
        let items = self.form.menu.iter().enumerate().map(|(index, item)| {
            let path = item_path("menu", index);
            check_once(&mut seen, &item.key, &key_path(&path, "key"), "item", report);
            self.item(item, &path, &categories, &options, report)
        });
        items.collect()
    }

    fn categories(&self, report: &mut Report<'_>) -> BTreeMap<String, Text> {
        let read = self.form.categories.iter().map(|(key, name)| {
            let path = key_path("categories", key);
            check_key(key, &path, report);
            (key.clone(), text(name, &path, report))
        });
        read.collect()
    }

    fn options(&self, report: &mut Report<'_>) -> BTreeMap<String, MenuOption> {
        let read = self.form.options.iter().map(|(key, option)| {
            let path = key_path("options", key);
            check_key(key, &path, report);
            (key.clone(), self.option(key, option, &path, report))
        });
        read.collect()
    }

    fn option(&self, key: &str, option: &OptionForm, path: &str, report: &mut Report<'_>) -> MenuOption {
        if option.choices.is_empty() {
            let choices = key_path(path, "choices");
            report.refuse(&choices, "dead end: there is nothing to choose; expected at least one choice");
        }
        let mut seen = BTreeSet::new();
        let choices = option.choices.iter().enumerate().map(|(index, choice)| {
            let path = item_path(&key_path(path, "choices"), index);
            check_once(&mut seen, &choice.key, &key_path(&path, "key"), "choice", report);
            self.choice(choice, &path, report)
        });
        let choices = choices.collect();
        let name = text(&option.name, &key_path(path, "name"), report);
        MenuOption { key: key.to_owned(), name, required: option.required, choices }
    }

    fn choice(&self, choice: &ChoiceForm, path: &str, report: &mut Report<'_>) -> OptionChoice {
        OptionChoice {
            key: choice.key.clone(),
            name: text(&choice.name, &key_path(path, "name"), report),
            price_difference: self.amount(
                choice.price_difference.as_ref(),
                &key_path(path, "price_difference"),
                report,
            ),
            uses: self.uses(&choice.uses, &key_path(path, "uses"), report),
            out_of_stock: false,
        }
    }

    fn item(
        &self,
        item: &ItemForm,
        path: &str,
        categories: &BTreeMap<String, Text>,
        options: &BTreeMap<String, MenuOption>,
        report: &mut Report<'_>,
    ) -> MenuItem {
        let clean_so_far = report.is_clean();
        let read = MenuItem {
            key: item.key.clone(),
            name: text(&item.name, &key_path(path, "name"), report),
            category: category(item, path, categories, report),
            price: self.amount(Some(&item.price), &key_path(path, "price"), report),
            options: asked_options(item, path, options, report),
            uses: self.uses(&item.uses, &key_path(path, "uses"), report),
            sold_out: item.sold_out,
            out_of_stock: false,
        };
        check_prices(&read, path, clean_so_far && report.is_clean(), report);
        read
    }

    fn amount(&self, form: Option<&AmountForm>, path: &str, report: &mut Report<'_>) -> Money {
        match (form, self.currency) {
            (Some(form), Some(currency)) => amount(form, currency, path, report),
            (_, currency) => Money::zero(currency.unwrap_or(Currency::KRW)),
        }
    }

    fn uses(&self, uses: &BTreeMap<String, u32>, path: &str, report: &mut Report<'_>) -> Vec<StockUse> {
        let stock = &self.form.stock;
        let known = stock.items.as_deref().unwrap_or_default();
        if stock.mode == StockMode::None && !uses.is_empty() {
            report
                .refuse_key(path, "never comes into play: this shop holds no stock")
                .hint("leave it out, or let `stock.mode` be \"reserve\" and name the item in `stock.items`");
            return Vec::new();
        }
        let read = uses.iter().map(|(item, &quantity)| {
            check_known(item, known, &key_path(path, item), report);
            StockUse { item: item.clone(), quantity }
        });
        read.collect()
    }
}

fn check_once<'a>(
    seen: &mut BTreeSet<&'a str>,
    key: &'a str,
    path: &str,
    what: &str,
    report: &mut Report<'_>,
) {
    check_key(key, path, report);
    if !seen.insert(key) {
        report.refuse(path, format!("`{key}` is there twice; expected each {what} once"));
    }
}

fn category(
    item: &ItemForm,
    path: &str,
    categories: &BTreeMap<String, Text>,
    report: &mut Report<'_>,
) -> Option<Text> {
    let key = item.category.as_ref()?;
    let category = categories.get(key);
    if category.is_none() {
        report
            .refuse(
                &key_path(path, "category"),
                format!("unknown category `{key}`; expected a key of [categories]"),
            )
            .meant(nearest(key, categories.keys().map(String::as_str)));
    }
    category.cloned()
}

fn asked_options(
    item: &ItemForm,
    path: &str,
    options: &BTreeMap<String, MenuOption>,
    report: &mut Report<'_>,
) -> Vec<MenuOption> {
    let mut seen = BTreeSet::new();
    let asked = item.options.iter().enumerate().filter_map(|(index, key)| {
        let path = item_path(&key_path(path, "options"), index);
        if !seen.insert(key) {
            report.refuse(&path, format!("`{key}` is there twice; expected each option once"));
        }
        let option = options.get(key);
        if option.is_none() {
            report
                .refuse(&path, format!("unknown option `{key}`; expected a key of [options]"))
                .meant(nearest(key, options.keys().map(String::as_str)));
        }
        option.cloned()
    });
    asked.collect()
}

fn check_prices(item: &MenuItem, path: &str, readable: bool, report: &mut Report<'_>) {
    let price_path = key_path(path, "price");
    if item.price.amount < 0 {
        report.refuse(&price_path, "less than nothing; expected a price of 0 or more");
        return;
    }
    let lowest = lowest_price(item);
    if readable && lowest < 0 {
        let lowest = Money::new(lowest, item.price.currency);
        report
            .refuse(&price_path, format!("with its cheapest options it costs {lowest}; expected 0 or more"))
            .hint("raise the price, or the `price_difference` of the choices that lower it");
    }
}
