use std::collections::BTreeMap;

use catalog_contract::{OpeningHours, TimeRange, Weekday};
use jiff::civil::Date;

use crate::shop_file::form::{HoursSection, ShopForm};
use crate::shop_file::report::{Report, item_path, key_path};

pub(super) fn rule(form: &ShopForm, report: &mut Report<'_>) -> Option<OpeningHours> {
    let section = form.hours.as_ref()?;
    let mut week = BTreeMap::new();
    for (weekday, written) in weekdays(section) {
        if let Some(written) = written {
            week.insert(weekday, ranges(written, &key_path("hours", weekday.as_str()), report));
        }
    }
    let mut dates = BTreeMap::new();
    for (date, written) in &section.dates {
        let path = key_path("hours.dates", date);
        // Only as it is looked up: four digits, two, two.
        if date.parse::<Date>().is_ok_and(|read| read.to_string() == *date) {
            dates.insert(date.clone(), ranges(written, &path, report));
        } else {
            report.refuse_key(&path, format!("`{date}` is no date; expected one such as \"2026-12-25\""));
        }
    }
    if week.values().all(Vec::is_empty) {
        report
            .refuse_key("hours", "dead end: the shop would be open on no day of the week")
            .hint("write `monday = [\"09:00-18:00\"]` and so on, or leave the section out: always open");
    }
    Some(OpeningHours { week, dates })
}

fn weekdays(section: &HoursSection) -> impl Iterator<Item = (Weekday, Option<&Vec<String>>)> {
    let written = [
        &section.monday,
        &section.tuesday,
        &section.wednesday,
        &section.thursday,
        &section.friday,
        &section.saturday,
        &section.sunday,
    ];
    Weekday::ALL.into_iter().zip(written.map(Option::as_ref))
}

/// The ranges of a day, in order.
fn ranges(written: &[String], path: &str, report: &mut Report<'_>) -> Vec<TimeRange> {
    let mut ranges = Vec::new();
    for (index, text) in written.iter().enumerate() {
        match TimeRange::parse(text) {
            Some(range) => ranges.push(range),
            None => {
                report.refuse(&item_path(path, index), format!("`{text}` is no range of time")).hint(
                    "write two digits, a colon, two digits: \"09:00-18:00\", \"18:00-02:00\" over midnight, \
                     \"00:00-24:00\" for all day",
                );
            }
        }
    }
    ranges.sort_unstable();
    if let Some(pair) = ranges.windows(2).find(|pair| pair[0].runs_into(pair[1])) {
        report.refuse(path, format!("`{}` and `{}` are one over the other", pair[0], pair[1]));
    }
    ranges
}
