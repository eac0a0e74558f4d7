//! Stories in, in order of arrival; near-copies, events and what is new out.
//!
//! In: [`Item`]s, one after the other. Out: an [`Assignment`] for each: the event it belongs to,
//! the story it copies, whether the event is new, and why.
//!
//! Never: reads a clock, moves more than one story out of an event or merges more than two events at
//! a time, remembers more than [`Settings::memory_items`] stories.
//!
//! Near-copies (`copies`) are found by shared five-word sequences, then checked exactly; events
//! (`verdict`) by the likeness of weighted words and names (`sketch`, `nearby`, `across`) within a
//! window of time; what is new is told in a sentence (`novelty`).
//!
//! ```
//! use tocsin_core::StoryId;
//! use tocsin_events::{Frequencies, Grouper, Item, Settings};
//! let item = |id: &str, title: &str| Item {
//!     id: StoryId::new(id), title: title.into(), text: String::new(), published: None,
//!     source: String::new(), lang: None, entities: Vec::new(),
//! };
//! let mut grouper = Grouper::new(Settings::default(), &Frequencies::default());
//! let a = grouper.add(&item("a", "Ministry publishes chip export rule"));
//! let b = grouper.add(&item("b", "Chip export rule published by ministry"));
//! assert!(a.new_event && !b.new_event);
//! assert_eq!(a.event, b.event);
//! ```

mod across;
mod copies;
mod deeds;
mod development;
mod facts;
mod grouper;
mod item;
mod join;
mod nearby;
mod novelty;
mod rarity;
mod running;
mod settings;
mod sketch;
mod split;
mod verdict;
mod words;

pub use grouper::Grouper;
pub use item::{Assignment, Item, Named, fingerprint};
pub use join::Weights;
pub use rarity::{Frequencies, FrequenciesError};
pub use settings::Settings;
pub use split::{Merge, Split};
