//! Whether every record of a tree is whole and lies where it is looked for.

use crate::key::{Kind, id_of, time_and_id_of};
use crate::references::References;
use crate::tree::{EVENTS, SENT, STORIES, Table, Tree, WAITING};
use crate::{StoreError, VerifyReport};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use tocsin_core::{EventId, Health, Story, StoryId, Verdict};

/// Checks every record of a tree, its place in time, and all references.
pub(crate) fn verify_tree(tree: &Tree) -> Result<VerifyReport, StoreError> {
    let mut check = TreeCheck {
        tree,
        references: References::default(),
        places: BTreeSet::new(),
    };
    for entry in tree.all() {
        let (key, bytes) = entry?;
        check.entry(&key, &bytes)?;
    }
    Ok(check.finish())
}

struct TreeCheck<'a> {
    tree: &'a Tree,
    references: References,
    /// Index keys that no record has claimed yet. Indexes sort before all records.
    places: BTreeSet<Vec<u8>>,
}

impl TreeCheck<'_> {
    fn entry(&mut self, key: &[u8], bytes: &[u8]) -> Result<(), StoreError> {
        let Some(kind) = Kind::of_key(key) else {
            self.stray(key);
            return Ok(());
        };
        if kind.indexed().is_some() {
            self.places.insert(key.to_vec());
            return Ok(());
        }
        let Some(id) = id_of(key) else {
            self.stray(key);
            return Ok(());
        };
        match kind {
            Kind::Story => self.timed(&STORIES, id, bytes, |r, s| r.story(s))?,
            Kind::Event => self.timed(&EVENTS, id, bytes, |r, e| r.event(e))?,
            Kind::Waiting => self.timed(&WAITING, id, bytes, |r, m| r.mail(m))?,
            Kind::Sent => self.timed(&SENT, id, bytes, |r, m| r.mail(m))?,
            Kind::Merged => {
                self.plain::<EventId>(kind, id, bytes, |r, into| r.merged(id, into))?;
            }
            Kind::Pending => {
                self.plain::<Story>(kind, id, bytes, |r, s| r.pending(s))?;
            }
            Kind::Seen => {
                self.plain::<Option<StoryId>>(kind, id, bytes, |r, s| r.mark(id, s.as_ref()))?;
            }
            Kind::Verdict => {
                self.plain::<Verdict>(kind, id, bytes, |r, v| r.verdict(v))?;
            }
            Kind::Health => {
                self.plain::<Health>(kind, id, bytes, |r, _| r.other())?;
            }
            Kind::Meta => {
                self.plain::<String>(kind, id, bytes, |r, _| r.other())?;
            }
            _ => {}
        }
        Ok(())
    }

    fn stray(&mut self, key: &[u8]) {
        let name = format!("key {}", key.escape_ascii());
        self.references.problem(&name, "no record has such a key");
    }

    fn plain<T: DeserializeOwned>(
        &mut self,
        kind: Kind,
        id: &str,
        bytes: &[u8],
        note: impl FnOnce(&mut References, &T),
    ) -> Result<Option<T>, StoreError> {
        match self.tree.decode::<T>(kind, id, bytes) {
            Ok(value) => {
                note(&mut self.references, &value);
                Ok(Some(value))
            }
            Err(StoreError::Damaged { record, flaw, .. }) => {
                self.references.damaged(record, &flaw);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn timed<T: DeserializeOwned>(
        &mut self,
        table: &Table<T>,
        id: &str,
        bytes: &[u8],
        note: impl FnOnce(&mut References, &T),
    ) -> Result<(), StoreError> {
        let Some(value) = self.plain(table.records, id, bytes, note)? else {
            return Ok(());
        };
        let place = table.index.key_at((table.time)(&value), id);
        if !self.places.remove(&place) {
            let name = table.records.name(id);
            self.references.problem(&name, "no index leads to it");
        }
        Ok(())
    }

    fn finish(mut self) -> VerifyReport {
        for place in std::mem::take(&mut self.places) {
            let index = Kind::of_key(&place);
            let (Some(index), Some((_, id))) = (index, time_and_id_of(&place)) else {
                self.stray(&place);
                continue;
            };
            // A damaged record cannot say where its place is.
            let claimed = |record| self.references.is_damaged(record, id);
            if !index.indexed().is_some_and(claimed) {
                self.references
                    .problem(&index.name(id), "it leads to no record");
            }
        }
        self.references.check()
    }
}
