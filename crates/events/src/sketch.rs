//! A story as the weighted words and names that it is compared by.

use crate::facts::{self, Facts};
use crate::rarity::Rarity;
use crate::words::{self, Kind, Part};
use crate::{Item, item::Named};
use rustc_hash::FxHashMap;

/// Words of the text that are looked at: what a story is about stands at its head.
const LEAD: usize = 120;
/// Terms that are kept, those that tell most: the others add work, and next to nothing to a likeness.
const MOST_TERMS: usize = 56;
/// A text of fewer words is none to speak of.
const HEADLINE: usize = 16;
/// A word of the title counts as so many of the text.
const TITLE_WEIGHT: f32 = 2.0;
/// Words of a name that are looked at.
const NAME_WORDS: usize = 8;
/// A known name counts as so many words of the text.
const NAME_WEIGHT: f32 = 1.5;
/// What is in fewer than one of so many stories, as a logarithm, is evidence if two stories share it.
const RARE: f32 = 8.5;

/// A name of four characters has three pairs.
const PAIR_EVIDENCE: f32 = 0.34;

/// A story's terms, ascending.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sketch {
    pub(crate) terms: Vec<Term>,
    /// Whether there is no text to speak of.
    pub(crate) headline: bool,
}

/// A word, a figure or a name of a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Term {
    pub(crate) hash: u32,
    /// Its part of a vector of length one.
    pub(crate) weight: f32,
    /// Its part of the title; all parts are 1 together.
    pub(crate) title: f32,
    /// What it counts as evidence, in whatever words and language a story is told: a rare name or
    /// figure 1, a pair of characters that may be part of a name less, another word nothing.
    pub(crate) evidence: f32,
}

#[derive(Default)]
struct Counted {
    count: f32,
    in_title: bool,
    evidence: f32,
    /// Of a known name: it is no rarer than its words, however new it is here.
    most_rarity: Option<f32>,
}

impl Counted {
    /// The term, and how much it would be missed.
    fn weighed(self, hash: u32, rarity: &Rarity) -> (f32, Term) {
        let own = rarity.of(hash);
        let rarity = self.most_rarity.map_or(own, |most| most.min(own));
        let weight = (1.0 + self.count.ln()) * rarity;
        let evidence = if rarity >= RARE { self.evidence } else { 0.0 };
        let missed = if self.in_title {
            f32::MAX
        } else {
            weight * (1.0 + evidence)
        };
        let term = Term {
            hash,
            weight,
            title: if self.in_title { rarity } else { 0.0 },
            evidence,
        };
        (missed, term)
    }
}

/// What the first words of a text say, figures left out, each with what it counts as evidence.
fn said(part: &Part<'_>, most: usize) -> impl Iterator<Item = (u32, f32)> {
    let words = part.words.iter().take(most);
    words
        .filter(|word| word.kind != Kind::Figure)
        .filter_map(|word| {
            let evidence = match word.kind {
                Kind::Capital => 1.0,
                Kind::Pair => PAIR_EVIDENCE,
                Kind::Plain | Kind::Figure => 0.0,
            };
            Some((word.term?, evidence))
        })
}

/// Every term of a story once, for counting.
pub(crate) fn every_term(parts: &[Part<'_>]) -> Vec<u32> {
    let mut terms: Vec<u32> = parts
        .iter()
        .flat_map(|part| {
            let words = said(part, usize::MAX).map(|(term, _)| term);
            words.chain(facts::figures(part.text, &part.words))
        })
        .collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

impl Sketch {
    pub(crate) fn new(
        title: &Part<'_>,
        body: &Part<'_>,
        facts: &Facts,
        item: &Item,
        rarity: &Rarity,
    ) -> Self {
        let mut counts: FxHashMap<u32, Counted> = FxHashMap::default();
        let parts = [
            (title, &facts.title.figures, TITLE_WEIGHT, true),
            (body, &facts.figures, 1.0, false),
        ];
        for (part, figures, weight, in_title) in parts {
            for (term, evidence) in said(part, LEAD) {
                let counted = counts.entry(term).or_default();
                counted.count += weight;
                counted.in_title |= in_title;
                counted.evidence = counted.evidence.max(evidence);
            }
            for figure in figures {
                let counted = counts.entry(*figure).or_default();
                counted.count += weight;
                counted.in_title |= in_title;
                counted.evidence = 1.0;
            }
        }
        for named in &item.entities {
            let counted = counts.entry(name_term(&named.id)).or_default();
            counted.count += NAME_WEIGHT;
            counted.most_rarity = Some(rarity_of_name(named, rarity));
        }
        let mut terms: Vec<(f32, Term)> = counts
            .into_iter()
            .map(|(hash, counted)| counted.weighed(hash, rarity))
            .collect();
        if terms.len() > MOST_TERMS {
            terms.select_nth_unstable_by(MOST_TERMS, |a, b| b.0.total_cmp(&a.0));
            terms.truncate(MOST_TERMS);
        }
        let terms = terms.into_iter().map(|(_, term)| term).collect();
        Self::scaled(terms, body.words.len() < HEADLINE)
    }

    fn scaled(mut terms: Vec<Term>, headline: bool) -> Self {
        terms.sort_unstable_by_key(|term| term.hash);
        let squares = terms.iter().map(|term| term.weight * term.weight);
        let length = squares.sum::<f32>().sqrt();
        let title: f32 = terms.iter().map(|term| term.title).sum();
        for term in &mut terms {
            term.weight /= length.max(f32::MIN_POSITIVE);
            term.title /= title.max(f32::MIN_POSITIVE);
        }
        Self { terms, headline }
    }
}

/// How much a name tells: by the stories that have it, where these were counted before; else no more
/// than its rarest word, since the first stories here that name it say little of how rare it is.
pub(crate) fn rarity_of_name(named: &Named, rarity: &Rarity) -> f32 {
    let own = name_term(&named.id);
    if rarity.knows_name(own) {
        return rarity.of(own);
    }
    words::read(&named.name, NAME_WORDS)
        .iter()
        .filter_map(|word| word.term)
        .map(|term| rarity.of(term))
        .fold(0.0, f32::max)
}

/// The term of a name, from its id; no word is written like it.
pub(crate) fn name_term(id: &str) -> u32 {
    words::hash(&format!("@{id}"))
}
