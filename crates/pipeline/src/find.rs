//! A query over the store: a scan of the time range that the query allows, page by page.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use tocsin_core::{Event, EventId, Story, StoryId};
use tocsin_search::{Query, Sort};
use tocsin_store::{Range, Store, StoreError};

/// Stories or events read at a time.
const PAGE: usize = 500;

/// The stories of a range, page by page; an error of the store ends them.
pub fn pages(
    store: &dyn Store,
    range: Range,
) -> impl Iterator<Item = Result<Vec<Story>, StoreError>> {
    let mut next = Some(range);
    std::iter::from_fn(move || {
        let mut range = next.take()?;
        Some(store.stories(&range).map(|batch| {
            next = batch.next.map(|after| {
                range.after = Some(after);
                range
            });
            batch.items
        }))
    })
}

/// Calls `each` with every story that matches, newest first (oldest first where the query's order
/// is that), until it breaks.
///
/// # Errors
/// Where the store fails.
pub fn for_each_story(
    store: &dyn Store,
    query: &Query,
    mut each: impl FnMut(Story) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let (from, until) = query.bounds();
    let newest_first = query.sort() != Sort::Oldest;
    let range = Range {
        from,
        until,
        newest_first,
        after: None,
        limit: PAGE,
    };
    for page in pages(store, range) {
        for story in page? {
            if query.matches(&story) && each(story).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The stories that match, in the query's order, at most `limit`.
///
/// # Errors
/// Where the store fails.
pub fn stories(store: &dyn Store, query: &Query, limit: usize) -> Result<Vec<Story>, StoreError> {
    let in_store_order = matches!(query.sort(), Sort::Newest | Sort::Oldest);
    let mut found = Vec::new();
    for_each_story(store, query, |story| {
        found.push(story);
        if in_store_order && found.len() >= limit {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })?;
    if !in_store_order {
        // Stable, so equal ranks stay in order of time; ranked once, since that reads the whole text.
        let mut ranked: Vec<(f64, Story)> =
            found.into_iter().map(|s| (query.rank(&s), s)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        found = ranked
            .into_iter()
            .take(limit)
            .map(|(_, story)| story)
            .collect();
    }
    Ok(found)
}

/// The events with a story that matches, the latest first, at most `limit`.
///
/// # Errors
/// Where the store fails.
pub fn events(store: &dyn Store, query: &Query, limit: usize) -> Result<Vec<Event>, StoreError> {
    let mut ids: BTreeSet<EventId> = BTreeSet::new();
    for_each_story(store, query, |story| {
        ids.extend(story.event);
        ControlFlow::Continue(())
    })?;
    let mut events = Vec::with_capacity(ids.len());
    for id in &ids {
        events.extend(store.event(id)?);
    }
    events.sort_by(|a, b| (b.last_seen, &a.id).cmp(&(a.last_seen, &b.id)));
    events.truncate(limit);
    Ok(events)
}

/// The stories of an event, in its order.
///
/// # Errors
/// Where the store fails.
pub fn stories_of(store: &dyn Store, event: &Event) -> Result<Vec<Story>, StoreError> {
    stories_by_id(store, &event.stories)
}

/// The stories of an event that are shown and sent: without those that a person took out.
///
/// # Errors
/// Where the store fails.
pub fn shown_stories_of(store: &dyn Store, event: &Event) -> Result<Vec<Story>, StoreError> {
    let mut stories = stories_of(store, event)?;
    stories.retain(|story| !story.removed);
    Ok(stories)
}

/// The grouped stories with these ids, in their order.
///
/// # Errors
/// Where the store fails.
pub(crate) fn stories_by_id(store: &dyn Store, ids: &[StoryId]) -> Result<Vec<Story>, StoreError> {
    let mut stories = Vec::with_capacity(ids.len());
    for id in ids {
        stories.extend(store.story(id)?);
    }
    Ok(stories)
}
