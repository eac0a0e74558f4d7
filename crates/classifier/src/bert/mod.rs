//! The encoder: rust-bert over a model directory, behind the cargo feature `bert`.
//!
//! In: a directory in the layout of sentence-transformers. Out: an [`Encoder`]. Never: loads the model
//! before it is asked for a vector; downloads anything; takes the program down with it.
//!
//! `directory` says of what is there whether it can be used, before anything is loaded; `model` loads and
//! runs it.

#[cfg(feature = "bert")]
mod directory;
#[cfg(feature = "bert")]
mod model;

use crate::encoder::{Encoder, EncoderError};
use std::path::Path;
use std::sync::Arc;

/// Whether this program was built with rust-bert.
pub const BUILT_IN: bool = cfg!(feature = "bert");

/// The encoder of a model directory, for texts in these languages (ISO 639-1; none: all). Quick: the model
/// is loaded when it is first asked.
///
/// # Errors
/// In a program without the feature `bert`; where the directory or a file is missing, the model is of an
/// architecture that is not known, or too big for the memory that is free. Each names the file and the
/// next step.
#[cfg(feature = "bert")]
pub fn open(dir: &Path, languages: Vec<String>) -> Result<Arc<dyn Encoder>, EncoderError> {
    Ok(Arc::new(model::Bert::new(dir, languages)?))
}

/// As above: this program was built without the feature.
///
/// # Errors
/// Always.
#[cfg(not(feature = "bert"))]
pub fn open(dir: &Path, _: Vec<String>) -> Result<Arc<dyn Encoder>, EncoderError> {
    Err(EncoderError(format!(
        "models.bert.dir is set to {}, but this program was built without the feature `bert`\n  hint: docs/bert.md says how to \
         build it with; or take the line out of tocsin.toml",
        dir.display()
    )))
}
