//! From the written sections to the life and the menu; what makes no sense is reported on the way.
//!
//! Each function returns a stand-in where it reported a mistake: nobody sees it, since a file with
//! mistakes is handed out to nobody.

mod completes;
mod delivery;
mod hours;
mod later;
mod life;
mod menu;
mod messages;
mod payment;
mod promise;
mod shop;
mod stock;
pub(super) mod values;
mod vocabulary;

use catalog_contract::{MenuItem, ShopLife, Vocabulary};

use super::form::ShopForm;
use super::report::Report;

/// What a shop file says, once nothing in it is wrong.
pub(crate) struct Reading {
    pub life: ShopLife,
    pub menu: Vec<MenuItem>,
    pub stock_items: Vec<String>,
    pub vocabulary: Vocabulary,
}

/// Reads a whole file.
pub(crate) fn read(form: &ShopForm, report: &mut Report<'_>) -> Reading {
    let (key, name) = (shop::key(&form.shop, report), values::text(&form.shop.name, "shop.name", report));
    let currency = shop::currency(&form.shop, report);
    let life = ShopLife {
        key,
        name,
        currency: currency.unwrap_or(kernel::Currency::KRW),
        time_zone: shop::time_zone(&form.shop, report),
        payment: payment::rule(&form.payment, currency.unwrap_or(kernel::Currency::KRW), report),
        stock: stock::rule(form, report),
        accept: form.life.accept,
        prepare: life::prepare(&form.life, report),
        handover: form.life.handover,
        delivery: delivery::rule(form, report),
        cancel: life::cancel(form, report),
        completes: completes::rule(&form.life, report),
        bounds: life::bounds(form, report),
        promise: promise::rule(form, report),
        messages: messages::rule(form, report),
        hours: hours::rule(form, report),
        later: later::rule(form, report),
        table: life::table(&form.life, report),
        receipts: shop::receipts(form, report),
    };
    let menu = menu::Menu { form, currency }.read(report);
    let vocabulary = vocabulary::words(form, report);
    Reading { life, menu, stock_items: form.stock.items.clone().unwrap_or_default(), vocabulary }
}
