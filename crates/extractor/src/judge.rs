//! The learned judge of blocks: how likely each is part of the article.
//!
//! Two parts, both trained by `just train-extractor` (`examples/train`): weights of the words in the
//! class and id of an element, by logistic regression; and a sum of decision trees over the rows of
//! [`crate::features`], of which the word weights are the last two columns (gradient boosting, Friedman 2001).

use crate::features::{Said, Survey};
use crate::look;
use crate::outline::{Block, Outline};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Elements above a block whose names count as near.
pub(crate) const NEAR: usize = 4;
/// After each so many trees a block with such log odds is given up; most blocks of a page are.
const STRIDE: usize = 10;
const HOPELESS: f32 = -3.5;
/// The chance from which on a block gets a second look.
pub const FIRST_CHANCE: f32 = 0.03;

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

/// Trees, the leaves of which are added up.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Forest {
    /// Log odds before the first tree.
    pub base: f32,
    /// The trees.
    pub trees: Vec<Vec<Node>>,
}

impl Forest {
    /// From 0 to 1.
    pub fn chance(&self, row: &[f32]) -> f32 {
        let mut sum = self.base;
        for trees in self.trees.chunks(STRIDE) {
            if sum < HOPELESS {
                break;
            }
            sum += leaves(trees, row);
        }
        1.0 / (1.0 + (-sum).exp())
    }
}

/// A node of a tree; the first of a tree is its root.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// Rows whose `column` is at most `value` go to node `next`, others to the one after it.
    Fork {
        /// Column of the row.
        column: u16,
        /// The node for those at most the value.
        next: u16,
        /// The value.
        value: f32,
    },
    /// The log odds that are added.
    Leaf(f32),
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
        let rows = survey.rows(&self.word_scores(outline));
        let first: Vec<f32> = rows.iter().map(|row| self.first.chance(row)).collect();
        let context = survey.context(&first);
        let mut joined = Vec::new();
        let again = |((chance, row), context): ((&f32, &[f32]), &[f32])| {
            if *chance < FIRST_CHANCE {
                return *chance;
            }
            joined.clear();
            joined.extend_from_slice(row);
            joined.extend_from_slice(context);
            self.second.chance(&joined)
        };
        first
            .iter()
            .zip(rows.iter())
            .zip(context.iter())
            .map(again)
            .collect()
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

/// The sum of what trees say of a row.
pub fn answer(trees: &[Vec<Node>], row: &[f32]) -> f32 {
    trees.chunks(STRIDE).map(|trees| leaves(trees, row)).sum()
}

/// The same of [`STRIDE`] trees at most. They are walked side by side, for each step waits for memory.
fn leaves(trees: &[Vec<Node>], row: &[f32]) -> f32 {
    let mut at = [0_usize; STRIDE];
    let mut sum = 0.0;
    let mut under_way = trees.len();
    while under_way > 0 {
        under_way = 0;
        for (tree, at) in trees.iter().zip(&mut at) {
            match tree.get(*at) {
                Some(Node::Fork {
                    column,
                    next,
                    value,
                }) => {
                    let goes_on = row.get(usize::from(*column)).is_some_and(|v| v > value);
                    *at = usize::from(*next) + usize::from(goes_on);
                    under_way += 1;
                }
                Some(Node::Leaf(value)) => {
                    sum += value;
                    *at = usize::MAX;
                }
                None => {}
            }
        }
    }
    sum
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
        assert!(read.first.chance(&[0.0, 0.4]) < 0.2 && read.first.chance(&[0.0, 0.6]) > 0.8);
        assert!(Judge::from_bytes(b"no model").is_err());
    }
}
