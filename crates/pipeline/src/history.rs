//! What the passes met, in their order: enough to ask the rules once more exactly as they were asked.
//!
//! Each entry is written in the batch of what it tells of, under the next number. Stories are named, not
//! repeated: a preview takes their words and tags as they are now.

use crate::numbered::Numbered;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tocsin_core::{Event, EventId, Note, Novelty, Story, StoryId, Timestamp};
use tocsin_store::{Change, Store, StoreError};

const HISTORY: Numbered<'static> = Numbered("history");

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// By the clock of its pass, which may have been set back.
    pub(crate) at: Timestamp,
    pub(crate) what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum What {
    /// The rules were asked about these events.
    Fired(Vec<Met>),
    /// The rules were asked for what was due: at its time, or at once for one rule.
    Released(Option<String>),
    /// Somebody corrected these events.
    Corrected(Vec<Met>),
    /// Somebody wrote this about an event.
    Noted(EventId, Note),
    /// Values were set that the rules go by: a reader unsubscribed, for example.
    Marked(Vec<(String, String)>),
}

/// An event as it was met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Met {
    pub(crate) event: EventId,
    /// All its stories.
    pub(crate) stories: Vec<StoryId>,
    /// Those that came then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fresh: Vec<StoryId>,
    /// The new facts of its stories.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) developments: BTreeMap<StoryId, String>,
    pub(crate) novelty: Novelty,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) merged: Vec<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) split_from: Option<EventId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<Note>,
}

impl Met {
    pub(crate) fn new(event: &Event, stories: &[Story], fresh: &[StoryId]) -> Self {
        let fact = |story: &Story| Some((story.id().clone(), story.development.clone()?));
        Self {
            event: event.id.clone(),
            stories: event.stories.clone(),
            fresh: fresh.to_vec(),
            developments: stories.iter().filter_map(fact).collect(),
            novelty: event.novelty.clone(),
            merged: event.merged.clone(),
            split_from: event.split_from.clone(),
            notes: event.notes.clone(),
        }
    }
}

/// The changes that add an entry behind the last one.
///
/// # Errors
/// Where the store fails.
pub(crate) fn entry(
    store: &dyn Store,
    at: Timestamp,
    what: What,
) -> Result<[Change; 2], StoreError> {
    let number = HISTORY.last(store)? + 1;
    Ok(HISTORY.append(number, &Entry { at, what }))
}

/// When the last entry was written.
///
/// # Errors
/// Where the store fails.
pub(crate) fn last(store: &dyn Store) -> Result<Option<Timestamp>, StoreError> {
    let entry: Option<Entry> = HISTORY.get(store, HISTORY.last(store)?)?;
    Ok(entry.map(|entry| entry.at))
}

/// Calls `each` with every entry, in their order.
///
/// # Errors
/// Where the store or `each` fails.
pub(crate) fn for_each(
    store: &dyn Store,
    mut each: impl FnMut(Entry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for number in 1..=HISTORY.last(store)? {
        if let Some(entry) = HISTORY.get(store, number)? {
            each(entry)?;
        }
    }
    Ok(())
}
