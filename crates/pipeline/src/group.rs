//! Step two: pending stories get their copies and their events, and events give rise to mails.
//!
//! Stories are taken in order of time and id, in chunks; each chunk is one atomic batch of stories,
//! events, mails and marks of what was told. So a kill leaves whole chunks, and the next pass goes
//! on with the first story that is still pending.

use crate::pass::{Pass, Progress, Stage};
use crate::report::PassReport;
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashMap, HashSet};
use tocsin_alerts::Happening;
use tocsin_core::{Event, EventId, Story, StoryId, Timestamp};
use tocsin_events::{Frequencies, Grouper, Item, Named};
use tocsin_store::{Change, Range, Store, StoreError};

/// Stories in one atomic batch.
const CHUNK: usize = 500;

/// How often words stand in stories: what the grouper knows before it has seen one.
const WORD_COUNTS: &[u8] = include_bytes!("../../../models/words.model");

/// A grouper that has seen no story yet.
pub fn grouper(settings: tocsin_events::Settings) -> Grouper {
    Grouper::new(
        settings,
        &Frequencies::from_bytes(WORD_COUNTS).unwrap_or_default(),
    )
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
    let mut pending = all_pending(pass.store.as_ref())?;
    progress.stage(Stage::Group, pending.len());
    if pending.is_empty() {
        return Ok(());
    }
    pending.sort_by(|a, b| (a.time(), a.id()).cmp(&(b.time(), b.id())));
    let mut grouper = grouper(pass.events.clone());
    restore(pass, &mut grouper)?;
    for chunk in pending.chunks(CHUNK) {
        Chunk::default().store(pass, &mut grouper, chunk, report)?;
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
    let mut range = Range {
        from,
        limit: CHUNK,
        ..Range::default()
    };
    loop {
        let batch = pass.store.stories(&range)?;
        known.extend(batch.items.into_iter().filter(|s| s.event.is_some()));
        match batch.next {
            Some(next) => range.after = Some(next),
            None => break,
        }
    }
    known.sort_by(|a, b| (a.first_seen, a.time(), a.id()).cmp(&(b.first_seen, b.time(), b.id())));
    for story in &known {
        if let Some(event) = &story.event {
            grouper.restore(&item(story), event, story.duplicate_of.as_ref());
        }
    }
    Ok(())
}

fn item(story: &Story) -> Item {
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
            })
            .collect(),
    }
}

/// One chunk's results before they are stored.
#[derive(Default)]
struct Chunk {
    stories: Vec<Story>,
    /// Events touched, with the stories that joined them; ordered, so that mails are, too.
    joined: BTreeMap<EventId, Vec<StoryId>>,
    opened: HashSet<EventId>,
}

impl Chunk {
    fn store(
        mut self,
        pass: &Pass,
        grouper: &mut Grouper,
        pending: &[Story],
        report: &mut PassReport,
    ) -> Result<(), StoreError> {
        for story in pending {
            let story = match pass.store.story(story.id())? {
                Some(known) => seen_again(known, story),
                None => self.assign(grouper, story.clone(), report),
            };
            self.stories.push(story);
        }
        let mut touched = Vec::with_capacity(self.joined.len());
        for (event, fresh) in &self.joined {
            touched.push(self.event(pass.store.as_ref(), grouper, event, fresh)?);
        }
        report.new_events += self.opened.len();
        report.continued_events += self.joined.len() - self.opened.len();
        let changes = self.changes(pass, touched)?;
        pass.store.commit(&changes)
    }

    fn assign(
        &mut self,
        grouper: &mut Grouper,
        mut story: Story,
        report: &mut PassReport,
    ) -> Story {
        report.new_stories += 1;
        if !story.relevant {
            return story;
        }
        let assignment = grouper.add(&item(&story));
        report.relevant += 1;
        report.copies += usize::from(assignment.duplicate_of.is_some());
        if assignment.new_event {
            self.opened.insert(assignment.event.clone());
        }
        self.joined
            .entry(assignment.event.clone())
            .or_default()
            .push(story.id().clone());
        story.duplicate_of = assignment.duplicate_of;
        story.development = assignment.development;
        story.event = Some(assignment.event);
        story
    }

    /// The event with all its stories as they are now.
    fn event(
        &self,
        store: &dyn Store,
        grouper: &Grouper,
        id: &EventId,
        fresh: &[StoryId],
    ) -> Result<(Event, Vec<Story>), StoreError> {
        let known = store.event(id)?;
        let mut stories: Vec<Story> = Vec::new();
        for story in known.iter().flat_map(|e| &e.stories) {
            stories.extend(store.story(story)?);
        }
        stories.extend(
            self.stories
                .iter()
                .filter(|s| fresh.contains(s.id()))
                .cloned(),
        );
        let novelty = known
            .map(|e| e.novelty)
            .filter(|_| !self.opened.contains(id))
            .or_else(|| grouper.novelty(id))
            .unwrap_or_else(|| tocsin_core::Novelty {
                score: tocsin_core::Score::ZERO,
                reason: "nothing is known of its past".to_owned(),
            });
        Ok((summary(id, &stories, novelty), stories))
    }

    fn changes(
        &self,
        pass: &Pass,
        touched: Vec<(Event, Vec<Story>)>,
    ) -> Result<Vec<Change>, StoreError> {
        let mut changes: Vec<Change> = self.stories.iter().cloned().map(Change::PutStory).collect();
        changes.extend(
            touched
                .iter()
                .map(|(event, _)| Change::PutEvent(event.clone())),
        );
        let nobody = Vec::new();
        let happenings: Vec<Happening<'_>> = touched
            .iter()
            .map(|(event, stories)| Happening {
                event,
                stories,
                fresh: self.joined.get(&event.id).unwrap_or(&nobody),
            })
            .collect();
        changes.extend(mails(pass, &happenings, pass.clock.now())?);
        Ok(changes)
    }
}

/// A page that came again under its old identity: what was decided about it stays.
fn seen_again(known: Story, now: &Story) -> Story {
    tracing::debug!(story = %known.id(), source = %now.source, "known story came again");
    known
}

fn mails(
    pass: &Pass,
    happenings: &[Happening<'_>],
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    let failure = std::cell::RefCell::new(None);
    let told = |token: &str| match pass.store.meta(&told_key(token)) {
        Ok(mark) => mark.is_some(),
        Err(error) => {
            failure.replace(Some(error));
            true
        }
    };
    let fired = pass.rules.fire(happenings, now, &told);
    if let Some(error) = failure.into_inner() {
        return Err(error);
    }
    Ok(fired
        .into_iter()
        .flat_map(|f| {
            let marks = f.tells.into_iter().map(|token| Change::SetMeta {
                key: told_key(&token),
                value: f.outgoing.alert.message_id.clone(),
            });
            marks
                .collect::<Vec<_>>()
                .into_iter()
                .chain([Change::Enqueue(f.outgoing)])
        })
        .collect())
}

/// Where the store remembers that a rule told a thing to a reader.
pub fn told_key(token: &str) -> String {
    format!("told/{token}")
}

/// The event as the sum of its stories, which are in order of arrival.
fn summary(id: &EventId, stories: &[Story], novelty: tocsin_core::Novelty) -> Event {
    let times = || stories.iter().map(Story::time);
    let sources: HashSet<&str> = stories.iter().map(|s| s.source.as_str()).collect();
    Event {
        id: id.clone(),
        title: stories
            .first()
            .map(|s| s.article.title.clone())
            .unwrap_or_default(),
        first_seen: times().min().unwrap_or_default(),
        last_seen: times().max().unwrap_or_default(),
        stories: stories.iter().map(|s| s.id().clone()).collect(),
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
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_word_counts_can_be_read() {
        assert!(Frequencies::from_bytes(WORD_COUNTS).unwrap().words() > 10_000);
    }
}
