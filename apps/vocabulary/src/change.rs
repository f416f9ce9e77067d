use std::borrow::Cow;

use axum::response::Response;
use catalog_contract::{CommandForm, CommandWords, Doer, FieldMeaning, Milestone, Wish};
use edge::problem::{FieldError, Problem, ProblemKind};
use http::{HeaderValue, StatusCode};
use json_patch::{Patch, PatchErrorKind, PatchOperation};
use serde_json::{Map, Value, json};

use crate::answers::{document, item, nothing};
use crate::canonical::As;
use crate::create::staff;
use crate::facts::Facts;
use crate::patience::order_number;
use crate::problems::in_words;
use crate::said::{Said, as_kind, as_money, as_text, expected};
use crate::shown::{Row, amount};
use crate::speech::{Asked, Change};

/// Most operations of one PATCH.
const OPERATIONS_MAX: usize = 100;

/// What became of a wish.
enum Outcome {
    /// It is so, and the row shows it.
    Done(Facts),
    /// It is wished, and not decided or not shown yet.
    Wished(Facts),
}

/// Changes a row: what is said otherwise than it is must be a word that a command moves.
pub(crate) async fn change(asked: &Asked<'_>, id: &str, said: &Change) -> Result<Response, Problem> {
    let facts = standing(asked, id).await?;
    let fields = match said {
        Change::Fields(fields) => Cow::Borrowed(fields),
        Change::Operations(operations) => Cow::Owned(said_by(asked, &facts, operations)?),
    };
    let outcome = match wished(asked, &facts, &fields)? {
        Some(command) => carry_out(asked, facts, command).await?,
        None => Outcome::Done(facts),
    };
    Ok(shown(asked, outcome))
}

/// The fields that operations leave otherwise than they are; what they do to the rest has no effect.
fn said_by(asked: &Asked<'_>, facts: &Facts, operations: &Patch) -> Result<Map<String, Value>, Problem> {
    check(operations)?;
    let present = Row::Order(Box::new(facts.clone())).fields(asked);
    let mut row = Value::Object(present.clone());
    json_patch::patch(&mut row, operations).map_err(|refused| match refused.kind {
        PatchErrorKind::TestFailed => Problem::of(ProblemKind::CommandForbiddenByState)
            .detail(format!("the row is not as operation {} says", refused.operation)),
        _ => Problem::of(ProblemKind::InvalidField)
            .field(format!("[{}].path", refused.operation), "a field that is there"),
    })?;
    let mut fields = row.as_object_mut().map(std::mem::take).unwrap_or_default();
    let gone = present.iter().filter(|(name, value)| !value.is_null() && !fields.contains_key(*name));
    let gone: Vec<_> = gone.map(|(name, value)| fixed_field(name, value)).collect();
    if !gone.is_empty() {
        return Err(not_modifiable(gone));
    }
    fields.retain(|name, value| present.get(name) != Some(value));
    Ok(fields)
}

/// Each operation is about one field, and they are few: copies of the whole into itself would double it with
/// every operation.
fn check(operations: &Patch) -> Result<(), Problem> {
    let invalid = || Problem::of(ProblemKind::InvalidField);
    if operations.len() > OPERATIONS_MAX {
        return Err(invalid().detail(format!("expected up to {OPERATIONS_MAX} operations")));
    }
    for (at, operation) in operations.iter().enumerate() {
        let from = match operation {
            PatchOperation::Move(moved) => Some(moved.from.as_str()),
            PatchOperation::Copy(copied) => Some(copied.from.as_str()),
            _ => None,
        };
        let places = [("path", Some(operation.path().as_str())), ("from", from)];
        let is_field = |place: &str| place.strip_prefix('/').is_some_and(|field| !field.contains('/'));
        if let Some((member, _)) =
            places.into_iter().find(|(_, place)| place.is_some_and(|place| !is_field(place)))
        {
            return Err(invalid().field(format!("[{at}].{member}"), "a field of the row"));
        }
    }
    Ok(())
}

/// A command that is put to a name below the row.
pub(crate) async fn command(asked: &Asked<'_>, id: &str, name: &str) -> Result<Response, Problem> {
    let facts = standing(asked, id).await?;
    let command = named(asked, &CommandForm::Put(name.to_owned()))?;
    let outcome = carry_out(asked, facts, command).await?;
    Ok(shown(asked, outcome))
}

/// DELETE of a row: the row stays, and shows what it came to.
pub(crate) async fn delete(asked: &Asked<'_>, id: &str) -> Result<Response, Problem> {
    let facts = standing(asked, id).await?;
    let command = named(asked, &CommandForm::Delete(true))?;
    match carry_out(asked, facts, command).await? {
        Outcome::Done(_) => Ok(nothing()),
        wished @ Outcome::Wished(_) => Ok(shown(asked, wished)),
    }
}

fn named<'a>(asked: &Asked<'a>, said: &CommandForm) -> Result<&'a CommandWords, Problem> {
    let known = asked.collection.commands.iter().find(|command| command.said == *said);
    known.ok_or_else(|| Problem::of(ProblemKind::NotFound))
}

async fn standing(asked: &Asked<'_>, id: &str) -> Result<Facts, Problem> {
    let found = match order_number(id) {
        Some(number) => asked.facts(&number.to_string()).await?,
        None => None,
    };
    found.filter(|facts| facts.stands_in(asked.collection)).ok_or_else(|| no_such_row(asked))
}

pub(crate) fn no_such_row(asked: &Asked<'_>) -> Problem {
    Problem::of(ProblemKind::NotFound).detail(format!("there is no such {}", asked.collection.singular))
}

fn shown(asked: &Asked<'_>, outcome: Outcome) -> Response {
    let (status, facts) = match outcome {
        Outcome::Done(facts) => (StatusCode::OK, facts),
        Outcome::Wished(facts) => (StatusCode::ACCEPTED, facts),
    };
    document(asked.speech, status, &item(asked, &Row::Order(Box::new(facts))))
}

/// The command that these fields say; nothing, where all is as they say.
fn wished<'a>(
    asked: &Asked<'a>,
    facts: &Facts,
    fields: &Map<String, Value>,
) -> Result<Option<&'a CommandWords>, Problem> {
    let mut said = Said::new(fields, asked.collection);
    let (mut command, mut fixed) = (None, Vec::new());
    let row = Row::Order(Box::new(facts.clone()));
    for (name, words, value) in said.known() {
        let present = row.field(asked, name, words);
        match words.is {
            FieldMeaning::Word => match as_text(value) {
                Some(word) if json!(word) == present => {}
                Some(word) => match word_command(asked, &word) {
                    Some(found) => command = Some(found),
                    None if is_word(asked, &word) => fixed.push(fixed_field(name, &present)),
                    None => said.refuse(name, &words_of(asked), Some(value)),
                },
                None => said.refuse(name, "a text", Some(value)),
            },
            FieldMeaning::UnitPrice | FieldMeaning::Total => {
                match as_money(value, asked.speech.life.currency) {
                    Some(money) if amount(money) == present => {}
                    Some(_) => fixed.push(fixed_field(name, &present)),
                    None => said.refuse(name, "an amount", Some(value)),
                }
            }
            FieldMeaning::Changes => {
                if *value != present {
                    fixed.push(fixed_field(name, &present));
                }
            }
            _ => match as_kind(value, words.kind) {
                Some(text) if as_text(&present).as_ref() == Some(&text) => {}
                Some(_) => fixed.push(fixed_field(name, &present)),
                None => said.refuse(name, expected(words.kind), Some(value)),
            },
        }
    }
    if !said.wrong.is_empty() {
        return Err(said.wrong.into_iter().fold(Problem::of(ProblemKind::InvalidField), Problem::error));
    }
    if !fixed.is_empty() {
        return Err(not_modifiable(fixed));
    }
    Ok(command)
}

fn not_modifiable(fixed: Vec<FieldError>) -> Problem {
    let names: Vec<_> = fixed.iter().map(|error| error.field.as_str()).collect();
    let detail = format!("no command changes {}", names.join(", "));
    fixed.into_iter().fold(Problem::of(ProblemKind::NotModifiable).detail(detail), Problem::error)
}

fn fixed_field(name: &str, present: &Value) -> FieldError {
    let present = as_text(present).unwrap_or_else(|| "nothing".to_owned());
    FieldError::new(name, format!("as it is ({present})"))
}

fn word_command<'a>(asked: &Asked<'a>, word: &str) -> Option<&'a CommandWords> {
    asked
        .collection
        .commands
        .iter()
        .find(|command| matches!(&command.said, CommandForm::Word(said) if said == word))
}

/// Whether any row of the shop ever shows this word.
fn is_word(asked: &Asked<'_>, word: &str) -> bool {
    asked
        .words
        .collections
        .values()
        .flat_map(|collection| collection.shows.values())
        .any(|shown| shown == word)
}

fn words_of(asked: &Asked<'_>) -> String {
    let words: Vec<&str> = asked.collection.shows.values().map(String::as_str).collect();
    format!("one of {}", words.join(", "))
}

/// Brings a wish to whoever decides it, and waits until the row shows it.
async fn carry_out(asked: &Asked<'_>, facts: Facts, command: &CommandWords) -> Result<Outcome, Problem> {
    let target = command.does.milestone();
    let id = facts.number.to_string();
    if facts.has(target) {
        return already(asked, facts, target);
    }
    let (path, body) = canonical(command.does, &id);
    let who = As {
        who: asked.speech.who.clone().or(|| doer(asked, &facts, command.by)),
        key: asked.speech.key.clone(),
    };
    let reply = asked.speech.canonical.post(&asked.path(&path), who.clone(), body.as_ref()).await?;
    match reply.status {
        StatusCode::SERVICE_UNAVAILABLE if is_away(&reply.problem()) => {
            return leave(asked, facts, command.does, who).await;
        }
        StatusCode::ACCEPTED if command.does == Wish::Cancel => return Ok(Outcome::Wished(facts)),
        // The row is there, what is behind it is not: there is nothing yet, or nothing any more, to move.
        StatusCode::NOT_FOUND => return Err(Problem::of(ProblemKind::CommandForbiddenByState)),
        status if !status.is_success() => return Err(in_words(&reply.problem(), asked)),
        _ => {}
    }
    let (told, is_shown) = asked.facts_when(facts.order, |facts| facts.has(target)).await?;
    let facts = told.unwrap_or(facts);
    Ok(if is_shown { Outcome::Done(facts) } else { Outcome::Wished(facts) })
}

/// Whoever decides is stopped, or not to be reached: the wish is left with the order, and stands.
async fn leave(asked: &Asked<'_>, facts: Facts, wish: Wish, who: As) -> Result<Outcome, Problem> {
    let Some(step) = step_of(wish) else { return Err(Problem::of(ProblemKind::NeighbourUnavailable)) };
    let path = asked.path(&format!("/orders/{}/step-wishes", facts.number));
    let kept = asked.speech.canonical.post(&path, who, Some(&json!({ "step": step }))).await?;
    if kept.status.is_success() { Ok(Outcome::Wished(facts)) } else { Err(in_words(&kept.problem(), asked)) }
}

/// Nobody was asked, or nobody answered; what is full or out of order says so itself.
fn is_away(problem: &Problem) -> bool {
    matches!(
        problem.kind(),
        ProblemKind::NotHeldHere | ProblemKind::NeighbourUnavailable | ProblemKind::ShuttingDown
    )
}

/// A cancel is ordering's own: without ordering nobody keeps it.
const fn step_of(wish: Wish) -> Option<&'static str> {
    match wish {
        Wish::Cancel => None,
        Wish::ApprovePayment => Some("approve-payment"),
        Wish::Accept => Some("accept"),
        Wish::Start => Some("start"),
        Wish::Finish => Some("complete"),
        Wish::HandOver => Some("hand-over"),
        Wish::StartDelivery => Some("start-delivery"),
        Wish::CompleteDelivery => Some("complete-delivery"),
    }
}

/// What is already so is so; what the order went on from is not wished again.
fn already(asked: &Asked<'_>, facts: Facts, target: Milestone) -> Result<Outcome, Problem> {
    let latest = facts.changes(asked.collection).last().map(|change| change.milestone);
    if target == Milestone::Cancelled || latest.is_none_or(|latest| latest <= target) {
        return Ok(Outcome::Done(facts));
    }
    let word = facts.changes(asked.collection).last().map(|change| change.word.to_owned());
    Err(Problem::of(ProblemKind::CommandForbiddenByState).detail(format!(
        "the {} is at {} already",
        asked.collection.singular,
        word.unwrap_or_default()
    )))
}

/// A wish as the canonical API takes it.
fn canonical(wish: Wish, id: &str) -> (String, Option<Value>) {
    match wish {
        Wish::Cancel => (format!("/orders/{id}/cancel"), Some(json!({}))),
        Wish::ApprovePayment => (format!("/orders/{id}/payment/approve"), Some(json!({}))),
        Wish::Accept => (format!("/tickets/{id}/accept"), None),
        Wish::Start => (format!("/tickets/{id}/start"), None),
        Wish::Finish => (format!("/tickets/{id}/complete"), None),
        Wish::HandOver => (format!("/tickets/{id}/hand-over"), None),
        Wish::StartDelivery => (format!("/deliveries/{id}/start"), None),
        Wish::CompleteDelivery => (format!("/deliveries/{id}/complete"), None),
    }
}

/// Who says a command, where the client does not say who acts.
fn doer(asked: &Asked<'_>, facts: &Facts, by: Doer) -> Option<HeaderValue> {
    match by {
        Doer::Customer => {
            let customer = facts.customer.as_ref()?;
            HeaderValue::from_str(&format!("customer:{customer}")).ok()
        }
        Doer::Staff => staff(asked),
        Doer::Courier => HeaderValue::from_str(&format!("courier:{}", asked.speech.life.key)).ok(),
    }
}
