//! How a judgement came about, in a form that can be printed.
//!
//! In: sums and places. Out: for each tag its terms with weight, strength, points and the words.
//! Never: judges anew.

use serde::Serialize;
use tocsin_core::{Evidence, Score};

/// Everything that a story was judged by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The language that the phrases were chosen by.
    pub language: Option<String>,
    /// The words that make it a story about AI; none: no tag, not relevant.
    pub gate: Vec<Evidence>,
    /// How relevance came about; the scores of tags take part in it.
    pub relevance: Account,
    /// The tags that any concept spoke for or against, the likeliest first.
    pub tags: Vec<Account>,
}

/// How one score came about: `score = 1 / (1 + e^-(bias + slope × raw))`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// The tag, or `relevance`.
    pub name: String,
    /// The calibrated probability.
    pub score: Score,
    /// Log-odds of a story without any of the concepts.
    pub bias: f64,
    /// How much the sum is stretched.
    pub slope: f64,
    /// The sum of the points, less the floor of the later passage where one counts.
    pub raw: f64,
    /// From here on the tag is given.
    pub yes: Score,
    /// From here on it is put to a person; `None` for relevance.
    pub review: Option<Score>,
    /// Each concept or tag that took part, the weightiest first.
    pub terms: Vec<Reason>,
}

/// What one concept (or, for relevance, one tag) added.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// The concept, or `tag` and its name.
    pub concept: String,
    /// `head` for title and lead, `passage` for the later passage that says most.
    pub place: &'static str,
    /// Its weight for the tag.
    pub weight: f64,
    /// How strongly the story speaks of it there.
    pub strength: f64,
    /// What it added.
    pub points: f64,
    /// The words.
    pub evidence: Vec<Evidence>,
}
