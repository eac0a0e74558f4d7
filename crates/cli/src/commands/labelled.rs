//! Labelled stories from files.

use anyhow::{Context, Result, bail};
use flate2::read::MultiGzDecoder;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use tocsin_classifier::learn::{Hand, Labelled};

/// Most bytes that are read of a file, after decompression.
const MAX: u64 = 1 << 30;

/// The stories of files; of a directory, those of its `.jsonl` files.
pub(super) fn read(paths: &[PathBuf], hand: Hand) -> Result<Vec<Labelled>> {
    let mut stories = Vec::new();
    for path in paths {
        for file in files(path)? {
            add(&file, hand, &mut stories)
                .with_context(|| format!("{} cannot be used", file.display()))?;
        }
    }
    Ok(stories)
}

/// The stories of files that labels name by their ids, with those labels.
///
/// # Errors
/// Where a file cannot be used, two labels name one story, or a label one that is in none of the files.
pub(super) fn joined(labels: &[PathBuf], files: &[PathBuf]) -> Result<Vec<Labelled>> {
    let mut open: HashMap<String, Labelled> = HashMap::new();
    for label in read(labels, Hand::Read)? {
        if let Some(other) = open.insert(label.id.clone(), label) {
            bail!("two labels name the story {}; keep the right one", other.id);
        }
    }
    let mut stories = Vec::with_capacity(open.len());
    for mut story in read(files, Hand::Read)? {
        if let Some(label) = open.remove(&story.id) {
            (story.relevant, story.tags, story.unsure) = (label.relevant, label.tags, label.unsure);
            stories.push(story);
        }
    }
    if let Some(id) = open.keys().min() {
        bail!(
            "{} labels name stories that are in none of the files of --of, such as {id}",
            open.len()
        );
    }
    Ok(stories)
}

/// Stories without labels: each is left open but for "no tag at all".
pub(super) fn unlabelled(paths: &[PathBuf]) -> Result<Vec<Labelled>> {
    let mut stories = read(paths, Hand::Nobody)?;
    for story in &mut stories {
        story.relevant = Some(false);
        story.tags.clear();
        story.unsure.clear();
    }
    Ok(stories)
}

fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in path.read_dir()? {
        let file = entry?.path();
        if file.extension().is_some_and(|e| e == "jsonl") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("{} holds no .jsonl file", path.display());
    }
    Ok(files)
}

fn add(file: &Path, hand: Hand, stories: &mut Vec<Labelled>) -> Result<()> {
    let open = File::open(file)?;
    let bytes: Box<dyn Read> = match file.extension().is_some_and(|e| e == "gz") {
        true => Box::new(MultiGzDecoder::new(open)),
        false => Box::new(open),
    };
    for (number, line) in BufReader::new(bytes.take(MAX)).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let mut story: Labelled = serde_json::from_str(&line)
            .with_context(|| format!("line {} is no labelled story", number + 1))?;
        story.hand = hand;
        stories.push(story);
    }
    Ok(())
}
