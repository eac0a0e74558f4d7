//! The nouns of Tocsin and the few rules that every stage shares about them.
//!
//! In: nothing. Out: plain types ([`Source`], [`FeedEntry`], [`Page`], [`Article`], [`Story`],
//! [`Event`], [`Alert`]) whose serde form *is* the JSON of the program's output, its exports and its
//! batch commands; stable ids; the canonical form of an address; the language of a text; spans
//! counted in Unicode scalar values.
//!
//! Never: opens a file or a socket, reads a clock, depends on another crate of the workspace.
//!
//! ```
//! use tocsin_core::{canonical_url, StoryId};
//! let a = canonical_url("https://Example.org/news/1?utm_source=mail#top").unwrap();
//! assert_eq!(a, "https://example.org/news/1");
//! assert_eq!(StoryId::of_url(&a), StoryId::of_url(&a));
//! ```

mod act;
mod alert;
mod article;
mod config;
mod entry;
mod event;
mod id;
mod lang;
mod page;
mod rhythm;
mod source;
mod story;
pub mod text;
mod url;
mod verdict;

pub use crate::act::{Act, Deed, Judgement};
pub use crate::alert::{Alert, Outgoing};
pub use crate::article::{Article, Precision};
pub use crate::config::{ConfigError, parse_toml};
pub use crate::entry::{Enclosure, FeedEntry};
pub use crate::event::{Event, Note, Novelty};
pub use crate::id::{EventId, SourceId, StoryId, digest_hex};
pub use crate::lang::detect_language;
pub use crate::page::Page;
pub use crate::rhythm::{Asks, HOURS, Rhythm};
pub use crate::source::{Barrier, Health, Moved, OtherWay, Source, SourceKind, SourceState, Way};
pub use crate::story::{
    Entity, EntityType, Evidence, Field, Judge, Mention, Score, Story, TagScore,
};
pub use crate::url::{MAX_ADDRESS, canonical_url, host_of, twin_url};
pub use crate::verdict::Verdict;

/// A moment, in UTC; printed as RFC 3339.
pub type Timestamp = jiff::Timestamp;
