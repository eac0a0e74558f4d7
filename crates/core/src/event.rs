//! Stories about one happening.

use crate::{EventId, Score, StoryId, Timestamp};
use serde::{Deserialize, Serialize};

/// A happening and the stories that report it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Stable id.
    pub id: EventId,
    /// The first story's title.
    pub title: String,
    /// When its first story was published.
    pub first_seen: Timestamp,
    /// When its latest story was published.
    pub last_seen: Timestamp,
    /// Its stories, copies included, in order of arrival.
    pub stories: Vec<StoryId>,
    /// How many different sources tell it.
    pub sources: usize,
    /// Tags of its stories, the most frequent first.
    pub tags: Vec<String>,
    /// Ids of its entities, the most frequent first.
    pub entities: Vec<String>,
    /// How new it is, and why.
    pub novelty: Novelty,
    /// Events that became part of it; their ids lead here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<EventId>,
    /// The event that its first stories were part of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<EventId>,
    /// A person took all its stories out: it is not shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// What analysts wrote about it, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// An analyst's own words about an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who wrote them.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The words, in one paragraph.
    pub text: String,
}

/// How new an event was when it broke.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Novelty {
    /// From 0, nothing new, to 1.
    pub score: Score,
    /// One plain sentence.
    pub reason: String,
}
