//! Where the things of each bucket begin, for things that are sorted by bucket.
//!
//! In: the bucket of each thing, in order. Out: the places of a bucket's things. Never: holds the things.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The beginnings of buckets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Buckets(Vec<u32>);

impl Buckets {
    /// Sorts things by their buckets, of which there are `count`; those of one bucket stay in order.
    pub(crate) fn sort<T: Copy>(count: usize, things: &[(usize, T)]) -> (Vec<T>, Self) {
        let buckets = Self::new(count, things.iter().map(|(bucket, _)| *bucket));
        let mut next = buckets.0.clone();
        let mut sorted: Vec<T> = things.iter().map(|(_, thing)| *thing).collect();
        for (bucket, thing) in things {
            let Some(place) = next.get_mut(*bucket) else {
                continue;
            };
            if let Some(slot) = sorted.get_mut(*place as usize) {
                *slot = *thing;
            }
            *place += 1;
        }
        (sorted, buckets)
    }

    /// Of so many buckets; `things` gives the bucket of each thing.
    pub(crate) fn new(count: usize, things: impl Iterator<Item = usize>) -> Self {
        let mut starts = vec![0_u32; count + 1];
        for bucket in things {
            if let Some(count) = starts.get_mut(bucket + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut starts {
            sum += *count;
            *count = sum;
        }
        Self(starts)
    }

    /// The places of a bucket's things.
    pub(crate) fn places(&self, bucket: usize) -> Range<usize> {
        let at = |n: usize| self.0.get(n).map_or(0, |n| *n as usize);
        at(bucket)..at(bucket + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_sorted_by_bucket_and_stay_in_order() {
        let (sorted, buckets) = Buckets::sort(3, &[(2, 'a'), (0, 'b'), (2, 'c')]);
        assert_eq!(sorted, ['b', 'a', 'c']);
        assert_eq!(buckets.places(2), 1..3);
    }

    #[test]
    fn each_bucket_has_its_things_and_no_other() {
        let buckets = Buckets::new(4, [0, 0, 2].into_iter());
        let places: Vec<_> = (0..4).map(|b| buckets.places(b)).collect();
        assert_eq!(places, [0..2, 2..2, 2..3, 3..3]);
    }
}
