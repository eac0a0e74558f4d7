//! Pages of the sets, with what is known of their text.

use crate::labels;
use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use tocsin_extractor::learn::{self, Rows, Sheet};

/// What snippets weigh, by words of a page of text.
const SNIPPET: f32 = 0.06;

#[derive(Deserialize)]
struct Line {
    id: String,
    url: String,
    html: String,
    gold: Gold,
}

/// What is known of a page.
#[derive(Deserialize)]
pub(crate) struct Gold {
    pub(crate) text: Option<String>,
    #[serde(default)]
    pub(crate) with: Vec<String>,
    #[serde(default)]
    pub(crate) without: Vec<String>,
}

/// A page to learn from.
pub(crate) struct Page {
    pub(crate) set: &'static str,
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) gold: Gold,
    pub(crate) sheet: Sheet,
    /// For each block whether it is text, where that is known.
    pub(crate) labels: Vec<Option<bool>>,
    /// What a block's answer weighs.
    pub(crate) weights: Vec<f32>,
}

impl Page {
    /// Which of some parts its site is dealt to, in one of several ways.
    pub(crate) fn part(&self, parts: usize, way: u32) -> usize {
        let hash = self.site.bytes().fold(0x811c_9dc5 ^ way, |h: u32, b| {
            (h ^ u32::from(b)).wrapping_mul(0x0100_0193)
        });
        (hash ^ (hash >> 15)) as usize % parts
    }

    /// The rows, with what weights of words give for each block in the last three columns.
    pub(crate) fn rows(&self, weights: &[FxHashMap<u32, f32>; 3]) -> Rows {
        let [width, _] = widths();
        let mut rows = self.sheet.rows.clone();
        for (row, words) in rows.values.chunks_exact_mut(width).zip(&self.sheet.words) {
            for (place, side) in (width - 3..width).zip(0..) {
                row[place] = words[side]
                    .iter()
                    .filter_map(|w| weights[side].get(w))
                    .sum::<f32>()
                    * scale(words, side);
            }
        }
        rows
    }
}

/// What each word of a block counts, on each of the three sides.
pub(crate) fn scale(words: &[Vec<u32>; 3], side: usize) -> f32 {
    if side == 2 {
        learn::text_scale(words[2].len())
    } else {
        1.0
    }
}

/// Columns of a row, and those that a first look adds.
pub(crate) fn widths() -> [usize; 2] {
    static WIDTHS: std::sync::LazyLock<[usize; 2]> =
        std::sync::LazyLock::new(|| learn::columns().map(|c| c.len()));
    *WIDTHS
}

/// The pages of a file.
pub(crate) fn read(path: &Path, set: &'static str, weight: f32) -> Result<Vec<Page>> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let mut pages = Vec::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        // A few lines hold characters that are none.
        if let Ok(line) = serde_json::from_str::<Line>(&line?) {
            pages.push(page(line, set, weight));
        }
    }
    Ok(pages)
}

fn page(line: Line, set: &'static str, weight: f32) -> Page {
    let sheet = Sheet::of(&line.html, &line.url);
    let sizes: Vec<f32> = sheet
        .blocks
        .iter()
        .map(|b| labels::words(b).len() as f32 + 1.0)
        .collect();
    let (labels, weights) = match &line.gold.text {
        Some(text) => {
            let whole = (labels::words(text).len() as f32).max(50.0);
            let weights = sizes
                .iter()
                .map(|s| (s / whole).min(1.0) * weight * 1_000.0)
                .collect();
            (
                labels::of_text(&sheet.blocks, text)
                    .into_iter()
                    .map(Some)
                    .collect(),
                weights,
            )
        }
        None => {
            let labels = labels::of_snippets(&sheet.blocks, &line.gold.with, &line.gold.without);
            (labels, vec![SNIPPET * weight * 1_000.0; sizes.len()])
        }
    };
    Page {
        set,
        // A page without an address is a site of its own.
        site: learn::site(&line.url).unwrap_or_else(|| line.id.clone()),
        id: line.id,
        gold: line.gold,
        sheet,
        labels,
        weights,
    }
}
