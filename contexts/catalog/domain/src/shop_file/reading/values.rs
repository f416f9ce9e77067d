use std::ops::RangeInclusive;

use catalog_contract::Text;
use jiff::SignedDuration;
use kernel::{Currency, Money};

use crate::shop_file::form::{AmountForm, DurationForm, TextForm};
use crate::shop_file::report::{Report, key_path};

/// Minor units that a single price may have at most: a full order of them can still be summed.
const AMOUNT_MAX: u64 = 1_000_000_000_000;

pub(super) const SECOND: i64 = 1_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;

/// A text in both languages.
pub(super) fn text(form: &TextForm, path: &str, report: &mut Report<'_>) -> Text {
    for (language, words) in [("ko", &form.ko), ("en", &form.en)] {
        if words.trim().is_empty() || words.chars().count() > 100 {
            report.refuse(&key_path(path, language), "expected a text of 1 to 100 letters");
        }
    }
    Text { ko: form.ko.clone(), en: form.en.clone() }
}

/// A key that the shop chooses: of an item, an option, a choice, a category, a stock item.
pub(super) fn check_key(key: &str, path: &str, report: &mut Report<'_>) {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if key.is_empty() || key.len() > 64 || !key.chars().all(fits) {
        let expected = "expected 1 to 64 letters (a-z, A-Z), digits, hyphens or underscores";
        report.refuse_key(path, expected).hint("the name that people read stands in `name`");
    }
}

/// A length of time within bounds, in milliseconds.
pub(super) fn millis(
    form: Option<&DurationForm>,
    otherwise: i64,
    bounds: RangeInclusive<i64>,
    path: &str,
    report: &mut Report<'_>,
) -> i64 {
    let Some(DurationForm(written)) = form else {
        return otherwise;
    };
    let parsed = written.parse::<SignedDuration>();
    let Some(millis) = parsed.ok().and_then(|length| i64::try_from(length.as_millis()).ok()) else {
        report
            .refuse(path, format!("`{written}` is no length of time"))
            .hint("write \"500ms\", \"1s\", \"15m\", \"4h\" or \"1h 30m\"; a day is \"24h\"");
        return otherwise;
    };
    if !bounds.contains(&millis) {
        let (least, most) = (spoken_millis(*bounds.start()), spoken_millis(*bounds.end()));
        report.refuse(path, format!("out of range; expected {least} to {most}"));
    }
    millis
}

/// Milliseconds in the largest unit that shows them whole.
pub(crate) fn spoken_millis(millis: i64) -> String {
    match millis {
        0 => "0s".to_owned(),
        _ if millis % HOUR == 0 => format!("{}h", millis / HOUR),
        _ if millis % MINUTE == 0 => format!("{}m", millis / MINUTE),
        _ if millis % SECOND == 0 => format!("{}s", millis / SECOND),
        _ => format!("{millis}ms"),
    }
}

/// An amount of the shop's currency; zero where it is wrong.
pub(super) fn amount(form: &AmountForm, currency: Currency, path: &str, report: &mut Report<'_>) -> Money {
    let written = match form {
        AmountForm::Whole(amount) => amount.to_string(),
        AmountForm::Written(written) => written.clone(),
    };
    let (number, code) = match written.trim().split_once(' ') {
        Some((number, code)) => (number, code.trim()),
        None => (written.trim(), currency.code()),
    };
    if code != currency.code() {
        report.refuse(path, format!("`{code}` is not the shop's currency; expected {}", currency.code()));
        return Money::zero(currency);
    }
    match minor_units(number, currency.exponent()) {
        Some(amount) if amount.unsigned_abs() <= AMOUNT_MAX => Money::new(amount, currency),
        Some(_) => {
            report.refuse(path, "too much; expected at most 1000000000000 of the smallest unit");
            Money::zero(currency)
        }
        None => {
            report.refuse(
                path,
                format!("`{number}` does not fit the currency; expected {}", pattern(currency)),
            );
            Money::zero(currency)
        }
    }
}

fn minor_units(number: &str, exponent: u32) -> Option<i64> {
    let (negative, digits) = number.strip_prefix('-').map_or((false, number), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || digits.ends_with('.')
        || fraction.len() != exponent as usize
        || !digits_only(whole)
        || !digits_only(fraction)
    {
        return None;
    }
    let amount = format!("{whole}{fraction}").parse::<i64>().ok()?;
    Some(if negative { -amount } else { amount })
}

fn pattern(currency: Currency) -> String {
    match currency.exponent() {
        0 => format!("a whole number of {}, such as 4500", currency.code()),
        digits => {
            let example = format!("4.{:0<width$}", 5, width = digits as usize);
            format!("all {digits} digits after the point, in quotes, such as \"{example}\"")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_all_the_digits_of_their_currency_and_no_more() {
        for (number, exponent, amount) in [
            ("4500", 0, Some(4500)),
            ("-500", 0, Some(-500)),
            ("4.50", 2, Some(450)),
            ("-0.05", 2, Some(-5)),
            ("4.5", 2, None),
            ("4", 2, None),
            ("4.500", 2, None),
            ("4500.", 0, None),
            (".50", 2, None),
            ("4,500", 0, None),
            ("--4", 0, None),
            ("", 0, None),
            ("99999999999999999999", 0, None),
        ] {
            assert_eq!(minor_units(number, exponent), amount, "{number}");
        }
    }

    #[test]
    fn lengths_of_time_are_spoken_in_their_largest_unit() {
        let spoken = [0, 50, 1_000, 90_000, 900_000, 7_200_000].map(spoken_millis);
        assert_eq!(spoken, ["0s", "50ms", "1s", "90s", "15m", "2h"]);
    }
}
