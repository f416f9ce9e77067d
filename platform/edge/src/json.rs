//! Reading JSON strictly: one parse when all is well, an answer naming the field when not.

use std::ops::ControlFlow;

use serde::de::DeserializeOwned;

use crate::expectation::Complaint;
use crate::problem::{Problem, ProblemKind};

/// How deep a body may nest.
pub const DEPTH_MAX: usize = 32;

/// Reads exactly one JSON value.
///
/// Unknown fields are refused by types that say `#[serde(deny_unknown_fields)]`.
///
/// # Errors
/// A problem that names the field and what was expected there.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    check_depth(bytes, DEPTH_MAX)?;
    // The plain parse is the fast one; only a body that is refused anyway is read a second time
    // to learn the path of the field.
    serde_json::from_slice(bytes).map_err(|error| explain::<T>(bytes, &error))
}

fn explain<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Problem {
    if let Err(utf8) = std::str::from_utf8(bytes) {
        return unreadable(format!("the body is not UTF-8 from byte {}", utf8.valid_up_to()));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return unreadable("the body is empty, a JSON value was expected");
    }
    if !error.is_data() {
        return unreadable(error.to_string());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(error) => Complaint::parse(&error.inner().to_string()).into_problem(&error.path().to_string()),
        Ok(_) => Complaint::parse(&error.to_string()).into_problem("."),
    }
}

fn unreadable(detail: impl Into<String>) -> Problem {
    Problem::of(ProblemKind::UnreadableJson).detail(detail)
}

/// Refuses bytes that nest deeper than `depth_max`, before anything recurses over them.
///
/// # Errors
/// [`ProblemKind::UnreadableJson`] naming the limit.
pub fn check_depth(bytes: &[u8], depth_max: usize) -> Result<(), Problem> {
    match depth_scan(bytes, depth_max) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(at) => {
            Err(unreadable(format!("the body nests deeper than {depth_max} levels at byte {at}")))
        }
    }
}

/// One pass over the bytes; brackets inside strings do not count.
fn depth_scan(bytes: &[u8], depth_max: usize) -> ControlFlow<usize> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > depth_max {
                    return ControlFlow::Break(at);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        lines: Vec<Line>,
        #[serde(default)]
        way: Way,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        item: String,
        quantity: u32,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        #[default]
        ToGo,
        ForHere,
    }

    fn refused(body: &[u8]) -> (ProblemKind, String, String) {
        let problem = read_json::<Order>(body).unwrap_err();
        let error = problem.document().errors.first().cloned();
        let (field, expected) = error.map_or_else(
            || (String::new(), problem.document().detail.clone().unwrap()),
            |error| (error.field, error.expected),
        );
        (problem.kind(), field, expected)
    }

    #[test]
    fn a_good_body_is_read() {
        let order: Order =
            read_json(br#"{"lines":[{"item":"americano","quantity":2}],"way":"for_here"}"#).unwrap();

        assert_eq!(order.lines[0].quantity, 2);
        assert_eq!(order.way, Way::ForHere);
    }

    #[test]
    fn a_wrong_type_names_the_path_and_the_expectation() {
        let got = refused(br#"{"lines":[{"item":"a","quantity":"two"}]}"#);

        assert_eq!(got.0, ProblemKind::InvalidField);
        assert_eq!(got.1, "lines[0].quantity");
        assert_eq!(got.2, "a whole number from 0 to 4294967295");
    }

    #[test]
    fn a_negative_and_an_overflowing_number_name_the_path() {
        for number in ["-1", "4294967296", "99999999999999999999", "1.5"] {
            let body = format!(r#"{{"lines":[{{"item":"a","quantity":{number}}}]}}"#);

            assert_eq!(refused(body.as_bytes()).1, "lines[0].quantity", "{number}");
        }
    }

    #[test]
    fn a_number_beyond_all_numbers_is_refused() {
        let got = refused(br#"{"lines":[{"item":"a","quantity":1e400}]}"#);

        assert_eq!(got.0.row().status, 400);
    }

    #[test]
    fn a_missing_field_names_the_field_itself() {
        let got = refused(br#"{"lines":[{"item":"a"}]}"#);

        assert_eq!((got.0, got.1.as_str()), (ProblemKind::InvalidField, "lines[0].quantity"));
        assert_eq!(refused(b"{}").1, "lines");
    }

    #[test]
    fn a_missing_field_named_like_its_parent_has_both_names_in_its_path() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its reading is tested")]
        struct Outer {
            customer: Inner,
        }
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its reading is tested")]
        struct Inner {
            customer: u8,
        }

        let problem = read_json::<Outer>(br#"{"customer":{}}"#).unwrap_err();

        assert_eq!(problem.document().errors[0].field, "customer.customer");
    }

    #[test]
    fn an_unknown_field_names_it_and_lists_the_known_ones() {
        let got = refused(br#"{"lines":[{"item":"a","quantity":1,"prise":3}]}"#);

        assert_eq!(got.0, ProblemKind::UnknownField);
        assert_eq!(got.1, "lines[0].prise");
        assert_eq!(got.2, "`item` or `quantity`");
    }

    #[test]
    fn an_unknown_word_names_the_path_and_the_known_words() {
        let got = refused(br#"{"lines":[],"way":"by_drone"}"#);

        assert_eq!(got.1, "way");
        assert_eq!(got.2, "`to_go` or `for_here`");
    }

    #[test]
    fn a_field_given_twice_is_refused() {
        let got = refused(br#"{"lines":[],"lines":[]}"#);

        assert_eq!(got.1, "lines");
        assert_eq!(got.2, "given once");
    }

    #[test]
    fn the_text_of_a_string_is_never_repeated() {
        let problem = read_json::<Order>(br#"{"lines":"4111111111111111, expected nothing"}"#).unwrap_err();

        let json = String::from_utf8(problem.to_json()).unwrap();
        assert!(!json.contains("4111"), "{json}");
        assert!(json.contains("an array"), "{json}");
    }

    #[test]
    fn unreadable_bytes_say_where_reading_stopped() {
        let cases: [(&[u8], &str); 6] = [
            (b"", "empty"),
            (b" \n", "empty"),
            (b"{\"lines\":[\xff]}", "not UTF-8 from byte 10"),
            (b"{\"lines\":[]} x", "trailing characters"),
            (b"{\"lines\":", "EOF"),
            (br#"{"lines":[{"item":"\ud800","quantity":1}]}"#, "line 1"),
        ];
        for (body, expected) in cases {
            let got = refused(body);

            assert_eq!(got.0, ProblemKind::UnreadableJson, "{got:?}");
            assert!(got.2.contains(expected), "{got:?}");
        }
    }

    #[test]
    fn depth_32_is_read_and_33_is_not() {
        let nest = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));

        assert!(read_json::<serde_json::Value>(nest(32).as_bytes()).is_ok());
        for depth in [33, 1_000, 30_000] {
            let problem = read_json::<serde_json::Value>(nest(depth).as_bytes()).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::UnreadableJson);
        }
    }

    #[test]
    fn brackets_inside_strings_are_not_depth() {
        let body = format!(r#"{{"text":"{}\"{}"}}"#, "[".repeat(40), "{".repeat(40));

        assert!(read_json::<serde_json::Value>(body.as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_a_4xx(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Err(problem) = read_json::<Order>(&bytes) {
                prop_assert!(problem.status().is_client_error());
                prop_assert!(problem.document().detail.is_some() || !problem.document().errors.is_empty());
            }
        }

        #[test]
        fn any_damage_to_a_good_body_gives_a_value_or_a_4xx(at in 0_usize..60, byte in any::<u8>()) {
            let mut body = br#"{"lines":[{"item":"americano","quantity":2}],"way":"to_go"}"#.to_vec();
            let at = at % body.len();
            body[at] = byte;
            if let Err(problem) = read_json::<Order>(&body) {
                prop_assert!(problem.status().is_client_error());
            }
        }
    }
}
