//! Weights of the words in a block's text and in the names of the elements around it: logistic regression by AdaGrad
//! (Duchi, Hazan and Singer 2011).

use rustc_hash::FxHashMap;

/// Passes over the blocks, step, and how strongly weights are drawn to zero.
const PASSES: usize = 12;
const STEP: f32 = 0.1;
const RIDGE: f32 = 0.002;

/// One block: hashes of its words, what each counts, whether it is text, its weight.
pub(crate) struct Example<'a> {
    pub(crate) words: &'a [u32],
    pub(crate) scale: f32,
    pub(crate) answer: bool,
    pub(crate) weight: f32,
}

/// The weights of the words of `known`.
pub(crate) fn weights(examples: &[Example<'_>], known: &[u32]) -> FxHashMap<u32, f32> {
    let places: FxHashMap<u32, u32> = known
        .iter()
        .zip(0..)
        .map(|(word, at)| (*word, at))
        .collect();
    let mean = examples.iter().map(|e| e.weight).sum::<f32>() / examples.len().max(1) as f32;
    let inputs = |e: &Example<'_>| {
        e.words
            .iter()
            .filter_map(|w| places.get(w).copied())
            .collect()
    };
    let inputs: Vec<Vec<u32>> = examples.iter().map(inputs).collect();
    let mut weights = vec![0.0_f32; places.len()];
    let mut squares = vec![1e-3_f32; places.len()];
    let (mut bias, mut bias_square) = (0.0_f32, 1e-3_f32);
    for _ in 0..PASSES {
        for (example, inputs) in examples.iter().zip(&inputs) {
            let odds =
                bias + inputs.iter().map(|i| weights[*i as usize]).sum::<f32>() * example.scale;
            let chance = 1.0 / (1.0 + (-odds).exp());
            let error = (chance - f32::from(u8::from(example.answer))) * example.weight / mean;
            bias_square += error * error;
            bias -= STEP * error / bias_square.sqrt();
            for input in inputs {
                let at = *input as usize;
                let slope = error * example.scale + RIDGE * weights[at];
                squares[at] += slope * slope;
                weights[at] -= STEP * slope / squares[at].sqrt();
            }
        }
    }
    places
        .into_iter()
        .map(|(word, at)| (word, weights[at as usize]))
        .collect()
}
