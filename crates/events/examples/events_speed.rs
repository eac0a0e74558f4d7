//! How many stories a second are grouped while more and more are remembered: made-up stories, one
//! core. Each tenth is a near-copy of an earlier one, each third belongs to an event of the day.
//!
//! `taskset -c 0 cargo run --release -p tocsin-events --example events_speed -- models/words.model [STORIES]`

use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;
use tocsin_core::{StoryId, Timestamp};
use tocsin_events::{Frequencies, Grouper, Item, Settings};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Words of a story's text.
const WORDS: usize = 400;
/// Different words there are.
const VOCABULARY: u64 = 60_000;
/// Stories a day.
const DAY: usize = 3_000;
/// Stories between two lines of the report.
const STEP: usize = 10_000;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let path = args.first().context("name the file of word counts")?;
    let stories: usize = args.get(1).map_or(Ok(110_000), |n| n.parse())?;
    let known = Frequencies::from_bytes(&std::fs::read(path)?)?;
    let mut grouper = Grouper::new(Settings::default(), &known);
    let mut out = std::io::stdout().lock();
    let mut events = 0;
    for step in 0..stories.div_ceil(STEP) {
        let items: Vec<Item> = (step * STEP..(step + 1) * STEP)
            .map(item)
            .collect::<Result<_>>()?;
        let start = Instant::now();
        for item in &items {
            events += usize::from(grouper.add(item).new_event);
        }
        let seconds = start.elapsed().as_secs_f64();
        let each = seconds / STEP as f64;
        writeln!(
            out,
            "{:>7} remembered: {:>6.0} stories/s, {:>5.1} µs each, {events} events so far",
            (step * STEP).min(Settings::default().memory_items),
            1.0 / each,
            each * 1e6
        )?;
    }
    Ok(())
}

/// A story of a subject that is in the news for a while; its words are drawn as rare and common as in
/// real text (Zipf).
fn item(n: usize) -> Result<Item> {
    // A near-copy is made of the same draws as a story some hundred before it.
    let own = if n % 10 == 9 {
        n.saturating_sub(301)
    } else {
        n
    };
    let subject = match own % 3 {
        0 => (own / DAY * DAY + own % 300) as u64,
        _ => own as u64 + 1_000_000_000,
    };
    let mut words = Random(own as u64 * 0x2545_f491_4f6c_dd1d + 99);
    let mut about = Random(subject * 0x9e37_79b9 + 7);
    let key: Vec<u64> = (0..12).map(|_| about.below(VOCABULARY)).collect();
    let title = sentence(&mut words, &key, 9)?;
    let text = sentence(&mut words, &key, WORDS)?;
    let start: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let seconds = (n as i64) * 86_400 / DAY as i64;
    Ok(Item {
        id: StoryId::new(n.to_string()),
        title,
        text,
        published: Some(Timestamp::from_second(start.as_second() + seconds)?),
        source: format!("s{}", n % 500),
        lang: None,
        entities: Vec::new(),
    })
}

fn sentence(words: &mut Random, key: &[u64], length: usize) -> Result<String> {
    let mut text = String::new();
    for n in 0..length {
        let word = match key.get(words.below(key.len() as u64) as usize) {
            Some(word) if words.below(8) == 0 => *word,
            _ => words.zipf(VOCABULARY),
        };
        write!(text, "{}w{word}", if n % 20 == 19 { ". " } else { " " })?;
    }
    Ok(text)
}

/// Xorshift (Marsaglia 2003), so that a run can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn zipf(&mut self, limit: u64) -> u64 {
        let uniform = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((limit as f64).powf(uniform)) as u64
    }
}
