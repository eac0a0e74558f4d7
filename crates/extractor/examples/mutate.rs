//! Breaks pages and reads them: bytes flipped, tags cut, nesting added. Every page has to be answered in time.
//!
//! `zcat pages.jsonl.gz | cargo run --release -p tocsin-extractor --example mutate -- TIMES`, one object a line with
//! `html` and `url`, each broken TIMES times, the same way in every run. A panic ends it; prints the slowest.

#![expect(clippy::print_stdout, reason = "its figures are what it is run for")]

use anyhow::{Context, Result};
use serde::Deserialize;
use std::io::BufRead;
use std::time::{Duration, Instant};

/// Bytes of a page that are broken at once, and elements that are nested.
const FLIPS: u64 = 40;
const DEPTH: u64 = 3_000;

#[derive(Deserialize)]
struct Page {
    html: String,
    url: String,
}

fn main() -> Result<()> {
    let times = std::env::args()
        .nth(1)
        .context("usage: mutate TIMES")?
        .parse()?;
    let mut random = Random(1);
    let (mut count, mut slowest, mut where_slowest) = (0, Duration::ZERO, String::new());
    for line in std::io::stdin().lock().lines() {
        // A few lines of the sets hold characters that are none.
        let Ok(page) = serde_json::from_str::<Page>(&line?) else {
            continue;
        };
        for _ in 0..times {
            let broken = broken(page.html.as_bytes(), &mut random);
            let start = Instant::now();
            let answer = tocsin_extractor::extract(&broken, None, &page.url);
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
                let at = random.at(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(random.below(256)).unwrap_or_default();
                }
            }
        }
        1 => bytes.truncate(random.at(page.len())),
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
            let tag = tags.get(random.at(tags.len())).copied().unwrap_or("<p>");
            let nested = tag.repeat(usize::try_from(random.below(DEPTH)).unwrap_or_default());
            let at = random.at(bytes.len());
            bytes.splice(at..at, nested.bytes());
        }
    }
    bytes
}

/// Random numbers that are the same in every run: xorshift (Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }

    fn at(&mut self, length: usize) -> usize {
        let end = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(end)).unwrap_or_default()
    }
}
