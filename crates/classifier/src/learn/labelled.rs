//! A story with the answers that a model learns from.

use serde::Deserialize;

/// Who answered, which decides how much the answer counts and what it is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hand {
    /// A real story, read and labelled.
    #[default]
    Read,
    /// A story written for training, labelled as it was written.
    Written,
    /// A real story, an analyst's verdict.
    Analyst,
    /// A real story that nobody labelled. Where it never speaks of AI but has words that stories on AI
    /// have, it counts a little as a story without any tag; else it is not used.
    Nobody,
}

/// A labelled story: one line of a training file.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Labelled {
    /// Its id.
    #[serde(default)]
    pub id: String,
    /// The headline.
    #[serde(default)]
    pub title: String,
    /// The text, plain; may be empty.
    #[serde(default)]
    pub text: String,
    /// ISO 639-1, where it is known.
    #[serde(default)]
    pub lang: Option<String>,
    /// Where it was read.
    #[serde(default)]
    pub url: Option<String>,
    /// What it is about: stories of one event are held out together.
    #[serde(default)]
    pub event: Option<String>,
    /// Whether a policy analyst wants it; `None` where readers could disagree.
    #[serde(default)]
    pub relevant: Option<bool>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Tags that readers could disagree on, or that nobody decided.
    #[serde(default)]
    pub unsure: Vec<String>,
    /// Who answered.
    #[serde(skip)]
    pub hand: Hand,
}

impl Labelled {
    /// Whether it has a tag, or is relevant; `None` where that is open.
    pub fn answer(&self, output: &str) -> Option<bool> {
        if output == crate::model::RELEVANCE {
            return self.relevant;
        }
        let open = self.unsure.iter().any(|t| t == output);
        (!open).then(|| self.tags.iter().any(|t| t == output))
    }
}
