//! Mistakes in a config file, told with the place and the way out.

use serde::de::DeserializeOwned;
use std::fmt;

/// A config file that cannot be used: exit status 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, as the user knows it.
    pub file: String,
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message)?,
            None => write!(f, "{}: {}", self.file, self.message)?,
        }
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl ConfigError {
    /// A mistake in a file; add a line or a hint with the fields.
    pub fn new(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            message: message.into(),
            hint: None,
        }
    }

    /// The same mistake with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same mistake at the line of the first place where `needle` stands in the file's text.
    #[must_use]
    pub fn at(mut self, text: &str, needle: &str) -> Self {
        self.line = text.find(needle).map(|byte| line_of(text, byte));
        self
    }

    /// The same mistake at the line of the last such place.
    #[must_use]
    pub fn at_last(mut self, text: &str, needle: &str) -> Self {
        self.line = text.rfind(needle).map(|byte| line_of(text, byte));
        self
    }
}

fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|b| *b == b'\n').count()
}

/// Reads a TOML file's text into a type.
///
/// # Errors
/// A syntax error, an unknown key or a wrong type, with the line; for an unknown key the nearest
/// known one is the hint.
pub fn parse_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| ConfigError {
        file: file.to_owned(),
        line: error.span().map(|span| line_of(text, span.start)),
        message: error.message().trim().replace('\n', " "),
        hint: nearest_key(error.message()),
    })
}

/// Serde says: unknown field `naem`, expected one of `name`, `kind`.
fn nearest_key(message: &str) -> Option<String> {
    let (unknown, expected) = message.strip_prefix("unknown field `")?.split_once('`')?;
    let known = expected.split('`').skip(1).step_by(2);
    let (distance, best) = known.map(|k| (edit_distance(unknown, k), k)).min()?;
    (distance <= 1 + unknown.len() / 3).then(|| format!("did you mean `{best}`?"))
}

/// Levenshtein distance in scalar values (Wagner and Fischer 1974), one row at a time.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.chars()) {
            let next = (diagonal + usize::from(x != y))
                .min(left + 1)
                .min(*cell + 1);
            diagonal = *cell;
            *cell = next;
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    #[test]
    fn a_typo_is_named_with_line_and_nearest_key() {
        let text = "id = \"a\"\nname = \"A\"\nkind = \"feed\"\nulr = \"https://a.example\"\n";
        let error = parse_toml::<Source>("sources.toml", text).unwrap_err();
        assert_eq!(error.line, Some(4));
        assert_eq!(error.hint.as_deref(), Some("did you mean `url`?"));
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(edit_distance("ulr", "url"), 2);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }
}
