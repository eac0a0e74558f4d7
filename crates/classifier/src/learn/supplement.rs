//! What an encoder's vectors add to a trained model.
//!
//! In: a model with what it said of stories held out, and a vector for each story that the encoder
//! reads. Out: a [`Model`] over the numbers of the vector, whose sums are added to the log-odds of the
//! first. Never: changes the first.

use super::labelled::{Hand, Labelled};
use super::solver::{Answer, Line, Rows, fit};
use super::train::{Plan, Trained};
use crate::features::sentence_key;
use crate::figures::Verdict;
use crate::model::{Model, Output};
use rayon::prelude::*;
use tocsin_core::Score;

/// How closely the labels are followed: C of the solver.
const PENALTY: f64 = 3.0;
/// Weights are kept whatever their size: there are few of them.
const FOLDS: usize = 5;

/// A supplement, and what the model said with it of the stories while they were held out.
#[derive(Debug)]
pub struct Supplemented {
    /// The supplement.
    pub model: Model,
    /// What was said of each story by fits that had not seen it.
    pub verdicts: Vec<Verdict>,
}

/// Learns a supplement. `sentences` holds a vector for each story that the encoder of this name reads.
pub fn supplement(
    trained: &Trained,
    stories: &[Labelled],
    sentences: &[Option<Vec<f32>>],
    encoder: &str,
    plan: &Plan,
) -> Supplemented {
    let work = Work {
        trained,
        stories,
        folds: super::folds::folds(stories, FOLDS as u64),
        rows: rows(sentences),
        sentences,
        plan,
    };
    let outputs = &trained.model.outputs;
    let whole: Vec<Line> = (0..outputs.len())
        .into_par_iter()
        .map(|o| work.fit(o, None))
        .collect();
    let jobs: Vec<(usize, u64)> = (0..outputs.len())
        .flat_map(|o| (0..FOLDS as u64).map(move |f| (o, f)))
        .collect();
    let held_out: Vec<Line> = jobs
        .par_iter()
        .map(|(o, f)| work.fit(*o, Some(*f)))
        .collect();
    Supplemented {
        model: model(outputs, &whole, encoder),
        verdicts: work.verdicts(&held_out),
    }
}

struct Work<'a> {
    trained: &'a Trained,
    stories: &'a [Labelled],
    sentences: &'a [Option<Vec<f32>>],
    folds: Vec<u64>,
    rows: Rows,
    plan: &'a Plan,
}

impl Work<'_> {
    /// Log-odds of an output on a story held out; `None` where the model does not look at it.
    fn odds(&self, story: usize, output: usize) -> Option<f64> {
        let sums = self.trained.held_out().get(story)?.as_ref()?;
        let of = self.trained.model.outputs.get(output)?;
        Some(of.odds(*sums.get(output)?))
    }

    fn fit(&self, output: usize, left_out: Option<u64>) -> Line {
        let Some(of) = self.trained.model.outputs.get(output) else {
            return Line::default();
        };
        let answer = |(row, story): (usize, &Labelled)| {
            let out = left_out.is_some() && self.folds.get(row).copied() == left_out;
            let read = self.sentences.get(row).is_some_and(Option::is_some);
            if out || !read || story.hand == Hand::Nobody {
                return None;
            }
            Some(Answer {
                row,
                yes: story.answer(&of.name)?,
                counts: if story.hand == Hand::Written {
                    self.plan.written
                } else {
                    1.0
                },
                offset: self.odds(row, output)?,
            })
        };
        let answers: Vec<Answer> = self.stories.iter().enumerate().filter_map(answer).collect();
        match answers.iter().any(|a| a.yes) {
            true => fit(&self.rows, &answers, PENALTY),
            false => Line::default(),
        }
    }

    fn verdicts(&self, held_out: &[Line]) -> Vec<Verdict> {
        let verdict = |story: usize| {
            let sums = self.trained.held_out().get(story)?.as_ref()?;
            let read = self.sentences.get(story).is_some_and(Option::is_some);
            let fold = usize::try_from(*self.folds.get(story)?).ok()?;
            let extra = |output: usize| {
                let line = held_out.get(output * FOLDS + fold).filter(|_| read);
                #[expect(clippy::cast_possible_truncation, reason = "as at run time")]
                let sum = line.map_or(0.0, |line| line.sum(&self.rows, story)) as f32;
                sum
            };
            let extra: Vec<f32> = (0..sums.len()).map(extra).collect();
            Some(Verdict::of(&self.trained.model, Some((sums, &extra))))
        };
        let nothing = || Verdict::of(&self.trained.model, None);
        (0..self.stories.len())
            .map(|n| verdict(n).unwrap_or_else(nothing))
            .collect()
    }
}

fn rows(sentences: &[Option<Vec<f32>>]) -> Rows {
    let mut rows = Rows::default();
    for sentence in sentences {
        rows.push((0..).zip(sentence.iter().flatten().copied()));
    }
    rows
}

/// Puts the fits together; the sums are log-odds as they are.
#[expect(clippy::cast_possible_truncation, reason = "weights are small")]
fn model(outputs: &[Output], lines: &[Line], encoder: &str) -> Model {
    let width = lines
        .iter()
        .map(|line| line.weights.len())
        .max()
        .unwrap_or_default();
    let supplement = outputs.iter().zip(lines).map(|(of, line)| Output {
        name: of.name.clone(),
        bias: line.bias as f32,
        scale: 0.0,
        intercept: 0.0,
        slope: 1.0,
        ceiling: 1.0,
        yes: Score::ONE,
        review: Score::ONE,
    });
    let row = |dimension: u32| {
        let weights = lines.iter().map(|line| line.weight(dimension) as f32);
        (sentence_key(dimension), weights.collect())
    };
    let rows = (0..u32::try_from(width).unwrap_or_default())
        .map(row)
        .collect();
    Model::new(supplement.collect(), rows).of_encoder(encoder)
}
