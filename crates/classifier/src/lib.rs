//! An article in; relevance, tags with evidence and entities out.
//!
//! In: a [`Taxonomy`] and a [`Gazetteer`], both read from text that an analyst edits, and then
//! stories. Out: a [`Judgement`] of each, and on request an [`Explanation`] of how it came about.
//! Never: opens a file, learns from what it reads, gives a tag without the words that earned it.
//!
//! ```
//! use tocsin_classifier::{Classifier, Gazetteer, Input, Taxonomy};
//! # let rules = include_str!("../../../config/taxonomy.toml");
//! # let names = "[[entity]]\nid = \"eu\"\nname = \"EU\"\ntype = \"org\"";
//! let taxonomy = Taxonomy::parse("taxonomy.toml", rules)?;
//! let gazetteer = Gazetteer::parse("entities.toml", names)?;
//! let judgement = Classifier::new(taxonomy, gazetteer).classify(&Input {
//!     title: "EU lawmakers adopt rules for general-purpose AI models",
//!     text: "",
//!     lang: Some("en"),
//! });
//! assert!(judgement.relevant);
//! assert_eq!(judgement.tags[0].tag, "regulation");
//! # Ok::<(), tocsin_core::ConfigError>(())
//! ```
//!
//! The way of a story: `fold`, `words` and `layout` prepare it, `matcher` and `concept` find what
//! it speaks of (`reading`), `gazetteer` finds the names; `score` weighs that by rules, `features`,
//! `model` and `opinion` by what was learned; `judge` decides, `evidence` and `explain` tell why.
//! `embedding`, `encoder` and `described` serve tags that an analyst described in a sentence.

pub mod bert;
mod buckets;
mod concept;
mod described;
mod embedding;
mod encoder;
mod evidence;
mod explain;
mod features;
pub mod figures;
mod fold;
mod gazetteer;
mod judge;
mod layout;
pub mod learn;
mod matcher;
mod model;
mod names;
mod opinion;
mod reading;
mod score;
mod taxonomy;
mod words;

pub use crate::described::{Answer, Basis, Described, Meaning, Ranking, Senses};
pub use crate::embedding::{Embedding, EmbeddingError};
pub use crate::encoder::{Encoder, EncoderError};
pub use crate::explain::{Account, Explanation, Reason};
pub use crate::gazetteer::Gazetteer;
pub use crate::judge::{Classifier, Input, Judgement};
pub use crate::model::{Model, ModelError, Supplements};
pub use crate::taxonomy::{ReadyError, Taxonomy};
