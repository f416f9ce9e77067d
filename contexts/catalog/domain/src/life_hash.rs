use std::fmt::Write;

use catalog_contract::{LifeHash, ShopLife};
use serde_json::Value;

/// The content hash of a life: the first 16 bytes of BLAKE3 over its canonical JSON (keys sorted,
/// no white space).
#[must_use]
pub fn life_hash(life: &ShopLife) -> LifeHash {
    let mut text = String::new();
    write_canonical(&serde_json::to_value(life).unwrap_or_default(), &mut text);
    let hash = blake3::hash(text.as_bytes());
    LifeHash::from(hash.as_bytes()[..16].iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    }))
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (index, (key, value)) in fields.into_iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                let _ = write!(text, "{comma}{}:", Value::from(key.as_str()));
                write_canonical(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write_canonical(item, text);
            }
            text.push(']');
        }
        single => {
            let _ = write!(text, "{single}");
        }
    }
}
