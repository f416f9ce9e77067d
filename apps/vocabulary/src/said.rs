use catalog_contract::{Collection, FieldType, FieldWords};
use edge::problem::FieldError;
use kernel::{Currency, Money};
use serde_json::{Map, Value};

/// What a client said, held against the collection's fields. What nobody knows is passed over.
pub(crate) struct Said<'a> {
    fields: &'a Map<String, Value>,
    collection: &'a Collection,
    /// What is wrong so far.
    pub(crate) wrong: Vec<FieldError>,
}

impl<'a> Said<'a> {
    pub(crate) const fn new(fields: &'a Map<String, Value>, collection: &'a Collection) -> Self {
        Self { fields, collection, wrong: Vec::new() }
    }

    /// The fields of the collection that were said, each with its value; null says nothing.
    pub(crate) fn known(&self) -> impl Iterator<Item = (&'a str, &'a FieldWords, &'a Value)> + use<'a> {
        let said = self.fields;
        self.collection.fields.iter().filter_map(move |(name, words)| {
            let names = std::iter::once(name).chain(&words.aliases);
            let value = names.filter_map(|name| said.get(name)).find(|value| !value.is_null())?;
            Some((name.as_str(), words, value))
        })
    }

    /// Says that required fields are missing.
    pub(crate) fn expect_required(&mut self) {
        let said: Vec<&str> = self.known().map(|(name, _, _)| name).collect();
        for (name, words) in &self.collection.fields {
            if words.required && !said.contains(&name.as_str()) {
                self.refuse(name, expected(words.kind), None);
            }
        }
    }

    /// Notes a wrong field.
    pub(crate) fn refuse(&mut self, name: &str, expected: &str, got: Option<&Value>) {
        let error = FieldError::new(name, expected);
        self.wrong.push(match got {
            Some(value @ (Value::Number(_) | Value::Bool(_))) => error.got(value.to_string()),
            Some(Value::Array(_)) => error.got("a list"),
            Some(Value::Object(_)) => error.got("an object"),
            _ => error,
        });
    }
}

/// What would be accepted.
pub(crate) const fn expected(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "a text",
        FieldType::Number => "a whole number",
    }
}

/// A value as a text: a number is one, too.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value as a whole number: `5` and `"5"` are the same.
pub(crate) fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A value as its field is written, as a text.
pub(crate) fn as_kind(value: &Value, kind: FieldType) -> Option<String> {
    match kind {
        FieldType::Text => as_text(value),
        FieldType::Number => as_number(value).map(|number| number.to_string()),
    }
}

/// A value as an amount of the currency's main unit: `9000`, `"9000"`, `4.5`.
pub(crate) fn as_money(value: &Value, currency: Currency) -> Option<Money> {
    let text = as_text(value)?;
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let exponent = usize::try_from(currency.exponent()).ok()?;
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() > exponent || !is_digits(part) || !is_digits(whole) || whole.is_empty() {
        return None;
    }
    let amount = format!("{whole}{part:0<exponent$}").parse().ok()?;
    Some(Money::new(amount, currency))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_read_to_the_digit() {
        let won = |value| as_money(&value, Currency::KRW).map(|money| money.amount);
        assert_eq!((won(json!(9000)), won(json!("9000"))), (Some(9000), Some(9000)));
        assert_eq!((won(json!("-1")), won(json!("9000.5")), won(json!(true))), (None, None, None));
        let euro = Currency::parse("EUR").ok();
        let cents = |value| as_money(&value, euro?).map(|money| money.amount);
        assert_eq!(
            (cents(json!(4.5)), cents(json!("4")), cents(json!("4.505"))),
            (Some(450), Some(400), None)
        );
    }

    #[test]
    fn a_number_may_come_as_a_text() {
        assert_eq!((as_number(&json!("5")), as_number(&json!(5))), (Some(5), Some(5)));
        assert_eq!(
            (as_number(&json!("five")), as_number(&json!(5.5)), as_number(&json!([5]))),
            (None, None, None)
        );
    }
}
