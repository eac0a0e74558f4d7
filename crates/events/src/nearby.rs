//! Which remembered stories share terms with a new one, and how much.
//!
//! Each term leads to the latest stories that have it, so the work for a story is bounded by its own
//! length, however many are remembered.

use crate::sketch::Sketch;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Stories that a term leads to at most, the latest: a word in more says little.
const MOST_HOLDERS: usize = 64;
/// Likeness below which a remembered story does not count.
const LEAST_COSINE: f32 = 0.03;
const LEAST_TITLE: f32 = 0.34;
/// Full scale of a number kept in sixteen bits.
const SCALE: f32 = 65_535.0;

/// A story that has a term.
#[derive(Debug, Clone, Copy)]
struct Holder {
    number: u32,
    weight: u16,
    title: u16,
}

/// What a story shares with the new one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Likeness {
    /// Cosine of their weighted terms.
    pub(crate) cosine: f32,
    /// The part of the new story's title that is in the other story.
    pub(crate) title: f32,
    /// The part of the other's title that is in the new story.
    pub(crate) title_back: f32,
    /// Rare names and figures that are in both.
    pub(crate) evidence: f32,
}

impl Likeness {
    /// Whether there is anything in common to speak of.
    fn is_something(&self) -> bool {
        self.cosine >= LEAST_COSINE || self.title >= LEAST_TITLE
    }
}

/// Terms and the stories that have them.
#[derive(Debug, Default)]
pub(crate) struct Nearby {
    holders: FxHashMap<u32, VecDeque<Holder>>,
    /// Likeness by a story's number less `first`; all zero between two questions.
    scratch: Vec<Likeness>,
    touched: Vec<u32>,
    first: u32,
    next: u32,
}

impl Nearby {
    /// Tells the remembered stories that share something with a new one, by their numbers, in no order.
    pub(crate) fn of(&mut self, sketch: &Sketch, mut tell: impl FnMut(u32, &Likeness)) {
        let remembered = self.next.saturating_sub(self.first) as usize;
        self.scratch.resize(remembered, Likeness::default());
        for term in &sketch.terms {
            let Some(holders) = self.holders.get(&term.hash) else {
                continue;
            };
            let weight = term.weight / SCALE;
            for holder in holders {
                let Some(likeness) = holder
                    .number
                    .checked_sub(self.first)
                    .and_then(|at| self.scratch.get_mut(at as usize))
                else {
                    continue;
                };
                if likeness.cosine == 0.0 {
                    self.touched.push(holder.number);
                }
                likeness.cosine += weight * f32::from(holder.weight);
                likeness.title += term.title;
                likeness.title_back += f32::from(holder.title) / SCALE;
                likeness.evidence += term.evidence;
            }
        }
        for number in self.touched.drain(..) {
            if let Some(likeness) = self.scratch.get_mut((number - self.first) as usize) {
                if likeness.is_something() {
                    tell(number, likeness);
                }
                *likeness = Likeness::default();
            }
        }
    }

    /// Remembers a story under the next number.
    pub(crate) fn remember(&mut self, number: u32, sketch: &Sketch) {
        self.next = number + 1;
        for term in &sketch.terms {
            let holders = self.holders.entry(term.hash).or_default();
            if holders.len() == MOST_HOLDERS {
                holders.pop_front();
            }
            holders.push_back(Holder {
                number,
                weight: sixteen_bits(term.weight).max(1),
                title: sixteen_bits(term.title),
            });
        }
    }

    /// Forgets the oldest story, which has these terms.
    pub(crate) fn forget(&mut self, number: u32, terms: &[u32]) {
        self.first = number + 1;
        for term in terms {
            if let Some(holders) = self.holders.get_mut(term) {
                while holders.front().is_some_and(|h| h.number <= number) {
                    holders.pop_front();
                }
                if holders.is_empty() {
                    self.holders.remove(term);
                }
            }
        }
    }

    /// The latest remembered stories that have a term.
    pub(crate) fn holders(&self, term: u32) -> impl Iterator<Item = u32> {
        self.holders
            .get(&term)
            .into_iter()
            .flatten()
            .map(|holder| holder.number)
    }
}

fn sixteen_bits(x: f32) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range"
    )]
    let bits = (x * SCALE).round().clamp(0.0, SCALE) as u16;
    bits
}
