//! From stories without labels to an embedding.
//!
//! In: what each story is about. Out: an [`Embedding`]. Never: draws a random number.
//!
//! Latent semantic analysis by subspace iteration (Rutishauser 1969): the space of the largest singular
//! vectors of the matrix of stories and things, each thing weighed by its rarity, each story of length
//! one. Only the space matters, not its axes, since vectors are compared by their angle.

use super::labelled::Labelled;
use crate::embedding::{self, Embedding, EmbeddingError};
use crate::features::{Feature, Origin};
use crate::judge::{Classifier, Input};
use rayon::prelude::*;
use std::collections::HashMap;

/// Numbers in a vector.
const WIDTH: usize = 128;
/// Things that have a vector, at most.
const MOST: usize = 30_000;
/// A thing must occur in so many stories.
const LEAST: usize = 4;
/// A concept or name that occurs in a larger part of the stories tells nothing; nor does a word.
const COMMON: (f64, f64) = (0.25, 0.12);
/// What a concept counts beside a word: it stands for many words in every language.
const CONCEPT: f32 = 1.7;
/// Rounds of the iteration; the space hardly turns any more after so many.
const ROUNDS: usize = 12;

/// A story as what it is about: columns of things, each with its weight.
type Row = Vec<(usize, f32)>;

/// Learns an embedding. `progress` is told how many of how many rounds are done.
///
/// # Errors
/// Where it is too large for its format.
pub fn embed(
    classifier: &Classifier,
    stories: &[Labelled],
    progress: &dyn Fn(usize, usize),
) -> Result<Embedding, EmbeddingError> {
    let gist = |story: &Labelled| {
        classifier.gist(&Input {
            title: &story.title,
            text: &story.text,
            lang: story.lang.as_deref(),
        })
    };
    let gists: Vec<Vec<Feature>> = stories.par_iter().map(gist).collect();
    let things = things(&gists);
    let rows: Vec<Row> = gists.par_iter().map(|gist| row(gist, &things)).collect();
    drop(gists);
    let columns = transposed(&rows, things.len());
    let mut space = start(things.len());
    for round in 0..ROUNDS {
        let seen = product(&rows, &space);
        space = product(&columns, &seen);
        orthonormal(&mut space);
        progress(round + 1, ROUNDS);
    }
    let mut whole: Vec<embedding::Thing> = things
        .into_iter()
        .filter_map(|(key, thing)| {
            let row = space.get(thing.column)?;
            Some(embedding::Thing {
                key,
                rarity: thing.weight,
                vector: row.iter().map(|x| x * thing.weight).collect(),
            })
        })
        .collect();
    whole.sort_by_key(|thing| thing.key);
    Embedding::new(WIDTH, &whole)
}

/// A thing that has a vector.
struct Thing {
    column: usize,
    weight: f32,
}

/// How often a thing occurs, and whether it is a word.
#[derive(Default, Clone, Copy)]
struct Count {
    stories: usize,
    word: bool,
}

/// The things that get a vector, by key: concepts and names first, then the most frequent words.
fn things(gists: &[Vec<Feature>]) -> HashMap<u32, Thing> {
    let mut counts: HashMap<u32, Count> = HashMap::new();
    for feature in gists.iter().flatten() {
        let count = counts.entry(feature.key).or_default();
        count.stories += 1;
        count.word = matches!(feature.origin, Origin::Gram(..));
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of stories")]
    let part = |count: &Count| count.stories as f64 / gists.len().max(1) as f64;
    let limit = |count: &Count| if count.word { COMMON.1 } else { COMMON.0 };
    let mut kept: Vec<(u32, Count)> = counts
        .into_iter()
        .filter(|(_, count)| count.stories >= LEAST && part(count) <= limit(count))
        .collect();
    kept.sort_by_key(|(key, count)| (count.word, usize::MAX - count.stories, *key));
    kept.truncate(MOST);
    kept.sort_by_key(|(key, _)| *key);
    let thing = |(column, (key, count)): (usize, (u32, Count))| {
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm")]
        let rarity = -part(&count).ln() as f32;
        let weight = if count.word { rarity } else { rarity * CONCEPT };
        (key, Thing { column, weight })
    };
    kept.into_iter().enumerate().map(thing).collect()
}

/// A story's things, brought to length one.
fn row(gist: &[Feature], things: &HashMap<u32, Thing>) -> Row {
    let known = gist.iter().filter_map(|feature| things.get(&feature.key));
    let mut row: Row = known.map(|thing| (thing.column, thing.weight)).collect();
    let norm = row.iter().map(|(_, x)| x * x).sum::<f32>().sqrt();
    row.iter_mut().for_each(|(_, x)| *x /= norm);
    row
}

/// The same matrix by columns.
fn transposed(rows: &[Row], width: usize) -> Vec<Row> {
    let mut columns: Vec<Row> = vec![Row::new(); width];
    for (number, row) in rows.iter().enumerate() {
        for (column, x) in row {
            let slot = columns.get_mut(*column);
            slot.into_iter().for_each(|slot| slot.push((number, *x)));
        }
    }
    columns
}

/// Rows of some space to begin with, always the same (the finaliser of SplitMix64).
fn start(rows: usize) -> Vec<Vec<f32>> {
    let number = |at: u64| {
        let mut z = at.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        #[expect(clippy::cast_precision_loss, reason = "the upper bits are enough")]
        let unit = (z >> 40) as f32 / (1_u64 << 24) as f32;
        unit - 0.5
    };
    let row = |row: usize| {
        let first = (row * WIDTH) as u64;
        (first..first + WIDTH as u64).map(number).collect()
    };
    (0..rows).map(row).collect()
}

/// A sparse matrix times a dense one.
fn product(sparse: &[Row], dense: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let row = |row: &Row| {
        let mut sum = vec![0.0_f32; WIDTH];
        for (at, x) in row {
            for (slot, y) in sum.iter_mut().zip(dense.get(*at).into_iter().flatten()) {
                *slot += x * y;
            }
        }
        sum
    };
    sparse.par_iter().map(row).collect()
}

/// Makes the columns of a matrix of rows stand upright on one another (modified Gram-Schmidt).
fn orthonormal(rows: &mut [Vec<f32>]) {
    let mut columns: Vec<Vec<f64>> = (0..WIDTH)
        .map(|c| {
            rows.iter()
                .map(|row| row.get(c).copied().unwrap_or_default().into())
                .collect()
        })
        .collect();
    for nth in 0..columns.len() {
        let (done, open) = columns.split_at_mut(nth);
        let Some((column, _)) = open.split_first_mut() else {
            break;
        };
        for earlier in done.iter() {
            let shadow = dot(column, earlier);
            column
                .iter_mut()
                .zip(earlier)
                .for_each(|(x, e)| *x -= shadow * e);
        }
        let norm = dot(column, column).sqrt().max(1e-30);
        column.iter_mut().for_each(|x| *x /= norm);
    }
    for (r, row) in rows.iter_mut().enumerate() {
        for (slot, column) in row.iter_mut().zip(&columns) {
            #[expect(clippy::cast_possible_truncation, reason = "between -1 and 1")]
            let x = column.get(r).copied().unwrap_or_default() as f32;
            *slot = x;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
