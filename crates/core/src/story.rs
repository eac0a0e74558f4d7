//! An article that was judged: tags, entities, its copies and its event.

use crate::{Article, EventId, SourceId, StoryId, Timestamp};
use serde::{Deserialize, Serialize};

/// A probability from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(f32);

impl Score {
    /// Certainly not.
    pub const ZERO: Self = Self(0.0);
    /// Certainly.
    pub const ONE: Self = Self(1.0);

    /// Brings a number into 0 to 1, rounded to four decimals; not-a-number becomes 0.
    pub fn new(value: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "0 to 1 fits")]
        let value = ((value.clamp(0.0, 1.0) * 1e4).round() / 1e4) as f32;
        Self(if value.is_nan() { 0.0 } else { value })
    }

    /// The probability as a number.
    pub fn get(self) -> f64 {
        // Through text, so that 0.9_f32 is 0.9 and not 0.8999999761581421.
        (f64::from(self.0) * 1e4).round() / 1e4
    }
}

/// Which part of a story a span lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The title.
    Title,
    /// The text.
    Text,
}

/// Words that earned a tag. Offsets count Unicode scalar values, `end` is exclusive, and `text` is
/// that slice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// Where they stand.
    pub field: Field,
    /// First scalar value.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The words.
    pub text: String,
}

/// Who gave a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Judge {
    /// The trained model.
    Model,
    /// The rules of `taxonomy.toml`.
    Rule,
    /// A person; outranks both.
    Analyst,
}

/// A tag with its probability and its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagScore {
    /// The tag's name in the taxonomy.
    pub tag: String,
    /// How sure.
    pub score: Score,
    /// Who says so.
    pub by: Judge,
    /// The words that earned it; never empty.
    pub evidence: Vec<Evidence>,
}

/// What kind of thing a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntityType {
    /// A firm, ministry, institute, body.
    Org,
    /// A person.
    Person,
    /// A country, region, city, plant.
    Place,
    /// A law, bill, order, treaty.
    Law,
    /// A model, chip, system, platform.
    Product,
    /// A conference, a summit.
    Event,
}

/// Where a name stands. Offsets as in [`Evidence`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Which part.
    pub field: Field,
    /// First scalar value.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// A named thing that a story speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Stable id in `entities.toml`; of a name that is not there, [`Entity::NEW`] and the name.
    pub id: String,
    /// Its usual English name; of a name that is not in the list, as the story writes it.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Where it is named; never empty.
    pub mentions: Vec<Mention>,
}

impl Entity {
    /// What begins the id of a name that is in no list.
    pub const NEW: &str = "new:";

    /// Whether it was found by its shape, not in the list.
    pub fn is_new(&self) -> bool {
        self.id.starts_with(Self::NEW)
    }
}

/// An article with every judgement about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// What was read.
    #[serde(flatten)]
    pub article: Article,
    /// The probability that a policy analyst wants it.
    pub relevance: Score,
    /// Whether it passes the gate.
    pub relevant: bool,
    /// Tags above their upper threshold.
    pub tags: Vec<TagScore>,
    /// Tags between the two thresholds: unsure, for a person to decide.
    pub review: Vec<TagScore>,
    /// What it names.
    pub entities: Vec<Entity>,
    /// A short hash of title and text: equal for equal words.
    pub fingerprint: String,
    /// The earlier story that this one copies.
    pub duplicate_of: Option<StoryId>,
    /// The sentence with a new fact, where the story brought one of an event that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub development: Option<String>,
    /// The event it belongs to; `None` for stories that are not relevant.
    pub event: Option<EventId>,
    /// A person took it out: only who asks for it by name finds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// The source that gave it first.
    pub source: SourceId,
    /// When we saw it first.
    pub first_seen: Timestamp,
}

impl Story {
    /// The story's id.
    pub fn id(&self) -> &StoryId {
        &self.article.id
    }

    /// When it was published, or first seen where the page does not say.
    pub fn time(&self) -> Timestamp {
        self.article.published.unwrap_or(self.first_seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_stay_between_zero_and_one_and_print_short() {
        assert_eq!(Score::new(f64::NAN), Score::ZERO);
        assert_eq!(Score::new(7.0), Score::ONE);
        assert_eq!(
            serde_json::to_string(&Score::new(0.912_34)).ok().as_deref(),
            Some("0.9123")
        );
    }
}
