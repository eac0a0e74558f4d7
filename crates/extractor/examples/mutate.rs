//! Breaks pages and reads them: bytes flipped, tags cut, nesting added. Every page has to be answered in time.
//!
//! `zcat pages.jsonl.gz | cargo run --release -p tocsin-extractor --example mutate -- TIMES`, one object a line with
//! `html` and `url`, each broken TIMES times, the same way in every run. A panic ends it; prints the slowest.

#![expect(clippy::print_stdout, reason = "its figures are what it is run for")]

mod input;
#[path = "train/random.rs"]
mod random;

use anyhow::{Context, Result};
use random::Random;
use std::time::{Duration, Instant};

/// Bytes of a page that are broken at once, and elements that are nested.
const FLIPS: usize = 40;
const DEPTH: usize = 3_000;

fn main() -> Result<()> {
    let times = std::env::args()
        .nth(1)
        .context("usage: mutate TIMES")?
        .parse()?;
    let mut random = Random(1);
    let (mut count, mut slowest, mut where_slowest) = (0, Duration::ZERO, String::new());
    for page in input::pages() {
        let page = page?;
        for _ in 0..times {
            let broken = broken(page.html.as_bytes(), &mut random);
            let start = Instant::now();
            let answer =
                tocsin_extractor::extract(&tocsin_extractor::Page::new(&broken, &page.url));
            let took = start.elapsed();
            drop(answer);
            count += 1;
            if took > slowest {
                (slowest, where_slowest) = (took, page.url.clone());
            }
        }
    }
    println!("{count} broken pages read, the slowest in {slowest:.2?}: {where_slowest}");
    Ok(())
}

fn broken(page: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = page.to_vec();
    match random.below(4) {
        0 => {
            for _ in 0..random.below(FLIPS) + 1 {
                let at = random.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(random.below(256)).unwrap_or_default();
                }
            }
        }
        1 => bytes.truncate(random.below(page.len())),
        2 => bytes.retain(|b| *b != b'>' || random.below(8) > 0),
        _ => {
            let tags = [
                "<div>",
                "<b>",
                "<table><tr><td>",
                "<ul><li>",
                "<svg><g>",
                "<form>",
                "<select>",
                "<!--",
            ];
            let tag = tags.get(random.below(tags.len())).copied().unwrap_or("<p>");
            let nested = tag.repeat(random.below(DEPTH));
            let at = random.below(bytes.len());
            bytes.splice(at..at, nested.bytes());
        }
    }
    bytes
}
