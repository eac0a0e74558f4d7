//! A story as the weighted words and names that it is compared by.

use crate::rarity::Rarity;
use crate::words::{self, Kind, Word};
use crate::{Item, item::Named};
use rustc_hash::FxHashMap;

/// Words of the text that are looked at: what a story is about stands at its head.
const LEAD: usize = 160;
/// A word of the title counts as so many of the text.
const TITLE_WEIGHT: f32 = 2.0;
/// A known name counts as so many words of the text.
const NAME_WEIGHT: f32 = 1.5;

/// A story's terms, ascending.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sketch {
    pub(crate) terms: Vec<Term>,
    /// Length of the part that is the same in every language: names and figures.
    pub(crate) free: f32,
    /// Whether there is no text to speak of.
    pub(crate) headline: bool,
}

/// A word or a name of a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Term {
    pub(crate) hash: u32,
    /// Its part of a vector of length one.
    pub(crate) weight: f32,
    /// Its part of the title; all parts are 1 together.
    pub(crate) title: f32,
    /// Whether it is the same in every language.
    pub(crate) free: bool,
}

#[derive(Default)]
struct Counted {
    count: f32,
    in_title: bool,
    free: bool,
}

impl Sketch {
    pub(crate) fn new(title: &[Word], body: &[Word], item: &Item, rarity: &Rarity) -> Self {
        let mut counts: FxHashMap<u32, Counted> = FxHashMap::default();
        let lead = body.get(..LEAD).unwrap_or(body);
        for (words, weight, in_title) in [(title, TITLE_WEIGHT, true), (lead, 1.0, false)] {
            for word in words {
                if let Some(term) = word.term {
                    let counted = counts.entry(term).or_default();
                    counted.count += weight;
                    counted.in_title |= in_title;
                    counted.free |= word.kind == Kind::Figure;
                }
            }
        }
        for named in &item.entities {
            let counted = counts.entry(name_term(named)).or_default();
            counted.count += NAME_WEIGHT;
            counted.free = true;
        }
        let terms = counts.into_iter().map(|(hash, counted)| {
            let rarity = rarity.of(hash);
            Term {
                hash,
                weight: (1.0 + counted.count.ln()) * rarity,
                title: if counted.in_title { rarity } else { 0.0 },
                free: counted.free,
            }
        });
        Self::scaled(terms.collect(), lead.len() < LEAD / 10)
    }

    fn scaled(mut terms: Vec<Term>, headline: bool) -> Self {
        terms.sort_unstable_by_key(|term| term.hash);
        let length = length(terms.iter());
        let title: f32 = terms.iter().map(|term| term.title).sum();
        for term in &mut terms {
            term.weight /= length.max(f32::MIN_POSITIVE);
            term.title /= title.max(f32::MIN_POSITIVE);
        }
        let free = self::length(terms.iter().filter(|term| term.free));
        Self {
            terms,
            free,
            headline,
        }
    }
}

fn length<'a>(terms: impl Iterator<Item = &'a Term>) -> f32 {
    terms
        .map(|term| term.weight * term.weight)
        .sum::<f32>()
        .sqrt()
}

/// The term of a name; no word is written like it.
pub(crate) fn name_term(named: &Named) -> u32 {
    words::hash(&format!("@{}", named.id))
}
