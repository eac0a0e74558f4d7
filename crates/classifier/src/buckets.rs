//! Where the things of each bucket begin, for things that are sorted by bucket.
//!
//! In: the bucket of each thing, in order. Out: the places of a bucket's things. Never: holds the things.

use std::ops::Range;

/// The beginnings of buckets.
#[derive(Debug, Clone)]
pub(crate) struct Buckets(Vec<u32>);

impl Buckets {
    /// Of so many buckets; `things` gives the bucket of each thing, in ascending order.
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
    fn each_bucket_has_its_things_and_no_other() {
        let buckets = Buckets::new(4, [0, 0, 2].into_iter());
        let places: Vec<_> = (0..4).map(|b| buckets.places(b)).collect();
        assert_eq!(places, [0..2, 2..2, 2..3, 3..3]);
    }
}
