//! Finds the main text of a page.
//!
//! In: the outline of a page and how likely each of its blocks is text. Out: the text.

use crate::features::Said;
use crate::outline::{Block, Outline, Place, TITLE_LINK};
use crate::tag::Tag;
use crate::text;
use scraper::Html;
use tocsin_core::text::one_line;

/// The chance from which on a block is taken.
const LIKELY: f32 = 0.5;
/// Bytes below which a text is so short that the next best blocks are taken, too.
const SHORT: usize = 150;

/// Steps up to an element that rules a block out.
const NEAR: usize = 4;
/// How many times such a box would have to be as large to hold the text itself.
const BOX: usize = 5;
/// Blocks between the title of another page and what follows it; pages that are announced.
const ABOVE: usize = 2;
const SEVERAL: usize = 3;
/// Bytes below which the text that JSON-LD carries is preferred to the one found, if it is longer.
const TOO_SHORT: usize = 250;

/// The text of an article, given which blocks are taken; empty where there is none.
pub(crate) fn text(outline: &Outline, taken: &[bool], said: Said<'_>) -> String {
    let found = text::tidy(paragraphs(outline, taken), said.title);
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
pub(crate) fn paragraphs(outline: &Outline, taken: &[bool]) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut row = None;
    let taken = outline.blocks.iter().zip(taken).filter(|(_, t)| **t);
    for (block, _) in taken {
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
/// a line or two, all but its links. What stands in a caption or in a box that says by its name that it sells never is.
pub(crate) fn chosen(outline: &Outline, chances: &[f32]) -> Vec<bool> {
    let announced = announced(&outline.blocks);
    let chances: Vec<f32> = chances
        .iter()
        .zip(announced)
        .map(|(c, announced)| if announced { 0.0 } else { *c })
        .collect();
    let chosen = likely(&outline.blocks, &chances);
    let taken = outline.sums(chosen.iter().copied());
    let whole = taken.last().copied().unwrap_or_default();
    let sums = outline.sums(std::iter::repeat(true));
    let is_beside = |place: &Place| {
        let [start, end] = place.edges(&sums);
        place.tag == Tag::FigCaption || (place.groups.sells() && (end - start) * BOX < whole)
    };
    let is_text = |block: &Block| !outline.upwards(block.place).take(NEAR).any(is_beside);
    outline
        .blocks
        .iter()
        .zip(chosen)
        .map(|(b, c)| c && is_text(b))
        .collect()
}

/// Blocks that break off right below, or behind, a link as long as a title; where there are several, they announce other
/// pages.
fn announced(blocks: &[Block]) -> Vec<bool> {
    let is_title = |b: &Block| b.linked >= TITLE_LINK && b.is_all_link();
    let breaks_off = |(at, block): (usize, &Block)| {
        let above = blocks.get(at.saturating_sub(ABOVE)..at).unwrap_or_default();
        (block.text.ends_with('…') || block.text.ends_with("..."))
            && (block.linked >= TITLE_LINK || above.iter().any(is_title))
    };
    let found: Vec<bool> = blocks.iter().enumerate().map(breaks_off).collect();
    if found.iter().filter(|f| **f).count() < SEVERAL {
        return vec![false; blocks.len()];
    }
    found
}

fn likely(blocks: &[Block], chances: &[f32]) -> Vec<bool> {
    let size = |from: f32| {
        let taken = blocks.iter().zip(chances).filter(|(_, c)| **c >= from);
        taken.map(|(b, _)| b.bytes).sum::<usize>()
    };
    if size(0.0) < SHORT {
        let only_links = blocks.iter().all(is_link);
        let is_line = |(b, c): (&Block, &f32)| *c > 0.0 && (only_links || !is_link(b));
        return blocks.iter().zip(chances).map(is_line).collect();
    }
    let best = chances.iter().copied().fold(0.0, f32::max);
    let from = if size(LIKELY) < SHORT {
        LIKELY.min(best / 2.0)
    } else {
        LIKELY
    };
    chances.iter().map(|c| *c >= from && *c > 0.0).collect()
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
