//! What goes in and what comes out.

use serde::Serialize;
use tocsin_core::{EventId, Novelty, StoryId, Timestamp};

/// A story as grouping sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its stable id.
    pub id: StoryId,
    /// Its headline.
    pub title: String,
    /// Its text; may be empty.
    pub text: String,
    /// When it was published; `None` where nobody says.
    pub published: Option<Timestamp>,
    /// The outlet; may be empty.
    pub source: String,
    /// ISO 639-1 code of its language, where known.
    pub lang: Option<String>,
    /// Ids of the entities that it names; may be empty.
    pub entities: Vec<String>,
}

/// What was decided about a story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assignment {
    /// The event that it belongs to.
    pub event: EventId,
    /// The first story of which it is a copy.
    pub duplicate_of: Option<StoryId>,
    /// Whether it opened the event.
    pub new_event: bool,
    /// How new it is, and why.
    pub novelty: Novelty,
}
