//! Which blocks of a page belong to its text, found by comparing them with the known text.

use std::collections::HashSet;
use std::ops::Range;

/// Words of a sequence, as the measure counts them.
pub(crate) const SEQUENCE: usize = 4;
/// Blocks that are looked at for a neighbour that is text.
const REACH: usize = 4;

/// The words of a text: letters, digits and underscores in a row.
pub(crate) fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty())
        .collect()
}

/// For each block whether it is text: most of its sequences of four words stand in the known text; a
/// shorter one has to continue the text before or after it.
pub(crate) fn of_text(blocks: &[String], known: &str) -> Vec<bool> {
    let known = words(known);
    let blocks: Vec<Vec<&str>> = blocks.iter().map(|b| words(b)).collect();
    if known.len() < SEQUENCE {
        return blocks
            .iter()
            .map(|b| !b.is_empty() && known.windows(b.len()).any(|w| w == b))
            .collect();
    }
    let sequences: HashSet<&[&str]> = known.windows(SEQUENCE).collect();
    let is_known = |words: &[&str]| {
        let found = words
            .windows(SEQUENCE)
            .filter(|w| sequences.contains(w))
            .count();
        found * 2 >= words.len() + 1 - SEQUENCE
    };
    let mut labels: Vec<bool> = blocks
        .iter()
        .map(|b| b.len() >= SEQUENCE && is_known(b))
        .collect();
    let short: Vec<usize> = (0..blocks.len())
        .filter(|i| (1..SEQUENCE).contains(&blocks[*i].len()))
        .collect();
    // Short ones may lean on other short ones, so there are passes in both directions.
    for at in short.iter().chain(short.iter().rev()).chain(&short) {
        labels[*at] = labels[*at] || continues(&blocks, &labels, *at, &sequences);
    }
    labels
}

fn continues(
    blocks: &[Vec<&str>],
    labels: &[bool],
    at: usize,
    sequences: &HashSet<&[&str]>,
) -> bool {
    let text = |mut range: Range<usize>| range.find(|i| labels[*i]);
    let before = (at.saturating_sub(REACH)..at).rev().find(|i| labels[*i]);
    let after = text(at + 1..(at + 1 + REACH).min(blocks.len()));
    let ends = |words: &[&str]| {
        words.windows(SEQUENCE).all(|w| sequences.contains(w)) && words.len() >= SEQUENCE
    };
    let before = before.is_some_and(|b| {
        let tail = &blocks[b][blocks[b].len().saturating_sub(SEQUENCE - 1)..];
        ends(&[tail, &blocks[at]].concat())
    });
    before
        || after.is_some_and(|b| {
            let head = &blocks[b][..blocks[b].len().min(SEQUENCE - 1)];
            ends(&[blocks[at].as_slice(), head].concat())
        })
}

/// A text with one space where it has several.
pub(crate) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// For each block whether it is text, where snippets say so.
pub(crate) fn of_snippets(
    blocks: &[String],
    with: &[String],
    without: &[String],
) -> Vec<Option<bool>> {
    let blocks: Vec<String> = blocks.iter().map(|b| plain(b)).collect();
    let mut labels = vec![None; blocks.len()];
    for (snippets, label) in [(with, true), (without, false)] {
        for snippet in snippets {
            let snippet = plain(snippet);
            let holders: Vec<usize> = (0..blocks.len())
                .filter(|i| blocks[*i].contains(&snippet))
                .collect();
            // What stands in two places may be wanted in one of them only.
            if holders.len() == 1 || !label {
                holders.iter().for_each(|i| labels[*i] = Some(label));
            }
        }
    }
    labels
}
