//! Some stories and what they change, before all of it is stored at once.

use crate::group::item;
use crate::history::{self, Met, What};
use crate::release::{kept, with_marks};
use crate::report::PassReport;
use crate::summary::{in_order_of_arrival, summary};
use std::collections::{BTreeMap, HashMap, HashSet};
use tocsin_alerts::{Happening, Rules};
use tocsin_core::{Event, EventId, Novelty, Score, Story, StoryId, Timestamp};
use tocsin_events::Grouper;
use tocsin_store::{Change, Store, StoreError};

/// One chunk's results.
#[derive(Default)]
pub(crate) struct Chunk {
    /// As they are to be stored; no id twice.
    stories: Vec<Story>,
    /// Events touched, with the stories that came to them, if any; ordered, so that mails are, too.
    joined: BTreeMap<EventId, Vec<StoryId>>,
    opened: HashSet<EventId>,
    /// Of events whose first story was part of another before: that one.
    split_from: HashMap<EventId, EventId>,
    /// Events that became part of others, in this order.
    merged: Vec<(EventId, EventId)>,
}

impl Chunk {
    /// Groups pending stories and stores what follows, mails included.
    pub(crate) fn store(
        mut self,
        store: &dyn Store,
        (rules, now): (&Rules, Timestamp),
        grouper: &mut Grouper,
        pending: &[Story],
        report: &mut PassReport,
    ) -> Result<(), StoreError> {
        for story in pending {
            match store.story(story.id())? {
                // Judged irrelevant once, and relevant since.
                Some(known) if known.event.is_none() && story.relevant => {
                    self.assign(store, grouper, story.clone(), report)?;
                }
                Some(known) => self.keep(seen_again(known, story)),
                None => self.assign(store, grouper, story.clone(), report)?,
            }
        }
        let mut touched = Vec::with_capacity(self.joined.len());
        for event in self.joined.keys() {
            touched.push(self.event(store, grouper, event)?);
        }
        report.new_events += self.opened.len();
        report.continued_events += self.joined.len() - self.opened.len();
        let mut changes = self.changes(&touched);
        if !touched.is_empty() {
            let happenings = self.happenings(&touched);
            changes.extend(mails(store, rules, &happenings, now)?);
            let met = happenings
                .iter()
                .map(|h| Met::new(h.event, h.stories, h.fresh));
            changes.extend(history::entry(store, now, What::Fired(met.collect()))?);
        }
        store.commit(&changes)
    }

    /// Takes in a story, unless it is here already, and newer.
    fn keep(&mut self, story: Story) {
        if self.here(story.id()).is_none() {
            self.stories.push(story);
        }
    }

    fn here(&self, id: &StoryId) -> Option<&Story> {
        self.stories.iter().find(|story| story.id() == id)
    }

    fn assign(
        &mut self,
        store: &dyn Store,
        grouper: &mut Grouper,
        mut story: Story,
        report: &mut PassReport,
    ) -> Result<(), StoreError> {
        report.new_stories += 1;
        if story.relevant {
            let assignment = grouper.add(&item(&story));
            report.relevant += 1;
            report.copies += usize::from(assignment.duplicate_of.is_some());
            let event = assignment.event;
            if assignment.new_event {
                self.opened.insert(event.clone());
            }
            if let Some(moved) = &assignment.moved {
                self.split_off(store, moved, &event)?;
            }
            if let Some(merged) = assignment.merged {
                self.merge(store, merged, &event)?;
            }
            let joined = self.joined.entry(event.clone()).or_default();
            joined.push(story.id().clone());
            story.duplicate_of = assignment.duplicate_of;
            story.development = assignment.development;
            story.event = Some(event);
        }
        self.keep(story);
        Ok(())
    }

    /// A story leaves its event, with its copies, for one that the next story opens.
    fn split_off(
        &mut self,
        store: &dyn Store,
        id: &StoryId,
        to: &EventId,
    ) -> Result<(), StoreError> {
        let moved = match self.here(id) {
            Some(story) => Some(story.clone()),
            None => store.story(id)?,
        };
        let Some(from) = moved.and_then(|story| story.event) else {
            return Ok(());
        };
        let mut left = Vec::new();
        for story in self.members(store, store.event(&from)?.as_ref(), &from)? {
            if story.id() == id || story.duplicate_of.as_ref() == Some(id) {
                left.push(story.id().clone());
                self.hand_over(story, to);
            }
        }
        let stayed = self.joined.entry(from.clone()).or_default();
        stayed.retain(|story| !left.contains(story));
        self.joined.entry(to.clone()).or_default().extend(left);
        self.split_from.insert(to.clone(), from);
        Ok(())
    }

    /// An event becomes part of another.
    fn merge(
        &mut self,
        store: &dyn Store,
        from: EventId,
        into: &EventId,
    ) -> Result<(), StoreError> {
        for story in self.members(store, store.event(&from)?.as_ref(), &from)? {
            self.hand_over(story, into);
        }
        self.opened.remove(&from);
        let fresh = self.joined.remove(&from).unwrap_or_default();
        self.joined.entry(into.clone()).or_default().extend(fresh);
        self.merged.push((from, into.clone()));
        Ok(())
    }

    /// The stories of an event as they are now: those that are stored with it and still belong to it,
    /// then those that came to it here.
    fn members(
        &self,
        store: &dyn Store,
        stored: Option<&Event>,
        event: &EventId,
    ) -> Result<Vec<Story>, StoreError> {
        let before = stored.map_or(&[][..], |stored| &stored.stories);
        let belongs = |story: &Story| story.event.as_ref() == Some(event);
        let mut members: Vec<Story> = Vec::new();
        for id in before {
            match self.here(id) {
                Some(story) => members.extend(belongs(story).then(|| story.clone())),
                None => members.extend(store.story(id)?.filter(belongs)),
            }
        }
        let here = self.stories.iter().filter(|story| belongs(story));
        members.extend(here.filter(|story| !before.contains(story.id())).cloned());
        Ok(members)
    }

    /// Puts a story into another event.
    fn hand_over(&mut self, mut story: Story, to: &EventId) {
        // What was new in the one event need not be so in the other.
        story.development = None;
        story.event = Some(to.clone());
        match self.stories.iter_mut().find(|s| s.id() == story.id()) {
            Some(here) => *here = story,
            None => self.stories.push(story),
        }
    }

    /// The event with all its stories as they are now.
    fn event(
        &self,
        store: &dyn Store,
        grouper: &Grouper,
        id: &EventId,
    ) -> Result<(Event, Vec<Story>), StoreError> {
        let known = store.event(id)?.filter(|known| known.id == *id);
        let mut stories = self.members(store, known.as_ref(), id)?;
        let merged = self.merged_into(id);
        if !merged.is_empty() || self.split_from.contains_key(id) {
            in_order_of_arrival(&mut stories);
        }
        let novelty = known
            .as_ref()
            .map(|event| event.novelty.clone())
            .filter(|_| !self.opened.contains(id))
            .or_else(|| grouper.novelty(id))
            .unwrap_or_else(|| Novelty {
                score: Score::ZERO,
                reason: "nothing is known of its past".to_owned(),
            });
        let mut event = summary(id, &stories, novelty);
        event.split_from = self.split_from.get(id).cloned();
        if let Some(known) = known {
            event.split_from = event.split_from.or(known.split_from);
            event.merged = known.merged;
            event.notes = known.notes;
        }
        for from in merged {
            if let Some(gone) = store.event(from)?.filter(|gone| gone.id == *from) {
                event.merged.extend(gone.merged);
                event.notes.extend(gone.notes);
            }
            event.merged.push(from.clone());
        }
        event.notes.sort_by_key(|note| note.at);
        Ok((event, stories))
    }

    /// The events that became part of one, at once or by way of others.
    fn merged_into(&self, id: &EventId) -> Vec<&EventId> {
        let mut found: Vec<&EventId> = Vec::new();
        for (from, into) in self.merged.iter().rev() {
            if into == id || found.contains(&into) {
                found.push(from);
            }
        }
        found
    }

    fn changes(&self, touched: &[(Event, Vec<Story>)]) -> Vec<Change> {
        let stories = self.stories.iter().cloned().map(Change::PutStory);
        let events = touched
            .iter()
            .map(|(event, _)| Change::PutEvent(event.clone()));
        let merged = self.merged.iter().map(|(from, into)| Change::MergeEvent {
            from: from.clone(),
            into: into.clone(),
        });
        stories.chain(events).chain(merged).collect()
    }

    fn happenings<'a>(&'a self, touched: &'a [(Event, Vec<Story>)]) -> Vec<Happening<'a>> {
        let happenings = touched.iter().map(|(event, stories)| Happening {
            event,
            stories,
            fresh: self.joined.get(&event.id).map_or(&[], Vec::as_slice),
        });
        happenings.collect()
    }
}

/// A page that came again under its old identity: what was decided about it stays.
fn seen_again(known: Story, now: &Story) -> Story {
    tracing::debug!(story = %known.id(), source = %now.source, "known story came again");
    known
}

fn mails(
    store: &dyn Store,
    rules: &Rules,
    happenings: &[Happening<'_>],
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    let fired = with_marks(store, |past| rules.fire(happenings, now, past))?;
    Ok(kept(fired))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::grouper;
    use serde_json::json;
    use tocsin_store::{MemoryStore, Range};

    /// A summit; a resignation that is taken for a part of it, twice in the same words; and two beginnings of one event.
    const TITLES: [&str; 14] = [
        "Geneva summit on chip rules opens with forty states",
        "Forty states open Geneva summit on chip rules",
        "Geneva summit on chip rules: forty states meet",
        "Chip rules summit opens in Geneva, forty states attend",
        "Forty states at Geneva summit to agree chip rules",
        "Geneva summit on chip rules opens, forty states attend",
        "Summit delegate Mori resigns over leaked memo",
        "Summit delegate Mori resigns over leaked memo",
        "Leaked memo: Mori resigns",
        "Ministry caps accelerator exports per buyer",
        "Accelerator exports per buyer are capped by ministry",
        "New ceiling on AI chips for foreign customers",
        "AI chips: new ceiling for foreign customers",
        "Ministry caps accelerator exports per buyer: new ceiling on AI chips for foreign customers",
    ];

    fn story(n: usize) -> Story {
        let url = format!("https://ledger.example/{n:02}");
        serde_json::from_value(json!({
            "id": StoryId::new(format!("s{n:02}")), "url": url, "canonical_url": url,
            "title": TITLES[n], "byline": [], "published": "2026-03-02T08:00:00Z",
            "published_precision": null, "modified": null, "site_name": null, "language": "en",
            "text": "", "section": null, "image": null, "relevance": 0.9, "relevant": true,
            "tags": [], "review": [], "entities": [], "fingerprint": "", "duplicate_of": null,
            "event": null, "source": format!("us-{n}"), "first_seen": "2026-03-02T09:00:00Z",
        }))
        .unwrap()
    }

    /// The store after all titles, so many in one batch.
    fn stored(size: usize) -> MemoryStore {
        let (store, mut report) = (MemoryStore::default(), PassReport::default());
        let mut grouper = grouper(tocsin_events::Settings::default());
        let now = "2026-03-02T09:00:00Z".parse().unwrap();
        let rules = Rules::default();
        let stories: Vec<Story> = (0..TITLES.len()).map(story).collect();
        for chunk in stories.chunks(size) {
            Chunk::default()
                .store(&store, (&rules, now), &mut grouper, chunk, &mut report)
                .unwrap();
            let found = store.verify().unwrap();
            assert!(found.is_sound(), "{:#?}", found.problems);
        }
        store
    }

    #[test]
    fn splits_and_merges_are_stored_alike_whatever_a_batch_holds() {
        let first = |n: usize| EventId::of_first_story(story(n).id());
        for size in [1, 2, 3, 7, 8, 100] {
            let store = stored(size);
            let mut events = store.events(&Range::default()).unwrap().items;
            events.sort_by_key(|event| event.stories.clone());
            let numbers = |event: &Event| -> Vec<usize> {
                let ids = event.stories.iter();
                ids.map(|id| id.as_str().trim_start_matches('s').parse().unwrap())
                    .collect()
            };
            let found: Vec<Vec<usize>> = events.iter().map(numbers).collect();
            let expected = [
                vec![0, 1, 2, 3, 4, 5],
                vec![6, 7, 8],
                vec![9, 10, 11, 12, 13],
            ];
            assert_eq!(found, expected, "{size} in a batch");
            let [summit, memo, caps] = events.as_slice() else {
                panic!("{found:?}")
            };
            assert_eq!(
                (&memo.id, &memo.split_from),
                (&first(8), &Some(summit.id.clone()))
            );
            let [gone] = caps.merged.as_slice() else {
                panic!("{:?}", caps.merged)
            };
            assert_eq!(caps.id, first(9));
            assert_eq!(store.event(gone).unwrap().as_ref(), Some(caps));
        }
    }
}
