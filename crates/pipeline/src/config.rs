//! The config directory: five files, each with a default that is embedded in the program.
//!
//! A file that is missing from the directory is taken from the defaults, so a directory may hold
//! only what its operator changed.

use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tocsin_alerts::{MailConfig, Rules};
use tocsin_classifier::{Classifier, Gazetteer, Model, Taxonomy};
use tocsin_core::{ConfigError, Source, SourceId, Timestamp, parse_toml};
use tocsin_crawler::FetchConfig;
use tocsin_search::Vocabulary;

/// The default files: name and text.
pub const DEFAULTS: [(&str, &str); 5] = [
    ("tocsin.toml", include_str!("../../../config/tocsin.toml")),
    ("sources.toml", include_str!("../../../config/sources.toml")),
    (
        "taxonomy.toml",
        include_str!("../../../config/taxonomy.toml"),
    ),
    (
        "entities.toml",
        include_str!("../../../config/entities.toml"),
    ),
    ("alerts.toml", include_str!("../../../config/alerts.toml")),
];

/// The name of the trained model's file.
pub const MODEL: &str = "tagger.model";

/// The model that the program comes with.
const BUILT_IN_MODEL: &[u8] = include_bytes!("../../../models/tagger.model");

/// The default rules and names once more, see `build.rs`.
const TAXONOMY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/taxonomy"));
const ENTITIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/entities"));

/// Does two things side by side: reading these files takes as long as all the rest of a short command.
fn beside<A: Send, B>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let a = scope.spawn(a);
        let b = b();
        let a = a.join();
        (
            a.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            b,
        )
    })
}

/// Largest config file that is read, in bytes.
const MAX_FILE: u64 = 16 << 20;

/// `tocsin.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How pages are fetched.
    pub fetch: FetchConfig,
    /// How much is done side by side.
    pub run: RunSettings,
    /// How stories are grouped.
    pub events: tocsin_events::Settings,
    /// How mails go out.
    pub mail: MailConfig,
}

/// The `[run]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunSettings {
    /// Sources polled side by side; each host is still asked one thing at a time.
    pub parallel_sources: usize,
    /// Pages fetched for one source in a pass; the rest waits for the next pass.
    pub max_pages_per_source: usize,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            parallel_sources: 48,
            max_pages_per_source: 60,
        }
    }
}

/// Where the config files are looked for.
#[derive(Debug, Clone)]
pub struct Config {
    dir: Option<PathBuf>,
    replaced: Vec<(&'static str, String)>,
}

impl Config {
    /// Reads from a directory, or, without one, only the defaults.
    pub fn new(dir: Option<PathBuf>) -> Self {
        Self {
            dir,
            replaced: Vec::new(),
        }
    }

    /// The same config with another text for one file; for the sample world.
    #[must_use]
    pub fn with_file(mut self, name: &'static str, text: String) -> Self {
        self.replaced.push((name, text));
        self
    }

    /// The directory, where one was given.
    pub fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// `tocsin.toml`.
    ///
    /// # Errors
    /// As for every file: not readable, a typo, a wrong value.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let (file, text) = self.read("tocsin.toml")?;
        parse_toml(&file, &text)
    }

    /// `sources.toml`.
    ///
    /// # Errors
    /// As for every file; also an id or an address that stands twice or is none.
    pub fn sources(&self) -> Result<Vec<Source>, ConfigError> {
        let (file, text) = self.read("sources.toml")?;
        tocsin_crawler::Sources::parse(&file, &text)
    }

    /// `taxonomy.toml`.
    ///
    /// # Errors
    /// As for every file.
    pub fn taxonomy(&self) -> Result<Taxonomy, ConfigError> {
        let (file, text) = self.read("taxonomy.toml")?;
        match text == default("taxonomy.toml") {
            true => {
                Taxonomy::from_ready(TAXONOMY).map_err(|e| ConfigError::new(&file, e.to_string()))
            }
            false => Taxonomy::parse(&file, &text),
        }
    }

    /// `entities.toml`.
    ///
    /// # Errors
    /// As for every file.
    pub fn gazetteer(&self) -> Result<Gazetteer, ConfigError> {
        let (file, text) = self.read("entities.toml")?;
        match text == default("entities.toml") {
            true => {
                Gazetteer::from_ready(ENTITIES).map_err(|e| ConfigError::new(&file, e.to_string()))
            }
            false => Gazetteer::parse(&file, &text),
        }
    }

    /// The judge by rules alone, made of taxonomy and gazetteer.
    ///
    /// # Errors
    /// As for every file.
    pub fn rules_alone(&self) -> Result<Classifier, ConfigError> {
        let (gazetteer, taxonomy) = beside(|| self.gazetteer(), || self.taxonomy());
        Ok(Classifier::new(taxonomy?, gazetteer?))
    }

    /// The judge: rules, names and the trained model.
    ///
    /// # Errors
    /// As for every file.
    pub fn classifier(&self) -> Result<Classifier, ConfigError> {
        let (model, rules) = beside(|| self.model(), || self.rules_alone());
        Ok(rules?.with_model(model?))
    }

    /// The trained model: `tagger.model` of the directory, or else the built-in one.
    ///
    /// # Errors
    /// A file that cannot be read, or is no model.
    pub fn model(&self) -> Result<Model, ConfigError> {
        let path = self.dir.as_ref().map(|dir| dir.join(MODEL));
        let Some(path) = path.filter(|path| path.exists()) else {
            return Model::parse(BUILT_IN_MODEL)
                .map_err(|e| ConfigError::new(&format!("built-in {MODEL}"), e.to_string()));
        };
        let file = path.display().to_string();
        let bytes = bounded(&path, &file)?;
        Model::parse(&bytes).map_err(|e| ConfigError::new(&file, e.to_string()))
    }

    /// `alerts.toml`.
    ///
    /// # Errors
    /// As for every file; also a query that does not parse.
    pub fn rules(&self, vocabulary: &Vocab, now: Timestamp) -> Result<Rules, ConfigError> {
        let (file, text) = self.read("alerts.toml")?;
        Rules::parse(&file, &text, vocabulary, now)
    }

    /// A file's name for messages, and its text.
    fn read(&self, name: &'static str) -> Result<(String, String), ConfigError> {
        if let Some((_, text)) = self.replaced.iter().find(|(n, _)| *n == name) {
            return Ok((name.to_owned(), text.clone()));
        }
        let path = self
            .dir
            .as_ref()
            .map(|dir| dir.join(name))
            .filter(|path| path.exists());
        let Some(path) = path else {
            return Ok((format!("built-in {name}"), default(name).to_owned()));
        };
        let file = path.display().to_string();
        let text = String::from_utf8(bounded(&path, &file)?)
            .map_err(|_| ConfigError::new(&file, "is not in UTF-8").hint("save it as UTF-8"))?;
        Ok((file, text))
    }
}

/// The text of a default file.
fn default(name: &str) -> &'static str {
    let mut files = DEFAULTS.iter();
    files.find(|(n, _)| *n == name).map_or("", |(_, text)| text)
}

/// The bytes of a file of a size that a config file may have.
fn bounded(path: &Path, file: &str) -> Result<Vec<u8>, ConfigError> {
    let fail = |e: std::io::Error| {
        ConfigError::new(file, format!("cannot be read: {e}")).hint("it has to be a readable file")
    };
    let size = path.metadata().map_err(fail)?.len();
    if size > MAX_FILE {
        let message = format!("is {size} bytes long, more than a config file may be");
        return Err(ConfigError::new(file, message).hint("check that this is the file you meant"));
    }
    std::fs::read(path).map_err(fail)
}

/// The names that a query may use: tags, entities in any script, sources by country.
#[derive(Debug, Clone)]
pub struct Vocab {
    /// The judge knows tags and names.
    pub classifier: Arc<Classifier>,
    /// The sources know their countries.
    pub sources: Arc<Vec<Source>>,
}

impl Vocabulary for Vocab {
    fn tags(&self) -> Vec<String> {
        self.classifier.taxonomy().names()
    }

    fn entities(&self, name: &str) -> Vec<String> {
        self.classifier.gazetteer().resolve(name)
    }

    fn sources_in(&self, country: &str) -> Vec<SourceId> {
        let of_country = |s: &&Source| s.country.eq_ignore_ascii_case(country);
        self.sources
            .iter()
            .filter(of_country)
            .map(|s| s.id.clone())
            .collect()
    }
}
