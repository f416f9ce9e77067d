use catalog_contract::{FieldMeaning, RowKind};
use edge::problem::{FieldError, Problem, ProblemDocument, ProblemKind};

use crate::speech::Asked;

/// A problem of the canonical API, in the shop's words.
pub(crate) fn in_words(problem: &Problem, asked: &Asked<'_>) -> Problem {
    let kind = match problem.kind() {
        // What is not on the menu is a wrong field here.
        ProblemKind::UnknownItem => ProblemKind::InvalidField,
        kind => kind,
    };
    let ProblemDocument { detail, errors, retry_after_seconds, extra, .. } = problem.document();
    let mut told = Problem::of(kind);
    if let Some(detail) = detail {
        let fields = errors.iter().map(|error| error.field.as_str());
        told = told.detail(
            fields.fold(detail.clone(), |detail, field| detail.replacen(field, &word(field, asked), 1)),
        );
    }
    for error in errors {
        told = told.error(field_in_words(error, asked));
    }
    if let Some(seconds) = retry_after_seconds {
        told = told.retry_after_seconds(*seconds);
    }
    for member in ["price", "expected_price", "state", "until"] {
        if let Some(value) = extra.get(member) {
            told = told.with(member, value.clone());
        }
    }
    told
}

fn field_in_words(error: &FieldError, asked: &Asked<'_>) -> FieldError {
    let field = word(&error.field, asked);
    FieldError { message: error.message.replacen(&error.field, &field, 1), field, ..error.clone() }
}

/// What the shop calls a field of the canonical API.
fn word(field: &str, asked: &Asked<'_>) -> String {
    let own = field.rsplit_once("].").map_or(field, |(_, own)| own);
    if let Some(label) = own.strip_prefix("labels.") {
        return label.to_owned();
    }
    let meaning = match (asked.collection.rows, own) {
        (RowKind::Stock, "item") => FieldMeaning::StockItem,
        (RowKind::Stock, "quantity") => FieldMeaning::Available,
        (_, "item") => FieldMeaning::Item,
        (_, "quantity") => FieldMeaning::Quantity,
        (_, "unit_price") => FieldMeaning::UnitPrice,
        (_, "total") => FieldMeaning::Total,
        (_, "customer") => FieldMeaning::Customer,
        (_, "name") => FieldMeaning::Name,
        (_, "phone") => FieldMeaning::Phone,
        (_, "address") => FieldMeaning::Address,
        (_, "note") => FieldMeaning::Note,
        _ => return field.to_owned(),
    };
    asked.collection.field_of(meaning).unwrap_or(field).to_owned()
}
