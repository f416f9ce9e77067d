use catalog_contract::{PaymentTime, ReceiptRule};
use jiff::tz::TimeZoneDatabase;
use kernel::{Currency, ShopKey};

use crate::shop_file::form::{ShopForm, ShopSection};
use crate::shop_file::nearest::nearest;
use crate::shop_file::report::Report;

pub(super) fn key(shop: &ShopSection, report: &mut Report<'_>) -> ShopKey {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let key = shop.key.as_str();
    if key.is_empty()
        || key.len() > 40
        || !key.chars().all(fits)
        || key.starts_with('-')
        || key.ends_with('-')
    {
        let expected = "expected 1 to 40 small letters (a-z), digits or hyphens, such as corner-cafe";
        report.refuse("shop.key", expected);
    }
    ShopKey::from(key)
}

pub(super) fn currency(shop: &ShopSection, report: &mut Report<'_>) -> Option<Currency> {
    let currency = Currency::parse(&shop.currency).ok();
    if currency.is_none() {
        let known = Currency::parse(&shop.currency.to_ascii_uppercase()).ok();
        report
            .refuse(
                "shop.currency",
                format!("unknown currency `{}`; expected an ISO 4217 code such as KRW", shop.currency),
            )
            .meant(known.as_ref().map(Currency::code));
    }
    currency
}

pub(super) fn time_zone(shop: &ShopSection, report: &mut Report<'_>) -> String {
    // The zones in the program itself: the same on every machine, and no file is read.
    let zones = TimeZoneDatabase::bundled();
    let names: Vec<String> = zones.available().map(|name| name.as_str().to_owned()).collect();
    if !names.contains(&shop.time_zone) {
        report
            .refuse(
                "shop.time_zone",
                format!("unknown time zone `{}`; expected an IANA name such as Asia/Seoul", shop.time_zone),
            )
            .meant(nearest(&shop.time_zone, names.iter().map(String::as_str)));
    }
    shop.time_zone.clone()
}

/// What receipts say beside the order; nothing where the file says nothing.
pub(super) fn receipts(form: &ShopForm, report: &mut Report<'_>) -> Option<ReceiptRule> {
    let (business_number, tax) = (&form.shop.business_number, &form.tax);
    let fits = |number: &String| {
        (1..=40).contains(&number.chars().count())
            && number.trim() == number
            && !number.chars().any(char::is_control)
    };
    if business_number.as_ref().is_some_and(|number| !fits(number)) {
        report.refuse("shop.business_number", "expected 1 to 40 characters, such as 123-45-67890");
    }
    let takes_no_money = form.payment.when == PaymentTime::None;
    let never = "never comes into play: this shop takes no money, and writes no receipts";
    if business_number.is_some() && takes_no_money {
        report.refuse_key("shop.business_number", never).hint("leave it out");
    }
    if tax.is_some() && takes_no_money {
        report.refuse_key("tax", never).hint("leave it out");
    }
    if business_number.is_none() && tax.is_none() {
        return None;
    }
    let vat_percent = tax.as_ref().map(|tax| tax.vat_percent);
    Some(ReceiptRule { business_number: business_number.clone(), vat_percent })
}
