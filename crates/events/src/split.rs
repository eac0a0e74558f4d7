//! Whether a story shows that an event holds two, or that two events are one.
//!
//! The first story of a happening may join the event next to it by mistake. What comes after is near
//! to that story, and would follow it. But neither has much in common with the rest of the event, less
//! than its stories have with each other: then the two are an event of their own.
//!
//! And an event may begin twice, in words so different that the second does not join the first. A
//! later story that is at the heart of both shows that they are one.

use crate::verdict::Candidate;
use serde::Deserialize;

/// The `[events.split]` table of `tocsin.toml`: when two stories leave an event. Tuned by
/// `cargo run --release --example tune`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Split {
    /// Mean cosine of the story to the others is less than so much of that to the nearest.
    pub others: f32,
    /// Mean cosines of both to the others are less than so much of that of any two of the event.
    pub usual: f32,
}

impl Default for Split {
    fn default() -> Self {
        Self {
            others: 0.35,
            usual: 0.32,
        }
    }
}

impl Split {
    /// Whether a story and the nearest of the event that it would join leave the event.
    pub(crate) fn parts(&self, event: &Candidate) -> bool {
        let common = &event.common;
        common.mean_of_others(event.stories).is_some_and(|others| {
            others < self.others * common.nearest()
                && others.max(event.others_of_nearest) < self.usual * event.usual
        })
    }
}

/// The `[events.merge]` table of `tocsin.toml`: when two events become one. Tuned likewise.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Merge {
    /// A story belongs to both with at least so large a sum of what they have in common.
    pub score: f32,
    /// Mean cosine of the story to each is at least so much of that of two stories of either.
    pub usual: f32,
}

impl Default for Merge {
    fn default() -> Self {
        Self {
            score: 3.0,
            usual: 0.5,
        }
    }
}

impl Merge {
    /// Whether a story joins two events, of which it has so much in common with each.
    pub(crate) fn joins(&self, both: [(f32, &Candidate); 2]) -> bool {
        let usual = both.iter().map(|(_, c)| c.usual).fold(0.0, f32::max);
        both.iter().all(|(score, c)| {
            *score >= self.score && c.common.mean(c.stories) >= self.usual * usual
        })
    }
}
