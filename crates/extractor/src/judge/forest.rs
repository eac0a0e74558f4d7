//! Sums of decision trees.

use crate::features::Rows;
use serde::{Deserialize, Serialize};

/// After each so many trees a row with log odds as far from even is decided; most blocks of a page are.
const STRIDE: usize = 10;
const DECIDED: f32 = 3.5;

/// Trees, the leaves of which are added up.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Forest {
    /// Log odds before the first tree.
    pub base: f32,
    /// The trees.
    pub trees: Vec<Tree>,
}

impl Forest {
    /// Of each row, from 0 to 1. All rows are led past the same few trees before the next few, for a processor's
    /// nearest memory holds no more.
    pub fn chances(&self, rows: &Rows) -> Vec<f32> {
        let mut sums = vec![self.base; rows.iter().len()];
        for trees in self.trees.chunks(STRIDE) {
            for (sum, row) in sums.iter_mut().zip(rows.iter()) {
                if sum.abs() <= DECIDED {
                    *sum += leaves(trees, row);
                }
            }
        }
        sums.iter().map(|sum| 1.0 / (1.0 + (-sum).exp())).collect()
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

/// A tree: its nodes, the root first.
pub type Tree = Vec<Node>;

/// The sum of what trees say of a row.
pub fn answer(trees: &[Tree], row: &[f32]) -> f32 {
    trees.chunks(STRIDE).map(|trees| leaves(trees, row)).sum()
}

/// The same of [`STRIDE`] trees at most. They are walked side by side, for each step waits for memory.
fn leaves(trees: &[Tree], row: &[f32]) -> f32 {
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
    fn rows_go_to_their_leaves() {
        let fork = Node::Fork {
            column: 1,
            next: 1,
            value: 0.5,
        };
        let forest = Forest {
            base: 1.0,
            trees: vec![vec![fork, Node::Leaf(-2.0), Node::Leaf(2.0)]],
        };
        let rows = Rows {
            width: 2,
            values: vec![9.0, 0.5, -9.0, 0.6],
        };
        let chances = forest.chances(&rows);
        assert!(chances[0] < 0.3 && chances[1] > 0.9);
    }
}
