//! A model directory: what is in it, and whether it can be used.
//!
//! In: a path. Out: the files of a model, or what is wrong in words that name the file. Never: loads
//! weights.

use crate::encoder::EncoderError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The weights, by preference.
const WEIGHTS: [&str; 2] = ["model.safetensors", "rust_model.ot"];
/// Largest JSON file that is read, in bytes.
const MAX_JSON: u64 = 1 << 20;
/// Bytes at either end of the weights by which a model is told from others.
const PRINTED: u64 = 1 << 20;
/// Memory that a model takes, as a multiple of its weights: the file and its copy.
const MEMORY: u64 = 2;

/// The files of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) architecture: Architecture,
    pub(super) config: PathBuf,
    pub(super) weights: PathBuf,
    pub(super) vocabulary: PathBuf,
    pub(super) merges: Option<PathBuf>,
    pub(super) lower_case: bool,
    /// A short name for this very model.
    pub(super) name: String,
}

/// The architectures that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Architecture {
    Bert,
    DistilBert,
    Roberta,
    Albert,
}

/// What is read of `config.json`.
#[derive(Deserialize)]
struct Config {
    model_type: String,
    #[serde(default)]
    id2label: std::collections::BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tokenizer {
    do_lower_case: bool,
}

impl Architecture {
    fn of(model_type: &str) -> Option<Self> {
        match model_type {
            "bert" => Some(Self::Bert),
            "distilbert" => Some(Self::DistilBert),
            "roberta" => Some(Self::Roberta),
            "albert" => Some(Self::Albert),
            _ => None,
        }
    }

    /// The files of its vocabulary, and of its merges.
    fn vocabulary(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Bert | Self::DistilBert => ("vocab.txt", None),
            Self::Roberta => ("vocab.json", Some("merges.txt")),
            Self::Albert => ("spiece.model", None),
        }
    }
}

/// The sentence encoder of a directory.
///
/// # Errors
/// A missing or unreadable file, an architecture that is not known, too little memory.
pub(super) fn sentences(dir: &Path) -> Result<Files, EncoderError> {
    if !dir.is_dir() {
        return Err(EncoderError(format!(
            "models.bert.dir: there is no directory {}\n  hint: docs/bert.md says how to get a model",
            dir.display()
        )));
    }
    let files = files(dir)?;
    // The library takes for granted that these read well.
    for name in [
        "modules.json",
        "sentence_bert_config.json",
        "1_Pooling/config.json",
        "tokenizer_config.json",
    ] {
        let _: serde_json::Value = json(&dir.join(name))?;
    }
    Ok(files)
}

/// The entailment model of a directory, in its folder `entailment`; `None` where there is no such folder.
///
/// # Errors
/// As [`sentences`]; also labels in an order that is not known.
pub(super) fn entailment(dir: &Path) -> Result<Option<Files>, EncoderError> {
    let dir = dir.join("entailment");
    if !dir.exists() {
        return Ok(None);
    }
    let files = files(&dir)?;
    let config: Config = json(&files.config)?;
    let label = |n: &str| config.id2label.get(n).map(|l| l.to_lowercase());
    let known = |n: &str, word: &str| label(n).is_some_and(|l| l.starts_with(word));
    match known("0", "contradict") && known("2", "entail") {
        true => Ok(Some(files)),
        false => Err(EncoderError(format!(
            "{}: id2label has to be 0 contradiction, 1 neutral, 2 entailment\n  hint: take a model that was trained on MNLI with \
             these labels, or remove the folder",
            files.config.display()
        ))),
    }
}

fn files(dir: &Path) -> Result<Files, EncoderError> {
    let config = dir.join("config.json");
    let Config { model_type, .. } = json(&config)?;
    let Some(architecture) = Architecture::of(&model_type) else {
        return Err(EncoderError(format!(
            "{}: the architecture `{model_type}` is not one of bert, distilbert, roberta, albert\n  hint: take a model of one of \
             these, such as all-MiniLM-L6-v2 (docs/bert.md)",
            config.display()
        )));
    };
    let (vocabulary, merges) = architecture.vocabulary();
    let vocabulary = there(dir.join(vocabulary))?;
    let merges = merges.map(|name| there(dir.join(name))).transpose()?;
    let weights = WEIGHTS
        .map(|name| dir.join(name))
        .into_iter()
        .find(|file| file.exists());
    let Some(weights) = weights else {
        return Err(missing(&dir.join(WEIGHTS.join(" or "))));
    };
    let bytes = std::fs::metadata(&weights)
        .map_err(|e| unreadable(&weights, &e))?
        .len();
    fits(&weights, bytes, free_memory())?;
    let tokenizer = dir.join("tokenizer_config.json");
    let tokenizer: Tokenizer = match tokenizer.exists() {
        true => json(&tokenizer)?,
        false => Tokenizer::default(),
    };
    Ok(Files {
        architecture,
        config,
        vocabulary,
        merges,
        lower_case: tokenizer.do_lower_case,
        name: format!("{model_type}-{:08x}", print(&weights, bytes)?),
        weights,
    })
}

/// A checksum of the first and the last stretch of the weights: models of one shape differ there, too.
fn print(weights: &Path, bytes: u64) -> Result<u32, EncoderError> {
    let read = || -> std::io::Result<u32> {
        let mut file = File::open(weights)?;
        let mut stretch = Vec::new();
        file.by_ref().take(PRINTED).read_to_end(&mut stretch)?;
        file.seek(SeekFrom::Start(bytes.saturating_sub(PRINTED)))?;
        file.take(PRINTED).read_to_end(&mut stretch)?;
        Ok(crc32fast::hash(&stretch))
    };
    read().map_err(|e| unreadable(weights, &e))
}

fn there(file: PathBuf) -> Result<PathBuf, EncoderError> {
    match file.exists() {
        true => Ok(file),
        false => Err(missing(&file)),
    }
}

/// A JSON file.
fn json<T: DeserializeOwned>(file: &Path) -> Result<T, EncoderError> {
    let Ok(open) = File::open(file) else {
        return Err(missing(file));
    };
    let mut text = String::new();
    let size = open
        .take(MAX_JSON + 1)
        .read_to_string(&mut text)
        .map_err(|e| unreadable(file, &e))?;
    if size as u64 > MAX_JSON {
        return Err(EncoderError(format!(
            "{} is longer than any such file",
            file.display()
        )));
    }
    serde_json::from_str(&text).map_err(|e| {
        EncoderError(format!(
            "{} is not what a model directory holds: {e}\n  hint: get the model once more (docs/bert.md)",
            file.display()
        ))
    })
}

fn missing(file: &Path) -> EncoderError {
    EncoderError(format!(
        "the model directory is not whole: {} is missing\n  hint: get the model once more (docs/bert.md)",
        file.display()
    ))
}

fn unreadable(file: &Path, error: &std::io::Error) -> EncoderError {
    EncoderError(format!("{} cannot be read: {error}", file.display()))
}

/// Whether weights of this size go into the memory that is free; both in bytes.
fn fits(weights: &Path, bytes: u64, free: Option<u64>) -> Result<(), EncoderError> {
    let needed = bytes.saturating_mul(MEMORY);
    match free {
        Some(free) if free < needed => Err(EncoderError(format!(
            "{} is too big for this machine: it needs {} MB of memory, {} MB are free\n  hint: take a smaller model, such as \
             all-MiniLM-L6-v2 (docs/bert.md)",
            weights.display(),
            needed >> 20,
            free >> 20
        ))),
        _ => Ok(()),
    }
}

/// Bytes of memory that are free; `None` where the system does not tell.
fn free_memory() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = told
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_big_is_told_with_both_sizes() {
        let file = Path::new("m/model.safetensors");
        assert!(fits(file, 100 << 20, Some(300 << 20)).is_ok());
        assert!(fits(file, u64::MAX, None).is_ok());
        let error = fits(file, 100 << 20, Some(150 << 20))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("model.safetensors is too big") && error.contains("200 MB"),
            "{error}"
        );
    }
}
