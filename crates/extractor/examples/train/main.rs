//! Trains the judge of blocks on pages with known text, and says how good it is on sites that it has
//! not seen.
//!
//! `cargo run --release -p tocsin-extractor --example train -- DIR MODEL [TEXTS]`, where DIR holds the sets that
//! [`SETS`] names and MODEL is written; TEXTS gets, one object a line, what was found in pages of unseen sites. The
//! sites are dealt into five parts; the figures are those of each part judged by a model trained on the other four. The
//! model that is written is trained on all.
//! The same input gives the same bytes.

#![expect(
    clippy::indexing_slicing,
    reason = "arrays of one length, and indexes of our own making"
)]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "counts of blocks and words are small"
)]
#![expect(clippy::print_stdout, reason = "its figures are what it is run for")]

mod boost;
mod labels;
mod linear;
mod pages;
mod random;
mod score;

use anyhow::{Context, Result};
use boost::{Settings, Table};
use linear::Example;
use pages::Page;
use random::Random;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::path::Path;
use tocsin_extractor::learn::{self, Forest, Judge, Rows, second_looks};

/// Files of the sets, and how much a page of each weighs: news is what we read.
const SETS: [(&str, f32); 5] = [
    ("scrapinghub", 2.5),
    ("fundus", 2.5),
    ("mozilla", 1.5),
    ("wcxb", 1.0),
    ("trafilatura", 1.0),
];
/// Parts of the sites, for figures, and within a part for the scores of names.
const PARTS: usize = 5;
const INNER: usize = 4;
/// Sites on which a word has to occur: in names near, far, in text.
const SITES: [usize; 3] = [4, 4, 10];
/// How the trees of the first and of the second look are grown.
const FIRST: Settings = Settings {
    trees: 120,
    leaves: 31,
    rate: 0.1,
    rows: 80,
    ridge: 30.0,
    columns: 0.5,
    groups: 0.8,
};
const SECOND: Settings = Settings {
    trees: 120,
    leaves: 15,
    rate: 0.04,
    ..FIRST
};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let data = args.next().context("usage: train DIR MODEL [TEXTS]")?;
    let model = args.next().context("usage: train DIR MODEL [TEXTS]")?;
    let mut all = Vec::new();
    for (set, weight) in SETS {
        all.append(&mut pages::read(
            &Path::new(&data).join(format!("{set}.jsonl.gz")),
            set,
            weight,
        )?);
    }
    let blocks: usize = all.iter().map(|p| p.sheet.blocks.len()).sum();
    println!(
        "{} pages, {blocks} blocks, {:?} columns",
        all.len(),
        pages::widths()
    );
    let chances = held_out(&all);
    score::print(&all, &chances);
    if let Some(texts) = args.next() {
        write_texts(&texts, &all, &chances)?;
    }
    let judge = train(&all.iter().collect::<Vec<_>>(), 0);
    let bytes = judge.to_bytes()?;
    std::fs::write(&model, &bytes).with_context(|| format!("{model} cannot be written"))?;
    println!(
        "{model}: {} trees, {} words, {} bytes",
        judge.first.trees.len(),
        judge.words.iter().map(FxHashMap::len).sum::<usize>(),
        bytes.len()
    );
    Ok(())
}

fn write_texts(path: &str, all: &[Page], chances: &[Vec<f32>]) -> Result<()> {
    let mut lines = String::new();
    for (page, chances) in all.iter().zip(chances) {
        let text = page.sheet.text(chances);
        let line = serde_json::json!({ "id": page.id, "set": page.set, "text": text });
        lines.push_str(&format!("{line}\n"));
    }
    std::fs::write(path, lines).with_context(|| format!("{path} cannot be written"))
}

/// For each block of each page how likely it is text, by a judge that has not seen the site.
fn held_out(all: &[Page]) -> Vec<Vec<f32>> {
    let others = |part: usize| {
        all.iter()
            .filter(move |p| p.part(PARTS, 0) != part)
            .collect::<Vec<_>>()
    };
    let judges: Vec<Judge> = (0..PARTS)
        .into_par_iter()
        .map(|part| train(&others(part), part))
        .collect();
    all.iter()
        .map(|p| p.sheet.chances(&judges[p.part(PARTS, 0)]))
        .collect()
}

/// Answers with their rows, as a forest is grown of them.
#[derive(Default)]
struct Answers {
    values: Vec<f32>,
    answers: Vec<bool>,
    weights: Vec<f32>,
    groups: Vec<usize>,
}

impl Answers {
    fn add(&mut self, page: &Page, group: usize, at: usize, row: &[f32]) {
        if let Some(answer) = page.labels[at] {
            self.values.extend_from_slice(row);
            self.answers.push(answer);
            self.weights.push(page.weights[at]);
            self.groups.push(group);
        }
    }

    fn grow(&self, width: usize, settings: Settings, seed: usize) -> Forest {
        let table = Table {
            width,
            values: &self.values,
            answers: &self.answers,
            weights: &self.weights,
            groups: &self.groups,
        };
        let (base, trees) = boost::grow(&table, settings, &mut Random(seed as u64));
        Forest { base, trees }
    }
}

fn train(all: &[&Page], seed: usize) -> Judge {
    let known = known_words(all);
    let width = pages::widths()[0];
    // A page's own answers must not reach what the next step sees of it, or that step would trust it too much.
    let inner = |page: &Page| page.part(INNER, 1);
    let mut rows = vec![Rows::default(); all.len()];
    for part in 0..INNER {
        let others: Vec<&Page> = all.iter().copied().filter(|p| inner(p) != part).collect();
        let weights = words(&others, &known);
        for (page, rows) in all.iter().zip(&mut rows).filter(|(p, _)| inner(p) == part) {
            *rows = page.rows(&weights);
        }
    }
    let grow_first = |skip: Option<usize>| {
        let mut answers = Answers::default();
        for (group, (page, rows)) in all
            .iter()
            .zip(&rows)
            .enumerate()
            .filter(|(_, (p, _))| Some(inner(p)) != skip)
        {
            rows.iter()
                .enumerate()
                .for_each(|(at, row)| answers.add(page, group, at, row));
        }
        answers.grow(width, FIRST, seed)
    };
    let mut second = Answers::default();
    for part in 0..INNER {
        let first = grow_first(Some(part));
        for (group, (page, rows)) in all
            .iter()
            .zip(&rows)
            .enumerate()
            .filter(|(_, (p, _))| inner(p) == part)
        {
            let chances = first.chances(rows);
            let joined = page.sheet.joined(rows, &chances);
            for (at, row) in second_looks(&chances).zip(joined.iter()) {
                second.add(page, group, at, row);
            }
        }
    }
    let both: usize = pages::widths().iter().sum();
    Judge {
        words: words(all, &known),
        first: grow_first(None),
        second: second.grow(both, SECOND, seed),
    }
}

/// The weights of words near, far and in the text.
fn words(all: &[&Page], known: &[Vec<u32>; 3]) -> [FxHashMap<u32, f32>; 3] {
    // The two sides of names are learnt together, for they share out what the names say.
    let names = |page: &Page, at: usize| {
        let [near, far, _] = &page.sheet.words[at];
        near.iter().copied().chain(far.iter().map(|w| !w)).collect()
    };
    let both: Vec<u32> = known[0]
        .iter()
        .copied()
        .chain(known[1].iter().map(|w| !w))
        .collect();
    let both = weigh(all, &both, &names, &|_| 1.0);
    let text = weigh(
        all,
        &known[2],
        &|page, at| page.sheet.words[at][2].clone(),
        &learn::text_scale,
    );
    let pick = |side: usize| {
        let key = |w: u32| if side == 0 { w } else { !w };
        known[side]
            .iter()
            .filter_map(|w| Some((*w, *both.get(&key(*w))?)))
            .collect()
    };
    [pick(0), pick(1), text]
}

fn weigh(
    all: &[&Page],
    known: &[u32],
    words: &dyn Fn(&Page, usize) -> Vec<u32>,
    scale: &dyn Fn(usize) -> f32,
) -> FxHashMap<u32, f32> {
    let answers = |p: &&Page| {
        (0..p.labels.len())
            .filter_map(|at| Some((at, p.labels[at]?)))
            .collect::<Vec<_>>()
    };
    let owned: Vec<(Vec<u32>, bool, f32)> = all
        .iter()
        .flat_map(|p| {
            answers(p)
                .into_iter()
                .map(|(at, answer)| (words(p, at), answer, p.weights[at]))
        })
        .collect();
    let examples: Vec<Example<'_>> = owned
        .iter()
        .map(|(words, answer, weight)| Example {
            words,
            scale: scale(words.len()),
            answer: *answer,
            weight: *weight,
        })
        .collect();
    linear::weights(&examples, known)
}

/// Words that occur on several sites, on each side.
fn known_words(all: &[&Page]) -> [Vec<u32>; 3] {
    let mut pages: Vec<&&Page> = all.iter().collect();
    pages.sort_by(|a, b| a.site.cmp(&b.site));
    [0, 1, 2].map(|side| {
        let mut last: FxHashMap<u32, (&str, usize)> = FxHashMap::default();
        for page in &pages {
            for word in page.sheet.words.iter().flat_map(|w| &w[side]) {
                let seen = last.entry(*word).or_insert(("", 0));
                if seen.0 != page.site {
                    *seen = (&page.site, seen.1 + 1);
                }
            }
        }
        let mut known: Vec<u32> = last
            .into_iter()
            .filter(|(_, (_, sites))| *sites >= SITES[side])
            .map(|(w, _)| w)
            .collect();
        known.sort_unstable();
        known
    })
}
