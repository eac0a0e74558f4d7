//! Concepts: ideas that phrases of any language stand for, and where a story speaks of them.
//!
//! In: a story in folded form. Out: for each concept its places, those that a guard cancels left
//! out. Never: weighs anything.

use crate::layout::Document;
use crate::matcher::{Found, Matcher};

/// A concept's number in its lexicon.
pub(crate) type ConceptId = usize;

/// An idea with its guards.
#[derive(Debug, Clone, Default)]
pub(crate) struct Concept {
    /// As in the file; those made of a guard's own phrases are named after it.
    pub(crate) name: String,
    /// Too general to be evidence.
    pub(crate) context: bool,
    /// Concepts whose places are its own too.
    pub(crate) of: Vec<ConceptId>,
    /// One of these must stand in the same sentence.
    pub(crate) near: Vec<ConceptId>,
    /// None of these may stand in the same sentence.
    pub(crate) unless: Vec<ConceptId>,
    /// One of these must stand in the story.
    pub(crate) with: Vec<ConceptId>,
    /// None of these may stand in the story.
    pub(crate) without: Vec<ConceptId>,
}

/// What a pattern of the matcher means.
#[derive(Debug, Clone)]
pub(crate) struct Sense {
    /// The language that it counts in, where it counts in one only.
    pub(crate) lang: Option<String>,
    /// The concepts that it stands for.
    pub(crate) concepts: Vec<ConceptId>,
}

/// A place where a story speaks of a concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index into [`Document::parts`].
    pub(crate) part: usize,
    sentence: usize,
    /// Title, lead or a later passage.
    pub(crate) zone: usize,
    /// First folded byte, with the neighbour that a guard asked for.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
}

impl Hit {
    fn shares_sentence(&self, other: &Hit) -> bool {
        self.part == other.part && self.sentence == other.sentence
    }
}

/// All concepts and the phrases that stand for them.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// Concepts by number.
    pub(crate) concepts: Vec<Concept>,
    /// Numbers in an order in which each comes after those that it refers to.
    pub(crate) order: Vec<ConceptId>,
    /// By the matcher's pattern numbers.
    pub(crate) senses: Vec<Sense>,
    /// The phrases.
    pub(crate) matcher: Matcher,
}

/// A neighbour farther away than this many bytes is not shown with the phrase.
const REACH: usize = 160;

impl Lexicon {
    /// The places of every concept in a story of the given language, by concept number.
    pub(crate) fn places(&self, story: &Document<'_>, lang: Option<&str>) -> Vec<Vec<Hit>> {
        let mut places = self.phrases(story, lang);
        for id in &self.order {
            let Some(concept) = self.concepts.get(*id) else {
                continue;
            };
            let kept = concept.keep(own_places(concept, *id, &places), &places);
            if let Some(slot) = places.get_mut(*id) {
                *slot = kept;
            }
        }
        places
    }

    fn phrases(&self, story: &Document<'_>, lang: Option<&str>) -> Vec<Vec<Hit>> {
        let mut places = vec![Vec::new(); self.concepts.len()];
        for (part, content) in story.parts.iter().enumerate() {
            for found in self.matcher.find(&content.folded) {
                let Some(sense) = self.senses.get(found.pattern) else {
                    continue;
                };
                if !sense.speaks(lang) {
                    continue;
                }
                let hit = hit_of(part, content.place(found.start), found);
                for slot in &sense.concepts {
                    if let Some(slot) = places.get_mut(*slot) {
                        slot.push(hit);
                    }
                }
            }
        }
        places
    }
}

impl Sense {
    /// Languages that are not known are given the benefit of the doubt.
    fn speaks(&self, lang: Option<&str>) -> bool {
        match (&self.lang, lang) {
            (Some(own), Some(lang)) => own == lang,
            _ => true,
        }
    }
}

impl Concept {
    /// Those of its places that no guard cancels.
    fn keep(&self, own: Vec<Hit>, places: &[Vec<Hit>]) -> Vec<Hit> {
        let some = |ids: &[ConceptId]| hits_of(ids, places).next().is_some();
        if own.is_empty() || some(&self.without) || !(self.with.is_empty() || some(&self.with)) {
            return Vec::new();
        }
        own.into_iter()
            .filter_map(|hit| self.guarded(hit, places))
            .collect()
    }

    fn guarded(&self, hit: Hit, places: &[Vec<Hit>]) -> Option<Hit> {
        if hits_of(&self.unless, places).any(|other| hit.shares_sentence(other)) {
            return None;
        }
        if self.near.is_empty() {
            return Some(hit);
        }
        hits_of(&self.near, places)
            .filter(|other| hit.shares_sentence(other))
            .map(|other| (hit.start.min(other.start), hit.end.max(other.end)))
            .min_by_key(|(start, end)| end - start)
            .map(|(start, end)| match end - start <= REACH {
                true => Hit { start, end, ..hit },
                false => hit,
            })
    }
}

fn hits_of<'a>(ids: &'a [ConceptId], places: &'a [Vec<Hit>]) -> impl Iterator<Item = &'a Hit> {
    ids.iter().filter_map(|id| places.get(*id)).flatten()
}

/// Its phrases' places and those of the concepts it is made of, in order, the longest of those that overlap.
fn own_places(concept: &Concept, id: ConceptId, places: &[Vec<Hit>]) -> Vec<Hit> {
    let mut own: Vec<Hit> = hits_of(&[id], places).copied().collect();
    own.extend(hits_of(&concept.of, places));
    own.sort_by_key(|h| (h.part, h.start, usize::MAX - h.end));
    let mut last: Option<Hit> = None;
    own.retain(|hit| {
        let free = last.is_none_or(|l| l.part != hit.part || l.end <= hit.start);
        if free {
            last = Some(*hit);
        }
        free
    });
    own
}

fn hit_of(part: usize, (sentence, zone): (usize, usize), found: Found) -> Hit {
    Hit {
        part,
        sentence,
        zone,
        start: found.start,
        end: found.end,
    }
}
