use std::ops::Range;

/// The text of a shop file and its name, for pointing into it.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

/// A place in a text, as people count: from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub line: usize,
    pub column: usize,
    /// The whole line.
    pub line_text: String,
    /// How many characters of the line are meant; at least 1.
    pub length: usize,
}

impl Source<'_> {
    /// Where a span of bytes is; of several lines, its first.
    pub(crate) fn position(&self, span: &Range<usize>) -> Position {
        let start = self.floor(span.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        let end = self.floor(span.end).clamp(start, line_end);
        Position {
            line: self.text[..line_start].matches('\n').count() + 1,
            column: self.text[line_start..start].chars().count() + 1,
            line_text: self.text[line_start..line_end].trim_end_matches('\r').to_owned(),
            length: self.text[start..end].chars().count().max(1),
        }
    }

    fn floor(&self, index: usize) -> usize {
        let index = index.min(self.text.len());
        (0..=index).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, span: Range<usize>) -> (usize, usize, usize) {
        let position = Source { file: "", text }.position(&span);
        (position.line, position.column, position.length)
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        assert_eq!(position("a = 1\nbc = 2\n", 6..8), (2, 1, 2));
        assert_eq!(position("a = 1\nbc = 2\n", 11..12), (2, 6, 1));
    }

    #[test]
    fn columns_count_characters_and_not_bytes() {
        assert_eq!(position("가 = 1", 6..7), (1, 5, 1));
    }

    #[test]
    fn a_span_of_several_lines_points_at_its_first() {
        assert_eq!(position("ab = [\n1]\n", 5..9), (1, 6, 1));
    }

    #[test]
    fn places_beyond_the_text_are_its_end() {
        assert_eq!(position("a", 7..9), (1, 2, 1));
        assert_eq!(position("", 0..0), (1, 1, 1));
    }
}
