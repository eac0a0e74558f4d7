//! What an encoder's vectors add to a trained model.
//!
//! In: a model with what it said of stories held out, and a vector for each story that the encoder
//! reads. Out: a [`Model`] over the numbers of the vector, whose sums are added to the log-odds of the
//! first. Never: changes the first.

use super::calibrate::{Reading, Tried, calibrate};
use super::labelled::{Hand, Labelled};
use super::solver::{Answer, Line, Rows, fit};
use super::train::{Plan, Trained};
use crate::features::sentence_key;
use crate::figures::Verdict;
use crate::model::{Model, Output};
use rayon::prelude::*;

/// How closely the labels are followed: C of the solver.
const PENALTY: f64 = 3.0;
/// Parts that are held out in turn.
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
    let readings: Vec<Reading> = (0..outputs.len())
        .map(|o| work.reading(o, &held_out))
        .collect();
    let model = model(outputs, &whole, &readings, encoder);
    let verdicts = (0..stories.len()).map(|n| work.verdict(n, &model, &held_out));
    Supplemented {
        verdicts: verdicts.collect(),
        model,
    }
}

impl Supplemented {
    /// As [`Trained::tune`], with what the model and this supplement said of the careful stories.
    pub fn tune(&mut self, careful: &[Labelled], verdicts: &[Verdict]) {
        super::tune::tune(&mut self.model, careful, verdicts);
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

    /// What the fits that had not seen a story add; `None` for a story that the encoder does not read.
    fn added(&self, story: usize, output: usize, held_out: &[Line]) -> Option<f64> {
        self.sentences.get(story)?.as_ref()?;
        let fold = usize::try_from(*self.folds.get(story)?).ok()?;
        Some(held_out.get(output * FOLDS + fold)?.sum(&self.rows, story))
    }

    /// How the log-odds with what is added to them are read.
    fn reading(&self, output: usize, held_out: &[Line]) -> Reading {
        let of = self.trained.model.outputs.get(output);
        let tried = |(story, labelled): (usize, &Labelled)| {
            Some(Tried {
                sum: self.odds(story, output)? + self.added(story, output, held_out)?,
                yes: labelled
                    .answer(&of?.name)
                    .filter(|_| labelled.hand != Hand::Nobody)?,
            })
        };
        let tried: Vec<Tried> = self.stories.iter().enumerate().filter_map(tried).collect();
        calibrate(&tried)
    }

    fn verdict(&self, story: usize, supplement: &Model, held_out: &[Line]) -> Verdict {
        let sums = self
            .trained
            .held_out()
            .get(story)
            .and_then(Option::as_deref);
        let read = |(output, (ours, by)): (usize, (&Output, &Output))| {
            #[expect(clippy::cast_possible_truncation, reason = "as at run time")]
            let added = self.added(story, output, held_out)? as f32;
            let sum = sums?.get(output)? + ours.added(added);
            Some((ours.supplemented(by), sum))
        };
        let pairs = self.trained.model.outputs.iter().zip(&supplement.outputs);
        let (outputs, added): (Vec<Output>, Vec<f32>) = pairs.enumerate().filter_map(read).unzip();
        match added.is_empty() {
            true => Verdict::of(&self.trained.model.outputs, sums),
            false => Verdict::of(&outputs, Some(&added)),
        }
    }
}

fn rows(sentences: &[Option<Vec<f32>>]) -> Rows {
    let mut rows = Rows::default();
    for sentence in sentences {
        rows.push((0..).zip(sentence.iter().flatten().copied()));
    }
    rows
}

/// Puts the fits together.
#[expect(clippy::cast_possible_truncation, reason = "weights are small")]
fn model(outputs: &[Output], lines: &[Line], readings: &[Reading], encoder: &str) -> Model {
    let width = lines
        .iter()
        .map(|line| line.weights.len())
        .max()
        .unwrap_or_default();
    let each = outputs.iter().zip(lines).zip(readings);
    let supplement = each.map(|((of, line), reading)| Output {
        name: of.name.clone(),
        bias: line.bias as f32,
        scale: 0.0,
        intercept: reading.intercept as f32,
        slope: reading.slope as f32,
        ceiling: 1.0,
        yes: reading.yes,
        review: reading.review,
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
