use catalog_contract::{
    DateFormat, FieldMeaning, FieldType, FieldWords, Language, MenuItem, Milestone, ShopLife, Vocabulary,
};
use inventory_contract::StockItemView;
use kernel::{Money, Timestamp};
use notification_contract::MessageView;
use serde_json::{Map, Number, Value, json};

use crate::facts::Facts;
use crate::speech::Asked;

/// A row that can be shown in a collection.
pub(crate) enum Row {
    Order(Box<Facts>),
    Message(Box<MessageView>, Option<Box<Facts>>),
    Stock(StockItemView),
    Menu(Box<MenuItem>),
}

impl Row {
    /// What its address ends with.
    pub(crate) fn id(&self) -> String {
        match self {
            Self::Order(facts) => facts.number.to_string(),
            Self::Message(message, _) => message.number.to_string(),
            Self::Stock(item) => item.number.to_string(),
            Self::Menu(item) => item.key.clone(),
        }
    }

    /// Its fields, in the collection's words.
    pub(crate) fn fields(&self, asked: &Asked<'_>) -> Map<String, Value> {
        let fields = asked.collection.fields.iter();
        fields.map(|(name, words)| (name.clone(), self.field(asked, name, words))).collect()
    }

    /// One field, in the collection's words.
    pub(crate) fn field(&self, asked: &Asked<'_>, name: &str, words: &FieldWords) -> Value {
        let life = &asked.speech.life;
        match self {
            Self::Order(facts) => match words.is {
                FieldMeaning::Word => json!(facts.changes(asked.collection).last().map(|change| change.word)),
                FieldMeaning::Changes => changes(facts, asked, words),
                FieldMeaning::ChangedAt => {
                    time(facts.changes(asked.collection).last().map(|change| change.at), words, life)
                }
                _ => of_order(facts, name, words, life),
            },
            Self::Message(message, facts) => of_message(message, facts.as_deref(), asked, name, words),
            Self::Stock(item) => match words.is {
                FieldMeaning::StockItem => json!(item.item),
                FieldMeaning::Available => json!(item.available),
                _ => Value::Null,
            },
            Self::Menu(item) => of_menu(item, words, asked.speech.english),
        }
    }
}

fn changes(facts: &Facts, asked: &Asked<'_>, words: &FieldWords) -> Value {
    let changes = facts.changes(asked.collection);
    let life = &asked.speech.life;
    changes
        .iter()
        .map(|change| json!({ "status": change.word, "at": time(Some(change.at), words, life) }))
        .collect()
}

fn of_order(facts: &Facts, name: &str, words: &FieldWords, life: &ShopLife) -> Value {
    match words.is {
        FieldMeaning::Number => json!(facts.number),
        FieldMeaning::Customer => text(facts.customer.as_deref(), words.kind),
        FieldMeaning::Item => text(Some(&facts.item), words.kind),
        FieldMeaning::ItemName => json!(facts.labels.get(name).unwrap_or(&facts.item_name)),
        FieldMeaning::Quantity => json!(facts.quantity),
        FieldMeaning::UnitPrice => facts.unit_price.map_or(Value::Null, amount),
        FieldMeaning::Total => amount(facts.total),
        FieldMeaning::Name => json!(facts.name),
        FieldMeaning::Phone => json!(facts.phone),
        FieldMeaning::Address => json!(facts.address),
        FieldMeaning::Note => json!(facts.note),
        FieldMeaning::Kept => text(facts.labels.get(name).map(String::as_str), words.kind),
        FieldMeaning::ApprovalCode => json!(facts.approval_code),
        FieldMeaning::PlacedAt => time(facts.time_of(Milestone::Placed), words, life),
        FieldMeaning::PaidAt => time(facts.time_of(Milestone::Paid), words, life),
        _ => Value::Null,
    }
}

fn of_message(
    message: &MessageView,
    facts: Option<&Facts>,
    asked: &Asked<'_>,
    name: &str,
    words: &FieldWords,
) -> Value {
    match words.is {
        FieldMeaning::Number => json!(message.order_number),
        FieldMeaning::Word => json!(asked.collection.shows.get(&message.milestone)),
        FieldMeaning::WordOf => {
            json!(facts.and_then(|facts| word_of(facts, asked.words, words, message.milestone)))
        }
        FieldMeaning::ToldAt => time(Some(message.changed_at), words, &asked.speech.life),
        FieldMeaning::Text => json!(message.text),
        FieldMeaning::Channel => json!(words.called.as_deref().unwrap_or_else(|| message.channel.as_str())),
        _ => facts.map_or(Value::Null, |facts| of_order(facts, name, words, &asked.speech.life)),
    }
}

fn word_of<'v>(
    facts: &Facts,
    vocabulary: &'v Vocabulary,
    words: &FieldWords,
    milestone: Milestone,
) -> Option<&'v str> {
    facts.word_at(vocabulary.collections.get(words.of.as_deref()?)?, milestone)
}

fn of_menu(item: &MenuItem, words: &FieldWords, english: bool) -> Value {
    let language = if english { Language::En } else { Language::Ko };
    match words.is {
        FieldMeaning::Item => text(Some(&item.key), words.kind),
        FieldMeaning::ItemName => json!(language.of(&item.name)),
        FieldMeaning::Price => amount(item.price),
        FieldMeaning::SoldOut => json!(!item.can_be_had()),
        _ => Value::Null,
    }
}

/// A text as the field is written; a text that is no number stays one.
fn text(text: Option<&str>, kind: FieldType) -> Value {
    match (text, kind) {
        (None, _) => Value::Null,
        (Some(text), FieldType::Text) => json!(text),
        (Some(text), FieldType::Number) => {
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        }
    }
}

/// An amount as a number of the currency's main unit.
pub(crate) fn amount(money: Money) -> Value {
    let exponent = money.currency.exponent();
    if exponent == 0 {
        return json!(money.amount);
    }
    let said = money.to_string();
    let digits = said.split(' ').next().unwrap_or_default();
    digits.parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

fn time(at: Option<Timestamp>, words: &FieldWords, life: &ShopLife) -> Value {
    let Some(at) = at else { return Value::Null };
    let moment = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    let here = || jiff::tz::TimeZone::get(&life.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    match words.format {
        DateFormat::Iso => json!(moment.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string()),
        DateFormat::Spaced => json!(moment.to_zoned(here()).strftime("%Y-%m-%d %H:%M:%S").to_string()),
        DateFormat::Compact => json!(moment.to_zoned(here()).strftime("%Y%m%d%H%M%S").to_string()),
        DateFormat::Millis => json!(at.millis()),
    }
}
