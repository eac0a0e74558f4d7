//! A neural model that turns texts into vectors: what the rest of the crate asks of it.
//!
//! In: texts. Out: a vector for each, alike where the texts mean the like. The crate works without one;
//! `bert` is the one there is.

use std::fmt;

/// Why an encoder cannot be used or failed; says what to do.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct EncoderError(pub String);

/// A neural model for sentences.
pub trait Encoder: fmt::Debug + Send + Sync {
    /// Its name: what was learned with one encoder means nothing to another.
    fn name(&self) -> &str;

    /// Whether it reads a language; ISO 639-1, `None` where it is not known.
    fn reads(&self, lang: Option<&str>) -> bool;

    /// A vector of length one for each text.
    ///
    /// # Errors
    /// Where the model cannot be loaded, or fails.
    fn encode(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EncoderError>;

    /// For each text the probability that it says what the statement says; `None` where there is no
    /// model for that.
    ///
    /// # Errors
    /// Where the model cannot be loaded, or fails.
    fn entails(&self, texts: &[String], statement: &str) -> Result<Option<Vec<f32>>, EncoderError>;
}

/// Characters of a text that an encoder is given after the title: it reads some two hundred words.
const READ: usize = 700;

/// The beginning of a story, as one text for an encoder.
pub(crate) fn opening(title: &str, text: &str) -> String {
    let head: String = text.chars().take(READ).collect();
    match title.is_empty() {
        true => head,
        false => [title, ". ", &head].concat(),
    }
}
