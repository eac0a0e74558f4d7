//! The config directory: six files, each with a default that is embedded in the program.
//!
//! A file that is missing from the directory is taken from the defaults, so a directory may hold
//! only what its operator changed.

use crate::telling::Telling;
use serde::Deserialize;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tocsin_alerts::{MailConfig, Rules, Target, WebhookConfig};
use tocsin_classifier::{
    Classifier, Described, Embedding, Encoder, Gazetteer, Model, Senses, Taxonomy, bert,
};
use tocsin_core::{ConfigError, Source, SourceId, Timestamp, parse_toml};
use tocsin_crawler::FetchConfig;
use tocsin_extractor::Publishers;
use tocsin_search::Vocabulary;

/// The default files: name and text.
pub const DEFAULTS: [(&str, &str); 6] = [
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
    (
        "publishers.toml",
        include_str!("../../../config/publishers.toml"),
    ),
    ("alerts.toml", include_str!("../../../config/alerts.toml")),
];

/// The name of the trained model's file.
pub const MODEL: &str = "tagger.model";

/// The model that the program comes with.
const BUILT_IN_MODEL: &[u8] = include_bytes!("../../../models/tagger.model");

/// The name of the embedding's file.
pub const EMBEDDING: &str = "embedding.model";

/// The embedding that the program comes with.
const BUILT_IN_EMBEDDING: &[u8] = include_bytes!("../../../models/embedding.model");

/// The name of the file with what an encoder adds to the trained model.
pub const SUPPLEMENT: &str = "supplement.model";

/// The supplement that the program comes with, for all-MiniLM-L6-v2.
const BUILT_IN_SUPPLEMENT: &[u8] = include_bytes!("../../../models/supplement.model");

/// Where the config directory keeps the tags that an analyst described.
const DESCRIBED: &str = "tags";

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
    /// How webhooks are told.
    pub webhook: WebhookConfig,
    /// What is kept of what was fetched.
    pub archive: ArchiveSettings,
    /// Where the program is reached from outside.
    pub server: ServerSettings,
    /// Neural models, for a program that was built with them.
    pub models: ModelSettings,
}

/// The `[archive]` table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ArchiveSettings {
    /// Whether fetched pages are kept as WARC files in the data directory.
    pub pages: bool,
}

/// The `[server]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// Where `tocsin serve` listens, on this machine.
    pub listen: String,
    /// The address under which readers reach it, by way of a proxy that speaks TLS: `https://news.example.org`.
    pub public_url: Option<String>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8470".to_owned(),
            public_url: None,
        }
    }
}

/// The `[models]` table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelSettings {
    /// The sentence encoder.
    pub bert: BertSettings,
}

/// The `[models.bert]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BertSettings {
    /// The directory of the model, see docs/bert.md; without it there is none.
    pub dir: Option<PathBuf>,
    /// The languages that it reads, ISO 639-1; none: all.
    pub languages: Vec<String>,
}

impl Default for BertSettings {
    fn default() -> Self {
        Self {
            dir: None,
            languages: vec!["en".to_owned()],
        }
    }
}

/// The `[run]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunSettings {
    /// Sources polled side by side, those that share a site or an address counted as one.
    pub parallel_sources: usize,
    /// Pages fetched for one source in a pass; the rest waits for its next poll.
    pub max_pages_per_source: usize,
    /// Seconds for sources that share a site or an address in a pass; the next one goes on there.
    pub max_seconds_per_host: u64,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            parallel_sources: 48,
            max_pages_per_source: 60,
            max_seconds_per_host: 300,
        }
    }
}

/// Where the config files are looked for.
#[derive(Debug, Clone)]
pub struct Config {
    dir: Option<PathBuf>,
    replaced: Vec<(&'static str, String)>,
    /// Where described tags are; `None` where they are left out.
    tags: Option<PathBuf>,
}

impl Config {
    /// Reads from a directory, or, without one, only the defaults.
    pub fn new(dir: Option<PathBuf>) -> Self {
        Self {
            tags: dir.as_ref().map(|dir| dir.join(DESCRIBED)),
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

    /// The same without the tags that an analyst described: what is trained and measured.
    #[must_use]
    pub fn without_described(mut self) -> Self {
        self.tags = None;
        self
    }

    /// The same with the described tags of another directory, which need not be there yet.
    #[must_use]
    pub fn with_described_of(mut self, dir: &Path) -> Self {
        self.tags = Some(dir.join(DESCRIBED));
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

    /// The tags: those of `taxonomy.toml`, then those that an analyst described.
    ///
    /// # Errors
    /// As for every file; also a described tag that stands in `taxonomy.toml` too.
    pub fn taxonomy(&self) -> Result<Taxonomy, ConfigError> {
        self.with_described(self.our_taxonomy()?, &self.described()?)
    }

    fn with_described(
        &self,
        mut taxonomy: Taxonomy,
        described: &[Described],
    ) -> Result<Taxonomy, ConfigError> {
        for tag in described {
            if taxonomy.names().contains(&tag.name) {
                let message = format!("tag `{}` stands in taxonomy.toml too", tag.name);
                let file = self.described_file(&tag.name).unwrap_or_default();
                let file = file.display().to_string();
                return Err(ConfigError::new(&file, message).hint("remove this file"));
            }
            taxonomy = taxonomy.with_described(&tag.name, &tag.description);
        }
        Ok(taxonomy)
    }

    fn our_taxonomy(&self) -> Result<Taxonomy, ConfigError> {
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

    /// `publishers.toml`.
    ///
    /// # Errors
    /// As for every file; also what is no selector.
    pub fn publishers(&self) -> Result<Publishers, ConfigError> {
        let (file, text) = self.read("publishers.toml")?;
        Publishers::parse(&file, &text)
    }

    /// The judge by rules alone, made of taxonomy and gazetteer; described tags are known by name only.
    ///
    /// # Errors
    /// As for every file.
    pub fn rules_alone(&self) -> Result<Classifier, ConfigError> {
        self.judge_by_rules(&self.described()?)
    }

    fn judge_by_rules(&self, described: &[Described]) -> Result<Classifier, ConfigError> {
        let (gazetteer, taxonomy) = beside(|| self.gazetteer(), || self.our_taxonomy());
        let taxonomy = self.with_described(taxonomy?, described)?;
        Ok(Classifier::new(taxonomy, gazetteer?))
    }

    /// The judge: rules, names, the trained model, and the tags that an analyst described.
    ///
    /// # Errors
    /// As for every file.
    pub fn classifier(&self) -> Result<Classifier, ConfigError> {
        let described = self.described()?;
        let (model, rules) = beside(|| self.model(), || self.judge_by_rules(&described));
        let mut classifier = rules?.with_model(model?);
        let encoder = self.usable_encoder()?;
        if let Some(encoder) = &encoder {
            classifier = classifier.with_supplement(self.supplement()?, Arc::clone(encoder));
        }
        if described.is_empty() {
            return Ok(classifier);
        }
        let senses = Senses {
            embedding: Arc::new(self.embedding()?),
            encoder,
        };
        for tag in &described {
            self.warn_of(tag, &senses);
        }
        Ok(classifier.with_described(senses, described))
    }

    fn warn_of(&self, tag: &Described, senses: &Senses) {
        let basis = senses.basis();
        if !tag.fits(&senses.embedding) {
            tracing::warn!(
                "tag {0} was learned with another {EMBEDDING} and is not given: `tocsin tags add {0}` learns it anew",
                tag.name
            );
        } else if tag.encoder().is_some() && tag.encoder() != basis.encoder.as_deref() {
            tracing::warn!(
                "tag {} was learned with a bert model that is not in use; it goes by words alone, which is weaker",
                tag.name
            );
        }
    }

    /// The tags that an analyst described, by name: the files in `tags/` of the directory.
    ///
    /// # Errors
    /// A file that cannot be read, or is no such tag.
    pub fn described(&self) -> Result<Vec<Described>, ConfigError> {
        let Some(dir) = self.tags.as_ref().filter(|dir| dir.is_dir()) else {
            return Ok(Vec::new());
        };
        let fail = |e: std::io::Error| {
            ConfigError::new(&dir.display().to_string(), format!("cannot be read: {e}"))
        };
        let mut files = Vec::new();
        for entry in dir.read_dir().map_err(fail)? {
            files.push(entry.map_err(fail)?.path());
        }
        files.retain(|file| file.extension().is_some_and(|e| e == "toml"));
        files.sort();
        let read = |path: &PathBuf| {
            let (file, text) = text(path)?;
            let tag = Described::parse(&file, &text)?;
            if path
                .file_stem()
                .is_some_and(|stem| stem == tag.name.as_str())
            {
                return Ok(tag);
            }
            let message = format!("holds the tag `{}`, which is not its name", tag.name);
            Err(ConfigError::new(&file, message).hint("rename the file"))
        };
        files.iter().map(read).collect()
    }

    /// Where a described tag is kept; `None` where such tags are left out, and for what is no name.
    pub fn described_file(&self, name: &str) -> Option<PathBuf> {
        let dir = self
            .tags
            .as_ref()
            .filter(|_| Described::may_be_named(name))?;
        Some(dir.join(format!("{name}.toml")))
    }

    /// What meanings are made by: the embedding, and the encoder where there is one.
    ///
    /// # Errors
    /// An embedding or settings that cannot be read. An encoder that cannot be used is a warning.
    pub fn senses(&self) -> Result<Senses, ConfigError> {
        Ok(Senses {
            embedding: Arc::new(self.embedding()?),
            encoder: self.usable_encoder()?,
        })
    }

    /// The encoder, where it can be used; if it is wanted and cannot, a warning says why.
    ///
    /// # Errors
    /// Settings that cannot be read.
    pub fn usable_encoder(&self) -> Result<Option<Arc<dyn Encoder>>, ConfigError> {
        let encoder = self.encoder()?.unwrap_or_else(|error| {
            tracing::warn!("{error}\n  going on without");
            None
        });
        Ok(encoder.map(|encoder| Arc::new(Telling::new(encoder)) as Arc<dyn Encoder>))
    }

    /// The encoder of `models.bert.dir`; `None` where that is not set, and an error in words where it cannot be
    /// used.
    ///
    /// # Errors
    /// Settings that cannot be read.
    pub fn encoder(&self) -> Result<Result<Option<Arc<dyn Encoder>>, String>, ConfigError> {
        let BertSettings { dir, languages } = self.settings()?.models.bert;
        let Some(dir) = dir else { return Ok(Ok(None)) };
        // A path in a config file is meant from where that file is.
        let dir = self
            .dir
            .as_ref()
            .map_or(dir.clone(), |base| base.join(&dir));
        let opened = bert::open(&dir, languages).map(Some);
        Ok(opened.map_err(|e| e.to_string()))
    }

    fn supplement(&self) -> Result<Model, ConfigError> {
        self.model_file(SUPPLEMENT, BUILT_IN_SUPPLEMENT)
    }

    fn embedding(&self) -> Result<Embedding, ConfigError> {
        let (file, bytes) = self.binary(EMBEDDING, BUILT_IN_EMBEDDING)?;
        Embedding::parse(&bytes).map_err(|e| ConfigError::new(&file, e.to_string()))
    }

    /// The trained model: `tagger.model` of the directory, or else the built-in one.
    ///
    /// # Errors
    /// A file that cannot be read, or is no model.
    pub fn model(&self) -> Result<Model, ConfigError> {
        self.model_file(MODEL, BUILT_IN_MODEL)
    }

    fn model_file(&self, name: &str, built_in: &'static [u8]) -> Result<Model, ConfigError> {
        let (file, bytes) = self.binary(name, built_in)?;
        Model::parse(&bytes).map_err(|e| ConfigError::new(&file, e.to_string()))
    }

    /// A binary file's name for messages, and its bytes: of the directory, or else built in.
    fn binary(
        &self,
        name: &str,
        built_in: &'static [u8],
    ) -> Result<(String, Cow<'static, [u8]>), ConfigError> {
        let path = self.dir.as_ref().map(|dir| dir.join(name));
        let Some(path) = path.filter(|path| path.exists()) else {
            return Ok((format!("built-in {name}"), Cow::Borrowed(built_in)));
        };
        let file = path.display().to_string();
        let bytes = bounded(&path, &file)?;
        Ok((file, Cow::Owned(bytes)))
    }

    /// `alerts.toml`.
    ///
    /// # Errors
    /// As for every file; also a query that does not parse.
    pub fn rules(&self, vocabulary: &Vocab, now: Timestamp) -> Result<Rules, ConfigError> {
        let (file, text) = self.read("alerts.toml")?;
        Rules::parse(&file, &text, vocabulary, now)
    }

    /// `alerts.toml` as it is written.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn rules_text(&self) -> Result<String, ConfigError> {
        Ok(self.read("alerts.toml")?.1)
    }

    /// Every reader of every rule; `alerts.toml` is read anew each time.
    ///
    /// # Errors
    /// As for every file.
    pub fn readers(&self) -> Result<Vec<(String, Target)>, ConfigError> {
        let (file, text) = self.read("alerts.toml")?;
        Rules::readers(&file, &text)
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
        text(&path)
    }
}

/// A file's name for messages, and its text.
fn text(path: &Path) -> Result<(String, String), ConfigError> {
    let file = path.display().to_string();
    let text = String::from_utf8(bounded(path, &file)?)
        .map_err(|_| ConfigError::new(&file, "is not in UTF-8").hint("save it as UTF-8"))?;
    Ok((file, text))
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
