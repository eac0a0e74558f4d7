//! How much a word tells: the fewer stories have it, the more.

use crate::sketch::{every_term, name_term};
use crate::words::Part;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

/// What is known from before counts as so many stories, however many it was counted in: words of the
/// day soon outweigh it.
const KNOWN_STORIES: u32 = 10_000;
/// Different words that are counted at most; then those seen once are forgotten.
const MOST_WORDS: usize = 2_000_000;

/// In how many of many stories words and names stand, counted beforehand, so that the first story of a
/// new installation is compared as well as the thousandth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frequencies {
    stories: u32,
    words: Counts,
    names: Counts,
}

/// Hashes, ascending, each less the one before, and the stories that have each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Counts {
    steps: Vec<u32>,
    stories: Vec<u32>,
}

impl Counts {
    fn new(mut counted: Vec<(u32, u32)>) -> Self {
        counted.sort_unstable();
        let mut before = 0;
        let steps = counted.iter().map(|(term, _)| {
            let step = term - before;
            before = *term;
            step
        });
        Self {
            steps: steps.collect(),
            stories: counted.iter().map(|(_, count)| *count).collect(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut term = 0_u32;
        self.steps
            .iter()
            .zip(&self.stories)
            .map(move |(step, count)| {
                term = term.wrapping_add(*step);
                (term, *count)
            })
    }
}

/// Why counts cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not a file of word counts: {0}")]
pub struct FrequenciesError(postcard::Error);

impl Frequencies {
    /// Counts the words of stories, given as titles and texts, and the ids of what they name. Words in
    /// fewer than `least` stories are left out.
    pub fn count<'a>(
        stories: impl Iterator<Item = (&'a str, &'a str, &'a [String])>,
        least: u32,
    ) -> Self {
        let (mut words, mut names) = (Rarity::default(), Rarity::default());
        for (title, text, named) in stories {
            let parts = [title, text].map(|part| Part::read(part, usize::MAX));
            words.count(every_term(&parts).into_iter());
            let named: FxHashSet<u32> = named.iter().map(|id| name_term(id)).collect();
            names.count(named.into_iter());
        }
        words.counts.retain(|_, count| *count >= least);
        Self {
            stories: words.stories,
            words: Counts::new(words.counts.into_iter().collect()),
            names: Counts::new(names.counts.into_iter().collect()),
        }
    }

    /// Words and names that are known.
    pub fn size(&self) -> (usize, usize) {
        (self.words.steps.len(), self.names.steps.len())
    }

    /// Reads what [`Frequencies::to_bytes`] wrote.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrequenciesError> {
        postcard::from_bytes(bytes).map_err(FrequenciesError)
    }

    /// The counts as a small file.
    ///
    /// # Errors
    /// None that is known of.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FrequenciesError> {
        postcard::to_stdvec(self).map_err(FrequenciesError)
    }
}

/// Counts of the stories that have each word: known from before, and as stories come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rarity {
    counts: FxHashMap<u32, u32>,
    stories: u32,
    /// Names that were counted before.
    names: FxHashSet<u32>,
}

impl Rarity {
    pub(crate) fn new(known: &Frequencies) -> Self {
        let scaled = |count: u32| {
            let part =
                u64::from(count) * u64::from(KNOWN_STORIES) / u64::from(known.stories.max(1));
            u32::try_from(part).unwrap_or(u32::MAX)
        };
        let terms = known.words.iter().chain(known.names.iter());
        Self {
            counts: terms.map(|(term, count)| (term, scaled(count))).collect(),
            stories: scaled(known.stories),
            names: known.names.iter().map(|(term, _)| term).collect(),
        }
    }

    /// Inverse document frequency (Spärck Jones 1972), smoothed so that the first stories can be
    /// compared, too.
    pub(crate) fn of(&self, term: u32) -> f32 {
        let held = self.counts.get(&term).copied().unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "counts of stories")]
        let one_in = (self.stories as f32 + 10.0) / (held as f32 + 0.5);
        one_in.ln_1p()
    }

    /// Whether a name was counted before the first story came.
    pub(crate) fn knows_name(&self, term: u32) -> bool {
        self.names.contains(&term)
    }

    /// Counts a story by its terms, each given once.
    pub(crate) fn count(&mut self, terms: impl Iterator<Item = u32>) {
        self.stories = self.stories.saturating_add(1);
        for term in terms {
            *self.counts.entry(term).or_default() += 1;
        }
        if self.counts.len() > MOST_WORDS {
            self.counts.retain(|_, count| *count > 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn counts_survive_their_file_and_common_words_tell_less() {
        let names = ["Q1".to_owned()];
        let stories = [
            ("chip rule", "chip", &[][..]),
            ("chip summit", "", &names),
            ("vote", "on a chip", &[]),
        ];
        let known = Frequencies::count(stories.into_iter(), 1);
        let read = Frequencies::from_bytes(&known.to_bytes().unwrap()).unwrap();
        assert_eq!((&read, read.size()), (&known, (4, 1)));
        let rarity = Rarity::new(&read);
        assert!(rarity.of(words::hash("chip")) < rarity.of(words::hash("vote")));
        assert!(rarity.of(words::hash("vote")) < rarity.of(words::hash("unheard")));
        assert!(Frequencies::from_bytes(b"no").is_err());
    }
}
