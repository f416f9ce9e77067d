use serde_json::{Number, Value};

/// Milliseconds since 1970 that are a time of today rather than a count.
const TIMES_FROM: i64 = 1_000_000_000_000;

/// A value without what differs from run to run: ids and times are named, not shown.
#[must_use]
pub fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_ids(text)),
        Value::Number(number) if is_time(number) => Value::String("[time]".to_owned()),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

fn is_time(number: &Number) -> bool {
    number.as_i64().is_some_and(|millis| millis >= TIMES_FROM)
}

fn without_ids(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let run = rest[start..].find(|c| !is_part(c)).map_or(rest.len(), |length| start + length);
        let word = &rest[start..run];
        let is_id = word.bytes().filter(u8::is_ascii_hexdigit).count() == 32;
        plain.push_str(&rest[..start]);
        plain.push_str(if is_id { "[id]" } else { word });
        rest = &rest[run..];
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_and_times_are_named_and_the_rest_is_kept() {
        let seen = json!({"at": 1_795_240_416_385_i64, "total": 9_000, "cause": "command/01a1fcaad481728aa7f2fa0d72f44867", "id": "01a1fcaa-d481-728a-a7f2-fa0d72f44867"});
        let expected = json!({"at": "[time]", "total": 9_000, "cause": "command/[id]", "id": "[id]"});
        assert_eq!(plain(&seen), expected);
    }
}
