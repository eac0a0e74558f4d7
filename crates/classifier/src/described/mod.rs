//! Tags that an analyst described in a sentence.
//!
//! In: a description, stories as [`Meaning`]s, verdicts. Out: the stories by closeness to the
//! description ([`Ranking`]); a [`Described`] tag that judges new stories; its file. Never: opens a
//! file, needs a label to begin.
//!
//! `ranking` compares meanings, `head` learns from verdicts, `judging` is what the classifier does with
//! them.

mod head;
mod judging;
mod ranking;

pub use judging::Senses;
pub(crate) use judging::{About, Own};
pub use ranking::Ranking;

use crate::embedding::Embedding;
use crate::model::RELEVANCE;
use head::Line;
use serde::{Deserialize, Serialize};
use tocsin_core::{ConfigError, Score, parse_toml};

/// From here on a tag that has learned is given.
const YES: f64 = 0.5;
/// From here on it is put to a person.
const REVIEW: f64 = 0.25;
/// Verdicts of yes without which a tag is only ever put to a person.
const LEAST_YES: usize = 3;

/// Longest name of a tag, in characters.
const LONGEST_NAME: usize = 40;

/// What a story, or a description, is about, as vectors of length one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meaning {
    /// By its words, concepts and names; `None` where none of them is known.
    pub(crate) words: Option<Vec<f32>>,
    /// By an encoder; `None` without one, and for a language that it does not read.
    pub(crate) sentence: Option<Vec<f32>>,
}

impl Meaning {
    /// Whether none of its words, concepts and names is known.
    pub fn is_empty(&self) -> bool {
        self.words.is_none()
    }

    /// The same without what an encoder said.
    fn by_words(&self) -> Self {
        Self {
            words: self.words.clone(),
            sentence: None,
        }
    }
}

/// What a described tag's vectors belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The checksum of the embedding.
    pub embedding: u32,
    /// The encoder's name, where there is one.
    pub encoder: Option<String>,
}

/// A verdict on one of the ranked stories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Its index among them.
    pub story: usize,
    /// Whether it has the tag.
    pub yes: bool,
}

/// A tag that was described, as it is kept: one file, `NAME.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// The sentence that describes it.
    pub description: String,
    /// Verdicts that it learned from: yes and no.
    pub verdicts: (usize, usize),
    /// The checksum of the embedding that the numbers belong to.
    embedding: u32,
    /// By words alone.
    words: Line,
    /// With an encoder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deep: Option<Deep>,
}

/// What holds with a certain encoder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deep {
    encoder: String,
    line: Line,
}

impl Described {
    /// Learns a tag: from its description, which ranked the stories, and from verdicts on some of them.
    pub fn learn(
        name: &str,
        description: &str,
        basis: &Basis,
        (asked, stories): (&Meaning, &[Meaning]),
        answers: &[Answer],
    ) -> Self {
        let line = |asked: &Meaning| head::learn(&Ranking::new(asked, stories), stories, answers);
        // Without a vector of the description those of the stories count for nothing.
        let words = line(&asked.by_words());
        let deep = basis.encoder.as_ref().map(|encoder| Deep {
            encoder: encoder.clone(),
            line: line(asked),
        });
        let yes = answers.iter().filter(|a| a.yes).count();
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            verdicts: (yes, answers.len() - yes),
            embedding: basis.embedding,
            words,
            deep,
        }
    }

    /// Whether a tag may have this name, which names its file too: small letters, digits and hyphens, 40 at
    /// most, and not that of the gate.
    pub fn may_be_named(name: &str) -> bool {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (1..=LONGEST_NAME).contains(&name.len())
            && name.chars().all(plain)
            && name != "relevant"
            && name != RELEVANCE
    }

    /// Reads a tag's file; `file` is its name in errors.
    ///
    /// # Errors
    /// Anything that [`parse_toml`] refuses; a name that no tag may have; numbers that are none.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let tag: Self = parse_toml(file, text)?;
        if !Self::may_be_named(&tag.name) {
            let message = format!("`{}` is no name for a tag", tag.name);
            return Err(ConfigError::new(file, message).hint("small letters, digits and hyphens"));
        }
        let deep = tag.deep.iter().map(|deep| &deep.line);
        match std::iter::once(&tag.words).chain(deep).all(Line::is_finite) {
            true => Ok(tag),
            false => Err(
                ConfigError::new(file, "holds a number that is none").hint(format!(
                    "`tocsin tags add {} --describe \"…\"` writes it anew",
                    tag.name
                )),
            ),
        }
    }

    /// The tag as a file.
    ///
    /// # Errors
    /// Where a number has no form in TOML; none is known of.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// Whether its numbers mean something with this embedding; if not, it has to be learned again.
    pub fn fits(&self, embedding: &Embedding) -> bool {
        self.embedding == embedding.checksum() && self.words.words.len() == embedding.width()
    }

    /// Forgets what it learned with another encoder than this one.
    fn keep_only(&mut self, encoder: Option<&str>) {
        self.deep = self
            .deep
            .take()
            .filter(|deep| Some(deep.encoder.as_str()) == encoder);
    }

    /// The encoder that it was learned with, if any.
    pub fn encoder(&self) -> Option<&str> {
        self.deep.as_ref().map(|deep| deep.encoder.as_str())
    }

    /// Log-odds that a story has it.
    pub fn sum(&self, story: &Meaning) -> f32 {
        self.line(story).sum(story)
    }

    /// The direction, among words and concepts, that speaks for it on this story.
    pub(crate) fn direction(&self, story: &Meaning) -> &[f32] {
        &self.line(story).words
    }

    fn line(&self, story: &Meaning) -> &Line {
        match (&self.deep, &story.sentence) {
            (Some(deep), Some(_)) => &deep.line,
            _ => &self.words,
        }
    }

    /// Log-odds of a story that is about nothing.
    pub(crate) fn bias(&self) -> f32 {
        self.words.bias
    }

    /// From here on it is given. Without verdicts nothing is sure, so everything is put to a person.
    pub(crate) fn yes(&self) -> Option<Score> {
        (self.verdicts.0 >= LEAST_YES).then(|| Score::new(YES))
    }

    /// From here on it is put to a person.
    pub(crate) fn review(&self) -> Score {
        match self.verdicts.0 >= LEAST_YES {
            true => Score::new(REVIEW),
            false => Score::new(YES),
        }
    }
}

/// The probability that log-odds stand for.
pub(crate) fn probability(sum: f32) -> Score {
    Score::new(1.0 / (1.0 + f64::from(-sum).exp()))
}
