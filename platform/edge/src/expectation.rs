//! What a deserialiser complains about, said in words that help a client: the field, what was
//! expected, and what kind of value came (never the text of a string, which may be a secret).

use crate::problem::{FieldError, Problem, ProblemKind, echo};

/// A complaint of serde, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Complaint {
    MissingField(String),
    UnknownField { name: String, expected: String },
    DuplicateField(String),
    Unexpected { got: String, expected: String },
    Other(String),
}

impl Complaint {
    /// Takes apart what serde printed; a text of an unknown form is kept whole.
    pub(crate) fn parse(text: &str) -> Self {
        // serde_json adds the place, which the path says better.
        let text = text.rfind(" at line ").map_or(text, |end| &text[..end]);
        if let Some(name) = ticked(text, "missing field ") {
            return Self::MissingField(name.to_owned());
        }
        if let Some(name) = ticked(text, "duplicate field ") {
            return Self::DuplicateField(name.to_owned());
        }
        if let Some(name) = ticked(text, "unknown field ") {
            return Self::UnknownField { name: echo(name), expected: known_names(text) };
        }
        if let Some(name) = ticked(text, "unknown variant ") {
            return Self::Unexpected { got: echo(name), expected: known_names(text) };
        }
        for prefix in ["invalid type: ", "invalid value: ", "invalid length "] {
            let Some(rest) = text.strip_prefix(prefix) else {
                continue;
            };
            // The expectation is ours, the value before it is the client's: split at the last.
            let (got, expected) = rest.rsplit_once(", expected ").unwrap_or((rest, ""));
            return Self::Unexpected { got: kind_of_value(got), expected: plain_expectation(expected) };
        }
        Self::Other(if text.starts_with("data did not match any variant") {
            "one of the documented forms".to_owned()
        } else {
            text.to_owned()
        })
    }

    /// Takes apart what is said of a query parameter, where every value is text: "invalid digit
    /// found in string".
    pub(crate) fn of_parameter(text: &str) -> Self {
        match text {
            "invalid digit found in string" | "cannot parse integer from empty string" => {
                Self::Other("a whole number".to_owned())
            }
            "number too large to fit in target type" | "number too small to fit in target type" => {
                Self::Other("a whole number within its range".to_owned())
            }
            "provided string was not `true` or `false`" => Self::Other("true or false".to_owned()),
            other => Self::parse(other),
        }
    }

    /// The problem for the field at `path` (`.` or `?` where the path is not known).
    pub(crate) fn into_problem(self, path: &str) -> Problem {
        let path = if path == "." || path == "?" { "" } else { path };
        match self {
            Self::MissingField(name) => {
                let mut error = FieldError::new(below(path, &name), "given");
                error.message = format!("{} is missing", error.field);
                Problem::of(ProblemKind::InvalidField).error(error)
            }
            Self::DuplicateField(name) => {
                Problem::of(ProblemKind::InvalidField).field(child(path, &name), "given once")
            }
            Self::UnknownField { name, expected } => {
                let mut error = FieldError::new(child(path, &name), expected);
                error.message = format!("{} is not a known field", error.field);
                Problem::of(ProblemKind::UnknownField).error(error)
            }
            Self::Unexpected { got, expected } => {
                Problem::of(ProblemKind::InvalidField).error(FieldError::new(whole(path), expected).got(got))
            }
            Self::Other(text) => {
                let field = whole(path);
                Problem::of(ProblemKind::InvalidField).error(FieldError {
                    message: format!("{field}: {text}"),
                    field,
                    expected: text,
                    got: None,
                })
            }
        }
    }
}

/// The name between ticks after `prefix`.
fn ticked<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(prefix)?.strip_prefix('`')?;
    // The name may be the client's and hold ticks itself; what follows it is serde's.
    let end = rest
        .rfind("`, expected ")
        .or_else(|| rest.rfind("`, there are no "))
        .unwrap_or(rest.len().saturating_sub(1));
    rest.get(..end)
}

fn known_names(text: &str) -> String {
    match text.rsplit_once("`, expected ") {
        Some((_, names)) => names.to_owned(),
        None => "no field at all".to_owned(),
    }
}

fn kind_of_value(got: &str) -> String {
    let kind = match got.split([' ', '`']).next().unwrap_or_default() {
        "string" => "a string",
        "map" => "an object",
        "sequence" => "an array",
        "null" | "unit" | "Option" => "null",
        "character" => "a character",
        "bytes" | "byte" => "bytes",
        _ => "",
    };
    if !kind.is_empty() {
        return kind.to_owned();
    }
    // Numbers and booleans: "integer `-1`".
    match got.split('`').nth(1) {
        Some(value) => echo(value),
        None => echo(got),
    }
}

fn plain_expectation(expected: &str) -> String {
    let plain = match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number, not negative",
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i64" | "isize" => "a whole number",
        "a nonzero u8" => "a whole number from 1 to 255",
        "a nonzero u16" => "a whole number from 1 to 65535",
        "a nonzero u32" => "a whole number from 1 to 4294967295",
        "a nonzero u64" => "a whole number, at least 1",
        "f32" | "f64" => "a number",
        "a sequence" => "an array",
        "a map" => "an object",
        "unit" => "null",
        "" => "another value",
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("variant identifier") || other.contains("enum ") => {
            "one of the documented words"
        }
        other => other,
    };
    plain.to_owned()
}

/// `path` with one more name.
fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Like [`below`], for the complaints that are raised while the name itself is read: then the
/// path ends with it already.
fn child(path: &str, name: &str) -> String {
    if path.rsplit('.').next() == Some(name) { path.to_owned() } else { below(path, name) }
}

fn whole(path: &str) -> String {
    if path.is_empty() { "body" } else { path }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_about_a_type_hides_the_text_and_keeps_the_number() {
        assert_eq!(
            Complaint::parse("invalid type: string \"a, expected b\", expected u8 at line 1 column 9"),
            Complaint::Unexpected {
                got: "a string".to_owned(),
                expected: "a whole number from 0 to 255".to_owned(),
            }
        );
        assert_eq!(
            Complaint::parse("invalid value: integer `-1`, expected u8"),
            Complaint::Unexpected {
                got: "-1".to_owned(),
                expected: "a whole number from 0 to 255".to_owned(),
            }
        );
    }

    #[test]
    fn a_name_with_ticks_in_it_is_taken_whole() {
        assert_eq!(
            Complaint::parse("unknown field `a`, expected `b`, expected `item` or `price`"),
            Complaint::UnknownField {
                name: "a`, expected `b".to_owned(),
                expected: "`item` or `price`".to_owned(),
            }
        );
    }

    #[test]
    fn a_type_of_our_own_speaks_for_itself() {
        let problem = Complaint::parse("a phone number, digits and hyphens").into_problem("phone");

        assert_eq!(problem.document().errors[0].message, "phone: a phone number, digits and hyphens");
    }

    #[test]
    fn a_complaint_about_the_whole_body_names_the_body() {
        let problem = Complaint::parse("invalid type: null, expected struct Order").into_problem(".");

        assert_eq!(problem.document().errors[0].message, "body must be an object, got null");
    }
}
