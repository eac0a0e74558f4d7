//! An event as the sum of its stories.

use crate::find;
use std::collections::{BTreeSet, HashMap, HashSet};
use tocsin_core::{Event, EventId, Novelty, Story, StoryId};
use tocsin_store::{Change, Store, StoreError};

/// The event as the sum of its stories, which are in order of arrival. Those that a person took out are of it, and
/// say nothing about it, unless there is no other.
pub(crate) fn summary(id: &EventId, stories: &[Story], novelty: Novelty) -> Event {
    let ids = stories.iter().map(|s| s.id().clone()).collect();
    let shown: Vec<&Story> = stories.iter().filter(|story| !story.removed).collect();
    let removed = shown.is_empty();
    let stories = match removed {
        true => stories.iter().collect(),
        false => shown,
    };
    let times = || stories.iter().map(|story| story.time());
    let sources: HashSet<&str> = stories.iter().map(|s| s.source.as_str()).collect();
    Event {
        id: id.clone(),
        title: stories
            .first()
            .map(|s| s.article.title.clone())
            .unwrap_or_default(),
        first_seen: times().min().unwrap_or_default(),
        last_seen: times().max().unwrap_or_default(),
        stories: ids,
        sources: sources.len(),
        tags: most_frequent(
            stories
                .iter()
                .flat_map(|s| s.tags.iter().map(|t| t.tag.as_str())),
        ),
        entities: most_frequent(
            stories
                .iter()
                .flat_map(|s| s.entities.iter().map(|e| e.id.as_str())),
        ),
        novelty,
        merged: Vec::new(),
        split_from: None,
        removed,
        notes: Vec::new(),
    }
}

/// The changes that keep stored stories which were judged anew: they, their events, and those that wait for the
/// next pass, since they are relevant and have no event.
///
/// # Errors
/// Where the store fails.
pub(crate) fn judged_anew(
    store: &dyn Store,
    stories: Vec<Story>,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = refreshed(store, &stories)?;
    let waits = |story: &&Story| story.relevant && story.event.is_none();
    let waiting: Vec<Story> = stories.iter().filter(waits).cloned().collect();
    changes.extend(stories.into_iter().map(Change::PutStory));
    // Behind them: a story that is kept waits no more.
    changes.extend(waiting.into_iter().map(Change::PutPending));
    Ok(changes)
}

/// The events of changed stories as the sums of what these are from now on.
///
/// # Errors
/// Where the store fails.
fn refreshed(store: &dyn Store, changed: &[Story]) -> Result<Vec<Change>, StoreError> {
    let now: HashMap<&StoryId, &Story> = changed.iter().map(|story| (story.id(), story)).collect();
    let ids: BTreeSet<&EventId> = changed
        .iter()
        .filter_map(|story| story.event.as_ref())
        .collect();
    let mut changes = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(event) = store.event(id)? else {
            continue;
        };
        let mut stories = find::stories_of(store, &event)?;
        for story in &mut stories {
            if let Some(now) = now.get(story.id()) {
                story.clone_from(now);
            }
        }
        let fresh = Event {
            merged: event.merged.clone(),
            split_from: event.split_from.clone(),
            notes: event.notes.clone(),
            ..summary(&event.id, &stories, event.novelty.clone())
        };
        changes.extend((fresh != event).then_some(Change::PutEvent(fresh)));
    }
    Ok(changes)
}

fn most_frequent<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    let mut sorted: Vec<(&str, usize)> = counts.into_iter().collect();
    sorted.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    sorted
        .into_iter()
        .map(|(word, _)| word.to_owned())
        .collect()
}

/// As they came, and as a grouper learns them after a restart.
pub(crate) fn in_order_of_arrival(stories: &mut [Story]) {
    stories.sort_by(|a, b| (a.first_seen, a.time(), a.id()).cmp(&(b.first_seen, b.time(), b.id())));
}
