//! Breaks the kept corpus in ever new ways and gives it to every parser, for so many minutes.
//!
//! `cargo run --release -p tocsin-crawler --example break_feeds -- MINUTES [FIRST_NUMBER]`. Prints what made
//! a parser panic, or take longer than anything before; the number makes the same input again.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a tool for whoever works on the parsers"
)]

#[path = "../tests/breaking/mod.rs"]
mod breaking;

use breaking::{Dice, broken, corpus, read_as_everything};
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

fn main() {
    let mut args = std::env::args()
        .skip(1)
        .map(|arg| arg.parse::<u64>().unwrap());
    let minutes = args.next().unwrap_or(1);
    let mut number = args.next().unwrap_or(0);
    let seeds = corpus();
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let (mut panics, mut slowest, first) = (0, Duration::ZERO, number);
    while Instant::now() < end {
        number += 1;
        let mut dice = Dice::new(number);
        let at = dice.below(seeds.len());
        let bytes = broken(&seeds, at, &mut dice);
        let begun = Instant::now();
        if catch_unwind(|| read_as_everything(&bytes)).is_err() {
            panics += 1;
            println!("number {number}, of {}: a panic", seeds[at].name);
        }
        let took = begun.elapsed();
        if took > slowest {
            slowest = took;
            println!(
                "number {number}, of {}: {took:?} for {} bytes",
                seeds[at].name,
                bytes.len()
            );
        }
    }
    println!(
        "{} inputs, {panics} panics, the slowest took {slowest:?}",
        number - first
    );
    std::process::exit(i32::from(panics > 0));
}
