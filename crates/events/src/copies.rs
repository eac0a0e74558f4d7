//! Finds the story that a text is a copy of.
//!
//! In: sketches, in order of arrival. Out: the first story of which a text is a copy: retitled, cut,
//! with notices added, sentences moved, or edited by the outlet that took it over. Not a copy: the
//! same report with other figures, or an article that shares its notices with many others.
//!
//! Cost for a text does not grow with what is remembered: sampled shingles lead to few candidates,
//! and what many stories share leads nowhere. Copies themselves are not remembered, but for a few
//! that say more than their original, so any number of them costs nothing.

use crate::settings::Settings;
use crate::sketch::{Overlap, Sketch, WORDS_PER_SAMPLE};
use std::collections::{HashMap, VecDeque};

/// Shingles found in more stories than this, copies not counted, are notices and phrases.
const NOTICE: usize = 5;
/// Latest stories remembered for a shingle.
const POSTINGS: usize = 8;
/// Candidates that are compared.
const CANDIDATES: usize = 12;
/// Texts remembered for a story: its own and those of longer copies.
const VERSIONS: usize = 4;
/// A copy longer by this factor says more than its original.
const LONGER: f64 = 1.3;
/// Where less than this share of a text is its own, notices and all are compared.
const OWN_SHARE: f64 = 0.3;
/// Share of both short texts together that makes a copy: a headline must be the same.
const SHORT_SHARE: f64 = 0.8;
/// Fewest words by which a text without body can be known.
const SHORT_WORDS: usize = 6;

/// Number of a remembered story.
pub(crate) type Slot = u32;

/// The stories by whose shingles copies are found.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    by_shingle: HashMap<u32, Posting>,
    by_whole: HashMap<u64, Slot>,
    versions: HashMap<Slot, Vec<Sketch>>,
}

/// Where a shingle was seen.
#[derive(Debug, Default)]
struct Posting {
    /// How many remembered stories have it.
    stories: usize,
    /// The latest of them.
    latest: VecDeque<Slot>,
}

impl Copies {
    /// The story of which a text is a copy.
    pub(crate) fn original(&self, sketch: &Sketch, settings: &Settings) -> Option<Slot> {
        if sketch.is_short() && sketch.length() < SHORT_WORDS {
            return None;
        }
        if let Some(same) = self.by_whole.get(&sketch.whole()) {
            return self.versions_of(*same).any(|v| !v.is_other_issue_of(sketch)).then_some(*same);
        }
        let mut best: Option<(f64, Slot)> = None;
        for slot in self.candidates(sketch) {
            for version in self.versions_of(slot) {
                let Some(share) = self.copied(sketch, version, settings) else { continue };
                if best.is_none_or(|(most, first)| share > most || (share == most && slot < first))
                {
                    best = Some((share, slot));
                }
            }
        }
        best.map(|(_, slot)| slot)
    }

    /// Remembers a story that is no copy.
    pub(crate) fn remember(&mut self, slot: Slot, sketch: Sketch) {
        self.post(slot, &sketch);
        self.by_whole.entry(sketch.whole()).or_insert(slot);
        self.versions.entry(slot).or_default().push(sketch);
    }

    /// Remembers a copy where it says more than what is known of its original.
    pub(crate) fn remember_copy(&mut self, slot: Slot, sketch: Sketch) {
        let longest = self.versions_of(slot).map(Sketch::length).max().unwrap_or(usize::MAX);
        let count = self.versions.get(&slot).map_or(VERSIONS, Vec::len);
        if count < VERSIONS && float(sketch.length()) > LONGER * float(longest) {
            self.remember(slot, sketch);
        }
    }

    /// Forgets a story and its versions.
    pub(crate) fn forget(&mut self, slot: Slot) {
        let versions = self.versions.remove(&slot).unwrap_or_default();
        for (at, sketch) in versions.iter().enumerate() {
            if self.by_whole.get(&sketch.whole()) == Some(&slot) {
                self.by_whole.remove(&sketch.whole());
            }
            let earlier = versions.get(..at).unwrap_or(&[]);
            for key in keys(sketch).filter(|k| !earlier.iter().any(|e| has(e, *k))) {
                self.unpost(slot, key);
            }
        }
    }

    fn versions_of(&self, slot: Slot) -> impl Iterator<Item = &Sketch> {
        self.versions.get(&slot).into_iter().flatten()
    }

    fn post(&mut self, slot: Slot, sketch: &Sketch) {
        let known = self.versions.get(&slot).map_or(&[] as &[Sketch], Vec::as_slice);
        for key in keys(sketch).filter(|k| !known.iter().any(|v| has(v, *k))) {
            let posting = self.by_shingle.entry(key).or_default();
            posting.stories += 1;
            posting.latest.push_back(slot);
            if posting.latest.len() > POSTINGS {
                posting.latest.pop_front();
            }
        }
    }

    fn unpost(&mut self, slot: Slot, key: u32) {
        let Some(posting) = self.by_shingle.get_mut(&key) else { return };
        posting.stories = posting.stories.saturating_sub(1);
        posting.latest.retain(|s| *s != slot);
        if posting.stories == 0 {
            self.by_shingle.remove(&key);
        }
    }

    /// Stories that share most sampled shingles with a text, the most first.
    fn candidates(&self, sketch: &Sketch) -> Vec<Slot> {
        let mut hits: HashMap<Slot, usize> = HashMap::new();
        for posting in keys(sketch).filter_map(|k| self.by_shingle.get(&k)) {
            for slot in &posting.latest {
                *hits.entry(*slot).or_default() += 1;
            }
        }
        let mut sorted: Vec<(Slot, usize)> = hits.into_iter().collect();
        sorted.sort_unstable_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        sorted.into_iter().take(CANDIDATES).map(|(slot, _)| slot).collect()
    }

    /// How much of the shorter text is in the other, where that makes it a copy.
    fn copied(&self, a: &Sketch, b: &Sketch, settings: &Settings) -> Option<f64> {
        let all = a.overlap(b, |_| false);
        let own = a.overlap(b, |key| self.is_notice(key));
        let mostly_notices = float(own.first.min(own.second)) < OWN_SHARE * float(all.first.min(all.second));
        let used = if mostly_notices { all } else { own };
        let other_issue = a.is_other_issue_of(b) || all.figures_agree() < settings.copy_figures;
        (!other_issue && is_enough(&used, a.is_short() || b.is_short(), settings))
            .then(|| used.containment())
    }

    fn is_notice(&self, key: u32) -> bool {
        self.by_shingle.get(&key).is_some_and(|p| p.stories > NOTICE)
    }
}

fn is_enough(overlap: &Overlap, short: bool, settings: &Settings) -> bool {
    if short {
        return overlap.resemblance() >= SHORT_SHARE;
    }
    let share = overlap.containment();
    let words = float(overlap.shared) * WORDS_PER_SAMPLE;
    share >= settings.copy_share
        || (share >= settings.long_copy_share && words >= float(settings.long_copy_words))
}

/// Blanked shingles, each once.
fn keys(sketch: &Sketch) -> impl Iterator<Item = u32> {
    sketch.shingles().chunk_by(|a, b| a.blanked == b.blanked).filter_map(|g| g.first()).map(|s| s.blanked)
}

fn has(sketch: &Sketch, key: u32) -> bool {
    sketch.shingles().binary_search_by_key(&key, |s| s.blanked).is_ok()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn float(count: usize) -> f64 {
    count as f64
}
