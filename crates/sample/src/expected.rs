//! What a careful reader makes of each article.

use serde::Deserialize;
use tocsin_core::{ConfigError, parse_toml};

/// The right judgement of one article; for tests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The article.
    pub slug: String,
    /// Whether a policy analyst wants it.
    pub relevant: bool,
    /// Its main tags; a good classifier finds these and may find more. Empty if not relevant.
    pub tags: Vec<String>,
    /// A word that all articles about one happening share; `None` if not relevant.
    pub event: Option<String>,
    /// The earlier happening that this one develops with a new fact.
    pub follows: Option<String>,
    /// The slug of the article that this one copies with small edits.
    pub copy_of: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    article: Vec<Expectation>,
}

pub(crate) fn read(file: &str, text: &str) -> Result<Vec<Expectation>, ConfigError> {
    Ok(parse_toml::<File>(file, text)?.article)
}
