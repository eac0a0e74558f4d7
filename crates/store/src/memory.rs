//! The store that lives as long as its process: for tests, and as the plain model of the others.

use crate::change::check_mails;
use crate::references::References;
use crate::store::MOST_MERGES;
use crate::{Batch, Change, Counts, Cursor, Range, Store, StoreError, VerifyReport};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tocsin_core::{Event, EventId, Health, Outgoing, SourceId, Story, StoryId, Timestamp, Verdict};

/// A store in memory. Reading a page takes time in proportion to all that is kept.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    stories: BTreeMap<StoryId, Story>,
    pending: BTreeMap<StoryId, Story>,
    events: BTreeMap<EventId, Event>,
    merged: BTreeMap<EventId, EventId>,
    verdicts: BTreeMap<StoryId, Verdict>,
    health: BTreeMap<SourceId, Health>,
    seen: BTreeMap<String, Option<StoryId>>,
    waiting: BTreeMap<String, Outgoing>,
    sent: BTreeMap<String, Outgoing>,
    meta: BTreeMap<String, String>,
}

impl State {
    fn knows_mail(&self, id: &str) -> bool {
        self.waiting.contains_key(id) || self.sent.contains_key(id)
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::PutPending(story) => {
                self.mark(&story);
                self.pending.insert(story.id().clone(), story);
            }
            Change::PutStory(story) => {
                self.mark(&story);
                self.pending.remove(story.id());
                self.stories.insert(story.id().clone(), story);
            }
            Change::PutEvent(event) => {
                self.merged.remove(&event.id);
                self.events.insert(event.id.clone(), event);
            }
            Change::MergeEvent { from, into } => {
                self.events.remove(&from);
                self.merged.insert(from, into);
            }
            Change::PutVerdict(verdict) => {
                self.verdicts.insert(verdict.story.clone(), verdict);
            }
            Change::RemoveVerdict(story) => {
                self.verdicts.remove(&story);
            }
            Change::PutHealth(source, health) => {
                self.health.insert(source, health);
            }
            Change::MarkSeen { url, story } => {
                self.seen.insert(url, story);
            }
            Change::Enqueue(mail) if self.knows_mail(&mail.alert.message_id) => {}
            Change::Enqueue(mail) => {
                self.waiting.insert(mail.alert.message_id.clone(), mail);
            }
            Change::Delivered { message_id, at } => {
                if let Some(mut mail) = self.waiting.remove(&message_id) {
                    mail.alert.sent_at = Some(at);
                    self.sent.insert(message_id, mail);
                }
            }
            Change::Deferred(mail) => {
                if let Some(waiting) = self.waiting.get_mut(&mail.alert.message_id) {
                    let queued_at = waiting.queued_at;
                    *waiting = Outgoing { queued_at, ..mail };
                }
            }
            Change::Withdraw { message_id } => {
                self.waiting.remove(&message_id);
            }
            Change::SetMeta { key, value } => {
                self.meta.insert(key, value);
            }
        }
    }

    fn mark(&mut self, story: &Story) {
        let url = story.article.canonical_url.clone();
        self.seen.insert(url, Some(story.id().clone()));
    }
}

impl MemoryStore {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One page of the records, by time and id.
fn page<'a, T: Clone + 'a>(
    records: impl Iterator<Item = &'a T>,
    place: impl Fn(&T) -> (Timestamp, &str),
    range: &Range,
) -> Batch<T> {
    let mut found: Vec<&T> = records
        .filter(|r| {
            let (time, id) = place(r);
            range.admits(time, id)
        })
        .collect();
    found.sort_by(|a, b| place(a).cmp(&place(b)));
    if range.newest_first {
        found.reverse();
    }
    let is_more = found.len() > range.limit;
    found.truncate(range.limit);
    let next = found.last().filter(|_| is_more).map(|last| {
        let (time, id) = place(last);
        Cursor {
            time,
            id: id.to_owned(),
        }
    });
    Batch {
        items: found.into_iter().cloned().collect(),
        next,
    }
}

/// Mails behind a place.
fn mails<'a>(
    mails: impl Iterator<Item = &'a Outgoing>,
    time: impl Fn(&Outgoing) -> Timestamp,
    after: Option<(Timestamp, &str)>,
    limit: usize,
) -> Vec<Outgoing> {
    let after = after.map(|(time, id)| Cursor {
        time,
        id: id.to_owned(),
    });
    let range = Range {
        after,
        limit,
        ..Range::default()
    };
    page(mails, |m| (time(m), &m.alert.message_id), &range).items
}

fn unknown_mail(id: &str) -> StoreError {
    StoreError::UnknownMail {
        message_id: id.to_owned(),
    }
}

fn sent_at(mail: &Outgoing) -> Timestamp {
    mail.alert.sent_at.unwrap_or(mail.queued_at)
}

impl Store for MemoryStore {
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        let mut state = self.state();
        check_mails(changes, |id| Ok(state.knows_mail(id)))?;
        for change in changes {
            state.apply(change.clone());
        }
        Ok(())
    }

    fn story(&self, id: &StoryId) -> Result<Option<Story>, StoreError> {
        Ok(self.state().stories.get(id).cloned())
    }

    fn stories(&self, range: &Range) -> Result<Batch<Story>, StoreError> {
        let state = self.state();
        let stories = state.stories.values();
        Ok(page(stories, |s| (s.time(), s.id().as_str()), range))
    }

    fn event(&self, id: &EventId) -> Result<Option<Event>, StoreError> {
        let state = self.state();
        let mut steps = std::iter::successors(Some(id), |id| state.merged.get(id));
        let found = steps
            .by_ref()
            .take(MOST_MERGES)
            .find_map(|id| state.events.get(id));
        Ok(found.cloned())
    }

    fn events(&self, range: &Range) -> Result<Batch<Event>, StoreError> {
        let state = self.state();
        let events = state.events.values();
        Ok(page(events, |e| (e.last_seen, e.id.as_str()), range))
    }

    fn pending(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Story>, StoreError> {
        let state = self.state();
        let behind = state
            .pending
            .iter()
            .filter(|(id, _)| after.is_none_or(|after| *id > after));
        Ok(behind.take(limit).map(|(_, story)| story.clone()).collect())
    }

    fn verdict(&self, id: &StoryId) -> Result<Option<Verdict>, StoreError> {
        Ok(self.state().verdicts.get(id).cloned())
    }

    fn verdicts(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Verdict>, StoreError> {
        let state = self.state();
        let behind = state
            .verdicts
            .iter()
            .filter(|(id, _)| after.is_none_or(|after| *id > after));
        Ok(behind
            .take(limit)
            .map(|(_, verdict)| verdict.clone())
            .collect())
    }

    fn health(&self, source: &SourceId) -> Result<Option<Health>, StoreError> {
        Ok(self.state().health.get(source).cloned())
    }

    fn seen(&self, url: &str) -> Result<bool, StoreError> {
        Ok(self.state().seen.contains_key(url))
    }

    fn story_at(&self, url: &str) -> Result<Option<StoryId>, StoreError> {
        Ok(self.state().seen.get(url).cloned().flatten())
    }

    fn outbox(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        let state = self.state();
        let place = |id| {
            let mail = state.waiting.get(id).or_else(|| state.sent.get(id));
            mail.map(|m| (m.queued_at, id))
                .ok_or_else(|| unknown_mail(id))
        };
        let after = after.map(place).transpose()?;
        Ok(mails(state.waiting.values(), |m| m.queued_at, after, limit))
    }

    fn sent(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        let state = self.state();
        let place = |id| {
            let mail = state.sent.get(id);
            mail.map(|m| (sent_at(m), id))
                .ok_or_else(|| unknown_mail(id))
        };
        let after = after.map(place).transpose()?;
        Ok(mails(state.sent.values(), sent_at, after, limit))
    }

    fn is_known_mail(&self, message_id: &str) -> Result<bool, StoreError> {
        Ok(self.state().knows_mail(message_id))
    }

    fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.state().meta.get(key).cloned())
    }

    fn counts(&self) -> Result<Counts, StoreError> {
        let state = self.state();
        Ok(Counts {
            stories: state.stories.len(),
            pending: state.pending.len(),
            events: state.events.len(),
            verdicts: state.verdicts.len(),
            sources: state.health.len(),
            seen: state.seen.len(),
            waiting_mails: state.waiting.len(),
            sent_mails: state.sent.len(),
        })
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        let state = self.state();
        let mut references = References::default();
        state.stories.values().for_each(|s| references.story(s));
        state.events.values().for_each(|e| references.event(e));
        for (from, into) in &state.merged {
            references.merged(from.as_str(), into);
        }
        state.pending.values().for_each(|s| references.pending(s));
        for (url, story) in &state.seen {
            references.mark(url, story.as_ref());
        }
        state.verdicts.values().for_each(|v| references.verdict(v));
        let mails = state.waiting.values().chain(state.sent.values());
        mails.for_each(|m| references.mail(m));
        for _ in 0..state.health.len() + state.meta.len() {
            references.other();
        }
        Ok(references.check())
    }
}
