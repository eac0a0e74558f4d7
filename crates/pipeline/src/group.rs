//! Step two: pending stories get their copies and their events, and events give rise to mails.
//!
//! Stories are taken in order of time and id, in chunks; each chunk is one atomic batch of stories,
//! events, mails and marks of what was told. So a kill leaves whole chunks, and the next pass goes
//! on with the first story that is still pending.

use crate::chunk::Chunk;
use crate::find;
use crate::pass::{Pass, Progress, Stage};
use crate::report::PassReport;
use crate::summary::in_order_of_arrival;
use jiff::SignedDuration;
use std::collections::HashSet;
use std::sync::LazyLock;
use tocsin_core::{EventId, Field, Story};
use tocsin_events::{Frequencies, Grouper, Item, Named};
use tocsin_store::{Range, Store, StoreError};

/// Stories in one atomic batch.
const CHUNK: usize = 500;

/// How often words stand in stories: what the grouper knows before it has seen one.
const WORD_COUNTS: &[u8] = include_bytes!("../../../models/words.model");
/// The same, read once: a watch groups every few minutes.
static COUNTED: LazyLock<Frequencies> =
    LazyLock::new(|| Frequencies::from_bytes(WORD_COUNTS).unwrap_or_default());

/// A grouper that has seen no story yet.
pub fn grouper(settings: tocsin_events::Settings) -> Grouper {
    Grouper::new(settings, &COUNTED)
}

/// Groups everything that is pending.
///
/// # Errors
/// Where the store fails.
pub fn group_pending(
    pass: &Pass,
    report: &mut PassReport,
    progress: &dyn Progress,
) -> Result<(), StoreError> {
    let store = pass.store.as_ref();
    let mut pending = all_pending(store)?;
    progress.stage(Stage::Group, pending.len());
    if pending.is_empty() {
        return Ok(());
    }
    pending.sort_by(|a, b| (a.time(), a.id()).cmp(&(b.time(), b.id())));
    let mut grouper = grouper(pass.events.clone());
    restore(pass, &mut grouper)?;
    for chunk in pending.chunks(CHUNK) {
        let told = (&pass.rules, pass.clock.now());
        Chunk::default().store(store, told, &mut grouper, chunk, report)?;
    }
    Ok(())
}

/// Everything that waits to be grouped, by id.
pub(crate) fn all_pending(store: &dyn Store) -> Result<Vec<Story>, StoreError> {
    let mut all: Vec<Story> = Vec::new();
    loop {
        let last = all.last().map(|s| s.id().clone());
        let more = store.pending(last.as_ref(), CHUNK)?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

/// Teaches the grouper the stories of the last days, in the order in which they were grouped.
fn restore(pass: &Pass, grouper: &mut Grouper) -> Result<(), StoreError> {
    let hours = i64::from(pass.events.memory_hours);
    let from = pass
        .clock
        .now()
        .saturating_sub(SignedDuration::from_hours(hours))
        .ok();
    let mut known: Vec<Story> = Vec::new();
    let range = Range {
        from,
        limit: CHUNK,
        ..Range::default()
    };
    for page in find::pages(pass.store.as_ref(), range) {
        known.extend(page?.into_iter().filter(|s| s.event.is_some()));
    }
    in_order_of_arrival(&mut known);
    for story in &known {
        if let Some(event) = &story.event {
            grouper.restore(&item(story), event, story.duplicate_of.as_ref());
        }
    }
    let events: HashSet<&EventId> = known.iter().flat_map(|story| &story.event).collect();
    for id in events {
        let Some(event) = pass.store.event(id)? else {
            continue;
        };
        if !event.merged.is_empty() {
            grouper.keep_whole(id);
        }
        // By its shown stories, if it has any.
        grouper.rename(id, if event.removed { "" } else { &event.title });
    }
    Ok(())
}

pub(crate) fn item(story: &Story) -> Item {
    Item {
        id: story.id().clone(),
        title: story.article.title.clone(),
        text: story.article.text.clone(),
        published: Some(story.time()),
        source: story.source.to_string(),
        lang: story.article.language.clone(),
        entities: story
            .entities
            .iter()
            .map(|e| Named {
                id: e.id.clone(),
                name: e.name.clone(),
                in_title: e.mentions.iter().any(|m| m.field == Field::Title),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_word_counts_can_be_read() {
        let (words, names) = Frequencies::from_bytes(WORD_COUNTS).unwrap().size();
        assert!(words > 10_000 && names > 1_000);
    }
}
