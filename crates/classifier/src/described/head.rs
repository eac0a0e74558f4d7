//! What is learned from a description and verdicts: a weight for each number of a meaning.
//!
//! In: a ranking, meanings, verdicts. Out: a [`Line`]. Never: forgets the description: the fit starts
//! from it and is drawn back to it.

use super::{Answer, Meaning, Ranking};
use crate::learn::solver::{self, Rows, fit};
use serde::{Deserialize, Serialize};

/// How closely verdicts are followed: C of the solver.
const PENALTY: f64 = 3.0;
/// How much of the vector of an encoder counts beside that of words.
const SENTENCE: f32 = 0.4;
/// Stories from the far half of the ranking stand for "no", so many at most, each for this part of a
/// verdict.
const FAR: usize = 100;
const FAR_COUNTS: f64 = 0.3;
/// A story must be so many standard deviations closer to the description than the mean for even odds,
/// as long as there are no verdicts.
const EVEN: f32 = 2.0;

/// Log-odds as a sum over the numbers of a meaning.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) bias: f32,
    pub(super) words: Vec<f32>,
    /// Only for stories that have such a vector.
    #[serde(default)]
    pub(super) sentence_bias: f32,
    #[serde(default)]
    pub(super) sentence: Vec<f32>,
}

impl Line {
    /// Whether all its numbers are numbers.
    pub(super) fn is_finite(&self) -> bool {
        let biases = [self.bias, self.sentence_bias];
        let all = self.words.iter().chain(&self.sentence).chain(&biases);
        all.copied().all(f32::is_finite)
    }

    /// The sum over a meaning.
    pub(super) fn sum(&self, meaning: &Meaning) -> f32 {
        let words = meaning.words.as_deref().unwrap_or_default();
        let sum = self.bias + dot(&self.words, words);
        match &meaning.sentence {
            Some(sentence) => sum + self.sentence_bias + dot(&self.sentence, sentence),
            None => sum,
        }
    }
}

/// Learns from verdicts, starting from a ranking.
pub(super) fn learn(ranking: &Ranking, stories: &[Meaning], answers: &[Answer]) -> Line {
    let mut line = ranking.line().clone();
    if !answers.iter().any(|a| a.yes) {
        line.bias -= EVEN;
        return line;
    }
    let (width, deep) = (line.words.len(), !line.sentence.is_empty());
    let mut rows = Rows::default();
    let mut known = Vec::new();
    let mut add = |story: usize, yes: bool, counts: f64| {
        let Some(meaning) = stories.get(story) else {
            return;
        };
        known.push(solver::Answer {
            row: known.len(),
            yes,
            counts,
            offset: f64::from(line.sum(meaning)),
        });
        rows.push(numbers(meaning, width, deep));
    };
    for answer in answers {
        add(answer.story, answer.yes, 1.0);
    }
    for story in far(ranking, answers) {
        add(story, false, FAR_COUNTS);
    }
    let fitted = fit(&rows, &known, PENALTY);
    #[expect(clippy::cast_possible_truncation, reason = "weights are small")]
    let learned = |column: usize| fitted.weights.get(column).copied().unwrap_or_default() as f32;
    for (column, weight) in line.words.iter_mut().enumerate() {
        *weight += learned(column);
    }
    for (column, weight) in line.sentence.iter_mut().enumerate() {
        *weight += SENTENCE * learned(width + column);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a logarithm of odds")]
    let bias = fitted.bias as f32;
    line.bias += bias;
    line
}

/// A meaning as a row: words first, then, for a description that has one, the vector of an encoder.
fn numbers(meaning: &Meaning, width: usize, deep: bool) -> impl Iterator<Item = (u32, f32)> {
    let words = meaning.words.iter().flatten().copied().enumerate();
    let sentence = meaning
        .sentence
        .iter()
        .filter(move |_| deep)
        .flatten()
        .enumerate();
    let sentence = sentence.map(move |(n, x)| (width + n, SENTENCE * x));
    let all = words.chain(sentence);
    all.filter_map(|(column, x)| Some((u32::try_from(column).ok()?, x)))
}

/// Stories of the far half of the ranking, evenly spread, none of them answered.
fn far(ranking: &Ranking, answers: &[Answer]) -> Vec<usize> {
    let order = ranking.order();
    let half = order.get(order.len() / 2..).unwrap_or_default();
    let step = (half.len() / FAR).max(1);
    let answered = |story: &usize| answers.iter().any(|a| a.story == *story);
    let spread = half.iter().copied().step_by(step);
    spread.filter(|story| !answered(story)).take(FAR).collect()
}

pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
