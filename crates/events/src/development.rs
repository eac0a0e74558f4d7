//! Whether a story that belongs to a known event brings a new fact.
//!
//! Two ways of telling. A story that repeats what is known, word by word, and adds a sentence: every
//! new figure or deed in that sentence is a new fact, if the sentence is about the event. A story in
//! words of its own: other words prove nothing, so only a new deed or figure that both its title and
//! its text report is one.

use crate::deeds::Deeds;
use crate::facts::{Facts, Sentence};

/// Part of a story's sentences that are known, from which it repeats.
const REPEATS: f64 = 0.4;
/// Terms that a new sentence has in common with what is known, at least; the event is its subject.
const ANCHORS: usize = 1;
/// Sentences that are remembered of an event. A fuller one brings no more developments.
const MOST_SENTENCES: usize = 400;
/// Terms and figures that are.
const MOST_TERMS: usize = 3_000;

/// What the stories of an event have stated so far.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// All ascending.
    sentences: Vec<u32>,
    terms: Vec<u32>,
    figures: Vec<u32>,
    deeds: Deeds,
}

impl Known {
    /// Takes in what a story states.
    pub(crate) fn take(&mut self, facts: &Facts) {
        if self.is_full() {
            return;
        }
        for sentence in facts.body.iter().chain([&facts.title]) {
            self.sentences.push(sentence.print);
            self.terms.extend(&sentence.terms);
            self.figures.extend(&sentence.figures);
            self.deeds = self.deeds.or(sentence.deeds);
        }
        self.put_in_order();
    }

    /// Takes in what is known of an event that is the same.
    pub(crate) fn take_in(&mut self, other: &mut Self) {
        self.sentences.append(&mut other.sentences);
        self.terms.append(&mut other.terms);
        self.figures.append(&mut other.figures);
        self.deeds = self.deeds.or(other.deeds);
        self.put_in_order();
    }

    fn put_in_order(&mut self) {
        for list in [&mut self.sentences, &mut self.terms, &mut self.figures] {
            list.sort_unstable();
            list.dedup();
        }
    }

    fn is_full(&self) -> bool {
        self.sentences.len() >= MOST_SENTENCES || self.terms.len() >= MOST_TERMS
    }

    /// The place in the text of the first sentence that states a new fact, if a story does.
    pub(crate) fn development(&self, facts: &Facts) -> Option<(usize, usize)> {
        if self.is_full() || self.sentences.is_empty() {
            return None;
        }
        let fresh: Vec<&Sentence> = facts.body.iter().filter(|s| self.is_fresh(s)).collect();
        let repeats = is_repeat(facts.body.len(), fresh.len());
        let told = fresh.into_iter().find(|sentence| {
            if repeats {
                self.adds(sentence)
            } else {
                self.adds_as_the_title(sentence, &facts.title)
            }
        })?;
        Some((told.start, told.end))
    }

    fn is_fresh(&self, sentence: &Sentence) -> bool {
        self.sentences.binary_search(&sentence.print).is_err()
    }

    fn adds(&self, sentence: &Sentence) -> bool {
        self.is_about_this(sentence)
            && (!sentence.deeds.without(self.deeds).is_empty()
                || self.new_figures(sentence).next().is_some())
    }

    fn adds_as_the_title(&self, sentence: &Sentence, title: &Sentence) -> bool {
        let deeds = title.deeds.without(self.deeds);
        self.is_about_this(sentence)
            && (!sentence.deeds.and(deeds).is_empty()
                || self
                    .new_figures(sentence)
                    .any(|figure| title.figures.contains(&figure)))
    }

    fn is_about_this(&self, sentence: &Sentence) -> bool {
        let known = |term: &&u32| self.terms.binary_search(term).is_ok();
        sentence.terms.iter().filter(known).count() >= ANCHORS
    }

    fn new_figures(&self, sentence: &Sentence) -> impl Iterator<Item = u32> {
        let figures = sentence.figures.iter().copied();
        figures.filter(|figure| self.figures.binary_search(figure).is_err())
    }
}

/// Whether so many fresh ones of all sentences leave a story that repeats what is known.
fn is_repeat(all: usize, fresh: usize) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "counts of sentences")]
    let (known, all) = (all.saturating_sub(fresh) as f64, all as f64);
    known > 0.0 && known >= REPEATS * all
}
