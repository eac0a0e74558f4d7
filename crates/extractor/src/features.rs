//! Blocks in numbers, for the judge.
//!
//! In: an [`Outline`] and what the page says of itself. Out: a row of numbers for each block: its words,
//! its element and those around it, its place in the page, its kind, its neighbours. None depends on a language.
//! Which numbers are worth their time was found by leaving them out.

mod row;
mod views;

use crate::facts::Facts;
use crate::look::{End, Look};
use crate::metadata::Metadata;
use crate::outline::{Block, Outline, Place};
use crate::tag::Tag;
use crate::text::Line;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};
pub(crate) use views::Views;

/// What the page says of itself, as far as it helps to find the text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    /// The text that JSON-LD carries.
    pub(crate) body: &'a str,
}

impl<'a> Said<'a> {
    pub(crate) fn of(metadata: &'a Metadata, facts: &'a Facts) -> Self {
        Self {
            title: metadata.title.as_deref().unwrap_or_default(),
            description: facts
                .meta(&["og:description", "description"])
                .unwrap_or_default(),
            body: metadata.body.as_deref().unwrap_or_default(),
        }
    }
}

/// The numbers of blocks, row after row.
#[derive(Debug, Default, Clone)]
pub struct Rows {
    /// Numbers in a row.
    pub width: usize,
    /// The numbers.
    pub values: Vec<f32>,
}

impl Rows {
    /// The rows in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.width.max(1))
    }
}

/// Takes the numbers of a row, one after the other.
trait Sink {
    /// `which` tells numbers of one name apart.
    fn put(&mut self, name: &'static str, which: usize, value: f32);
}

impl Sink for Vec<f32> {
    fn put(&mut self, _: &'static str, _: usize, value: f32) {
        self.push(value);
    }
}

impl Sink for Vec<String> {
    fn put(&mut self, name: &'static str, which: usize, _: f32) {
        self.push(format!("{name} {which}"));
    }
}

/// The names of the columns of [`Survey::rows`], and of those that [`Survey::joined`] adds.
pub(crate) fn columns() -> [Vec<String>; 2] {
    let outline = Outline::default();
    let survey = Survey::of(&outline, Said::default());
    let (mut first, mut second) = (Vec::new(), Vec::new());
    survey.row(0, &Block::default(), &mut first);
    first.extend(["names near", "names far", "said"].map(str::to_owned));
    Views::of(&survey, &[]).row(0, &Block::default(), &mut second);
    [first, second]
}

/// Steps upwards that are looked at; farther counts as never.
const FAR: usize = 12;
/// Elements of which the distance is a number.
const AROUND: [Tag; 12] = [
    Tag::Article,
    Tag::Main,
    Tag::Section,
    Tag::Aside,
    Tag::Footer,
    Tag::Figure,
    Tag::FigCaption,
    Tag::List,
    Tag::Item,
    Tag::Quote,
    Tag::Table,
    Tag::Nav,
];
/// Containers that are looked at, from the inside.
const LEVELS: usize = 5;
/// Words of a title that are looked for in prose.
const TITLE_WORDS: usize = 40;
/// Blocks between which prose is looked for.
const REACH: usize = 30;
/// Characters of a sequence when texts are compared with what JSON-LD carries.
const SEQUENCE: usize = 12;
/// Bytes of such a text from which on it is believed to be one.
const BODY: usize = 200;

/// What blocks hold together.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    size: f32,
    linked: f32,
    prose: f32,
    proses: f32,
    blocks: f32,
    /// Blocks that end as sentences do.
    ends: f32,
    /// Words of the title in prose.
    hits: f32,
}

impl Sum {
    fn of(block: &Block, look: &Look, title: &[&str]) -> Self {
        let prose = is_prose(block, look);
        Self {
            hits: if prose {
                title.iter().map(|w| number(block.text.contains(w))).sum()
            } else {
                0.0
            },
            size: look.size,
            linked: look.size * part(block.linked, block.bytes),
            prose: if prose { look.size } else { 0.0 },
            proses: number(prose),
            blocks: 1.0,
            ends: number(look.end == End::Sentence),
        }
    }

    fn add(&mut self, other: Self) {
        self.size += other.size;
        self.linked += other.linked;
        self.prose += other.prose;
        self.proses += other.proses;
        self.blocks += other.blocks;
        self.ends += other.ends;
        self.hits += other.hits;
    }

    fn without(self, other: Self) -> Self {
        Self {
            size: self.size - other.size,
            linked: self.linked - other.linked,
            prose: self.prose - other.prose,
            proses: self.proses - other.proses,
            blocks: self.blocks - other.blocks,
            ends: self.ends - other.ends,
            hits: self.hits - other.hits,
        }
    }
}

/// What is known of the blocks of one kind.
#[derive(Debug, Clone, Copy, Default)]
struct Kind {
    sum: Sum,
    first: usize,
    last: usize,
}

/// What is known of a page before its blocks are looked at one by one.
pub(crate) struct Survey<'a> {
    outline: &'a Outline,
    said: Said<'a>,
    looks: Vec<Look>,
    /// Sums of all blocks before each, and of all.
    sums: Vec<Sum>,
    /// By the kind of a block's element, and of the element around that.
    kinds: Vec<Kind>,
    kinds_around: Vec<Sum>,
    /// How many elements there are of a kind.
    places: Vec<f32>,
    /// For each block the nearest heading before it, and endings and links before it.
    heads: Vec<Option<usize>>,
    endings: Vec<f32>,
    links: Vec<f32>,
    copies: FxHashMap<&'a str, f32>,
    title: Words<'a>,
    description: Words<'a>,
    /// For each element that holds prose: how many of its kind do so under the same parent, before it and in all.
    units: Vec<(f32, f32)>,
    /// Sequences of the text that JSON-LD carries.
    body: FxHashSet<u64>,
    articles: f32,
    /// The block of the page's heading.
    heading: usize,
    /// For each element the steps down to the best container, and to the heading, where it holds them.
    to_best: Vec<Option<usize>>,
    to_heading: Vec<Option<usize>>,
}

impl<'a> Survey<'a> {
    pub(crate) fn of(outline: &'a Outline, said: Said<'a>) -> Self {
        let mut survey = Self {
            outline,
            said,
            looks: outline.blocks.iter().map(|b| Look::of(&b.text)).collect(),
            sums: vec![Sum::default()],
            kinds: vec![Kind::default(); outline.kinds],
            kinds_around: vec![Sum::default(); outline.kinds],
            places: vec![0.0; outline.kinds],
            heads: Vec::new(),
            endings: Vec::new(),
            links: vec![0.0],
            copies: FxHashMap::default(),
            title: Words::of(said.title),
            description: Words::of(said.description),
            units: Vec::new(),
            body: if said.body.len() > BODY {
                sequences(said.body, 1).collect()
            } else {
                FxHashSet::default()
            },
            articles: outline
                .places
                .iter()
                .map(|p| number(p.tag == Tag::Article))
                .sum(),
            heading: 0,
            to_best: Vec::new(),
            to_heading: Vec::new(),
        };
        survey.add_up();
        survey.units = survey.units();
        survey.heading = survey.find_heading();
        let heading = outline.blocks.get(survey.heading).map(|b| b.place);
        survey.to_heading = survey.path(heading);
        survey.to_best = survey.path(survey.best());
        survey
    }

    /// The rows of some blocks; `words` are the scores of each block's words: in the names of elements near it, of those
    /// farther up, and in its text.
    pub(crate) fn rows(&self, words: &[[f32; 3]], which: impl Iterator<Item = usize>) -> Rows {
        self.collect(words, which, |_, _, _| {})
    }

    /// The same, each with what a first look at all blocks adds to it.
    pub(crate) fn joined(
        &self,
        words: &[[f32; 3]],
        which: impl Iterator<Item = usize>,
        views: &Views<'_>,
    ) -> Rows {
        self.collect(words, which, |at, block, values| {
            views.row(at, block, values);
        })
    }

    /// What a first look at all blocks says.
    pub(crate) fn views<'b>(&'b self, chances: &'b [f32]) -> Views<'b> {
        Views::of(self, chances)
    }

    fn collect(
        &self,
        words: &[[f32; 3]],
        which: impl Iterator<Item = usize>,
        more: impl Fn(usize, &Block, &mut Vec<f32>),
    ) -> Rows {
        let (mut values, mut count) = (Vec::new(), 0_usize);
        for at in which {
            let Some((block, words)) = self.outline.blocks.get(at).zip(words.get(at)) else {
                continue;
            };
            self.row(at, block, &mut values);
            values.extend(words);
            more(at, block, &mut values);
            count += 1;
        }
        Rows {
            width: values.len() / count.max(1),
            values,
        }
    }

    fn add_up(&mut self) {
        for place in &self.outline.places {
            if let Some(count) = self.places.get_mut(place.kind) {
                *count += 1.0;
            }
        }
        let title: Vec<&str> = self
            .said
            .title
            .split_whitespace()
            .filter(|w| w.len() > 4)
            .take(TITLE_WORDS)
            .collect();
        let (mut sum, mut links, mut endings, mut head) = (Sum::default(), 0.0, 0.0, None);
        for (at, (block, look)) in self.outline.blocks.iter().zip(&self.looks).enumerate() {
            let part = Sum::of(block, look, &title);
            sum.add(part);
            self.sums.push(sum);
            let wrap = self.outline.places.get(block.wrap);
            if let Some(kind) = wrap.and_then(|w| self.kinds.get_mut(w.kind)) {
                if kind.sum.blocks == 0.0 {
                    kind.first = at;
                }
                kind.last = at;
                kind.sum.add(part);
            }
            let around = wrap.and_then(|w| self.outline.places.get(w.parent?));
            if let Some(kind) = around.and_then(|p| self.kinds_around.get_mut(p.kind)) {
                kind.add(part);
            }
            self.heads.push(head);
            if wrap.is_some_and(|w| w.tag.is_heading()) {
                head = Some(at);
            }
            endings += number(matches!(look.line, Line::Ending | Line::CommentBox));
            self.endings.push(endings);
            links += count(block.links);
            self.links.push(links);
            *self.copies.entry(block.text.as_str()).or_insert(0.0) += 1.0;
        }
    }

    fn units(&self) -> Vec<(f32, f32)> {
        let mut all: FxHashMap<(Option<usize>, usize), f32> = FxHashMap::default();
        let mut units: Vec<(f32, f32)> = Vec::with_capacity(self.outline.places.len());
        for place in &self.outline.places {
            let proses = self.within(place).proses;
            let count = all.entry((place.parent, place.kind)).or_insert(0.0);
            units.push((*count, 0.0));
            *count += number(proses > 0.0);
        }
        for (unit, place) in units.iter_mut().zip(&self.outline.places) {
            unit.1 = all
                .get(&(place.parent, place.kind))
                .copied()
                .unwrap_or_default();
        }
        units
    }

    /// The first heading that is the title, else the first heading, else what reads as the title.
    fn find_heading(&self) -> usize {
        let is_first_rank = |b: &Block| {
            self.outline
                .upwards(b.place)
                .take(4)
                .any(|p| p.tag == Tag::H1)
        };
        let is_title = |b: &Block| !b.text.is_empty() && b.text == self.said.title;
        let find = |test: &dyn Fn(&Block) -> bool| self.outline.blocks.iter().position(test);
        find(&|b| is_title(b) && is_first_rank(b))
            .or_else(|| find(&is_first_rank))
            .or_else(|| find(&is_title))
            .unwrap_or(0)
    }

    /// The element whose paragraphs hold most prose.
    fn best(&self) -> Option<usize> {
        let blocks = self.outline.blocks.iter().zip(&self.looks);
        let prose = blocks.map(|(b, l)| if is_prose(b, l) { l.size } else { 0.0 });
        self.outline.densest(prose)
    }

    /// For each element that holds another, or is it, the steps down to it.
    fn path(&self, end: Option<usize>) -> Vec<Option<usize>> {
        let mut steps = vec![None; self.outline.places.len()];
        let mut at = end;
        let mut count = 0;
        while let Some(place) = at {
            if let Some(step) = steps.get_mut(place) {
                *step = Some(count);
            }
            count += 1;
            at = self.outline.parent(place);
        }
        steps
    }

    fn whole(&self) -> Sum {
        self.sums.last().copied().unwrap_or_default()
    }

    fn within(&self, place: &Place) -> Sum {
        let [start, end] = place.edges(&self.sums);
        end.without(start)
    }

    /// Blocks to the next prose.
    fn until_prose(&self, at: usize) -> f32 {
        let blocks = self
            .outline
            .blocks
            .iter()
            .zip(&self.looks)
            .skip(at + 1)
            .take(REACH);
        let steps = blocks.enumerate().find(|(_, (b, l))| is_prose(b, l));
        count(steps.map_or(REACH + 1, |(n, _)| n))
    }

    /// Steps up to the first element on a path, and from there down to its end.
    fn climb(&self, place: usize, path: &[Option<usize>]) -> (usize, usize) {
        let (mut at, mut up) = (Some(place), 0);
        while let Some(place) = at {
            if let Some(down) = path.get(place).copied().flatten() {
                return (up, down);
            }
            up += 1;
            at = self.outline.parent(place);
        }
        (up, 99)
    }

    /// The part of a block that JSON-LD's text holds; −1 where there is none.
    fn in_body(&self, text: &str) -> f32 {
        if self.body.is_empty() {
            return -1.0;
        }
        let (mut all, mut found) = (0, 0);
        for sequence in sequences(text, 4) {
            all += 1;
            found += usize::from(self.body.contains(&sequence));
        }
        part(found, all)
    }
}

fn is_prose(block: &Block, look: &Look) -> bool {
    look.is_prose() && block.linked * 3 < block.bytes
}

fn tag_of(place: Option<&Place>) -> f32 {
    place.map_or(-1.0, |p| f32::from(p.tag as u8))
}

fn part(part: usize, whole: usize) -> f32 {
    count(part) / count(whole).max(1.0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of blocks and bytes; a judge needs no more than 24 bits"
)]
fn count(count: usize) -> f32 {
    count as f32
}

fn number(is: bool) -> f32 {
    f32::from(u8::from(is))
}

fn log(size: f32) -> f32 {
    (size + 1.0).ln()
}

/// Hashes of sequences of letters and digits, each `step` characters after the last.
fn sequences(text: &str, step: usize) -> impl Iterator<Item = u64> {
    let letters: Vec<char> = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let length = SEQUENCE.min(letters.len().max(1));
    let last = letters.len() + 1 - length.min(letters.len() + 1);
    (0..last).step_by(step).map(move |at| {
        let mut hash = FxHasher::default();
        letters.get(at..at + length).hash(&mut hash);
        hash.finish()
    })
}

/// The words of a text, to compare others with.
struct Words<'a> {
    text: &'a str,
    words: FxHashSet<&'a str>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            words: text.split_whitespace().collect(),
        }
    }

    /// The part of another text's words that stand in this one; none of a text that is far longer.
    fn overlap(&self, other: &str) -> f32 {
        if other.len() > self.text.len() * 4 {
            return 0.0;
        }
        let (mut all, mut found) = (0, 0);
        for word in other.split_whitespace() {
            all += 1;
            found += usize::from(self.words.contains(word));
        }
        part(found, all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn rows_are_as_wide_as_there_are_columns() {
        let html = "<h1>The rule</h1><p>A rule on chips was published on Monday, the ministry said in the capital.</p>";
        let outline = Outline::of(&Html::parse_document(html));
        let survey = Survey::of(
            &outline,
            Said {
                title: "The rule",
                ..Said::default()
            },
        );
        let [first, second] = columns();
        let words = [[0.0; 3]; 2];
        assert_eq!(survey.rows(&words, 0..2).width, first.len());
        let views = survey.views(&[0.0, 0.9]);
        let joined = survey.joined(&words, 1..2, &views);
        assert_eq!(joined.width, first.len() + second.len());
        assert_eq!(joined.iter().len(), 1);
        assert!(joined.values.iter().all(|v| v.is_finite()));
    }
}
