//! What a trained model says of a story.
//!
//! In: a model, the taxonomy's tags, the features of a story. Out: the sum of each output and what each
//! feature added. Never: decides.

use crate::features::{Feature, Origin};
use crate::model::{Model, Output, RELEVANCE};
use crate::taxonomy::Tag;
use tocsin_core::Score;

/// A trained model, with the way from the taxonomy's tags to its outputs.
#[derive(Debug)]
pub(crate) struct Trained {
    model: Model,
    /// By the tag's index; `None` for a tag that it has not learned.
    tags: Vec<Option<usize>>,
    relevance: Option<usize>,
}

/// A story's features as far as the model knows them, and their sums.
pub(crate) struct Opinion {
    known: Vec<Known>,
    sums: Vec<f32>,
}

/// A feature that the model has weights for.
struct Known {
    /// The place of the weights.
    row: usize,
    value: f32,
    origin: Origin,
}

impl Trained {
    /// Finds the outputs of the tags.
    pub(crate) fn new(model: Model, tags: &[Tag]) -> Self {
        let output = |name: &str| model.outputs.iter().position(|o| o.name == name);
        Self {
            tags: tags.iter().map(|t| output(&t.name)).collect(),
            relevance: output(RELEVANCE),
            model,
        }
    }

    /// What the model says of a story with these features.
    pub(crate) fn opinion(&self, features: &[Feature]) -> Opinion {
        let known = |feature: &Feature| {
            let row = self.model.row(feature.key)?;
            let (value, origin) = (feature.value, feature.origin);
            Some(Known { row, value, origin })
        };
        let known: Vec<Known> = features.iter().filter_map(known).collect();
        Opinion {
            sums: self.model.sums(known.iter().map(|k| (k.row, k.value))),
            known,
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
        Some(Learned {
            model: &self.model,
            index,
            output: self.model.outputs.get(index)?,
            sum: *opinion.sums.get(index)?,
            known: &opinion.known,
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
    known: &'a [Known],
}

impl Learned<'_> {
    /// The calibrated probability.
    pub(crate) fn score(&self) -> Score {
        self.output.score(self.sum)
    }

    /// Each known feature's origin and value, and what it adds to the sum.
    pub(crate) fn points(&self) -> impl Iterator<Item = (Origin, f32, f32)> {
        self.known.iter().map(|known| {
            let weight = self.model.weight(known.row, self.index);
            (known.origin, known.value, weight * known.value)
        })
    }
}
