//! Reading one header whose form is ours.

use http::HeaderMap;

use crate::problem::{FieldError, Problem, ProblemKind};

/// The text of a header that may come at most once.
///
/// # Errors
/// [`ProblemKind::MalformedHeader`] naming the header, when it comes twice or is not ASCII.
pub fn single<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
    expected: &'static str,
) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Problem::of(ProblemKind::MalformedHeader).error(FieldError::new(name, "given once")));
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(malformed(name, expected)),
    }
}

/// The refusal of a header whose text has the wrong form; the text is not repeated.
#[must_use]
pub fn malformed(name: &'static str, expected: &'static str) -> Problem {
    Problem::of(ProblemKind::MalformedHeader).field(name, expected)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_header_given_twice_is_refused() {
        let mut headers = HeaderMap::new();
        headers.append("jumun-actor", HeaderValue::from_static("staff:kim"));
        headers.append("jumun-actor", HeaderValue::from_static("staff:lee"));

        let problem = single(&headers, "Jumun-Actor", "an actor").unwrap_err();

        assert_eq!(problem.kind(), ProblemKind::MalformedHeader);
        assert_eq!(problem.document().errors[0].field, "Jumun-Actor");
    }
}
