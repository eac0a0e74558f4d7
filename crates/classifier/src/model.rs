//! A trained model: weights of features for each tag, and what its sums are worth.
//!
//! In: the bytes of a model file; then features. Out: one sum and one probability for each output.
//! Never: learns (`learn` does), opens a file.
//!
//! # The file
//! All numbers little-endian. `TOCSINM2`; length of the header (u32); the header, JSON: outputs with
//! their numbers; count of features (u32); their keys (u32 each, ascending); for each key one signed
//! byte for each output; a CRC-32 of all before it. A byte `q` of an output stands for the weight
//! `scale × q × |q|`: fine near zero, where most weights are.

use crate::buckets::Buckets;
use crate::features::Feature;
use serde::{Deserialize, Serialize};
use tocsin_core::Score;

/// What a model file begins with.
const MAGIC: &[u8; 8] = b"TOCSINM2";
/// The name of the output that is no tag.
pub(crate) const RELEVANCE: &str = "relevance";
/// The keys of one bucket share these upper bits.
const BUCKET_BITS: u32 = 15;

/// A trained model, ready to judge.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) outputs: Vec<Output>,
    keys: Vec<u32>,
    /// One row of `outputs.len()` bytes for each key.
    weights: Vec<i8>,
    /// Where the keys of each bucket begin.
    buckets: Buckets,
    supplements: Option<Supplements>,
}

/// Rows of a model's weights, copied from all over it: that way no reading of one waits for another.
#[derive(Debug)]
pub(crate) struct Gathered(Vec<i8>);

/// What a model says about one tag, or about relevance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    /// The tag, or `relevance`.
    pub(crate) name: String,
    /// The sum of a story without any feature.
    pub(crate) bias: f32,
    /// The worth of a weight's byte, see above.
    pub(crate) scale: f32,
    /// Log-odds at a sum of zero, and their growth with the sum.
    pub(crate) intercept: f32,
    pub(crate) slope: f32,
    /// The highest probability: not even what is plain is labelled so by every reader.
    pub(crate) ceiling: f32,
    /// From here on the tag is given.
    pub(crate) yes: Score,
    /// From here on it is put to a person.
    pub(crate) review: Score,
}

impl Output {
    /// The calibrated log-odds that a sum stands for.
    pub(crate) fn odds(&self, sum: f32) -> f64 {
        f64::from(self.intercept) + f64::from(self.slope) * f64::from(sum)
    }

    /// The calibrated probability that a sum stands for.
    pub(crate) fn score(&self, sum: f32) -> Score {
        let odds = self.odds(sum);
        Score::new(f64::from(self.ceiling) / (1.0 + (-odds).exp()))
    }
}

impl Output {
    /// The same sums read by a supplement, which takes the log-odds and what it adds to them for its own
    /// sum; [`added`](Self::added) puts that into the units of these sums.
    pub(crate) fn supplemented(&self, by: &Self) -> Self {
        Self {
            name: self.name.clone(),
            bias: self.bias,
            scale: self.scale,
            intercept: by.intercept + by.slope * self.intercept,
            slope: by.slope * self.slope,
            ceiling: by.ceiling,
            yes: by.yes,
            review: by.review,
        }
    }

    /// What a supplement adds to the log-odds, as part of the sum.
    pub(crate) fn added(&self, extra: f32) -> f32 {
        extra / self.slope
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    outputs: Vec<Output>,
    /// `None` for a model of words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    supplements: Option<Supplements>,
}

/// What a supplement belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supplements {
    /// The name of the encoder whose numbers are its features.
    pub encoder: String,
    /// The checksum of the model whose log-odds it corrects.
    pub model: u32,
}

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "not a usable model: {0}; make one with `tocsin train`, or remove the file to use the built-in one"
)]
pub struct ModelError(String);

impl Model {
    /// A model of weights in full; rows by ascending key, one weight for each output.
    pub(crate) fn new(mut outputs: Vec<Output>, mut rows: Vec<(u32, Vec<f32>)>) -> Self {
        rows.sort_by_key(|(key, _)| *key);
        for (i, output) in outputs.iter_mut().enumerate() {
            let weights = rows.iter().filter_map(|(_, row)| row.get(i));
            let most = weights.fold(0.0_f32, |most, w| most.max(w.abs()));
            output.scale = most.max(1e-6) / (127.0 * 127.0);
        }
        let byte = |(weight, output): (&f32, &Output)| {
            #[expect(clippy::cast_possible_truncation, reason = "scaled to fit")]
            let size = (weight.abs() / output.scale).sqrt().round().min(127.0) as i8;
            if *weight < 0.0 { -size } else { size }
        };
        let weights = rows
            .iter()
            .flat_map(|(_, row)| row.iter().zip(&outputs).map(byte))
            .collect();
        let keys = rows.into_iter().map(|(key, _)| key).collect();
        Self::assembled(outputs, keys, weights)
    }

    fn assembled(outputs: Vec<Output>, keys: Vec<u32>, weights: Vec<i8>) -> Self {
        Self {
            buckets: Buckets::new(1 << BUCKET_BITS, keys.iter().map(|key| bucket(*key))),
            outputs,
            keys,
            weights,
            supplements: None,
        }
    }

    /// The same as a supplement.
    pub(crate) fn supplementing(mut self, supplements: Supplements) -> Self {
        self.supplements = Some(supplements);
        self
    }

    /// What it belongs to, where it is a supplement; `None` for a model of words.
    pub fn supplements(&self) -> Option<&Supplements> {
        self.supplements.as_ref()
    }

    /// A number that tells this model from others: the checksum of its file.
    ///
    /// # Errors
    /// As [`to_bytes`](Self::to_bytes).
    pub fn checksum(&self) -> Result<u32, ModelError> {
        let file = self.to_bytes()?;
        let (body, _) = file.split_last_chunk::<4>().unwrap_or((&file, &[0; 4]));
        Ok(crc32fast::hash(body))
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`] where the bytes are not such a file, or are damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        let fail = |what: &str| ModelError(what.to_owned());
        let (body, sum) = bytes
            .split_last_chunk::<4>()
            .ok_or_else(|| fail("too short"))?;
        let rest = body
            .strip_prefix(MAGIC)
            .ok_or_else(|| fail("it does not begin like a model file"))?;
        if crc32fast::hash(body) != u32::from_le_bytes(*sum) {
            return Err(fail("its checksum does not fit: the file is damaged"));
        }
        let (length, rest) = number(rest).ok_or_else(|| fail("no header"))?;
        let (header, rest) = rest
            .split_at_checked(length)
            .ok_or_else(|| fail("the header is cut"))?;
        let header: Header = serde_json::from_slice(header)
            .map_err(|e| fail(&format!("the header is of another version ({e})")))?;
        let (count, rest) = number(rest).ok_or_else(|| fail("no features"))?;
        let (keys, weights) = rest
            .split_at_checked(count.saturating_mul(4))
            .ok_or_else(|| fail("the features are cut"))?;
        if weights.len() != count * header.outputs.len() {
            return Err(fail("the weights are cut"));
        }
        let keys: Vec<u32> = keys
            .as_chunks()
            .0
            .iter()
            .map(|k| u32::from_le_bytes(*k))
            .collect();
        if !keys.is_sorted() {
            return Err(fail("its features are not in order"));
        }
        let weights = weights.iter().map(|b| b.cast_signed()).collect();
        let model = Self::assembled(header.outputs, keys, weights);
        Ok(Self {
            supplements: header.supplements,
            ..model
        })
    }

    /// The model as a file.
    ///
    /// # Errors
    /// [`ModelError`] where the model is too large for the format.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let fail = |e: &dyn std::fmt::Display| ModelError(e.to_string());
        let header = Header {
            outputs: self.outputs.clone(),
            supplements: self.supplements.clone(),
        };
        let header = serde_json::to_vec(&header).map_err(|e| fail(&e))?;
        let length = |n: usize| u32::try_from(n).map_err(|e| fail(&e));
        let mut out = MAGIC.to_vec();
        out.extend(length(header.len())?.to_le_bytes());
        out.extend(header);
        out.extend(length(self.keys.len())?.to_le_bytes());
        out.extend(self.keys.iter().flat_map(|k| k.to_le_bytes()));
        out.extend(self.weights.iter().map(|w| w.cast_unsigned()));
        out.extend(crc32fast::hash(&out).to_le_bytes());
        Ok(out)
    }

    /// The names of what it has learned: tags, and `relevance`.
    pub fn outputs(&self) -> Vec<String> {
        self.outputs
            .iter()
            .map(|output| output.name.clone())
            .collect()
    }

    /// How many features have weights.
    pub fn features(&self) -> usize {
        self.keys.len()
    }

    /// The place of each feature's weights, where it has any.
    ///
    /// The keys are strewn over memory, and no reading of one waits for another. Those of a bucket are in
    /// order: the smaller ones are counted, which needs no guess where to stop.
    pub(crate) fn places(&self, features: &[Feature]) -> Vec<Option<usize>> {
        let row = |feature: &Feature| {
            let places = self.buckets.places(bucket(feature.key));
            let keys = self.keys.get(places.clone()).unwrap_or_default();
            let before = keys.iter().map(|key| usize::from(*key < feature.key));
            let place = places.start + before.sum::<usize>();
            (self.keys.get(place) == Some(&feature.key)).then_some(place)
        };
        features.iter().map(row).collect()
    }

    /// The weights in those rows that there are, side by side.
    pub(crate) fn gathered(&self, rows: &[Option<usize>]) -> Gathered {
        let width = self.outputs.len();
        let mut weights = Vec::with_capacity(rows.len() * width);
        for row in rows.iter().flatten() {
            let row = self.weights.get(row * width..(row + 1) * width);
            weights.extend_from_slice(row.unwrap_or_default());
        }
        Gathered(weights)
    }

    /// The sum of each output over gathered rows and the values of their features.
    pub(crate) fn sums(&self, rows: &Gathered, values: impl Iterator<Item = f32>) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.outputs.len()];
        for (row, value) in rows.0.chunks_exact(sums.len().max(1)).zip(values) {
            for (sum, byte) in sums.iter_mut().zip(row) {
                *sum += value * squared(*byte);
            }
        }
        for (sum, output) in sums.iter_mut().zip(&self.outputs) {
            *sum = *sum * output.scale + output.bias;
        }
        sums
    }

    /// The same over a story's features.
    pub(crate) fn sums_of(&self, features: &[Feature]) -> Vec<f32> {
        let places = self.places(features);
        let known = |(row, feature): (&Option<usize>, &Feature)| row.map(|_| feature.value);
        let values = places.iter().zip(features).filter_map(known);
        self.sums(&self.gathered(&places), values)
    }

    /// What each of the gathered rows is worth to an output, per unit of its feature's value.
    pub(crate) fn worth(&self, rows: &Gathered, output: usize) -> impl Iterator<Item = f32> {
        let scale = self.outputs.get(output).map_or(0.0, |o| o.scale);
        let bytes = rows
            .0
            .iter()
            .skip(output)
            .step_by(self.outputs.len().max(1));
        bytes.map(move |byte| squared(*byte) * scale)
    }

    /// Every key with its row of weights.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u32, Vec<f32>)> {
        let rows = self.weights.chunks(self.outputs.len().max(1));
        self.keys.iter().zip(rows).map(|(key, row)| {
            let weights = row.iter().zip(&self.outputs);
            (*key, weights.map(|(b, o)| squared(*b) * o.scale).collect())
        })
    }
}

fn squared(byte: i8) -> f32 {
    let byte = f32::from(byte);
    byte * byte.abs()
}

fn bucket(key: u32) -> usize {
    (key >> (u32::BITS - BUCKET_BITS)) as usize
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

    fn output(name: &str) -> Output {
        Output {
            name: name.to_owned(),
            bias: -1.0,
            scale: 0.0,
            intercept: 0.0,
            slope: 1.0,
            ceiling: 1.0,
            yes: Score::new(0.5),
            review: Score::new(0.2),
        }
    }

    fn small() -> Model {
        let rows = vec![
            (9, vec![2.0, 0.0]),
            (0x7000_0001, vec![-1.0, 0.5]),
            (3, vec![0.5, 0.25]),
        ];
        Model::new(vec![output("law"), output(RELEVANCE)], rows)
    }

    fn feature(key: u32, value: f32) -> Feature {
        let origin = Origin::Shape;
        Feature { key, value, origin }
    }

    #[test]
    fn sums_add_up_and_unknown_features_count_for_nothing() {
        let sums = small().sums_of(&[feature(9, 0.5), feature(0x7000_0001, 1.0), feature(77, 1.0)]);
        assert!((sums[0] - -1.0).abs() < 0.01, "{sums:?}");
        assert!((sums[1] - -0.5).abs() < 0.01, "{sums:?}");
        assert_eq!(small().sums_of(&[]), [-1.0, -1.0]);
    }

    #[test]
    fn a_file_gives_back_the_same_model() {
        let bytes = small().to_bytes().unwrap();
        let back = Model::parse(&bytes).unwrap();
        assert_eq!(back.to_bytes().unwrap(), bytes);
        assert_eq!(
            back.rows().collect::<Vec<_>>(),
            small().rows().collect::<Vec<_>>()
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn a_damaged_file_is_refused(at in 0_usize..200, bit in 0_u8..8, cut in 0_usize..200) {
            let good = small().to_bytes().unwrap();
            let mut bytes = good.clone();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert!(Model::parse(&bytes).is_err());
            prop_assert!(Model::parse(&good[..cut.min(good.len() - 1)]).is_err());
        }
    }
}
