//! What comes in and what goes out.

use crate::words;
use serde::Serialize;
use tocsin_core::{EventId, Novelty, StoryId, Timestamp, digest_hex};

/// A story, as far as grouping looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: StoryId,
    /// Its title.
    pub title: String,
    /// Its text; may be empty.
    pub text: String,
    /// When it was published; `None` turns time off for it.
    pub published: Option<Timestamp>,
    /// Who published it.
    pub source: String,
    /// ISO 639-1.
    pub lang: Option<String>,
    /// What it names; may be empty.
    pub entities: Vec<Named>,
}

/// Something that a story names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its stable id, the same in every language.
    pub id: String,
    /// Its name, for the sentence that says what is new.
    pub name: String,
    /// Whether the title names it.
    pub in_title: bool,
}

/// What was decided about a story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assignment {
    /// The event that it belongs to.
    pub event: EventId,
    /// The earliest story of which it is a near-copy.
    pub duplicate_of: Option<StoryId>,
    /// Whether it opened the event.
    pub new_event: bool,
    /// A story that was told as part of another event before, and belongs to this new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<StoryId>,
    /// An event that became part of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<EventId>,
    /// The sentence with a new fact, where a story of a known event brings one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub development: Option<String>,
    /// How new it is, and why.
    pub novelty: Novelty,
}

/// A short hash of title and text: equal for texts of equal words, whatever their case, spacing and
/// punctuation.
pub fn fingerprint(title: &str, text: &str) -> String {
    let words = [title, text].map(|part| {
        let words = words::read(part, usize::MAX);
        words
            .iter()
            .map(|w| format!("{:x} ", w.hash))
            .collect::<String>()
    });
    digest_hex(&words.each_ref().map(String::as_str), 16)
}
