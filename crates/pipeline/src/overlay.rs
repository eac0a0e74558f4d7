//! A store that shows another one and keeps what is written to itself: for `run --dry-run`.

use std::sync::Arc;
use tocsin_core::{Event, EventId, Health, Outgoing, SourceId, Story, StoryId, Verdict};
use tocsin_store::{Batch, Change, Counts, MemoryStore, Range, Store, StoreError, VerifyReport};

/// Reads what was written to it, else what lies below; the store below stays as it is.
///
/// Lists of stories and events show only what lies below, which is what grouping asks for; lists of
/// pending stories and mails show only what is new.
pub struct Overlay {
    below: Arc<dyn Store>,
    above: MemoryStore,
}

impl Overlay {
    /// Over this store.
    pub fn new(below: Arc<dyn Store>) -> Self {
        Self {
            below,
            above: MemoryStore::default(),
        }
    }
}

impl Store for Overlay {
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        self.above.commit(changes)
    }

    fn story(&self, id: &StoryId) -> Result<Option<Story>, StoreError> {
        self.above
            .story(id)?
            .map_or_else(|| self.below.story(id), |s| Ok(Some(s)))
    }

    fn stories(&self, range: &Range) -> Result<Batch<Story>, StoreError> {
        self.below.stories(range)
    }

    fn event(&self, id: &EventId) -> Result<Option<Event>, StoreError> {
        self.above
            .event(id)?
            .map_or_else(|| self.below.event(id), |e| Ok(Some(e)))
    }

    fn events(&self, range: &Range) -> Result<Batch<Event>, StoreError> {
        self.below.events(range)
    }

    fn pending(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Story>, StoreError> {
        self.above.pending(after, limit)
    }

    fn verdict(&self, id: &StoryId) -> Result<Option<Verdict>, StoreError> {
        self.above
            .verdict(id)?
            .map_or_else(|| self.below.verdict(id), |v| Ok(Some(v)))
    }

    fn verdicts(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Verdict>, StoreError> {
        self.below.verdicts(after, limit)
    }

    fn health(&self, source: &SourceId) -> Result<Option<Health>, StoreError> {
        self.above
            .health(source)?
            .map_or_else(|| self.below.health(source), |h| Ok(Some(h)))
    }

    fn seen(&self, url: &str) -> Result<bool, StoreError> {
        Ok(self.above.seen(url)? || self.below.seen(url)?)
    }

    fn story_at(&self, url: &str) -> Result<Option<StoryId>, StoreError> {
        match self.above.seen(url)? {
            true => self.above.story_at(url),
            false => self.below.story_at(url),
        }
    }

    fn outbox(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        self.above.outbox(after, limit)
    }

    fn sent(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        self.above.sent(after, limit)
    }

    fn is_known_mail(&self, message_id: &str) -> Result<bool, StoreError> {
        Ok(self.above.is_known_mail(message_id)? || self.below.is_known_mail(message_id)?)
    }

    fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.above
            .meta(key)?
            .map_or_else(|| self.below.meta(key), |v| Ok(Some(v)))
    }

    fn counts(&self) -> Result<Counts, StoreError> {
        self.above.counts()
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.below.verify()
    }
}
