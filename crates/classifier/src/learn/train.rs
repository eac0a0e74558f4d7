//! Training: features, folds, fits, calibration.

use super::calibrate::{Tried, calibrate};
use super::folds::folds;
use super::labelled::{Hand, Labelled};
use super::solver::{Answer, Line, Rows, fit, fit_weights};
use crate::features::{Feature, Origin};
use crate::figures::Verdict;
use crate::judge::{Classifier, Input};
use crate::model::{Model, Output, RELEVANCE};
use rayon::prelude::*;
use std::collections::HashMap;

/// How a model is trained.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How closely it follows the labels: C of the solver.
    pub penalty: f64,
    /// How many parts are held out in turn.
    pub folds: u64,
    /// How much a story counts that was written for training.
    pub written: f64,
    /// How much an analyst's verdict counts.
    pub verdict: f64,
    /// How much a story counts that nobody labelled.
    pub unlabelled: f64,
    /// A feature must occur in so many stories.
    pub least: usize,
    /// Weights smaller than this for all outputs are left out of the model.
    pub smallest: f64,
    /// What the model may look at.
    pub parts: Parts,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            penalty: 1.2,
            folds: 5,
            written: 0.9,
            verdict: 2.7,
            unlabelled: 0.2,
            least: 2,
            smallest: 0.08,
            parts: Parts::default(),
        }
    }
}

/// The kinds of feature; for measuring what each adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Concepts of the rules, alone and in pairs.
    pub concepts: bool,
    /// Words and runs of characters.
    pub words: bool,
    /// Known names and their kinds.
    pub names: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            concepts: true,
            words: true,
            names: true,
        }
    }
}

impl Parts {
    fn has(self, feature: &Feature) -> bool {
        match feature.origin {
            Origin::Concept(..) | Origin::Pair(..) => self.concepts,
            Origin::Gram(..) => self.words,
            Origin::Name(_) => self.names,
            Origin::Shape => true,
        }
    }
}

/// A model, and what it said of the stories while they were held out.
#[derive(Debug)]
pub struct Trained {
    /// The model of all stories.
    pub model: Model,
    /// For each story, in the order given, the sum of each output from a fit that had seen neither it
    /// nor a copy of it; `None` where the story cannot be about AI.
    held_out: Vec<Option<Vec<f32>>>,
}

impl Trained {
    /// Reads all probabilities once more, so that they fit stories that the model was not made of and
    /// that were read more carefully than those that it was made of.
    pub fn tune(&mut self, classifier: &Classifier, careful: &[Labelled]) {
        let verdicts = judge(classifier, &self.model, careful);
        super::tune::tune(&mut self.model, careful, &verdicts);
    }

    /// The sums of each story while it was held out.
    pub(super) fn held_out(&self) -> &[Option<Vec<f32>>] {
        &self.held_out
    }

    /// What the model said of each story while it was held out.
    pub fn verdicts(&self) -> Vec<Verdict> {
        let verdict = |sums: &Option<Vec<f32>>| Verdict::of(&self.model.outputs, sums.as_deref());
        self.held_out.iter().map(verdict).collect()
    }
}

/// Trains a model. `progress` is told how many of how many fits are done.
pub fn train(
    classifier: &Classifier,
    stories: &[Labelled],
    plan: &Plan,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Trained {
    let table = Table::new(&read(classifier, stories, plan.parts), plan.least);
    let outputs = outputs(classifier);
    let folds = folds(stories, plan.folds);
    let jobs: Vec<(usize, Option<u64>)> = (0..outputs.len())
        .flat_map(|o| (0..plan.folds).map(Some).chain([None]).map(move |f| (o, f)))
        .collect();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let lines: Vec<Line> = jobs
        .par_iter()
        .map(|(output, held_out)| {
            let name = outputs.get(*output).map_or("", String::as_str);
            let answers: Vec<Answer> = table
                .answers(stories, name, plan)
                .filter(|a| folds.get(a.row).copied() != *held_out || held_out.is_none())
                .collect();
            let line = fit(&table.rows, &answers, plan.penalty);
            let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            progress(done, jobs.len());
            line
        })
        .collect();
    assemble(&table, stories, &outputs, &folds, plan, &lines)
}

/// Puts the fits together: the last of each output is of all stories, those before it of a fold each.
fn assemble(
    table: &Table,
    stories: &[Labelled],
    outputs: &[String],
    folds: &[u64],
    plan: &Plan,
    lines: &[Line],
) -> Trained {
    let each = lines.chunks(usize::try_from(plan.folds).unwrap_or(1) + 1);
    let open = |open: &bool| open.then(|| Vec::with_capacity(outputs.len()));
    let mut held_out: Vec<Option<Vec<f32>>> = table.open.iter().map(open).collect();
    let (mut finals, mut whole) = (Vec::new(), Vec::new());
    for (name, lines) in outputs.iter().zip(each) {
        let sums: Vec<f64> = (0..stories.len())
            .map(|row| {
                let fold = folds.get(row).and_then(|f| usize::try_from(*f).ok());
                let line = fold.and_then(|f| lines.get(f));
                line.map_or(0.0, |line| line.sum(&table.rows, row))
            })
            .collect();
        let tried: Vec<Tried> = table
            .answers(stories, name, plan)
            .filter(|a| stories.get(a.row).is_some_and(|s| s.hand != Hand::Nobody))
            .filter_map(|a| {
                let sum = *sums.get(a.row)?;
                Some(Tried { sum, yes: a.yes })
            })
            .collect();
        let Some(line) = lines.last() else { continue };
        for (held_out, sum) in held_out.iter_mut().zip(&sums) {
            #[expect(clippy::cast_possible_truncation, reason = "as at run time")]
            held_out.iter_mut().for_each(|sums| sums.push(*sum as f32));
        }
        finals.push(line);
        whole.push(output(name, line, &tried));
    }
    Trained {
        model: Model::new(whole, table.weights(&finals, plan.smallest)),
        held_out,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are small")]
fn output(name: &str, line: &Line, tried: &[Tried]) -> Output {
    let reading = calibrate(tried);
    Output {
        name: name.to_owned(),
        bias: line.bias as f32,
        scale: 0.0,
        intercept: reading.intercept as f32,
        slope: reading.slope as f32,
        ceiling: 1.0,
        yes: reading.yes,
        review: reading.review,
    }
}

/// What a model says of stories that it was not made of.
pub fn judge(classifier: &Classifier, model: &Model, stories: &[Labelled]) -> Vec<Verdict> {
    let verdict = |features: &Option<Vec<Feature>>| {
        let sums = features.as_ref().map(|features| model.sums_of(features));
        Verdict::of(&model.outputs, sums.as_deref())
    };
    let found = read(classifier, stories, Parts::default());
    found.iter().map(verdict).collect()
}

/// Moves a model as far as new verdicts ask for, and no farther: its weights are where the fit starts
/// from and is drawn back to. Calibration and thresholds stay.
pub fn update(
    classifier: &Classifier,
    model: &Model,
    stories: &[Labelled],
    plan: &Plan,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Model {
    let found = read(classifier, stories, plan.parts);
    let sums = |features: &Option<Vec<Feature>>| features.as_ref().map(|f| model.sums_of(f));
    let sums: Vec<Option<Vec<f32>>> = found.iter().map(sums).collect();
    let table = Table::new(&found, 1);
    let outputs = model.outputs.clone();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let lines: Vec<Line> = outputs
        .par_iter()
        .enumerate()
        .map(|(index, output)| {
            let known = |row: usize| -> f64 {
                let sum = sums.get(row).and_then(|s| s.as_ref()?.get(index)).copied();
                let sum = sum.unwrap_or_default();
                output.odds(sum)
            };
            let answers: Vec<Answer> = table
                .answers(stories, &output.name, plan)
                .map(|a| Answer {
                    offset: known(a.row),
                    ..a
                })
                .collect();
            let line = match answers.is_empty() {
                true => Line::default(),
                false => fit_weights(&table.rows, &answers, plan.penalty),
            };
            progress(
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1,
                outputs.len(),
            );
            line
        })
        .collect();
    moved(model, &table, outputs, &lines)
}

/// The model with what was learned added to its weights. The bias stays: a handful of verdicts says
/// little about how common a tag is.
fn moved(model: &Model, table: &Table, outputs: Vec<Output>, lines: &[Line]) -> Model {
    let mut rows: HashMap<u32, Vec<f32>> = model.rows().collect();
    for (key, column) in &table.columns {
        let row = rows.entry(*key).or_insert_with(|| vec![0.0; outputs.len()]);
        for ((weight, line), output) in row.iter_mut().zip(lines).zip(&outputs) {
            #[expect(clippy::cast_possible_truncation, reason = "weights are small")]
            let added = line.weight(*column) as f32 / output.slope;
            *weight += added;
        }
    }
    Model::new(outputs, rows.into_iter().collect())
}

/// The tags of the taxonomy, and relevance.
fn outputs(classifier: &Classifier) -> Vec<String> {
    let mut outputs = classifier.taxonomy().names();
    outputs.push(RELEVANCE.to_owned());
    outputs
}

/// The features of each story that count; `None` for one that a model never sees.
fn read(classifier: &Classifier, stories: &[Labelled], parts: Parts) -> Vec<Option<Vec<Feature>>> {
    let of = |story: &Labelled| -> Option<Vec<Feature>> {
        let (features, named) = classifier.features(&Input {
            title: &story.title,
            text: &story.text,
            lang: story.lang.as_deref(),
        })?;
        if named && story.hand == Hand::Nobody {
            return None;
        }
        Some(features.into_iter().filter(|f| parts.has(f)).collect())
    };
    stories.par_iter().map(of).collect()
}

/// The stories as rows of numbers.
struct Table {
    rows: Rows,
    /// The column of each feature.
    columns: HashMap<u32, u32>,
    /// Whether each story is about AI at all; the others never reach a model.
    open: Vec<bool>,
}

impl Table {
    /// A feature that occurs in fewer stories than `least` has no column.
    fn new(found: &[Option<Vec<Feature>>], least: usize) -> Self {
        let columns = columns(found.iter().flatten(), least);
        let mut rows = Rows::default();
        for story in found {
            let features = story.iter().flatten();
            rows.push(features.filter_map(|f| Some((*columns.get(&f.key)?, f.value))));
        }
        Self {
            rows,
            columns,
            open: found.iter().map(Option::is_some).collect(),
        }
    }

    /// The stories that a tag is decided for.
    fn answers<'a>(
        &'a self,
        stories: &'a [Labelled],
        output: &'a str,
        plan: &'a Plan,
    ) -> impl Iterator<Item = Answer> + 'a {
        let open = stories.iter().zip(&self.open).enumerate();
        open.filter(|(_, (_, open))| **open)
            .filter_map(move |(row, (story, _))| {
                Some(Answer {
                    row,
                    yes: story.answer(output)?,
                    counts: match story.hand {
                        Hand::Read => 1.0,
                        Hand::Written => plan.written,
                        Hand::Analyst => plan.verdict,
                        Hand::Nobody => plan.unlabelled,
                    },
                    offset: 0.0,
                })
            })
    }

    /// For each feature its weights, where one is worth keeping.
    fn weights(&self, lines: &[&Line], smallest: f64) -> Vec<(u32, Vec<f32>)> {
        let mut rows = Vec::new();
        for (key, column) in &self.columns {
            let row: Vec<f64> = lines.iter().map(|line| line.weight(*column)).collect();
            if row.iter().any(|w| w.abs() >= smallest) {
                #[expect(clippy::cast_possible_truncation, reason = "weights are small")]
                rows.push((*key, row.into_iter().map(|w| w as f32).collect()));
            }
        }
        rows
    }
}

/// A column for each feature that occurs in enough stories, in order of the keys.
fn columns<'a>(
    features: impl Iterator<Item = &'a Vec<Feature>>,
    least: usize,
) -> HashMap<u32, u32> {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for story in features {
        for feature in story {
            *counts.entry(feature.key).or_default() += 1;
        }
    }
    let kept = counts.into_iter().filter(|(_, n)| *n >= least);
    let mut keys: Vec<u32> = kept.map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys.into_iter().zip(0..).collect()
}
