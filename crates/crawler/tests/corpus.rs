//! The kept corpus, whole and broken, through every parser. `examples/break_feeds` goes on for as long as
//! it is told; what it finds becomes a file of the corpus.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that finds the unexpected has to fail"
)]

mod breaking;

use breaking::{Dice, broken, corpus, read_as_everything};

/// Broken inputs for each file; each takes some milliseconds without optimisation.
const TIMES: u64 = 15;

#[test]
fn the_corpus_is_read() {
    let seeds = corpus();
    assert!(seeds.len() >= 80, "{} files", seeds.len());
    for seed in &seeds {
        read_as_everything(&seed.bytes);
    }
}

#[test]
fn broken_input_is_survived() {
    let seeds = corpus();
    for at in 0..seeds.len() {
        for time in 0..TIMES {
            let mut dice = Dice::new(at as u64 * TIMES + time + 1);
            read_as_everything(&broken(&seeds, at, &mut dice));
        }
    }
}

#[test]
fn every_cut_of_every_file_is_survived() {
    for seed in corpus() {
        let step = seed.bytes.len().div_ceil(40).max(1);
        for end in (0..seed.bytes.len()).step_by(step) {
            read_as_everything(&seed.bytes[..end]);
        }
    }
}
