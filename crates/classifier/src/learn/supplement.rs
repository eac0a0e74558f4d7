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
use crate::model::{Model, ModelError, Output, Supplements};
use rayon::prelude::*;

/// How closely the labels are followed: C of the solver.
const PENALTY: f64 = 3.0;
/// An output needs so many stories that have it, and so many that have not.
const LEAST: usize = 20;
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
///
/// # Errors
/// Where the model is too large for its format.
pub fn supplement(
    trained: &Trained,
    stories: &[Labelled],
    sentences: &[Option<Vec<f32>>],
    encoder: &str,
    plan: &Plan,
) -> Result<Supplemented, ModelError> {
    let work = Work {
        trained,
        stories,
        folds: super::folds::folds(stories, FOLDS as u64),
        rows: rows(sentences),
        sentences,
        plan,
    };
    let outputs = &trained.model.outputs;
    let learned: Vec<Learned> = (0..outputs.len())
        .into_par_iter()
        .filter_map(|output| work.learn(output))
        .collect();
    let model = model(&learned).supplementing(Supplements {
        encoder: encoder.to_owned(),
        model: trained.model.checksum()?,
    });
    let verdicts = (0..stories.len()).map(|story| work.verdict(story, &learned, &model));
    Ok(Supplemented {
        verdicts: verdicts.collect(),
        model,
    })
}

/// What was learned for an output.
struct Learned<'a> {
    /// Its place among the first model's outputs.
    output: usize,
    of: &'a Output,
    whole: Line,
    /// By fold.
    held_out: Vec<Line>,
    reading: Reading,
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

impl<'a> Work<'a> {
    /// Log-odds of an output on a story held out; `None` where the model does not look at it.
    fn odds(&self, story: usize, output: usize) -> Option<f64> {
        let sums = self.trained.held_out().get(story)?.as_ref()?;
        let of = self.trained.model.outputs.get(output)?;
        Some(of.odds(*sums.get(output)?))
    }

    /// `None` where too few of the stories that the encoder reads are decided to tell how its sums are read.
    fn learn(&self, output: usize) -> Option<Learned<'a>> {
        let of = self.trained.model.outputs.get(output)?;
        let held_out: Vec<Line> = (0..FOLDS as u64)
            .map(|f| self.fit(output, Some(f)))
            .collect();
        let tried = |(story, labelled): (usize, &Labelled)| {
            Some(Tried {
                sum: self.odds(story, output)? + self.added(story, &held_out)?,
                yes: labelled
                    .answer(&of.name)
                    .filter(|_| labelled.hand != Hand::Nobody)?,
            })
        };
        let tried: Vec<Tried> = self.stories.iter().enumerate().filter_map(tried).collect();
        let yes = tried.iter().filter(|t| t.yes).count();
        (yes >= LEAST && tried.len() - yes >= LEAST).then(|| Learned {
            output,
            of,
            whole: self.fit(output, None),
            reading: calibrate(&tried),
            held_out,
        })
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
    fn added(&self, story: usize, held_out: &[Line]) -> Option<f64> {
        self.sentences.get(story)?.as_ref()?;
        let fold = usize::try_from(*self.folds.get(story)?).ok()?;
        Some(held_out.get(fold)?.sum(&self.rows, story))
    }

    fn verdict(&self, story: usize, learned: &[Learned<'_>], supplement: &Model) -> Verdict {
        let mut outputs = self.trained.model.outputs.clone();
        let sums = self.trained.held_out().get(story).and_then(Option::as_ref);
        let mut sums: Option<Vec<f32>> = sums.cloned();
        for (of, by) in learned.iter().zip(&supplement.outputs) {
            let sum = sums.as_mut().and_then(|sums| sums.get_mut(of.output));
            let slot = outputs.get_mut(of.output);
            if let (Some(sum), Some(slot), Some(added)) =
                (sum, slot, self.added(story, &of.held_out))
            {
                #[expect(clippy::cast_possible_truncation, reason = "as at run time")]
                let added = added as f32;
                *sum += slot.added(added);
                *slot = slot.supplemented(by);
            }
        }
        Verdict::of(&outputs, sums.as_deref())
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
fn model(learned: &[Learned<'_>]) -> Model {
    let width = learned
        .iter()
        .map(|l| l.whole.weights.len())
        .max()
        .unwrap_or_default();
    let outputs = learned.iter().map(|l| Output {
        name: l.of.name.clone(),
        bias: l.whole.bias as f32,
        scale: 0.0,
        intercept: l.reading.intercept as f32,
        slope: l.reading.slope as f32,
        ceiling: 1.0,
        yes: l.reading.yes,
        review: l.reading.review,
    });
    let row = |dimension: u32| {
        let weights = learned.iter().map(|l| l.whole.weight(dimension) as f32);
        (sentence_key(dimension), weights.collect())
    };
    let rows = (0..u32::try_from(width).unwrap_or_default()).map(row);
    Model::new(outputs.collect(), rows.collect())
}
