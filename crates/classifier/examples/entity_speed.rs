//! How many stories of 500 words a second known names are found in, on one core, beside the time that
//! reading their bytes takes.
//!
//!     cargo run --release -p tocsin-classifier --example entity_speed -- models/held-out.jsonl

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a measurement for the one who runs it"
)]

use std::time::Instant;
use tocsin_classifier::Gazetteer;

/// Words in a story.
const WORDS: usize = 500;
/// Stories in a round, and rounds, of which the best counts.
const STORIES: usize = 2_000;
const ROUNDS: usize = 5;

fn main() {
    let names = std::fs::read_to_string("config/entities.toml").expect("run it from the checkout");
    let gazetteer = Gazetteer::parse("entities.toml", &names).expect("the default list is good");
    let file = std::env::args()
        .nth(1)
        .expect("name a file of stories, JSON lines");
    let lines = std::fs::read_to_string(&file).expect("the file can be read");
    let text = |line: &str| {
        let story: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(story.get("text")?.as_str()?.to_owned())
    };
    let all: Vec<String> = lines.lines().filter_map(text).collect();
    let words: Vec<&str> = all
        .iter()
        .flat_map(|text| text.split_inclusive(' '))
        .collect();
    let stories: Vec<String> = words.chunks(WORDS).map(<[&str]>::concat).collect();
    let stories: Vec<&String> = stories.iter().cycle().take(STORIES).collect();
    let bytes: usize = stories.iter().map(|s| s.len()).sum();
    let best = |work: &dyn Fn(&str) -> usize| {
        let round = |_| {
            let begun = Instant::now();
            let found: usize = stories.iter().map(|story| work(story)).sum();
            (begun.elapsed().as_secs_f64(), found)
        };
        let rounds = (0..ROUNDS).map(round);
        rounds
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap_or_default()
    };
    let (matching, found) = best(&|story| gazetteer.find("", story).len());
    let (reading, _) = best(&|story| story.chars().filter(|c| c.is_uppercase()).count());
    println!(
        "{:.0} stories of {WORDS} words a second ({bytes} bytes in {STORIES}), {found} names found; {:.0} times as long as looking at every \
         character once",
        STORIES as f64 / matching,
        matching / reading
    );
}
