//! From sums to probabilities, and from probabilities to thresholds.
//!
//! In: sums of stories that were held out, with their answers. Out: slope and intercept (Platt 1999),
//! and where to say yes and where to ask. Never: sees a sum of a story that the weights were fitted to.

use super::solver::{Answer, Rows, fit};
use tocsin_core::Score;

/// A sum of a held-out story, and the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tried {
    pub(crate) sum: f64,
    pub(crate) yes: bool,
}

/// How the sums of an output are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    pub(crate) intercept: f64,
    pub(crate) slope: f64,
    pub(crate) yes: Score,
    pub(crate) review: Score,
}

/// The yes threshold lies between these.
const YES: (f64, f64) = (0.30, 0.60);
/// The review threshold is this part of the yes threshold.
const ASK: f64 = 0.4;
/// A wrong tag costs trust, so it takes a little more than what makes F1 highest.
const CAREFUL: f64 = 1.2;
/// Where few stories have the tag, the usual threshold counts as much as this many of them.
const USUAL: (f64, f64) = (0.45, 30.0);

/// Reads the sums of an output.
pub(crate) fn calibrate(tried: &[Tried]) -> Reading {
    let (intercept, slope) = platt(tried);
    let of = |sum: f64| 1.0 / (1.0 + (-(intercept + slope * sum)).exp());
    let mut scored: Vec<(f64, bool)> = tried.iter().map(|t| (of(t.sum), t.yes)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let yes = threshold(&scored);
    Reading {
        intercept,
        slope,
        yes: Score::new(yes),
        review: Score::new(yes * ASK),
    }
}

fn platt(tried: &[Tried]) -> (f64, f64) {
    let mut rows = Rows::default();
    let mut answers = Vec::with_capacity(tried.len());
    for (row, one) in tried.iter().enumerate() {
        #[expect(clippy::cast_possible_truncation, reason = "sums are small")]
        rows.push([(0, one.sum as f32)]);
        answers.push(Answer {
            row,
            yes: one.yes,
            counts: 1.0,
            offset: 0.0,
        });
    }
    // So large that it holds nothing back.
    let line = fit(&rows, &answers, 1e3);
    (
        line.bias,
        line.weights.first().copied().unwrap_or(1.0).max(0.05),
    )
}

/// Where F1 is highest, pulled towards the usual place where the tag is rare.
fn threshold(scored: &[(f64, bool)]) -> f64 {
    let all = scored.iter().filter(|(_, yes)| *yes).count();
    let (mut right, mut best) = (0_usize, (0.0, USUAL.0));
    for (n, (score, yes)) in scored.iter().enumerate() {
        right += usize::from(*yes);
        let f1 = 2.0 * count(right) / count(n + 1 + all);
        if f1 > best.0 && (YES.0..=YES.1).contains(score) {
            best = (f1, *score);
        }
    }
    let found = count(all);
    CAREFUL * (best.1 * found + USUAL.0 * USUAL.1) / (found + USUAL.1)
}

#[expect(clippy::cast_precision_loss, reason = "counts of stories")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_how_often_it_is_so() {
        // At a sum of 2 three in four are so, at -2 one in four.
        let tried: Vec<Tried> = (0..400)
            .map(|n| Tried {
                sum: if n < 200 { 2.0 } else { -2.0 },
                yes: (n < 200) == (n % 4 != 0),
            })
            .collect();
        let reading = calibrate(&tried);
        let at = |sum: f64| 1.0 / (1.0 + (-(reading.intercept + reading.slope * sum)).exp());
        assert!((at(2.0) - 0.75).abs() < 0.01, "{reading:?}");
        assert!((at(-2.0) - 0.25).abs() < 0.01, "{reading:?}");
    }

    #[test]
    fn thresholds_stay_in_their_range_and_order() {
        let odd = [
            vec![],
            vec![Tried {
                sum: 9.0,
                yes: true,
            }],
            vec![
                Tried {
                    sum: 9.0,
                    yes: false
                };
                50
            ],
        ];
        for tried in odd {
            let reading = calibrate(&tried);
            let range = CAREFUL * YES.0..=CAREFUL * YES.1;
            assert!(range.contains(&reading.yes.get()), "{reading:?}");
            assert!(reading.review < reading.yes && reading.review > Score::ZERO);
        }
    }
}
