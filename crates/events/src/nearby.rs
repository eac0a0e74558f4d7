//! Which remembered stories share terms with a new one, and how much.
//!
//! Each term leads to the latest stories that have it, so the work for a story is bounded by its own
//! length, however many are remembered.

use crate::sketch::Sketch;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Stories that a term leads to at most, the latest: a word in more says little.
const MOST_HOLDERS: usize = 40;
/// Likeness below which a remembered story does not count.
const LEAST_COSINE: f32 = 0.05;
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

/// Room for the stories that the terms of one story lead to, in a power of two.
const SLOTS: usize = 1 << 12;
/// In place of a story: the slot is free.
const FREE: u32 = u32::MAX;

/// Likeness by story, in a table so small that it stays near the processor: a place for every remembered
/// story would be looked up in far memory, a thousand times a story.
#[derive(Debug)]
struct Tally {
    slots: Vec<(u32, Likeness)>,
    used: Vec<usize>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            slots: vec![(FREE, Likeness::default()); SLOTS],
            used: Vec::new(),
        }
    }
}

impl Tally {
    /// The likeness of a story; `None` where there is no room.
    fn of(&mut self, number: u32) -> Option<&mut Likeness> {
        let spread = number.wrapping_mul(0x9e37_79b1) >> 20;
        let mut at = spread as usize % SLOTS;
        while self.slots.get(at)?.0 != number {
            if self.slots.get(at)?.0 == FREE {
                if self.used.len() + 1 == SLOTS {
                    return None;
                }
                self.used.push(at);
                self.slots.get_mut(at)?.0 = number;
                break;
            }
            at = (at + 1) % SLOTS;
        }
        self.slots.get_mut(at).map(|(_, likeness)| likeness)
    }

    /// Tells all and forgets them.
    fn drain(&mut self, mut tell: impl FnMut(u32, &Likeness)) {
        for at in self.used.drain(..) {
            if let Some((number, likeness)) = self.slots.get_mut(at) {
                tell(*number, likeness);
                (*number, *likeness) = (FREE, Likeness::default());
            }
        }
    }
}

/// Terms and the stories that have them.
#[derive(Debug, Default)]
pub(crate) struct Nearby {
    /// In no order; most terms are in one story.
    holders: FxHashMap<u32, SmallVec<[Holder; 1]>>,
    tally: Tally,
    /// Stories before it are forgotten. Where they still stand in lists, they are passed over.
    first: u32,
    next: u32,
    /// Stories forgotten since they were last removed from the lists.
    stale: u32,
}

impl Nearby {
    /// Tells the remembered stories that share something with a new one, by their numbers, in no order.
    pub(crate) fn of(&mut self, sketch: &Sketch, mut tell: impl FnMut(u32, &Likeness)) {
        for term in &sketch.terms {
            let Some(holders) = self.holders.get(&term.hash) else {
                continue;
            };
            let weight = term.weight / SCALE;
            for holder in holders.iter().filter(|h| h.number >= self.first) {
                if let Some(likeness) = self.tally.of(holder.number) {
                    likeness.cosine += weight * f32::from(holder.weight);
                    likeness.title += term.title;
                    likeness.title_back += f32::from(holder.title) / SCALE;
                    likeness.evidence += term.evidence;
                }
            }
        }
        self.tally.drain(|number, likeness| {
            if likeness.is_something() {
                tell(number, likeness);
            }
        });
    }

    /// Remembers a story under the next number.
    pub(crate) fn remember(&mut self, number: u32, sketch: &Sketch) {
        self.next = number + 1;
        for term in &sketch.terms {
            let holders = self.holders.entry(term.hash).or_default();
            let holder = Holder {
                number,
                weight: sixteen_bits(term.weight).max(1),
                title: sixteen_bits(term.title),
            };
            if holders.len() < MOST_HOLDERS {
                holders.push(holder);
            } else if let Some(oldest) = holders.iter_mut().min_by_key(|h| h.number) {
                *oldest = holder;
            }
        }
    }

    /// Forgets the oldest story. Lists are cleaned when half of what they may hold is stale: one look at
    /// all in a row costs less than a search for each.
    pub(crate) fn forget(&mut self, number: u32) {
        self.first = number + 1;
        self.stale += 1;
        if self.stale > self.next.saturating_sub(self.first) / 2 {
            self.stale = 0;
            self.holders.retain(|_, holders| {
                holders.retain(|holder| holder.number > number);
                !holders.is_empty()
            });
        }
    }

    /// The latest remembered stories that have a term.
    pub(crate) fn holders(&self, term: u32) -> impl Iterator<Item = u32> {
        self.holders
            .get(&term)
            .into_iter()
            .flatten()
            .map(|holder| holder.number)
            .filter(|number| *number >= self.first)
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
