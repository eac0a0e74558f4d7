//! A story that was read: what it speaks of and where, before anything is judged.
//!
//! In: a title, a text, perhaps a language, and the taxonomy. Out: places and strengths of concepts, and
//! their words. Never: weighs anything.

use crate::concept::{ConceptId, Hit, Places};
use crate::judge::Input;
use crate::layout::{Cut, Document};
use crate::score::{Strength, Sum, Term, Weight, sum};
use crate::taxonomy::Taxonomy;
use std::cell::OnceCell;
use tocsin_core::{Evidence, detect_language};

/// Most pieces of evidence for one tag.
const MOST_EVIDENCE: usize = 3;

/// A story that was read.
pub(crate) struct Reading<'a> {
    taxonomy: &'a Taxonomy,
    /// ISO 639-1.
    pub(crate) language: Option<String>,
    /// Its words, sentences and zones.
    pub(crate) document: Document<'a>,
    /// The places of each concept.
    pub(crate) places: Places,
    /// How strongly it speaks of each concept; only rules ask.
    strengths: OnceCell<Vec<Strength>>,
    /// What the later passage that says most for each tag adds up to.
    passages: OnceCell<Vec<f64>>,
}

/// The language of a story, ISO 639-1, as it is given or as its text tells.
pub(crate) fn language(input: &Input<'_>) -> Option<String> {
    input.lang.map(str::to_lowercase).or_else(|| {
        let text = if input.text.is_empty() {
            input.title
        } else {
            input.text
        };
        detect_language(text).map(str::to_owned)
    })
}

impl<'a> Reading<'a> {
    /// Reads a story. Takes time linear in its length.
    pub(crate) fn new(taxonomy: &'a Taxonomy, input: &Input<'a>) -> Self {
        let language = language(input);
        let cut = Cut {
            lead: taxonomy.scoring.lead_width,
            passage: taxonomy.scoring.passage_width,
        };
        let document = Document::new(input.title, input.text, cut);
        Self {
            places: taxonomy.lexicon.places(&document, language.as_deref()),
            strengths: OnceCell::new(),
            passages: OnceCell::new(),
            taxonomy,
            language,
            document,
        }
    }

    /// What rules add up to.
    pub(crate) fn sum(&self, weights: &[Weight]) -> Sum {
        let scoring = &self.taxonomy.scoring;
        let strengths = self.strengths.get_or_init(|| {
            let mut strengths = vec![Strength::default(); self.places.concepts()];
            for (id, hits) in self.places.each() {
                if let Some(slot) = strengths.get_mut(id) {
                    *slot = Strength::of(hits, scoring, self.document.headline_only);
                }
            }
            strengths
        });
        sum(weights, strengths, scoring.depth(self.document.width))
    }

    /// Whether a later passage says enough for a tag, by its index, to count in [`sum`](Self::sum).
    pub(crate) fn has_passage_on(&self, tag: usize) -> bool {
        let Taxonomy {
            scoring, favours, ..
        } = self.taxonomy;
        let best = || favours.best_passages(self.places.each(), scoring);
        let best = self.passages.get_or_init(best).get(tag);
        best.is_some_and(|sum| *sum > scoring.depth(self.document.width).floor)
    }

    /// Whether it speaks of AI by name.
    pub(crate) fn gate_opens(&self) -> bool {
        self.speaks_of_any(&self.taxonomy.relevance.gate)
    }

    /// Whether a trained model should look at it: it may be about AI without saying so.
    pub(crate) fn worth_a_look(&self) -> bool {
        self.gate_opens() || self.speaks_of_any(&self.taxonomy.relevance.hint)
    }

    /// Whether it is so long that a trained model, taught by stories' beginnings, cannot tell it all.
    #[expect(clippy::cast_precision_loss, reason = "no text is that long")]
    pub(crate) fn is_long(&self) -> bool {
        self.document.width as f64 > self.taxonomy.scoring.short_width
    }

    fn speaks_of_any(&self, concepts: &[ConceptId]) -> bool {
        let spoken = |id: &ConceptId| !self.places.of(*id).is_empty();
        concepts.iter().any(spoken)
    }

    /// The places of concepts, as far as `counts` lets them, as evidence.
    pub(crate) fn evidence(
        &self,
        concepts: impl IntoIterator<Item = ConceptId>,
        counts: impl Fn(&Hit) -> bool,
    ) -> Vec<Evidence> {
        let hits = concepts.into_iter().flat_map(|id| self.places.of(id));
        let hits = hits.filter(|hit| counts(hit)).take(MOST_EVIDENCE);
        hits.filter_map(|hit| self.words(hit)).collect()
    }

    /// The words behind terms, weightiest term first; those that overlap are shown as one.
    pub(crate) fn evidence_of(&self, terms: &[&Term]) -> Vec<Evidence> {
        let mut shown: Vec<Hit> = Vec::new();
        for term in terms {
            let hits = self.places.of(term.weight.concept).iter();
            for hit in hits.filter(|hit| term.covers(hit)) {
                if let Some(other) = shown.iter_mut().find(|s| s.overlaps(hit)) {
                    other.join(hit);
                } else if shown.len() < MOST_EVIDENCE {
                    shown.push(*hit);
                }
            }
        }
        shown.iter().filter_map(|hit| self.words(hit)).collect()
    }

    fn words(&self, hit: &Hit) -> Option<Evidence> {
        let part = self.document.parts.get(hit.part)?;
        Some(part.evidence(hit.start, hit.end))
    }
}
