//! What `examples/train` needs to train the judge; no part of reading a page.

use crate::address::Address;
use crate::features::{self, Said, Survey};
use crate::judge::NEAR;
use crate::outline::{Block, Outline};
use crate::reading::Reading;
use crate::{Page, Publishers, engine, look};

pub use crate::features::Rows;
pub use crate::judge::{Forest, Judge, Node, Tree, answer, second_looks, text_scale};

/// A page as the judge sees it.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The texts of its blocks.
    pub blocks: Vec<String>,
    /// A row of numbers for each block; the last three columns, for words, are zero.
    pub rows: Rows,
    /// For each block hashes of the words in the names of elements near it, of those farther up, and in its text.
    pub words: Vec<[Vec<u32>; 3]>,
    outline: Outline,
    title: String,
    description: String,
    body: String,
}

impl Sheet {
    /// The sheet of a page; empty where the page cannot be read.
    pub fn of(html: &str, url: &str) -> Self {
        let address = Address::parse(url).or_else(|_| Address::parse("http://page.invalid/"));
        let page = Page {
            publishers: Publishers::none(),
            ..Page::new(html.as_bytes(), url)
        };
        let Some(read) = address.ok().and_then(|a| Reading::of(html, &a, &page).ok()) else {
            return Self::default();
        };
        let none = vec![[0.0; 3]; read.outline.blocks.len()];
        let said = read.said();
        Self {
            rows: Survey::of(&read.outline, said).rows(&none, 0..none.len()),
            blocks: read.outline.blocks.iter().map(|b| b.text.clone()).collect(),
            words: read
                .outline
                .blocks
                .iter()
                .map(|b| words(&read.outline, b))
                .collect(),
            title: said.title.to_owned(),
            description: said.description.to_owned(),
            body: said.body.to_owned(),
            outline: read.outline,
        }
    }

    /// The text of the page, given how likely each block is part of it.
    pub fn text(&self, chances: &[f32]) -> String {
        let taken = engine::chosen(&self.outline, chances);
        engine::text(&self.outline, &taken, self.said())
    }

    /// The rows of the blocks that get a second look, each with what the first adds to it.
    pub fn joined(&self, rows: &Rows, chances: &[f32]) -> Rows {
        let words = |row: &[f32]| row.last_chunk().copied().unwrap_or_default();
        let words: Vec<[f32; 3]> = rows.iter().map(words).collect();
        let survey = Survey::of(&self.outline, self.said());
        survey.joined(&words, second_looks(chances), &survey.views(chances))
    }

    /// For each block how likely it is text, as the judge has it.
    pub fn chances(&self, judge: &Judge) -> Vec<f32> {
        judge.chances(&self.outline, self.said())
    }

    fn said(&self) -> Said<'_> {
        Said {
            title: &self.title,
            description: &self.description,
            body: &self.body,
        }
    }
}

fn words(outline: &Outline, block: &Block) -> [Vec<u32>; 3] {
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for (steps, place) in outline.upwards(block.place).enumerate() {
        let words = outline.names.get(place.names.clone()).unwrap_or_default();
        if steps < NEAR { &mut near } else { &mut far }.extend(words);
    }
    [near, far, look::words(&block.text)]
}

/// The part of an address's host that somebody registered; `None` where there is no such address.
pub fn site(url: &str) -> Option<String> {
    Address::parse(url).ok().map(|address| address.site())
}

/// Names of the columns of a row, and of those that a first look adds.
pub fn columns() -> [Vec<String>; 2] {
    features::columns()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustc_hash::FxHashMap;

    /// The trainer adds up the words of each block, the judge those of each element once.
    #[test]
    fn words_weigh_the_same_for_the_trainer_and_the_judge() {
        let html = "<main class=a><section id=b><div class='a b'><div><p class=c>One rule</p><i class=b>two rules</i>\
            </div></div></section></main>";
        let sheet = Sheet::of(html, "https://news.example/a");
        let weights = |step: f32| -> FxHashMap<u32, f32> {
            let words = sheet.words.iter().flatten().flatten();
            words.map(|w| (*w, step * (w % 7) as f32 - 1.0)).collect()
        };
        let judge = Judge {
            words: [weights(0.5), weights(0.25), weights(1.0)],
            ..Judge::default()
        };
        let scores = judge.word_scores(&sheet.outline);
        assert_eq!(scores.len(), sheet.words.len());
        for (scores, words) in scores.iter().zip(&sheet.words) {
            for (side, ((score, words), weights)) in
                scores.iter().zip(words).zip(&judge.words).enumerate()
            {
                let scale = if side == 2 {
                    text_scale(words.len())
                } else {
                    1.0
                };
                let sum: f32 = words.iter().filter_map(|w| weights.get(w)).sum();
                assert!((score - sum * scale).abs() < 1e-4, "{side}: {score} {sum}");
            }
        }
    }
}
