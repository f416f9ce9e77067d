use std::fmt;

/// Something that a rule forbids, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file or folder, from the root of the workspace.
    pub place: String,
    /// The line, where one is meant; counted from 1.
    pub line: Option<usize>,
    /// What is wrong, and what to do instead.
    pub what: String,
}

impl Finding {
    /// Something about a whole file or folder.
    #[must_use]
    pub fn of(place: &str, what: impl Into<String>) -> Self {
        Self { place: place.to_owned(), line: None, what: what.into() }
    }

    /// Something about a line.
    #[must_use]
    pub fn at(place: &str, line: usize, what: impl Into<String>) -> Self {
        Self { place: place.to_owned(), line: Some(line), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.place, self.what),
            None => write!(f, "{}: {}", self.place, self.what),
        }
    }
}
