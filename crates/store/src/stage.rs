//! A batch on its way into the tree: what each change means in keys and bytes.

use crate::key::{Kind, time_and_id_of};
use crate::record;
use crate::tree::{EVENTS, SENT, STORIES, Table, Tree, WAITING};
use crate::{Change, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use tocsin_core::{Outgoing, Story, StoryId, Timestamp};

/// Writes that wait to be applied as one. Reads see them already.
pub(crate) struct Stage<'a> {
    tree: &'a Tree,
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<'a> Stage<'a> {
    /// Begins a batch.
    pub(crate) fn new(tree: &'a Tree) -> Self {
        Self {
            tree,
            writes: BTreeMap::new(),
        }
    }

    /// Ends the batch: it is kept once this returns `Ok`.
    pub(crate) fn apply(self) -> Result<(), StoreError> {
        self.tree.apply(self.writes)
    }

    /// Adds one change.
    pub(crate) fn change(&mut self, change: &Change) -> Result<(), StoreError> {
        match change {
            Change::PutPending(story) => {
                self.mark(&story.article.canonical_url, Some(story.id()))?;
                self.put(Kind::Pending, story.id().as_str(), story)
            }
            Change::PutStory(story) => self.story(story),
            Change::PutEvent(event) => {
                self.writes
                    .insert(Kind::Merged.key(event.id.as_str()), None);
                self.put_at(&EVENTS, event.id.as_str(), event)
            }
            Change::MergeEvent { from, into } => {
                self.remove_at(&EVENTS, from.as_str())?;
                self.put(Kind::Merged, from.as_str(), into)
            }
            Change::PutVerdict(verdict) => self.put(Kind::Verdict, verdict.story.as_str(), verdict),
            Change::RemoveVerdict(story) => {
                self.writes.insert(Kind::Verdict.key(story.as_str()), None);
                Ok(())
            }
            Change::PutHealth(source, health) => self.put(Kind::Health, source.as_str(), health),
            Change::MarkSeen { url, story } => self.mark(url, story.as_ref()),
            Change::Enqueue(mail) => self.enqueue(mail),
            Change::Delivered { message_id, at } => self.delivered(message_id, *at),
            Change::Deferred(mail) => self.deferred(mail),
            Change::Withdraw { message_id } => self.remove_at(&WAITING, message_id),
            Change::SetMeta { key, value } => self.put(Kind::Meta, key, value),
        }
    }

    /// Writes a record without an index.
    pub(crate) fn put<T: Serialize>(
        &mut self,
        kind: Kind,
        id: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        let bytes = record::encode(value).map_err(|cause| StoreError::Unstorable {
            record: kind.name(id),
            cause,
        })?;
        self.writes.insert(kind.key(id), Some(bytes));
        Ok(())
    }

    fn story(&mut self, story: &Story) -> Result<(), StoreError> {
        let id = story.id();
        self.mark(&story.article.canonical_url, Some(id))?;
        self.writes.insert(Kind::Pending.key(id.as_str()), None);
        self.put_at(&STORIES, id.as_str(), story)
    }

    fn mark(&mut self, url: &str, story: Option<&StoryId>) -> Result<(), StoreError> {
        self.put(Kind::Seen, url, &story)
    }

    fn enqueue(&mut self, mail: &Outgoing) -> Result<(), StoreError> {
        let id = &mail.alert.message_id;
        if self.contains(Kind::Waiting, id)? || self.contains(Kind::Sent, id)? {
            return Ok(());
        }
        self.put_at(&WAITING, id, mail)
    }

    fn delivered(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        if self.contains(Kind::Sent, id)? {
            return Ok(());
        }
        let Some(mut mail) = self.read::<Outgoing>(Kind::Waiting, id)? else {
            return Ok(());
        };
        self.remove_at(&WAITING, id)?;
        mail.alert.sent_at = Some(at);
        self.put_at(&SENT, id, &mail)
    }

    fn deferred(&mut self, mail: &Outgoing) -> Result<(), StoreError> {
        let id = &mail.alert.message_id;
        if self.contains(Kind::Sent, id)? {
            return Ok(());
        }
        let mut mail = mail.clone();
        match self.read::<Outgoing>(Kind::Waiting, id) {
            Ok(Some(old)) => mail.queued_at = old.queued_at,
            // Withdrawn by the same batch.
            Ok(None) => return Ok(()),
            Err(StoreError::Damaged { .. }) => {}
            Err(error) => return Err(error),
        }
        self.put_at(&WAITING, id, &mail)
    }

    /// Writes a record and its place in time, and removes its former place.
    fn put_at<T: Serialize + DeserializeOwned>(
        &mut self,
        table: &Table<T>,
        id: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        self.remove_at(table, id)?;
        let place = table.index.key_at((table.time)(value), id);
        self.writes.insert(place, Some(Vec::new()));
        self.put(table.records, id, value)
    }

    fn remove_at<T: DeserializeOwned>(
        &mut self,
        table: &Table<T>,
        id: &str,
    ) -> Result<(), StoreError> {
        match self.read::<T>(table.records, id) {
            Ok(None) => return Ok(()),
            Ok(Some(old)) => {
                let place = table.index.key_at((table.time)(&old), id);
                self.writes.insert(place, None);
            }
            // Its time is lost with it, so its place has to be looked for.
            Err(StoreError::Damaged { .. }) => self.remove_places(table.index, id)?,
            Err(error) => return Err(error),
        }
        self.writes.insert(table.records.key(id), None);
        Ok(())
    }

    fn remove_places(&mut self, index: Kind, id: &str) -> Result<(), StoreError> {
        for entry in self.tree.all() {
            let (key, _) = entry?;
            let is_place = key.first() == Some(&index.prefix())
                && time_and_id_of(&key).is_some_and(|(_, i)| i == id);
            if is_place {
                self.writes.insert(key.to_vec(), None);
            }
        }
        Ok(())
    }

    fn read<T: DeserializeOwned>(&self, kind: Kind, id: &str) -> Result<Option<T>, StoreError> {
        match self.writes.get(&kind.key(id)) {
            Some(staged) => staged
                .as_ref()
                .map(|bytes| self.tree.decode(kind, id, bytes))
                .transpose(),
            None => self.tree.read(kind, id),
        }
    }

    fn contains(&self, kind: Kind, id: &str) -> Result<bool, StoreError> {
        match self.writes.get(&kind.key(id)) {
            Some(staged) => Ok(staged.is_some()),
            None => self.tree.contains(kind, id),
        }
    }
}
