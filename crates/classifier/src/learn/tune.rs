//! From probabilities by the training labels to probabilities by careful ones.
//!
//! In: a model's probabilities of stories that it was not made of, read more carefully than the
//! training stories, with their answers. Out: three numbers by which all outputs are read alike.
//! Never: touches a weight.
//!
//! Training stories were picked because they are hard, and read once: their answers are noisy, so that
//! a model is too unsure of the clear ones, and too sure of the clearest.

use super::labelled::Labelled;
use crate::figures::Verdict;
use crate::model::{Model, Output, RELEVANCE};
use tocsin_core::Score;

/// How log-odds are read: `ceiling / (1 + e^-(shift + stretch × odds))`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Curve {
    shift: f64,
    stretch: f64,
    ceiling: f64,
}

const PLAIN: Curve = Curve {
    shift: 0.0,
    stretch: 1.0,
    ceiling: 1.0,
};
/// Bounds of each number, so that a few odd stories cannot turn the scale over.
const SHIFT: (f64, f64) = (-2.0, 2.0);
const STRETCH: (f64, f64) = (0.5, 2.0);
const CEILING: (f64, f64) = (0.9, 1.0);
/// First and last step of the search, as parts of the bounds.
const STEPS: (f64, f64) = (0.25, 0.001);

/// Reads a model's outputs for tags by the curve that fits these verdicts best.
pub(super) fn tune(model: &mut Model, stories: &[Labelled], verdicts: &[Verdict]) {
    let decisions: Vec<(f64, bool)> = stories
        .iter()
        .zip(verdicts)
        .flat_map(|(story, verdict)| {
            let scores = verdict.scores.iter();
            scores.filter_map(|(tag, score)| Some((odds(*score)?, story.answer(tag)?)))
        })
        .collect();
    let curve = fit(&decisions);
    for output in model.outputs.iter_mut().filter(|o| o.name != RELEVANCE) {
        curve.apply(output);
    }
}

/// `None` for a story that the model does not look at.
fn odds(score: Score) -> Option<f64> {
    let p = score.get();
    (p > 0.0).then(|| (p / (1.0 - p).max(1e-9)).ln())
}

impl Curve {
    fn probability(self, odds: f64) -> f64 {
        self.ceiling / (1.0 + (-(self.shift + self.stretch * odds)).exp())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a model's numbers are small"
    )]
    fn apply(self, output: &mut Output) {
        let moved = |score: Score| odds(score).map_or(score, |o| Score::new(self.probability(o)));
        output.yes = moved(output.yes);
        output.review = moved(output.review);
        output.intercept = (self.shift + self.stretch * f64::from(output.intercept)) as f32;
        output.slope = (self.stretch * f64::from(output.slope)) as f32;
        output.ceiling = self.ceiling as f32;
    }

    fn moved(self, dimension: usize, part: f64) -> Self {
        let step =
            |value: f64, (low, high): (f64, f64)| (value + part * (high - low)).clamp(low, high);
        match dimension {
            0 => Self {
                shift: step(self.shift, SHIFT),
                ..self
            },
            1 => Self {
                stretch: step(self.stretch, STRETCH),
                ..self
            },
            _ => Self {
                ceiling: step(self.ceiling, CEILING),
                ..self
            },
        }
    }

    /// The logarithm of how likely the answers are not.
    fn loss(self, decisions: &[(f64, bool)]) -> f64 {
        let one = |(odds, yes): &(f64, bool)| {
            let p = self.probability(*odds);
            let likely = if *yes { p } else { 1.0 - p };
            -likely.max(1e-9).ln()
        };
        decisions.iter().map(one).sum()
    }
}

/// The likeliest curve, by pattern search (Hooke and Jeeves 1961).
fn fit(decisions: &[(f64, bool)]) -> Curve {
    let mut best = (PLAIN.loss(decisions), PLAIN);
    let mut step = STEPS.0;
    while step > STEPS.1 {
        let around = (0..3).flat_map(|d| [best.1.moved(d, step), best.1.moved(d, -step)]);
        let next = around
            .map(|curve| (curve.loss(decisions), curve))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match next {
            Some(next) if next.0 < best.0 => best = next,
            _ => step /= 2.0,
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_that_is_too_flat_is_stretched() {
        // Where the odds say 82 of 100, it is so in 95; where they say 18, in 5.
        let decisions: Vec<(f64, bool)> = (0..400)
            .map(|n| match n % 2 {
                0 => (1.5, n % 40 != 0),
                _ => (-1.5, n % 40 == 1),
            })
            .collect();
        let curve = fit(&decisions);
        assert!((curve.probability(1.5) - 0.95).abs() < 0.02, "{curve:?}");
        assert!((curve.probability(-1.5) - 0.05).abs() < 0.02, "{curve:?}");
    }

    #[test]
    fn without_stories_nothing_changes() {
        assert_eq!(fit(&[]), PLAIN);
    }
}
