//! What `examples/train` needs to train the judge; no part of reading a page.

use crate::address::Address;
use crate::features::{self, Said, Survey};
use crate::judge::NEAR;
use crate::outline::{Block, Outline};
use crate::{Read, engine, look};

pub use crate::engine::LIKELY;
pub use crate::judge::{FIRST_CHANCE, Forest, Judge, Node, text_scale};

/// A page as the judge sees it.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The texts of its blocks.
    pub blocks: Vec<String>,
    /// A row of numbers for each block; the last three columns, for words, are zero.
    pub rows: Vec<f32>,
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
        let Some(read) = address.ok().and_then(|a| Read::of(html, &a).ok()) else {
            return Self::default();
        };
        let none = vec![[0.0; 3]; read.outline.blocks.len()];
        let said = read.said();
        Self {
            rows: Survey::of(&read.outline, said).rows(&none).values,
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
        engine::text(&self.outline, chances, self.said())
    }

    /// What a first look adds to the row of each block.
    pub fn context(&self, chances: &[f32]) -> Vec<f32> {
        Survey::of(&self.outline, self.said())
            .context(chances)
            .values
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

/// Names of the columns of a row, and of those that a first look adds.
pub fn columns() -> [Vec<String>; 2] {
    features::columns()
}
