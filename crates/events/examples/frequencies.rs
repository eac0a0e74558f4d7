//! Counts in how many stories words stand: JSON lines with `title` and `text` in, a file of counts out.
//!
//! `zcat STORIES.jsonl.gz… | cargo run --release -p tocsin-events --example frequencies -- FILE`

use anyhow::{Context, Result};
use serde::Deserialize;
use std::io::BufRead;
use tocsin_events::Frequencies;

/// A word in fewer stories is rare enough to be taken for unheard.
const LEAST: u32 = 8;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("name the file to write")?;
    let mut stories: Vec<(String, String)> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line: Line = serde_json::from_str(&line?)?;
        stories.push((
            line.title.unwrap_or_default(),
            line.text.unwrap_or_default(),
        ));
    }
    let pairs = stories
        .iter()
        .map(|(title, text)| (title.as_str(), text.as_str()));
    let counted = Frequencies::count(pairs, LEAST);
    let bytes = counted.to_bytes()?;
    std::fs::write(&path, &bytes)?;
    let mut err = std::io::stderr().lock();
    std::io::Write::write_fmt(
        &mut err,
        format_args!(
            "{path}: {} words of {} stories, {} bytes\n",
            counted.words(),
            stories.len(),
            bytes.len()
        ),
    )?;
    Ok(())
}
