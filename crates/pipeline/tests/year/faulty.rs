//! A store that fails now and then, before it wrote or after.

use crate::world::Dice;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tocsin_core::{Event, EventId, Health, Outgoing, SourceId, Story, StoryId, Verdict};
use tocsin_store::{Batch, Change, Counts, MemoryStore, Range, Store, StoreError, VerifyReport};

pub(crate) struct Faulty {
    inner: Arc<MemoryStore>,
    dice: Mutex<Dice>,
    /// Of so many commits one fails.
    odds: usize,
    failures: AtomicUsize,
}

impl Faulty {
    pub(crate) fn new(inner: Arc<MemoryStore>, dice: Dice, odds: usize) -> Self {
        Self {
            inner,
            dice: Mutex::new(dice),
            odds,
            failures: AtomicUsize::new(0),
        }
    }

    pub(crate) fn failures(&self) -> usize {
        self.failures.load(Ordering::Relaxed)
    }
}

fn broken() -> StoreError {
    StoreError::Io {
        dir: PathBuf::from("year"),
        cause: io::Error::other("the disk is full"),
    }
}

impl Store for Faulty {
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        let (fails, wrote) = {
            let mut dice = self.dice.lock().unwrap();
            (
                dice.below(self.odds) == 0 && self.odds < usize::MAX,
                dice.below(2) == 0,
            )
        };
        if !fails {
            return self.inner.commit(changes);
        }
        self.failures.fetch_add(1, Ordering::Relaxed);
        if wrote {
            self.inner.commit(changes)?;
        }
        Err(broken())
    }

    fn story(&self, id: &StoryId) -> Result<Option<Story>, StoreError> {
        self.inner.story(id)
    }

    fn stories(&self, range: &Range) -> Result<Batch<Story>, StoreError> {
        self.inner.stories(range)
    }

    fn event(&self, id: &EventId) -> Result<Option<Event>, StoreError> {
        self.inner.event(id)
    }

    fn events(&self, range: &Range) -> Result<Batch<Event>, StoreError> {
        self.inner.events(range)
    }

    fn pending(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Story>, StoreError> {
        self.inner.pending(after, limit)
    }

    fn verdict(&self, id: &StoryId) -> Result<Option<Verdict>, StoreError> {
        self.inner.verdict(id)
    }

    fn verdicts(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Verdict>, StoreError> {
        self.inner.verdicts(after, limit)
    }

    fn health(&self, source: &SourceId) -> Result<Option<Health>, StoreError> {
        self.inner.health(source)
    }

    fn seen(&self, url: &str) -> Result<bool, StoreError> {
        self.inner.seen(url)
    }

    fn story_at(&self, url: &str) -> Result<Option<StoryId>, StoreError> {
        self.inner.story_at(url)
    }

    fn outbox(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        self.inner.outbox(after, limit)
    }

    fn sent(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        self.inner.sent(after, limit)
    }

    fn is_known_mail(&self, message_id: &str) -> Result<bool, StoreError> {
        self.inner.is_known_mail(message_id)
    }

    fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.inner.meta(key)
    }

    fn counts(&self) -> Result<Counts, StoreError> {
        self.inner.counts()
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.inner.verify()
    }
}
