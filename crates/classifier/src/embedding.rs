//! What a story is about, as a direction: words, concepts and names that stories share lie close
//! together, whatever the language.
//!
//! In: the bytes of an embedding file; then the gist of a story. Out: a vector of length one.
//! Never: learns (`learn::embed` does), opens a file.
//!
//! Latent semantic analysis (Deerwester et al. 1990): the space is spanned by the directions in which
//! stories differ most.
//!
//! # The file
//! All numbers little-endian. `TOCSINE1`; dimensions and count of things (u32 each); the things' keys
//! (u32 each, ascending); for each the worth of its bytes (f32), then for each its rarity (f32), then for
//! each one signed byte a dimension; a CRC-32 of all before it.

use crate::features::Feature;

/// What an embedding file begins with.
const MAGIC: &[u8; 8] = b"TOCSINE1";

/// Vectors of words, concepts and names, ready for use.
#[derive(Debug, Clone)]
pub struct Embedding {
    width: usize,
    keys: Vec<u32>,
    scales: Vec<f32>,
    rarities: Vec<f32>,
    /// One row of `width` bytes for each key.
    bytes: Vec<i8>,
    checksum: u32,
}

/// A word, concept or name, with its vector in full.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    pub(crate) key: u32,
    /// How much it tells: the logarithm of stories for one that has it.
    pub(crate) rarity: f32,
    pub(crate) vector: Vec<f32>,
}

/// Why an embedding file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("not a usable embedding: {0}; remove the file to use the built-in one")]
pub struct EmbeddingError(&'static str);

impl Embedding {
    /// An embedding of things by ascending key.
    pub(crate) fn new(width: usize, things: &[Thing]) -> Result<Self, EmbeddingError> {
        let scale = |thing: &Thing| {
            let most = thing
                .vector
                .iter()
                .fold(1e-9_f32, |most, x| most.max(x.abs()));
            most / 127.0
        };
        let byte = |x: f32| {
            #[expect(clippy::cast_possible_truncation, reason = "scaled to fit")]
            let byte = x.round().clamp(-127.0, 127.0) as i8;
            byte
        };
        let bytes = things.iter().flat_map(|thing| {
            let scale = scale(thing);
            thing.vector.iter().map(move |x| byte(x / scale))
        });
        let mut made = Self {
            width,
            keys: things.iter().map(|thing| thing.key).collect(),
            scales: things.iter().map(scale).collect(),
            rarities: things.iter().map(|thing| thing.rarity).collect(),
            bytes: bytes.collect(),
            checksum: 0,
        };
        let file = made.to_bytes()?;
        made.checksum = checksum(&file).ok_or(EmbeddingError("too short"))?.1;
        Ok(made)
    }

    /// Reads an embedding file.
    ///
    /// # Errors
    /// [`EmbeddingError`] where the bytes are not such a file, or are damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, EmbeddingError> {
        let fail = EmbeddingError;
        let (body, sum) = checksum(bytes).ok_or(fail("too short"))?;
        let rest = body
            .strip_prefix(MAGIC)
            .ok_or(fail("it does not begin like an embedding file"))?;
        if crc32fast::hash(body) != sum {
            return Err(fail("its checksum does not fit: the file is damaged"));
        }
        let (width, rest) = number(rest).ok_or(fail("no width"))?;
        let (count, rest) = number(rest).ok_or(fail("no count"))?;
        let cut = || fail("it is cut");
        let column = |rest: &'_ [u8]| -> Option<(Vec<[u8; 4]>, usize)> {
            let column = rest.get(..count.checked_mul(4)?)?;
            Some((column.as_chunks().0.to_vec(), column.len()))
        };
        let (keys, length) = column(rest).ok_or_else(cut)?;
        let rest = rest.get(length..).unwrap_or_default();
        let (scales, length) = column(rest).ok_or_else(cut)?;
        let rest = rest.get(length..).unwrap_or_default();
        let (rarities, length) = column(rest).ok_or_else(cut)?;
        let vectors = rest.get(length..).unwrap_or_default();
        if vectors.len() != count.saturating_mul(width) {
            return Err(cut());
        }
        let keys: Vec<u32> = keys.into_iter().map(u32::from_le_bytes).collect();
        if !keys.is_sorted() {
            return Err(fail("its keys are not in order"));
        }
        Ok(Self {
            width,
            keys,
            scales: scales.into_iter().map(f32::from_le_bytes).collect(),
            rarities: rarities.into_iter().map(f32::from_le_bytes).collect(),
            bytes: vectors.iter().map(|b| b.cast_signed()).collect(),
            checksum: sum,
        })
    }

    /// The embedding as a file.
    ///
    /// # Errors
    /// [`EmbeddingError`] where it is too large for the format.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EmbeddingError> {
        let length = |n: usize| u32::try_from(n).map_err(|_| EmbeddingError("too large"));
        let mut out = MAGIC.to_vec();
        out.extend(length(self.width)?.to_le_bytes());
        out.extend(length(self.keys.len())?.to_le_bytes());
        out.extend(self.keys.iter().flat_map(|k| k.to_le_bytes()));
        out.extend(self.scales.iter().flat_map(|s| s.to_le_bytes()));
        out.extend(self.rarities.iter().flat_map(|r| r.to_le_bytes()));
        out.extend(self.bytes.iter().map(|b| b.cast_unsigned()));
        out.extend(crc32fast::hash(&out).to_le_bytes());
        Ok(out)
    }

    /// Numbers in a vector.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Words, concepts and names that have a vector.
    pub fn things(&self) -> usize {
        self.keys.len()
    }

    /// A number that tells this embedding from others: what was learned in one means nothing in another.
    pub fn checksum(&self) -> u32 {
        self.checksum
    }

    /// The direction that a story's gist points to, as a vector of length one; `None` where it holds
    /// nothing known.
    pub(crate) fn vector(&self, gist: &[Feature]) -> Option<Vec<f32>> {
        self.sum(gist, |_| 1.0)
    }

    /// The same for a description: it has few words, so those that tell much count more.
    pub(crate) fn vector_of_description(&self, gist: &[Feature]) -> Option<Vec<f32>> {
        self.sum(gist, |rarity| rarity)
    }

    fn sum(&self, gist: &[Feature], counts: impl Fn(f32) -> f32) -> Option<Vec<f32>> {
        let mut sum = vec![0.0; self.width];
        for feature in gist {
            let Some((nth, row)) = self.row(feature.key) else {
                continue;
            };
            let scale = self.scales.get(nth).copied().unwrap_or_default();
            let rarity = self.rarities.get(nth).copied().unwrap_or_default();
            let scale = scale * counts(rarity);
            for (slot, byte) in sum.iter_mut().zip(row) {
                *slot += scale * f32::from(*byte);
            }
        }
        unit(sum)
    }

    /// What a thing of a story adds along a direction, before the whole is brought to length one.
    pub(crate) fn along(&self, key: u32, direction: &[f32]) -> f32 {
        self.row(key).map_or(0.0, |(nth, row)| {
            let pairs = row.iter().zip(direction);
            let scale = self.scales.get(nth).copied().unwrap_or_default();
            scale * pairs.map(|(byte, d)| f32::from(*byte) * d).sum::<f32>()
        })
    }

    /// A thing's place and its row of bytes.
    fn row(&self, key: u32) -> Option<(usize, &[i8])> {
        let nth = self.keys.binary_search(&key).ok()?;
        let row = self.bytes.get(nth * self.width..(nth + 1) * self.width)?;
        Some((nth, row))
    }
}

/// A vector brought to length one; `None` where it has no direction.
pub(crate) fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    let points = norm.is_finite() && norm > 1e-12;
    vector.iter_mut().for_each(|x| *x /= norm);
    points.then_some(vector)
}

fn checksum(file: &[u8]) -> Option<(&[u8], u32)> {
    let (body, sum) = file.split_last_chunk::<4>()?;
    Some((body, u32::from_le_bytes(*sum)))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Origin;
    use proptest::prelude::*;

    fn small() -> Embedding {
        let thing = |(key, rarity, vector): (u32, f32, [f32; 2])| Thing {
            key,
            rarity,
            vector: vector.to_vec(),
        };
        let things = [
            (3, 9.0, [1.0, 0.0]),
            (9, 1.0, [0.0, 2.0]),
            (12, 1.0, [0.5, 0.5]),
        ];
        Embedding::new(2, &things.map(thing)).unwrap()
    }

    fn gist(keys: &[u32]) -> Vec<Feature> {
        let feature = |key: &u32| Feature {
            key: *key,
            value: 1.0,
            origin: Origin::Shape,
        };
        keys.iter().map(feature).collect()
    }

    #[test]
    fn a_gist_points_where_its_things_point() {
        let vector = small().vector(&gist(&[3, 77])).unwrap();
        assert!((vector[0] - 1.0).abs() < 0.01 && vector[1].abs() < 0.01);
        let both = small().vector(&gist(&[3, 9])).unwrap();
        assert!((both[0] * both[0] + both[1] * both[1] - 1.0).abs() < 1e-5);
        assert!(both[1] > both[0]);
        let rare = small().vector_of_description(&gist(&[3, 9])).unwrap();
        assert!(rare[0] > rare[1]);
        assert!(small().vector(&gist(&[77])).is_none());
        assert!((small().along(9, &[0.0, 1.0]) - 2.0).abs() < 0.01);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn a_file_comes_back_and_a_damaged_one_is_refused(at in 0_usize..200, bit in 0_u8..8, cut in 0_usize..200) {
            let good = small().to_bytes().unwrap();
            let back = Embedding::parse(&good).unwrap();
            prop_assert_eq!(back.to_bytes().unwrap(), good.clone());
            prop_assert_eq!(back.checksum(), small().checksum());
            let mut bytes = good.clone();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert!(Embedding::parse(&bytes).is_err());
            prop_assert!(Embedding::parse(&good[..cut.min(good.len() - 1)]).is_err());
        }
    }
}
