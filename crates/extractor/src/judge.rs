//! The learned judge of blocks: how likely each is part of the article.
//!
//! Two parts, both trained by `just train-extractor` (`examples/train`): weights of the words in the
//! class and id of an element, by logistic regression; and a sum of decision trees over the rows of
//! [`crate::features`], of which the word weights are three columns (gradient boosting, Friedman 2001).

mod forest;

pub use forest::{Forest, Node, Tree, answer};

use crate::features::{Said, Survey};
use crate::look;
use crate::outline::{Block, Outline};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Elements above a block whose names count as near.
pub(crate) const NEAR: usize = 4;
/// Blocks that are looked at together.
const BATCH: usize = 64;
/// The chance from which on a block gets a second look.
const FIRST_CHANCE: f32 = 0.03;

static STANDARD: LazyLock<Judge> = LazyLock::new(|| {
    let model = include_bytes!("../../../models/extractor.model");
    Judge::from_bytes(model).unwrap_or_default()
});

/// Weights and trees.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Judge {
    /// Weights of words, by their hashes: in the names of elements near a block, of those farther up, and in its text.
    pub words: [FxHashMap<u32, f32>; 3],
    /// Looks at each block by itself.
    pub first: Forest,
    /// Looks again at blocks that have a chance, and at what the first said of all.
    pub second: Forest,
}

impl Judge {
    /// The one of `models/extractor.model`.
    pub(crate) fn standard() -> &'static Self {
        &STANDARD
    }

    /// Reads a model.
    ///
    /// # Errors
    /// Where the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }

    /// The model as bytes.
    ///
    /// # Errors
    /// None that is known; the encoder may give one.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(self)
    }

    /// For each block how likely it is part of the article, from 0 to 1.
    pub(crate) fn chances(&self, outline: &Outline, said: Said<'_>) -> Vec<f32> {
        let survey = Survey::of(outline, said);
        let words = self.word_scores(outline);
        let count = outline.blocks.len();
        let mut first = Vec::with_capacity(count);
        // The rows of a whole page would take many times its memory.
        for start in (0..count).step_by(BATCH) {
            let rows = survey.rows(&words, start..count.min(start + BATCH));
            first.extend(self.first.chances(&rows));
        }
        let views = survey.views(&first);
        let mut chances = first.clone();
        let again: Vec<usize> = second_looks(&first).collect();
        for some in again.chunks(BATCH) {
            let rows = survey.joined(&words, some.iter().copied(), &views);
            for (at, chance) in some.iter().zip(self.second.chances(&rows)) {
                if let Some(first) = chances.get_mut(*at) {
                    *first = chance;
                }
            }
        }
        chances
    }

    /// For each block the weights of the words in the names of elements near it, of those farther up, and in its text.
    pub(crate) fn word_scores(&self, outline: &Outline) -> Vec<[f32; 3]> {
        // Sums from the root down, so that each element's names are looked up once.
        let [near, far, text] = &self.words;
        let mut sums: Vec<[f32; 2]> = Vec::with_capacity(outline.places.len());
        for place in &outline.places {
            let above = place.parent.and_then(|p| sums.get(p).copied());
            let names = outline.names.get(place.names.clone()).unwrap_or_default();
            let sum = |weights: &FxHashMap<u32, f32>| {
                names.iter().filter_map(|n| weights.get(n)).sum::<f32>()
            };
            let [near_above, far_above] = above.unwrap_or_default();
            sums.push([near_above + sum(near), far_above + sum(far)]);
        }
        let of =
            |place: Option<usize>| place.and_then(|p| sums.get(p).copied()).unwrap_or_default();
        let score = |block: &Block| {
            let above = (0..NEAR).try_fold(block.place, |at, _| outline.parent(at));
            let ([all, _], [above_near, far]) = (of(Some(block.place)), of(above));
            [all - above_near, far, text_score(&block.text, text)]
        };
        outline.blocks.iter().map(score).collect()
    }
}

fn text_score(text: &str, weights: &FxHashMap<u32, f32>) -> f32 {
    let words = look::words(text);
    let sum: f32 = words.iter().filter_map(|w| weights.get(w)).sum();
    sum * text_scale(words.len())
}

/// What each word of a text of so many words counts.
#[expect(clippy::cast_precision_loss, reason = "a block has few words")]
pub fn text_scale(words: usize) -> f32 {
    1.0 / (words.max(1) as f32).sqrt()
}

/// The blocks that get a second look, given their chances after the first.
pub fn second_looks(chances: &[f32]) -> impl Iterator<Item = usize> {
    let enumerated = chances.iter().enumerate();
    enumerated.filter_map(|(at, chance)| (*chance >= FIRST_CHANCE).then_some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_model_is_read_and_fits_the_columns() {
        let judge = Judge::standard();
        let [first, second] = crate::features::columns().map(|c| c.len());
        for (forest, width) in [(&judge.first, first), (&judge.second, first + second)] {
            assert!(forest.trees.len() > 50);
            for node in forest.trees.iter().flatten() {
                assert!(
                    !matches!(node, Node::Fork { column, .. } if usize::from(*column) >= width)
                );
            }
        }
        assert!(judge.words.iter().all(|w| w.len() > 1_000));
    }

    #[test]
    fn a_model_is_the_same_after_writing_and_reading() {
        let mut judge = Judge::default();
        judge.first.trees = vec![vec![
            Node::Fork {
                column: 1,
                next: 1,
                value: 0.5,
            },
            Node::Leaf(-2.0),
            Node::Leaf(2.0),
        ]];
        let read = Judge::from_bytes(&judge.to_bytes().unwrap()).unwrap();
        assert_eq!(read.first.trees, judge.first.trees);
        assert!(Judge::from_bytes(b"no model").is_err());
    }
}
