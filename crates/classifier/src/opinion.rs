//! What a trained model says of a story.
//!
//! In: a model, the taxonomy's tags, the features of a story. Out: the sum of each output and what each
//! feature added. Never: decides.

use crate::features::{Feature, Origin, of_sentence};
use crate::model::{Gathered, Model, Output, RELEVANCE};
use crate::taxonomy::Tag;
use tocsin_core::Score;

/// A trained model, with the way from the taxonomy's tags to its outputs.
#[derive(Debug)]
pub(crate) struct Trained {
    model: Model,
    /// By the tag's index; `None` for a tag that it has not learned.
    tags: Vec<Option<usize>>,
    relevance: Option<usize>,
    supplement: Option<Supplement>,
}

/// What an encoder's vectors add.
#[derive(Debug)]
struct Supplement {
    model: Model,
    /// For each of the first model's outputs the supplement's, and how the first one's sum is then read.
    outputs: Vec<Option<(usize, Output)>>,
}

/// A story's features as far as the model knows them, and their sums.
pub(crate) struct Opinion {
    /// Value and origin of each feature that the model has weights for.
    known: Vec<(f32, Origin)>,
    /// The weights of each.
    rows: Gathered,
    sums: Vec<f32>,
    /// What a supplement adds to log-odds, by its own outputs; empty without one.
    extra: Vec<f32>,
}

impl Trained {
    /// Finds the outputs of the tags.
    pub(crate) fn new(model: Model, tags: &[Tag]) -> Self {
        let output = |name: &str| model.outputs.iter().position(|o| o.name == name);
        Self {
            tags: tags.iter().map(|t| output(&t.name)).collect(),
            relevance: output(RELEVANCE),
            model,
            supplement: None,
        }
    }

    /// The checksum of the model; `None` for one too large for its format.
    pub(crate) fn checksum(&self) -> Option<u32> {
        self.model.checksum().ok()
    }

    /// The same with what an encoder's vectors add.
    pub(crate) fn supplemented(mut self, supplement: Model) -> Self {
        let theirs = |ours: &Output| {
            let at = supplement
                .outputs
                .iter()
                .position(|s| s.name == ours.name)?;
            Some((at, ours.supplemented(supplement.outputs.get(at)?)))
        };
        let outputs = self.model.outputs.iter().map(theirs).collect();
        self.supplement = Some(Supplement {
            model: supplement,
            outputs,
        });
        self
    }

    /// What a supplement adds, by its own outputs.
    fn extra(&self, sentence: &[f32]) -> Vec<f32> {
        let Some(supplement) = &self.supplement else {
            return Vec::new();
        };
        supplement.model.sums_of(&of_sentence(sentence))
    }

    /// What the model says of a story with these features, and perhaps a vector by an encoder.
    pub(crate) fn opinion(&self, features: &[Feature], sentence: Option<&[f32]>) -> Opinion {
        let places = self.model.places(features);
        let mut known = Vec::with_capacity(features.len());
        known.extend(
            places
                .iter()
                .zip(features)
                .filter_map(|(row, feature)| row.map(|_| (feature.value, feature.origin))),
        );
        let rows = self.model.gathered(&places);
        Opinion {
            sums: self
                .model
                .sums(&rows, known.iter().map(|(value, _)| *value)),
            rows,
            known,
            extra: sentence.map(|s| self.extra(s)).unwrap_or_default(),
        }
    }

    /// What it holds of a tag, where it has learned it.
    pub(crate) fn tag<'a>(&'a self, tag: usize, opinion: &'a Opinion) -> Option<Learned<'a>> {
        self.learned((*self.tags.get(tag)?)?, opinion)
    }

    /// What it holds of relevance.
    pub(crate) fn relevance<'a>(&'a self, opinion: &'a Opinion) -> Option<Learned<'a>> {
        self.learned(self.relevance?, opinion)
    }

    fn learned<'a>(&'a self, index: usize, opinion: &'a Opinion) -> Option<Learned<'a>> {
        let (output, sum) = (self.model.outputs.get(index)?, *opinion.sums.get(index)?);
        let supplemented = self.supplement.as_ref().and_then(|supplement| {
            let (at, read) = supplement.outputs.get(index)?.as_ref()?;
            Some((read, output.added(*opinion.extra.get(*at)?)))
        });
        let (output, added) = supplemented.unwrap_or((output, 0.0));
        Some(Learned {
            model: &self.model,
            index,
            output,
            sum: sum + added,
            added,
            opinion,
        })
    }
}

/// What a trained model holds of one output, on one story.
pub(crate) struct Learned<'a> {
    model: &'a Model,
    index: usize,
    /// The output.
    pub(crate) output: &'a Output,
    /// The sum over the features, with the bias.
    pub(crate) sum: f32,
    /// What of it a supplement added.
    pub(crate) added: f32,
    opinion: &'a Opinion,
}

impl Learned<'_> {
    /// The calibrated probability.
    pub(crate) fn score(&self) -> Score {
        self.output.score(self.sum)
    }

    /// Each known feature's origin and value, and what it adds to the sum.
    pub(crate) fn points(&self) -> impl Iterator<Item = (Origin, f32, f32)> {
        let worth = self.model.worth(&self.opinion.rows, self.index);
        let known = self.opinion.known.iter();
        known
            .zip(worth)
            .map(|((value, origin), worth)| (*origin, *value, worth * value))
    }
}
