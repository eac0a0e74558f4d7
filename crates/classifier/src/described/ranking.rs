//! Stories by closeness of meaning to a description.
//!
//! In: meanings. Out: how close each is, in standard deviations from the mean; which of them to ask a
//! person about. Never: looks at a label.
//!
//! Relevance feedback without a reader (Rocchio 1971; "pseudo-relevance"): the closest stories draw the
//! description's vector a little towards themselves, since a sentence has few words.

use super::head::{Line, dot};
use super::{Answer, Meaning};
use crate::embedding::unit;

/// Of the closest stories so many draw the description, at most, and at most this part of all.
const DRAW: usize = 20;
const DRAW_PART: usize = 8;
/// How far they draw it.
const DRAWN: f32 = 0.5;
/// What closeness by an encoder counts beside closeness by words.
const SENTENCE: f32 = 0.3;
/// What an entailment model's probability counts, in standard deviations of closeness.
const ENTAILED: f32 = 2.0;
/// Borderline stories are taken from so many places after the best, or twice as many as are asked about.
const BORDER: usize = 40;
/// Part of the stories to ask about that are the best ones.
const BEST: f64 = 0.6;

/// Stories in order of their closeness to a description.
#[derive(Debug, Clone)]
pub struct Ranking {
    line: Line,
    closeness: Vec<f32>,
    /// The closest first.
    order: Vec<usize>,
}

impl Ranking {
    /// Ranks stories.
    pub fn new(asked: &Meaning, stories: &[Meaning]) -> Self {
        let mut line = Line::default();
        if let Some(asked) = &asked.words {
            let vectors: Vec<&Vec<f32>> = stories.iter().filter_map(|m| m.words.as_ref()).collect();
            let drawn = drawn(asked, &vectors);
            (line.bias, line.words) = standard(&drawn, &vectors, 1.0);
        }
        if let Some(asked) = &asked.sentence {
            let vectors: Vec<&Vec<f32>> =
                stories.iter().filter_map(|m| m.sentence.as_ref()).collect();
            (line.sentence_bias, line.sentence) = standard(asked, &vectors, SENTENCE);
        }
        let closeness = stories.iter().map(|story| line.sum(story)).collect();
        Self::of(line, closeness)
    }

    /// The same, with what an entailment model says of some of the stories: story and probability.
    #[must_use]
    pub fn entailed(mut self, said: &[(usize, f32)]) -> Self {
        for (story, probability) in said {
            let slot = self.closeness.get_mut(*story);
            slot.into_iter()
                .for_each(|slot| *slot += ENTAILED * (probability - 0.5));
        }
        Self::of(self.line, self.closeness)
    }

    /// Ranks by sums that were learned.
    pub fn by(sums: Vec<f32>) -> Self {
        Self::of(Line::default(), sums)
    }

    fn of(line: Line, closeness: Vec<f32>) -> Self {
        let mut order: Vec<usize> = (0..closeness.len()).collect();
        let of = |n: usize| closeness.get(n).copied().unwrap_or(f32::MIN);
        order.sort_by(|a, b| of(*b).total_cmp(&of(*a)).then(a.cmp(b)));
        Self {
            line,
            closeness,
            order,
        }
    }

    /// The stories' indices, the closest first.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// How close a story is.
    pub fn closeness(&self, story: usize) -> f32 {
        self.closeness.get(story).copied().unwrap_or_default()
    }

    /// Stories to ask a person about, so many at most: the closest, and some of those after them, where
    /// the border must be. None that has an answer.
    pub fn to_ask(&self, count: usize, answered: &[Answer]) -> Vec<usize> {
        let known: Vec<usize> = answered.iter().map(|a| a.story).collect();
        let mut open = self.order.iter().copied().filter(|n| !known.contains(n));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a part of a small count"
        )]
        let best = (count as f64 * BEST).ceil() as usize;
        let mut ask: Vec<usize> = open.by_ref().take(best).collect();
        let border: Vec<usize> = open.take(BORDER.max(2 * count)).collect();
        let rest = count - ask.len().min(count);
        let step = (border.len() / rest.max(1)).max(1);
        ask.extend(border.into_iter().step_by(step).take(rest));
        ask
    }

    /// The sum that ranked them.
    pub(super) fn line(&self) -> &Line {
        &self.line
    }
}

/// A description's vector, drawn towards the stories that are closest to it.
fn drawn(asked: &[f32], stories: &[&Vec<f32>]) -> Vec<f32> {
    let mut order: Vec<(f32, usize)> = stories
        .iter()
        .enumerate()
        .map(|(n, story)| (dot(asked, story), n))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut mean = vec![0.0; asked.len()];
    for (_, n) in order.iter().take(DRAW.min(stories.len() / DRAW_PART)) {
        let story = stories.get(*n).into_iter().flat_map(|story| story.iter());
        mean.iter_mut().zip(story).for_each(|(slot, x)| *slot += x);
    }
    let Some(mean) = unit(mean) else {
        return asked.to_vec();
    };
    let sum = asked
        .iter()
        .zip(&mean)
        .map(|(a, m)| a + DRAWN * m)
        .collect();
    unit(sum).unwrap_or_else(|| asked.to_vec())
}

/// Bias and weights that give closeness to a vector in standard deviations from the stories' mean, times
/// `worth`.
fn standard(asked: &[f32], stories: &[&Vec<f32>], worth: f32) -> (f32, Vec<f32>) {
    let close: Vec<f32> = stories.iter().map(|story| dot(asked, story)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count of stories")]
    let count = close.len().max(1) as f32;
    let mean = close.iter().sum::<f32>() / count;
    let variance = close.iter().map(|c| (c - mean) * (c - mean)).sum::<f32>() / count;
    // A few stories that are all alike do not tell what is close.
    let unit = worth / variance.sqrt().max(0.02);
    (-mean * unit, asked.iter().map(|x| x * unit).collect())
}
