//! Near-copies: candidates by shared five-word sequences, then an exact check.
//!
//! Every fourth sequence by its hash (a sample that both copies draw alike; Broder 1997) leads to
//! the texts that hold it, so the search does not grow with the number of texts. The check is
//! containment in the longer text, so a lead alone is a copy of the whole; and the numbers and dates
//! have to agree, so another month's report from one template is none.

use crate::Settings;
use crate::words;
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

/// Words in a sequence.
const SEQUENCE: usize = 5;
/// One of so many sequences is kept for the search.
const SAMPLED: u64 = 4;
/// Texts that one sequence leads to at most: more share only a notice or a name.
const MOST_HOLDERS: usize = 64;
/// Words of a text that are looked at.
const LOOKED_AT: usize = 3_000;
/// A text of fewer words is compared together with its title.
const SHORT: usize = 20;

/// A text as its sequences and figures.
#[derive(Debug, Clone)]
pub(crate) struct Print {
    sequences: HashSet<u64>,
    figures: HashSet<String>,
}

impl Print {
    pub(crate) fn new(title: &str, text: &str) -> Self {
        let mut body = words::all(text);
        body.truncate(LOOKED_AT);
        if body.len() < SHORT {
            let mut whole = words::all(title);
            whole.append(&mut body);
            body = whole;
        }
        let width = SEQUENCE.min(body.len().max(1));
        Self {
            sequences: body.windows(width).map(hash).collect(),
            figures: words::figures(&body)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        }
    }

    fn sample(&self) -> impl Iterator<Item = u64> {
        // A short text is kept whole: a sample of it might be empty.
        let every = self.sequences.len() < 40;
        self.sequences
            .iter()
            .copied()
            .filter(move |h| every || h.is_multiple_of(SAMPLED))
    }

    fn is_copy_of(&self, other: &Self, settings: &Settings) -> bool {
        share(&self.sequences, &other.sequences) >= settings.copy_overlap
            && share(&self.figures, &other.figures) >= settings.copy_numbers
    }
}

/// The part of the smaller set that lies in the other; 1 for an empty one.
fn share<T: Eq + Hash>(a: &HashSet<T>, b: &HashSet<T>) -> f64 {
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if small.is_empty() {
        return 1.0;
    }
    let common = small.iter().filter(|x| large.contains(x)).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let share = common as f64 / small.len() as f64;
    share
}

fn hash(words: &[String]) -> u64 {
    // Fixed keys: the same words give the same hash in every process.
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

/// The remembered texts.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    prints: HashMap<usize, Print>,
    holders: HashMap<u64, Vec<usize>>,
}

impl Copies {
    /// The earliest text of which this one is a near-copy.
    pub(crate) fn original(&self, print: &Print, settings: &Settings) -> Option<usize> {
        if print.sequences.is_empty() {
            return None;
        }
        let mut candidates: HashMap<usize, usize> = HashMap::new();
        for sequence in print.sample() {
            for &holder in self.holders.get(&sequence).into_iter().flatten() {
                *candidates.entry(holder).or_default() += 1;
            }
        }
        candidates
            .into_keys()
            .filter(|n| {
                self.prints
                    .get(n)
                    .is_some_and(|p| print.is_copy_of(p, settings))
            })
            .min()
    }

    pub(crate) fn remember(&mut self, n: usize, print: Print) {
        for sequence in print.sample() {
            let holders = self.holders.entry(sequence).or_default();
            if holders.len() < MOST_HOLDERS {
                holders.push(n);
            }
        }
        self.prints.insert(n, print);
    }

    pub(crate) fn forget(&mut self, n: usize) {
        let Some(print) = self.prints.remove(&n) else {
            return;
        };
        for sequence in print.sample() {
            if let Some(holders) = self.holders.get_mut(&sequence) {
                holders.retain(|h| *h != n);
                if holders.is_empty() {
                    self.holders.remove(&sequence);
                }
            }
        }
    }
}
