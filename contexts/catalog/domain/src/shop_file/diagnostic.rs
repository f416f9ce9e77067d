use std::fmt;

/// One mistake in a shop file: where it is, what was expected there, what may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are meant.
    pub length: usize,
    /// The path of the key, such as `menu[2].price`; empty for the text as a whole.
    pub path: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// What may have been meant, or what to do.
    pub hint: Option<String>,
    /// The line of the file.
    pub line_text: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: error: ", self.file, self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        writeln!(f, "{}", self.message)?;
        let gutter = " ".repeat(self.line.to_string().len());
        writeln!(f, " {gutter} |")?;
        writeln!(f, " {} | {}", self.line, self.line_text)?;
        writeln!(f, " {gutter} | {}{}", self.indent(), self.carets())?;
        if let Some(hint) = &self.hint {
            writeln!(f, " {gutter} = hint: {hint}")?;
        }
        Ok(())
    }
}

impl Diagnostic {
    fn indent(&self) -> String {
        let before = self.line_text.chars().take(self.column - 1);
        before.map(|letter| if letter == '\t' { "\t" } else { &"  "[..columns(letter)] }).collect()
    }

    fn carets(&self) -> String {
        let meant = self.line_text.chars().skip(self.column - 1).take(self.length);
        "^".repeat(meant.map(columns).sum::<usize>().max(1))
    }
}

/// How wide a terminal draws a letter: Hangul and its neighbours take two columns.
fn columns(letter: char) -> usize {
    if u32::from(letter) >= 0x1100 { 2 } else { 1 }
}

/// Every mistake of one shop file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Diagnostic>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.0 {
            writeln!(f, "{diagnostic}")?;
        }
        match self.0.as_slice() {
            [only] => write!(f, "1 mistake in {}", only.file),
            all => {
                let file = all.first().map_or("", |first| &first.file);
                write!(f, "{} mistakes in {file}", all.len())
            }
        }
    }
}

impl std::error::Error for Mistakes {}
