//! What an analyst corrects about events: two that are one, or one that is two.
//!
//! The stories that come later follow, since the grouper learns the stored events anew in each pass.

use crate::acts::{self, Actor, corrected};
use crate::find;
use crate::summary::{in_order_of_arrival, summary};
use std::collections::BTreeSet;
use tocsin_core::{Deed, Event, EventId, Note, Novelty, Story, StoryId, Timestamp};
use tocsin_store::{Change, Store, StoreError};

/// Why events stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum RegroupError {
    /// Nothing is stored under an id.
    #[error("no event is stored under {0}\n  hint: `tocsin events` shows their ids")]
    NoEvent(EventId),
    /// Nothing is stored under an id.
    #[error(
        "no story of an event is stored under {0}\n  hint: `tocsin show EVENT` shows their ids"
    )]
    NoStory(StoryId),
    /// There is nothing to merge.
    #[error("{0} and {1} are one event already")]
    OneAlready(EventId, EventId),
    /// Stories of two events cannot become one by a split.
    #[error("{0} is a story of another event; split one event at a time")]
    OtherEvent(StoryId),
    /// An event keeps at least one story.
    #[error("these are all stories of {0}, so there is nothing to split off")]
    Whole(EventId),
    /// An event keeps the story that its id comes from.
    #[error("{0} is the story that the event began with; name the other stories instead")]
    Opener(StoryId),
    /// What was merged cannot be told apart any more.
    #[error("no story of the former event {0} is left in the merged one")]
    Gone(EventId),
    /// A note is empty or too long.
    #[error("a note has between 1 and {0} characters")]
    Words(usize),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes one event of several: the first takes in the others, whose ids lead to it from then on.
///
/// # Errors
/// Where one is not stored, or is the same as the first; where the store fails.
pub fn merge(
    store: &dyn Store,
    into: &EventId,
    others: &[EventId],
    actor: &Actor,
) -> Result<Event, RegroupError> {
    let mut before = Vec::with_capacity(others.len());
    for other in others {
        before.push(event(store, other)?);
    }
    let (whole, mut changes) = merge_changes(store, into, others, actor.at)?;
    let deed = Deed::Merge {
        into: whole.id.clone(),
        others: before,
    };
    changes.extend(acts::record(store, actor, deed)?.1);
    store.commit(&changes)?;
    Ok(whole)
}

/// The event after the merge, and the changes that make it.
pub(crate) fn merge_changes(
    store: &dyn Store,
    into: &EventId,
    others: &[EventId],
    now: Timestamp,
) -> Result<(Event, Vec<Change>), RegroupError> {
    let first = event(store, into)?;
    let mut stories = find::stories_of(store, &first)?;
    let (mut merged, mut notes) = (first.merged.clone(), first.notes.clone());
    let mut changes = Vec::new();
    let mut taken = BTreeSet::from([first.id.clone()]);
    for id in others {
        let other = event(store, id)?;
        if !taken.insert(other.id.clone()) {
            return Err(RegroupError::OneAlready(first.id, other.id));
        }
        for mut story in find::stories_of(store, &other)? {
            story.event = Some(first.id.clone());
            changes.push(Change::PutStory(story.clone()));
            stories.push(story);
        }
        merged.extend(other.merged);
        merged.push(other.id.clone());
        notes.extend(other.notes);
        changes.push(Change::MergeEvent {
            from: other.id,
            into: first.id.clone(),
        });
    }
    in_order_of_arrival(&mut stories);
    notes.sort_by_key(|note| note.at);
    let whole = Event {
        merged,
        split_from: first.split_from,
        notes,
        ..summary(&first.id, &stories, first.novelty)
    };
    changes.push(Change::PutEvent(whole.clone()));
    changes.extend(corrected(store, now, &changes)?);
    Ok((whole, changes))
}

/// The changes that take a merge back: the stories that the others had are theirs again, those that came
/// since stay.
pub(crate) fn unmerge(
    store: &dyn Store,
    into: &EventId,
    others: &[Event],
    now: Timestamp,
) -> Result<Vec<Change>, RegroupError> {
    let whole = event(store, into)?;
    let mut rest = find::stories_of(store, &whole)?;
    let mut changes = Vec::new();
    for other in others {
        let is_theirs = |story: &Story| other.stories.contains(story.id());
        let (mut theirs, stay): (Vec<Story>, Vec<Story>) = rest.into_iter().partition(is_theirs);
        rest = stay;
        if theirs.is_empty() {
            return Err(RegroupError::Gone(other.id.clone()));
        }
        for story in &mut theirs {
            story.event = Some(other.id.clone());
            changes.push(Change::PutStory(story.clone()));
        }
        changes.push(Change::PutEvent(Event {
            merged: other.merged.clone(),
            split_from: other.split_from.clone(),
            // Not those that were taken back since.
            notes: other
                .notes
                .iter()
                .filter(|note| whole.notes.contains(note))
                .cloned()
                .collect(),
            ..summary(&other.id, &theirs, other.novelty.clone())
        }));
    }
    if rest.is_empty() {
        return Err(RegroupError::Whole(whole.id));
    }
    let was_theirs = |id: &EventId| {
        let of = |other: &Event| other.id == *id || other.merged.contains(id);
        others.iter().any(of)
    };
    let is_their_note = |note: &Note| others.iter().any(|other| other.notes.contains(note));
    changes.push(Change::PutEvent(Event {
        merged: whole
            .merged
            .into_iter()
            .filter(|id| !was_theirs(id))
            .collect(),
        split_from: whole.split_from,
        notes: whole
            .notes
            .into_iter()
            .filter(|note| !is_their_note(note))
            .collect(),
        ..summary(&whole.id, &rest, whole.novelty)
    }));
    changes.extend(corrected(store, now, &changes)?);
    Ok(changes)
}

/// Makes an event of some stories of one; copies of theirs go with them. Gives the new one.
///
/// # Errors
/// Where a story is not stored or belongs to another event than the first, or where nothing would
/// stay; where the store fails.
pub fn split(store: &dyn Store, ids: &[StoryId], actor: &Actor) -> Result<Event, RegroupError> {
    let old = event_of(store, ids)?;
    let stories = find::stories_of(store, &old)?;
    let leaves = |story: &Story| {
        let named = |id: &StoryId| ids.contains(id);
        named(story.id()) || story.duplicate_of.as_ref().is_some_and(named)
    };
    let (mut left, stayed): (Vec<Story>, Vec<Story>) = stories.into_iter().partition(leaves);
    if stayed.is_empty() {
        return Err(RegroupError::Whole(old.id));
    }
    let id = new_id(store, &left, &old)?;
    let novelty = Novelty {
        score: old.novelty.score,
        reason: format!("split off from “{}” by hand", old.title),
    };
    for story in &mut left {
        story.event = Some(id.clone());
    }
    let new = Event {
        split_from: Some(old.id.clone()),
        ..summary(&id, &left, novelty)
    };
    let rest = Event {
        merged: old.merged.into_iter().filter(|m| *m != id).collect(),
        split_from: old.split_from,
        notes: old.notes,
        ..summary(&old.id, &stayed, old.novelty)
    };
    let mut changes: Vec<Change> = left.into_iter().map(Change::PutStory).collect();
    let deed = Deed::Split {
        from: rest.id.clone(),
        into: new.id.clone(),
    };
    changes.extend([Change::PutEvent(rest), Change::PutEvent(new.clone())]);
    changes.extend(corrected(store, actor.at, &changes)?);
    changes.extend(acts::record(store, actor, deed)?.1);
    store.commit(&changes)?;
    Ok(new)
}

/// An event as it is stored.
pub(crate) fn event(store: &dyn Store, id: &EventId) -> Result<Event, RegroupError> {
    let found = store.event(id)?;
    found.ok_or_else(|| RegroupError::NoEvent(id.clone()))
}

/// The one event of all these stories.
fn event_of(store: &dyn Store, ids: &[StoryId]) -> Result<Event, RegroupError> {
    let mut found: Option<Event> = None;
    for id in ids {
        let no_story = || RegroupError::NoStory(id.clone());
        let story = store.story(id)?.ok_or_else(no_story)?;
        let of_story = event(store, &story.event.ok_or_else(no_story)?)?;
        match &found {
            Some(first) if first.id != of_story.id => {
                return Err(RegroupError::OtherEvent(id.clone()));
            }
            _ => found = Some(of_story),
        }
    }
    found.ok_or_else(|| RegroupError::NoStory(StoryId::new("")))
}

/// An id that no other event has: that of the first story which opened none that still stands.
fn new_id(store: &dyn Store, stories: &[Story], old: &Event) -> Result<EventId, RegroupError> {
    for story in stories {
        let id = EventId::of_first_story(story.id());
        let is_free = match store.event(&id)? {
            Some(found) => found.id != id && found.id == old.id,
            None => true,
        };
        if is_free {
            return Ok(id);
        }
    }
    let opener = stories.first().map(|story| story.id().clone());
    Err(RegroupError::Opener(
        opener.unwrap_or_else(|| StoryId::new("")),
    ))
}
