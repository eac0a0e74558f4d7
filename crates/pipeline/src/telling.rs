//! An encoder that tells of its first failure: the stages go on without it, and nobody else would say so.

use std::sync::{Arc, Once};
use tocsin_classifier::{Encoder, EncoderError};

/// An encoder, and whether it has told.
#[derive(Debug)]
pub(crate) struct Telling {
    encoder: Arc<dyn Encoder>,
    told: Once,
}

impl Telling {
    pub(crate) fn new(encoder: Arc<dyn Encoder>) -> Self {
        Self {
            encoder,
            told: Once::new(),
        }
    }

    fn tell<T>(&self, done: Result<T, EncoderError>) -> Result<T, EncoderError> {
        if let Err(error) = &done {
            self.told
                .call_once(|| tracing::error!("{error}\n  going on by words alone"));
        }
        done
    }
}

impl Encoder for Telling {
    fn name(&self) -> &str {
        self.encoder.name()
    }

    fn reads(&self, lang: Option<&str>) -> bool {
        self.encoder.reads(lang)
    }

    fn encode(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EncoderError> {
        self.tell(self.encoder.encode(texts))
    }

    fn entails(&self, texts: &[String], statement: &str) -> Result<Option<Vec<f32>>, EncoderError> {
        self.tell(self.encoder.entails(texts, statement))
    }
}
