//! Whether a story belongs to an event: a weighted sum of what they have in common.

use crate::nearby::Likeness;
use serde::Deserialize;

/// Days of distance beyond which more make no difference.
const MOST_DAYS: f32 = 5.0;
/// Shared names and figures beyond which more make no difference.
const MOST_EVIDENCE: f32 = 6.0;

/// The `[events.join]` table of `tocsin.toml`: what each thing in common is worth. A story joins the
/// event of the largest sum, if that is above 0. Tuned by `cargo run --release --example tune`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Of every event: the threshold, negative.
    pub base: f32,
    /// Cosine to the nearest story of the event.
    pub nearest: f32,
    /// Mean cosine to the three nearest.
    pub nearest_three: f32,
    /// Mean cosine to all.
    pub all: f32,
    /// The largest part of the story's title that is in a story of the event.
    pub title: f32,
    /// The largest part of a title of the event that is in the story.
    pub title_back: f32,
    /// Each day between the story and the event, five at most.
    pub day: f32,
    /// In place of days, where a time is not known: such a story at all.
    pub timeless: f32,
    /// And the logarithm of the number of stories that came since the event's latest.
    pub arrivals: f32,
    /// Logarithm of the number of stories of the event.
    pub size: f32,
    /// A story that is a headline only.
    pub headline: f32,
    /// Mean cosine to the three nearest of the best other event.
    pub rival: f32,
    /// Each rare name and figure that the story shares with one story of the event, six at most.
    pub evidence: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            base: -3.08,
            nearest: 4.30,
            nearest_three: 10.19,
            all: 5.95,
            title: 2.32,
            title_back: 2.93,
            day: -4.21,
            timeless: -0.11,
            arrivals: -1.37,
            size: -0.49,
            headline: 2.51,
            rival: -5.81,
            evidence: 1.4,
        }
    }
}

/// What a story and the stories of an event have in common.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Common {
    nearest: [f32; 3],
    /// Number of the nearest story.
    nearest_story: u32,
    sum: f32,
    title: f32,
    title_back: f32,
    evidence: f32,
}

/// How far apart they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Distance {
    /// In days.
    Days(f32),
    /// In stories that came between, where a time is not known.
    Arrivals(u32),
}

impl Common {
    /// Takes in what the story shares with one story of the event, by its number.
    pub(crate) fn add(&mut self, number: u32, likeness: &Likeness) {
        let cosine = likeness.cosine;
        if cosine > self.nearest() {
            self.nearest_story = number;
        }
        self.sum += cosine;
        self.title = self.title.max(likeness.title);
        self.title_back = self.title_back.max(likeness.title_back);
        self.evidence = self.evidence.max(likeness.evidence);
        let [first, second, third] = self.nearest;
        self.nearest = if cosine > first {
            [cosine, first, second]
        } else if cosine > second {
            [first, cosine, second]
        } else {
            [first, second, third.max(cosine)]
        };
    }

    /// Cosine to the nearest story.
    pub(crate) fn nearest(&self) -> f32 {
        self.nearest[0]
    }

    /// Number of the nearest story.
    pub(crate) fn nearest_story(&self) -> u32 {
        self.nearest_story
    }

    /// Mean cosine to an event's stories.
    pub(crate) fn mean(&self, stories: u32) -> f32 {
        self.sum / few(stories.max(1))
    }

    /// Mean cosine to all of an event's stories but the nearest; `None` if there are no others.
    pub(crate) fn mean_of_others(&self, stories: u32) -> Option<f32> {
        let others = stories.checked_sub(1).filter(|others| *others > 0)?;
        Some((self.sum - self.nearest()) / few(others))
    }

    /// Mean cosine to the three nearest of an event's stories.
    pub(crate) fn nearest_three(&self, stories: u32) -> f32 {
        self.nearest.iter().sum::<f32>() / few(stories.clamp(1, 3))
    }

    /// What a story and an event have in common, as one number: the story belongs to it above 0.
    pub(crate) fn score(
        &self,
        weights: &Weights,
        stories: u32,
        distance: Distance,
        headline: bool,
        rival: f32,
    ) -> f32 {
        let stories = stories.max(1);
        let apart = match distance {
            Distance::Days(days) => weights.day * days.min(MOST_DAYS),
            Distance::Arrivals(arrivals) => {
                weights.timeless + weights.arrivals * few(arrivals).ln_1p()
            }
        };
        weights.base
            + weights.nearest * self.nearest()
            + weights.nearest_three * self.nearest_three(stories)
            + weights.all * self.mean(stories)
            + weights.title * self.title
            + weights.title_back * self.title_back
            + weights.size * few(stories).ln()
            + if headline { weights.headline } else { 0.0 }
            + weights.rival * rival
            + weights.evidence * self.evidence.min(MOST_EVIDENCE)
            + apart
    }
}

/// A small number.
pub(crate) fn few(count: u32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a count of stories")]
    let few = count as f32;
    few
}
