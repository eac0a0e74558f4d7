//! What of a text decides whether another text is a copy of it.
//!
//! A text becomes a sample of its shingles: runs of five words, or of nine characters in a script
//! without spaces. Each is hashed twice: with amounts, dates and number words blanked out, and as
//! written. The blanked ones say how much two texts share; where both share a blanked shingle, the
//! written ones say whether its figures agree. The sample is taken by winnowing (of four neighbours
//! the smallest hash), so two texts sample the same shingles wherever they run alike for eight
//! words, and a cut, a reordering or an added notice changes little else.

use crate::calendar::is_figure;
use crate::words::{Kind, Word, mix, words};
use std::cmp::Ordering;

/// Words of a text that are looked at.
const MOST_WORDS: usize = 1_000;
/// Words in a shingle.
const RUN: usize = 5;
/// Characters in a shingle of a script without spaces: about as rare as five words.
const SIGN_RUN: usize = 9;
/// Of so many neighbouring shingles one is sampled.
const WINNOW: usize = 4;
/// Words of running text for which a sampled shingle stands: (1 + window) / 2 on average.
pub(crate) const WORDS_PER_SAMPLE: f64 = 2.5;
/// A text with fewer words says too little alone: its title is taken with it.
const FEW_WORDS: usize = 25;
/// Stands for every figure.
const BLANK: u64 = 1;

/// A shingle: hashed with its figures blanked, and as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shingle {
    /// Hash of the words, figures blanked.
    pub(crate) blanked: u32,
    written: u32,
    figures: bool,
}

/// The sampled shingles of a story.
#[derive(Debug, Clone)]
pub(crate) struct Sketch {
    /// Sorted, each once.
    shingles: Vec<Shingle>,
    /// Hash of all words that were looked at, as written.
    whole: u64,
    /// Blanked and written hash of the title.
    title: (u64, u64),
    /// Too short to be known by its text alone.
    short: bool,
    /// Words that were looked at.
    length: usize,
}

/// How much two sketches share, in sampled shingles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Overlap {
    /// Shared by both.
    pub(crate) shared: usize,
    /// Those of the first.
    pub(crate) first: usize,
    /// Those of the second.
    pub(crate) second: usize,
    /// Shared ones that hold figures, in either text.
    pub(crate) figures: usize,
    /// Those of them whose figures are the same.
    pub(crate) agreeing: usize,
}

impl Sketch {
    /// Reads a story once; longer texts are judged by their first thousand words.
    pub(crate) fn new(title: &str, text: &str) -> Self {
        let mut body: Vec<Word<'_>> = words(text).take(MOST_WORDS).collect();
        let heading: Vec<Word<'_>> = words(title).take(MOST_WORDS).collect();
        let title = title_hashes(&heading);
        let short = body.len() < FEW_WORDS;
        if short {
            body.splice(0..0, heading);
        }
        Self {
            whole: body.iter().fold(0, |sum, word| mix(sum, word.hash)),
            length: body.len(),
            shingles: winnowed(&shingles(&body)),
            title,
            short,
        }
    }

    /// The sampled shingles, sorted.
    pub(crate) fn shingles(&self) -> &[Shingle] {
        &self.shingles
    }

    /// Equal for texts of equal words.
    pub(crate) fn whole(&self) -> u64 {
        self.whole
    }

    /// Whether the text was too short to be judged without its title.
    pub(crate) fn is_short(&self) -> bool {
        self.short
    }

    /// Words that were looked at, the title's too where the text is short.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Whether the titles differ in nothing but their figures: two issues of one report.
    pub(crate) fn is_other_issue_of(&self, other: &Self) -> bool {
        self.title.0 == other.title.0 && self.title.1 != other.title.1
    }

    /// Compares two texts, without the shingles that `ignored` names.
    pub(crate) fn overlap(&self, other: &Self, ignored: impl Fn(u32) -> bool) -> Overlap {
        let mut sum = Overlap::default();
        let (mut a, mut b) = (self.shingles.as_slice(), other.shingles.as_slice());
        loop {
            let (x, y) = (first_group(a), first_group(b));
            let order = match (x.first(), y.first()) {
                (None, None) => return sum,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(s), Some(t)) => s.blanked.cmp(&t.blanked),
            };
            let (x, y) = match order {
                Ordering::Less => (x, &[] as &[Shingle]),
                Ordering::Greater => (&[] as &[Shingle], y),
                Ordering::Equal => (x, y),
            };
            a = a.get(x.len()..).unwrap_or(&[]);
            b = b.get(y.len()..).unwrap_or(&[]);
            let key = x.first().or(y.first()).map_or(0, |s| s.blanked);
            if !ignored(key) {
                sum.add(x, y);
            }
        }
    }
}

impl Overlap {
    fn add(&mut self, x: &[Shingle], y: &[Shingle]) {
        self.first += usize::from(!x.is_empty());
        self.second += usize::from(!y.is_empty());
        if x.is_empty() || y.is_empty() {
            return;
        }
        self.shared += 1;
        if x.iter().any(|s| s.figures) {
            self.figures += 1;
            let same = x.iter().any(|s| y.iter().any(|t| t.written == s.written));
            self.agreeing += usize::from(same);
        }
    }

    /// Shared shingles over those of the smaller text, 0 to 1.
    pub(crate) fn containment(&self) -> f64 {
        share(self.shared, self.first.min(self.second))
    }

    /// Shared shingles over those of both texts together, 0 to 1.
    pub(crate) fn resemblance(&self) -> f64 {
        share(self.shared, self.first + self.second - self.shared)
    }

    /// The share of figures, at the same place in the same words, that are the same; 1 where there
    /// are none.
    pub(crate) fn figures_agree(&self) -> f64 {
        if self.figures == 0 { 1.0 } else { share(self.agreeing, self.figures) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most a thousand shingles")]
fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

/// The shingles at the start that are equal once blanked.
fn first_group(sorted: &[Shingle]) -> &[Shingle] {
    sorted.chunk_by(|a, b| a.blanked == b.blanked).next().unwrap_or(&[])
}

/// All shingles in reading order; a text shorter than one shingle is one shingle.
fn shingles(body: &[Word<'_>]) -> Vec<Shingle> {
    if body.is_empty() {
        return Vec::new();
    }
    let signs = body.iter().filter(|w| w.kind == Kind::Sign).count();
    let run = if signs * 2 > body.len() { SIGN_RUN } else { RUN };
    let marked: Vec<(u64, bool)> = marked(body).collect();
    marked.windows(run.min(marked.len())).map(shingle).collect()
}

/// Each word's hash, and whether it is a figure.
fn marked<'a>(body: &'a [Word<'_>]) -> impl Iterator<Item = (u64, bool)> + 'a {
    let next = body.iter().skip(1).map(Some).chain([None]);
    body.iter().zip(next).map(|(word, next)| (word.hash, is_figure(word, next)))
}

fn hashes(run: &[(u64, bool)]) -> (u64, u64) {
    run.iter().fold((0, 0), |(blanked, written), (hash, figure)| {
        (mix(blanked, if *figure { BLANK } else { *hash }), mix(written, *hash))
    })
}

#[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
fn shingle(run: &[(u64, bool)]) -> Shingle {
    let (blanked, written) = hashes(run);
    Shingle {
        blanked: blanked as u32,
        written: written as u32,
        figures: run.iter().any(|(_, figure)| *figure),
    }
}

/// Of each window of neighbours the one with the smallest blanked hash; sorted, each once.
fn winnowed(all: &[Shingle]) -> Vec<Shingle> {
    let mut sample: Vec<Shingle> = all
        .windows(WINNOW.min(all.len().max(1)))
        .filter_map(|window| window.iter().min_by_key(|s| s.blanked).copied())
        .collect();
    sample.sort_unstable();
    sample.dedup();
    sample
}

fn title_hashes(title: &[Word<'_>]) -> (u64, u64) {
    let marked: Vec<(u64, bool)> = marked(title).collect();
    hashes(&marked)
}
