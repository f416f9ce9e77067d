use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::form::ShopForm;

/// The JSON schema of a shop file (draft 2020-12), for editors that check TOML.
#[must_use]
pub fn shop_file_schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<ShopForm>().to_value();
    drop_nulls(&mut schema);
    schema
}

/// TOML has no null: what may be left out is left out.
fn drop_nulls(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    fields.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(mut ways)) = fields.remove("anyOf") {
                ways.retain(|way| way.get("type").is_none_or(|kind| kind != "null"));
                match (ways.len(), ways.pop()) {
                    (1, Some(Value::Object(only))) => fields.extend(only),
                    (_, last) => {
                        ways.extend(last);
                        fields.insert("anyOf".to_owned(), Value::Array(ways));
                    }
                }
            }
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
