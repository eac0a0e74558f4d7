//! Where patterns stand that are filed under a hash.
//!
//! In: the hashes of patterns, and all that may be asked for. Out: the places of those under a hash; for
//! most words, from little memory, that there are none. Never: compares a letter.

use crate::buckets::Buckets;
use serde::{Deserialize, Serialize};

/// Spreads a hash over all bits (Fibonacci hashing, Knuth, volume 3, 6.4).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// What tells words that a phrase goes on after from those that are all of one.
const BEGINNING: u64 = 0x0be9_1000_0000_0be9;

/// The hash of two things, one after the other.
fn joined(a: u64, b: u64) -> u64 {
    (a.rotate_left(23) ^ b).wrapping_mul(SPREAD)
}

/// Where the patterns of a hash stand.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Table {
    /// How many upper bits of a hash make a bucket.
    bits: u32,
    /// Where the patterns of each bucket begin.
    buckets: Buckets,
    /// Half of each pattern's hash, in the patterns' order: most that are asked for are none, and the patterns
    /// themselves are far away.
    halves: Vec<u32>,
    /// Two bits for each key in it (a blocked Bloom filter; Putze, Sanders and Singler 2007): small enough to
    /// stay near at hand, it spares most words a look at the buckets. As many blocks as a power of two,
    /// each for keys that begin with the same word, or the same stem, so that all questions about one go to
    /// one piece of memory.
    known: Vec<u64>,
}

/// Words of a block of [`Table::known`]: as much as a line of a processor's cache.
const BLOCK: usize = 8;
/// Bits of [`Table::known`] for each key in it, at least.
const KNOWN_BITS: usize = 16;

/// What a pattern is filed under, or what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// All of it.
    pub(super) hash: u64,
    /// The hash of the first word of it.
    first: u64,
}

impl Key {
    /// One word, or one stem.
    pub(super) fn one(first: u64) -> Self {
        Self {
            hash: joined(0, first),
            first,
        }
    }

    /// A word that longer phrases begin with; nothing is filed under it.
    pub(super) fn beginning(first: u64) -> Self {
        Self {
            hash: joined(BEGINNING, first),
            first,
        }
    }

    /// The same with what follows after so many spaces, one at most.
    pub(super) fn and(self, spaces: usize, next: u64) -> Self {
        Self {
            hash: joined(self.hash.wrapping_add(spaces as u64), next),
            first: self.first,
        }
    }
}

impl Table {
    /// Of patterns with these hashes, in order; `keys` are those that it shall know.
    pub(super) fn new(hashes: &[u64], mut keys: Vec<Key>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        let bits = hashes.len().next_power_of_two().ilog2().max(1);
        let buckets = hashes.iter().map(|hash| bucket(*hash, bits));
        let blocks = (keys.len() * KNOWN_BITS).div_ceil(BLOCK * 64);
        let mut table = Self {
            buckets: Buckets::new(1 << bits, buckets),
            halves: hashes.iter().copied().map(half).collect(),
            known: vec![0; BLOCK * blocks.next_power_of_two()],
            bits,
        };
        for key in keys {
            let (word, bits) = table.known_bits(key);
            if let Some(word) = table.known.get_mut(word) {
                *word |= bits;
            }
        }
        table
    }

    /// Whether it may have been told that it shall know a key.
    #[inline]
    pub(super) fn knows(&self, key: Key) -> bool {
        let (word, bits) = self.known_bits(key);
        self.known
            .get(word)
            .is_some_and(|known| known & bits == bits)
    }

    #[inline]
    fn known_bits(&self, key: Key) -> (usize, u64) {
        // Other bits than those of the bucket, so that the two do not fail together.
        let block = (key.first.wrapping_mul(SPREAD) >> 20) as usize * BLOCK;
        let word = block + (key.hash >> 6) as usize % BLOCK;
        (
            word & self.known.len().wrapping_sub(1),
            1 << (key.hash & 63) | 1 << (key.hash >> 9 & 63),
        )
    }

    /// The places of patterns among which those of a hash are; nearly always they are those.
    #[inline]
    pub(super) fn places(&self, hash: u64) -> impl Iterator<Item = usize> {
        let places = self.buckets.places(bucket(hash, self.bits));
        let first = places.start;
        let halves = self.halves.get(places).unwrap_or_default().iter();
        let known = halves
            .enumerate()
            .filter(move |(_, known)| **known == half(hash));
        known.map(move |(nth, _)| first + nth)
    }
}

/// The lower half of a hash; the bucket is made of the upper one.
#[expect(clippy::cast_possible_truncation, reason = "half is wanted")]
fn half(hash: u64) -> u32 {
    hash as u32
}

fn bucket(hash: u64, bits: u32) -> usize {
    usize::try_from(hash >> (u64::BITS - bits)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{SEED, step};

    /// As many words, none twice.
    fn words(from: u8) -> impl Iterator<Item = u64> {
        (0..=u8::MAX).flat_map(move |a| (from..from + 40).map(move |b| step(step(SEED, a), b)))
    }

    #[test]
    fn what_it_was_told_it_knows_and_hardly_anything_else() {
        let mut keys: Vec<Key> = words(0).map(Key::one).collect();
        keys.extend(words(0).map(Key::beginning));
        let mut hashes: Vec<u64> = words(0).map(|word| Key::one(word).hash).collect();
        hashes.sort_unstable();
        let table = Table::new(&hashes, keys.clone());
        assert!(keys.iter().all(|key| table.knows(*key)));
        let known = words(100).filter(|word| table.knows(Key::one(*word)));
        assert!(known.count() * 20 < words(100).count());
        for (place, hash) in hashes.iter().enumerate() {
            assert!(table.places(*hash).any(|found| found == place));
        }
        let began = words(0).map(|word| Key::beginning(word).hash);
        assert_eq!(
            began
                .filter(|hash| table.places(*hash).next().is_some())
                .count(),
            0
        );
        assert!(!Table::default().knows(Key::one(1)));
    }
}
