//! Counts in how many stories words and names stand: JSON lines with `title` and `text` in, a file of
//! counts out. NAMES has what `tocsin classify --batch` makes of the same lines.
//!
//! `zcat STORIES.jsonl.gz… | cargo run --release -p tocsin-events --example frequencies -- NAMES FILE`

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use tocsin_core::Entity;
use tocsin_events::Frequencies;

/// A word in fewer stories is rare enough to be taken for unheard.
const LEAST: u32 = 8;

#[derive(Deserialize)]
struct Story {
    id: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Deserialize)]
struct Judged {
    id: String,
    #[serde(default)]
    entities: Vec<Name>,
}

#[derive(Deserialize)]
struct Name {
    id: String,
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [names, path] = args.as_slice() else {
        anyhow::bail!("name the file of names and the file to write");
    };
    let stories: Vec<Story> = lines(std::io::stdin().lock())?;
    let judged: Vec<Judged> = lines(BufReader::new(File::open(names).context("names")?))?;
    ensure!(
        stories
            .iter()
            .map(|s| &s.id)
            .eq(judged.iter().map(|j| &j.id)),
        "{names} was made of other lines"
    );
    let names: Vec<Vec<String>> = judged
        .into_iter()
        .map(|judged| {
            let ids = judged.entities.into_iter().map(|name| name.id);
            ids.filter(|id| !id.starts_with(Entity::NEW)).collect()
        })
        .collect();
    let counted = Frequencies::count(
        stories.iter().zip(&names).map(|(story, names)| {
            let [title, text] = [&story.title, &story.text].map(Option::as_deref);
            (
                title.unwrap_or_default(),
                text.unwrap_or_default(),
                names.as_slice(),
            )
        }),
        LEAST,
    );
    let bytes = counted.to_bytes()?;
    std::fs::write(path, &bytes)?;
    let (words, known) = counted.size();
    writeln!(
        std::io::stderr(),
        "{path}: {words} words and {known} names of {} stories, {} bytes",
        stories.len(),
        bytes.len()
    )?;
    Ok(())
}

fn lines<T: DeserializeOwned>(read: impl BufRead) -> Result<Vec<T>> {
    read.lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect()
}
