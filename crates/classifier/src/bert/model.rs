//! rust-bert's models, loaded when they are first asked.
//!
//! In: a directory that was looked through. Out: vectors and probabilities. Never: lets a panic of the
//! library through: it takes a model directory for whole where it is not.

use super::directory::{Architecture, Files, entailment, sentences};
use crate::embedding::unit;
use crate::encoder::{Encoder, EncoderError};
use rust_bert::RustBertError;
use rust_bert::pipelines::common::{ModelResource, ModelType};
use rust_bert::pipelines::sentence_embeddings::{
    SentenceEmbeddingsConfig, SentenceEmbeddingsModel,
};
use rust_bert::pipelines::zero_shot_classification::{
    ZeroShotClassificationConfig, ZeroShotClassificationModel,
};
use rust_bert::resources::LocalResource;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use tch::Device;

/// Word pieces that an entailment model reads of a text and a statement.
const LONGEST: usize = 256;
/// Texts that it reads at a time.
const BATCH: usize = 8;

/// A model directory, and the models once they are loaded.
pub(super) struct Bert {
    dir: PathBuf,
    languages: Vec<String>,
    files: Files,
    entailment: Option<Files>,
    sentences: Loaded<SentenceEmbeddingsModel>,
    entails: Loaded<ZeroShotClassificationModel>,
}

/// A model that is loaded once; what failed then fails again.
type Loaded<M> = OnceLock<Result<Mutex<M>, EncoderError>>;

impl Bert {
    /// Looks a directory through.
    pub(super) fn new(dir: &Path, languages: Vec<String>) -> Result<Self, EncoderError> {
        Ok(Self {
            files: sentences(dir)?,
            entailment: entailment(dir)?,
            dir: dir.to_owned(),
            languages,
            sentences: OnceLock::new(),
            entails: OnceLock::new(),
        })
    }

    /// Runs something of the library; `what` is named where it fails.
    fn guarded<T>(
        &self,
        what: &str,
        run: impl FnOnce() -> Result<T, RustBertError>,
    ) -> Result<T, EncoderError> {
        let fail = |error: &dyn fmt::Display| {
            EncoderError(format!(
                "the model in {} {what}: {error}\n  hint: get it once more (docs/bert.md)",
                self.dir.display()
            ))
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(fail(&error)),
            Err(_) => Err(fail(&"a file in it is not as the library expects")),
        }
    }

    fn load_sentences(&self) -> Result<SentenceEmbeddingsModel, EncoderError> {
        let files = &self.files;
        let local = |path: PathBuf| Box::new(LocalResource::from(path)) as Box<_>;
        let config = SentenceEmbeddingsConfig {
            modules_config_resource: local(self.dir.join("modules.json")),
            transformer_type: files.architecture.into(),
            transformer_config_resource: local(files.config.clone()),
            transformer_weights_resource: local(files.weights.clone()),
            pooling_config_resource: local(self.dir.join("1_Pooling/config.json")),
            dense_config_resource: None,
            dense_weights_resource: None,
            sentence_bert_config_resource: local(self.dir.join("sentence_bert_config.json")),
            tokenizer_config_resource: local(self.dir.join("tokenizer_config.json")),
            tokenizer_vocab_resource: local(files.vocabulary.clone()),
            tokenizer_merges_resource: files.merges.clone().map(local),
            device: Device::Cpu,
            kind: None,
        };
        self.guarded("cannot be loaded", || SentenceEmbeddingsModel::new(config))
    }

    fn load_entailment(&self, files: &Files) -> Result<ZeroShotClassificationModel, EncoderError> {
        let mut config = ZeroShotClassificationConfig::new(
            files.architecture.into(),
            ModelResource::Torch(Box::new(LocalResource::from(files.weights.clone()))),
            LocalResource::from(files.config.clone()),
            LocalResource::from(files.vocabulary.clone()),
            files.merges.clone().map(LocalResource::from),
            files.lower_case,
            None,
            None,
        );
        config.device = Device::Cpu;
        self.guarded("cannot be loaded for entailment", || {
            ZeroShotClassificationModel::new(config)
        })
    }
}

impl Encoder for Bert {
    fn name(&self) -> &str {
        &self.files.name
    }

    fn reads(&self, lang: Option<&str>) -> bool {
        let read = |lang: &str| self.languages.iter().any(|l| l == lang);
        self.languages.is_empty() || lang.is_some_and(read)
    }

    fn encode(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EncoderError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let model = self
            .sentences
            .get_or_init(|| Ok(Mutex::new(self.load_sentences()?)));
        let model = model.as_ref().map_err(EncoderError::clone)?;
        let model = model.lock().unwrap_or_else(PoisonError::into_inner);
        let vectors = self.guarded("fails on a text", || model.encode(texts))?;
        // Not every such model ends with a step that brings them to length one.
        let whole: Option<Vec<Vec<f32>>> = vectors.into_iter().map(unit).collect();
        whole.ok_or_else(|| {
            EncoderError(format!(
                "the model in {} gives a vector that is none",
                self.dir.display()
            ))
        })
    }

    fn entails(&self, texts: &[String], statement: &str) -> Result<Option<Vec<f32>>, EncoderError> {
        let Some(files) = self.entailment.as_ref() else {
            return Ok(None);
        };
        let model = self
            .entails
            .get_or_init(|| Ok(Mutex::new(self.load_entailment(files)?)));
        let model = model.as_ref().map_err(EncoderError::clone)?;
        let model = model.lock().unwrap_or_else(PoisonError::into_inner);
        let mut said = Vec::with_capacity(texts.len());
        for texts in texts.chunks(BATCH) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let as_it_is = Box::new(|label: &str| label.to_owned());
            let labels = self.guarded("fails on a text", || {
                model.predict_multilabel(&texts, [statement], Some(as_it_is), LONGEST)
            })?;
            #[expect(clippy::cast_possible_truncation, reason = "a probability")]
            let score = |labels: &Vec<_>| first_score(labels) as f32;
            said.extend(labels.iter().map(score));
        }
        Ok(Some(said))
    }
}

fn first_score(labels: &[rust_bert::pipelines::sequence_classification::Label]) -> f64 {
    labels.first().map_or(0.5, |label| label.score)
}

impl From<Architecture> for ModelType {
    fn from(architecture: Architecture) -> Self {
        match architecture {
            Architecture::Bert => Self::Bert,
            Architecture::DistilBert => Self::DistilBert,
            Architecture::Roberta => Self::Roberta,
            Architecture::Albert => Self::Albert,
        }
    }
}

impl fmt::Debug for Bert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bert")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}
