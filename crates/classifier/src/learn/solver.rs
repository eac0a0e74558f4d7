//! Logistic regression on sparse rows.
//!
//! In: rows, answers, how much each row counts. Out: the weights that minimise
//! `½|w|² + C Σ cᵢ log(1 + exp(-yᵢ(wxᵢ + b + oᵢ)))`. Never: draws a random number.
//!
//! Limited-memory BFGS (Nocedal 1980; Liu and Nocedal 1989) with backtracking by Armijo's rule.

/// Rows of numbers, most of which are zero.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    /// One more than the highest column.
    width: usize,
}

impl Rows {
    /// Adds a row of columns and values.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        for (column, value) in row {
            self.columns.push(column);
            self.values.push(value);
            self.width = self.width.max(column as usize + 1);
        }
        self.starts.push(self.columns.len());
    }

    /// One more than the highest column.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The columns and values of a row.
    pub(crate) fn row(&self, index: usize) -> impl Iterator<Item = (usize, f64)> {
        let from = match index {
            0 => 0,
            _ => self.starts.get(index - 1).copied().unwrap_or_default(),
        };
        let to = self.starts.get(index).copied().unwrap_or(from);
        let columns = self.columns.get(from..to).unwrap_or_default();
        let values = self.values.get(from..to).unwrap_or_default();
        let pairs = columns.iter().zip(values);
        pairs.map(|(column, value)| (*column as usize, f64::from(*value)))
    }
}

/// What is to be learned from a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Answer {
    /// Index of the row.
    pub(crate) row: usize,
    /// Yes or no.
    pub(crate) yes: bool,
    /// How much it counts.
    pub(crate) counts: f64,
    /// What is known beforehand: added to the sum.
    pub(crate) offset: f64,
}

/// A weight for each column, and the bias.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Line {
    pub(crate) weights: Vec<f64>,
    pub(crate) bias: f64,
}

impl Line {
    /// The weight of a column; 0 where it has none.
    pub(crate) fn weight(&self, column: u32) -> f64 {
        let weight = self.weights.get(column as usize);
        weight.copied().unwrap_or_default()
    }

    /// The sum of a row, without its offset.
    pub(crate) fn sum(&self, rows: &Rows, row: usize) -> f64 {
        let dot: f64 = rows
            .row(row)
            .filter_map(|(column, value)| Some(self.weights.get(column)? * value))
            .sum();
        dot + self.bias
    }
}

/// Steps whose curvature is remembered.
const MEMORY: usize = 6;
/// Most steps.
const MOST_STEPS: usize = 100;
/// The slope, as part of the first one, at which it is enough.
const FLAT: f64 = 3e-3;
/// Smallest step that is tried, and the part of the expected fall that is asked for.
const LEAST_STEP: f64 = 1e-6;
const ARMIJO: f64 = 1e-4;

/// Fits a line. `penalty` is C above: the larger, the closer to the answers.
pub(crate) fn fit(rows: &Rows, answers: &[Answer], penalty: f64) -> Line {
    Problem {
        rows,
        answers,
        penalty,
        biased: true,
    }
    .solve()
}

/// Fits a line through the offsets: its bias stays zero, so that all that is learned is in the weights.
pub(crate) fn fit_weights(rows: &Rows, answers: &[Answer], penalty: f64) -> Line {
    Problem {
        rows,
        answers,
        penalty,
        biased: false,
    }
    .solve()
}

struct Problem<'a> {
    rows: &'a Rows,
    answers: &'a [Answer],
    penalty: f64,
    biased: bool,
}

impl Problem<'_> {
    fn solve(&self) -> Line {
        let mut at = vec![0.0; self.rows.width() + 1];
        let (mut value, mut slope) = self.evaluate(&at);
        let enough = norm(&slope) * FLAT;
        let mut memory: Vec<Step> = Vec::new();
        for _ in 0..MOST_STEPS {
            if norm(&slope) <= enough {
                break;
            }
            let direction = descend(&slope, &memory);
            let Some((next, next_value, next_slope)) = self.search(&at, value, &slope, &direction)
            else {
                break;
            };
            remember(&mut memory, Step::between(&at, &next, &slope, &next_slope));
            (at, value, slope) = (next, next_value, next_slope);
        }
        let bias = at.pop().unwrap_or_default();
        Line { weights: at, bias }
    }

    /// Loss and its gradient; the last coordinate is the bias, which is not held back.
    fn evaluate(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (weights, bias) = at.split_at(self.rows.width().min(at.len()));
        let bias = bias.first().copied().unwrap_or_default();
        let mut loss = 0.5 * dot(weights, weights);
        let mut slope = weights.to_vec();
        let mut slope_of_bias = 0.0;
        for answer in self.answers {
            let dot: f64 = self
                .rows
                .row(answer.row)
                .filter_map(|(column, value)| Some(weights.get(column)? * value))
                .sum();
            let sign = if answer.yes { 1.0 } else { -1.0 };
            let margin = sign * (dot + bias + answer.offset);
            let counts = self.penalty * answer.counts;
            loss += counts * softplus(-margin);
            let pull = -sign * counts / (1.0 + margin.exp());
            if self.biased {
                slope_of_bias += pull;
            }
            for (column, value) in self.rows.row(answer.row) {
                if let Some(slot) = slope.get_mut(column) {
                    *slot += pull * value;
                }
            }
        }
        slope.push(slope_of_bias);
        (loss, slope)
    }

    /// The first point along a direction that falls far enough.
    fn search(
        &self,
        at: &[f64],
        value: f64,
        slope: &[f64],
        direction: &[f64],
    ) -> Option<(Vec<f64>, f64, Vec<f64>)> {
        let fall = dot(slope, direction);
        let mut length = 1.0;
        while length >= LEAST_STEP {
            let next: Vec<f64> = at
                .iter()
                .zip(direction)
                .map(|(a, d)| a + length * d)
                .collect();
            let (next_value, next_slope) = self.evaluate(&next);
            if next_value <= value + ARMIJO * length * fall {
                return Some((next, next_value, next_slope));
            }
            length *= 0.5;
        }
        None
    }
}

/// A step that was taken and how the gradient changed on it.
struct Step {
    moved: Vec<f64>,
    turned: Vec<f64>,
    /// One over their product.
    rho: f64,
}

impl Step {
    fn between(at: &[f64], next: &[f64], slope: &[f64], next_slope: &[f64]) -> Self {
        let less =
            |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
        let (moved, turned) = (less(next, at), less(next_slope, slope));
        let rho = 1.0 / dot(&moved, &turned);
        Self { moved, turned, rho }
    }
}

fn remember(memory: &mut Vec<Step>, step: Step) {
    if step.rho.is_finite() && step.rho > 0.0 {
        if memory.len() == MEMORY {
            memory.remove(0);
        }
        memory.push(step);
    }
}

/// The direction of L-BFGS: the two-loop recursion.
fn descend(slope: &[f64], memory: &[Step]) -> Vec<f64> {
    let mut q: Vec<f64> = slope.iter().map(|s| -s).collect();
    let mut alphas = Vec::new();
    for step in memory.iter().rev() {
        let alpha = step.rho * dot(&step.moved, &q);
        add(&mut q, -alpha, &step.turned);
        alphas.push(alpha);
    }
    let scale = match memory.last() {
        Some(last) => 1.0 / (last.rho * dot(&last.turned, &last.turned)),
        None => 1.0 / norm(slope).max(1.0),
    };
    q.iter_mut().for_each(|v| *v *= scale);
    for (step, alpha) in memory.iter().zip(alphas.iter().rev()) {
        let beta = step.rho * dot(&step.turned, &q);
        add(&mut q, alpha - beta, &step.moved);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn add(to: &mut [f64], times: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(t, w)| *t += times * w);
}

/// `log(1 + e^x)`, without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(yes: &[bool]) -> Vec<Answer> {
        yes.iter()
            .enumerate()
            .map(|(row, yes)| Answer {
                row,
                yes: *yes,
                counts: 1.0,
                offset: 0.0,
            })
            .collect()
    }

    fn rows(of: &[&[(u32, f32)]]) -> Rows {
        let mut rows = Rows::default();
        of.iter().for_each(|row| rows.push(row.iter().copied()));
        rows
    }

    #[test]
    fn the_slope_is_flat_where_it_ends() {
        let rows = rows(&[&[(0, 1.0)], &[(0, 1.0), (1, 2.0)], &[(1, 1.0)], &[]]);
        let answers = answers(&[true, true, false, false]);
        let line = fit(&rows, &answers, 3.0);
        let mut at = line.weights.clone();
        at.push(line.bias);
        let problem = Problem {
            rows: &rows,
            answers: &answers,
            biased: true,
            penalty: 3.0,
        };
        assert!(norm(&problem.evaluate(&at).1) < 0.02);
        assert!(line.sum(&rows, 0) > 0.0 && line.sum(&rows, 2) < 0.0);
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let rows = rows(&[&[(0, 0.5), (1, -1.0)], &[(1, 2.0)]]);
        let answers = answers(&[true, false]);
        let problem = Problem {
            rows: &rows,
            answers: &answers,
            biased: true,
            penalty: 2.0,
        };
        let at = [0.3, -0.2, 0.1];
        let (value, slope) = problem.evaluate(&at);
        for i in 0..3 {
            let mut near = at;
            near[i] += 1e-6;
            let measured = (problem.evaluate(&near).0 - value) / 1e-6;
            assert!((measured - slope[i]).abs() < 1e-4);
        }
    }

    #[test]
    fn what_is_known_beforehand_needs_no_weight() {
        let rows = rows(&[&[(0, 1.0)], &[(1, 1.0)]]);
        let mut known = answers(&[true, false]);
        known[0].offset = 9.0;
        known[1].offset = -9.0;
        let line = fit(&rows, &known, 1.0);
        assert!(line.weights.iter().all(|w| w.abs() < 0.01));
    }
}
