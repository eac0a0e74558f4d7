//! Finds the main text of a page.
//!
//! In: the outline of a page and how likely each of its blocks is text. Out: the text.

use crate::features::Said;
use crate::outline::{Block, Outline};
use crate::tag::Tag;
use crate::text;
use scraper::Html;
use tocsin_core::text::one_line;

/// The chance from which on a block is taken.
pub const LIKELY: f32 = 0.5;
/// Bytes below which a text is so short that the next best blocks are taken, too.
const SHORT: usize = 150;

/// Steps up to a `<figcaption>` of which a block is part.
const CAPTION: usize = 4;
/// Bytes below which the text that JSON-LD carries is preferred to the one found, if it is longer.
const TOO_SHORT: usize = 250;

/// The text of an article, given how likely each block is part of it; empty where there is none.
pub(crate) fn text(outline: &Outline, chances: &[f32], said: Said<'_>) -> String {
    let found = text::tidy(paragraphs(outline, chances), said.title);
    if found.len() < TOO_SHORT && said.body.len() > found.len() {
        return text::tidy(said.body.lines().map(one_line).collect(), said.title);
    }
    found
}

/// The paragraphs of a piece of HTML, all of it.
pub(crate) fn fragment_paragraphs(html: &str) -> Vec<String> {
    let outline = Outline::of(&Html::parse_fragment(html));
    outline.blocks.into_iter().map(|b| b.text).collect()
}

/// The paragraphs of the main text, in order; the cells of a row are one paragraph.
fn paragraphs(outline: &Outline, chances: &[f32]) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut row = None;
    let chosen = outline.blocks.iter().zip(chosen(outline, chances));
    for (block, _) in chosen.filter(|(_, c)| *c) {
        let this = row_of(outline, block);
        match paragraphs.last_mut() {
            Some(last) if this.is_some() && this == row => {
                last.push_str(" | ");
                last.push_str(&block.text);
            }
            _ => paragraphs.push(block.text.clone()),
        }
        row = this;
    }
    paragraphs
}

/// Which blocks are taken. Of a page with hardly any text even less likely ones are; of one that holds no more than
/// a line or two, all but its links. Captions never are: they are of pictures that nobody sees here.
pub(crate) fn chosen(outline: &Outline, chances: &[f32]) -> Vec<bool> {
    let chosen = likely(&outline.blocks, chances);
    let is_caption = |block: &Block| {
        let above = outline.upwards(block.place).take(CAPTION);
        above.into_iter().any(|p| p.tag == Tag::FigCaption)
    };
    outline
        .blocks
        .iter()
        .zip(chosen)
        .map(|(b, c)| c && !is_caption(b))
        .collect()
}

fn likely(blocks: &[Block], chances: &[f32]) -> Vec<bool> {
    let size = |from: f32| {
        let taken = blocks.iter().zip(chances).filter(|(_, c)| **c >= from);
        taken.map(|(b, _)| b.bytes).sum::<usize>()
    };
    if size(0.0) < SHORT {
        let only_links = blocks.iter().all(is_link);
        return blocks.iter().map(|b| only_links || !is_link(b)).collect();
    }
    let best = chances.iter().copied().fold(0.0, f32::max);
    let from = if size(LIKELY) < SHORT {
        LIKELY.min(best / 2.0)
    } else {
        LIKELY
    };
    chances.iter().map(|c| *c >= from).collect()
}

fn is_link(block: &Block) -> bool {
    block.linked * 2 > block.bytes
}

/// The row of a table that a block is in, where its cell holds nothing but a line.
fn row_of(outline: &Outline, block: &Block) -> Option<usize> {
    let cell = outline
        .places
        .get(block.wrap)
        .filter(|p| p.tag == Tag::Cell)?;
    cell.parent
}
