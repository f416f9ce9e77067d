//! Tables as comma-separated values (RFC 4180), in UTF-8, streamed line by line.
//!
//! Text that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, a tab or a return in front)
//! gets an apostrophe before it; numbers are written as they are.

use axum::body::Body;
use axum::response::Response;
use futures::Stream;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");

/// Lines of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CsvLines(String);

/// A line that is being written.
#[derive(Debug)]
pub struct CsvLine<'a> {
    lines: &'a mut String,
    is_first: bool,
}

impl CsvLines {
    /// A table that begins with the names of its columns.
    #[must_use]
    pub fn headed(names: &[&str]) -> Self {
        let mut lines = Self::default();
        let line = lines.line();
        names.iter().fold(line, |line, name| line.text(name)).end();
        lines
    }

    /// Begins a line.
    pub fn line(&mut self) -> CsvLine<'_> {
        CsvLine { lines: &mut self.0, is_first: true }
    }

    /// What is written so far.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl CsvLine<'_> {
    /// A field of text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        if text.contains([',', '"', '\r', '\n']) || text.trim() != text {
            let text = text.replace('"', "\"\"");
            self.field(&format!("\"{guarded}{text}\""))
        } else {
            self.field(&format!("{guarded}{text}"))
        }
    }

    /// A field with a number.
    #[must_use]
    pub fn number(self, number: impl Into<i128>) -> Self {
        let number: i128 = number.into();
        self.field(&number.to_string())
    }

    /// An empty field where there is nothing.
    #[must_use]
    pub fn maybe<T>(self, value: Option<T>, write: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => write(self, value),
            None => self.field(""),
        }
    }

    /// Ends the line.
    pub fn end(self) {
        self.lines.push_str("\r\n");
    }

    fn field(mut self, written: &str) -> Self {
        if !std::mem::replace(&mut self.is_first, false) {
            self.lines.push(',');
        }
        self.lines.push_str(written);
        self
    }
}

/// Answers a table under a file's name (letters, digits, `-`, `.` and `_`), as its lines come.
#[must_use]
pub fn csv_file<E>(name: &str, lines: impl Stream<Item = Result<CsvLines, E>> + Send + 'static) -> Response
where
    E: std::error::Error + Send + Sync + 'static,
{
    use futures::TryStreamExt as _;
    let mut response = Response::new(Body::from_stream(lines.map_ok(CsvLines::into_text)));
    response.headers_mut().insert(CONTENT_TYPE, CSV);
    if let Ok(place) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, place);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be_and_lines_end_with_return_and_newline() {
        let mut lines = CsvLines::headed(&["name", "amount"]);
        lines.line().text("a, \"b\"\nc").number(-5_i64).end();
        lines.line().text(" 카페 ").maybe(None::<i64>, CsvLine::number).end();
        assert_eq!(lines.into_text(), "name,amount\r\n\"a, \"\"b\"\"\nc\",-5\r\n\" 카페 \",\r\n");
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_disarmed() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let mut lines = CsvLines::default();
            lines.line().text(text).end();
            let written = lines.into_text();
            assert!(written.starts_with('\'') || written.starts_with("\"'"), "{written:?}");
        }
    }
}
