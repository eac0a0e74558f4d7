//! The engine's ordered tree, read as records, with the engine's errors put into ours.

use crate::key::{Kind, id_of, time_and_id_of};
use crate::lock::Lock;
use crate::record::{self, Flaw, VERSION};
use crate::{Batch, Cursor, Range, StoreError};
use serde::de::DeserializeOwned;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tocsin_core::{Event, Outgoing, Story, Timestamp};

/// The engine's cache, in bytes.
const CACHE: u64 = 64 << 20;
/// How long the engine is given to let go of a store that was just closed: this many steps…
const CLOSING_STEPS: u32 = 500;
/// … of this length.
const CLOSING_STEP: Duration = Duration::from_millis(10);

/// Records of one kind that are also found by time.
pub(crate) struct Table<T> {
    /// The records.
    pub(crate) records: Kind,
    /// Their order in time.
    pub(crate) index: Kind,
    /// What they are ordered by.
    pub(crate) time: fn(&T) -> Timestamp,
}

/// Grouped stories.
pub(crate) const STORIES: Table<Story> = Table {
    records: Kind::Story,
    index: Kind::StoryTime,
    time: Story::time,
};
/// Events.
pub(crate) const EVENTS: Table<Event> = Table {
    records: Kind::Event,
    index: Kind::EventTime,
    time: |event| event.last_seen,
};
/// The outbox.
pub(crate) const WAITING: Table<Outgoing> = Table {
    records: Kind::Waiting,
    index: Kind::WaitingTime,
    time: |mail| mail.queued_at,
};
/// Mails delivered.
pub(crate) const SENT: Table<Outgoing> = Table {
    records: Kind::Sent,
    index: Kind::SentTime,
    time: |mail| mail.alert.sent_at.unwrap_or(mail.queued_at),
};

/// The open tree and the directory that messages name.
pub(crate) struct Tree {
    // Dropped in this order: the engine lets go before the lock does.
    db: sled::Db,
    _lock: Lock,
    dir: PathBuf,
}

impl Tree {
    /// Opens the tree in `dir`, or makes both.
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        let lock = Lock::take(dir)?;
        let config = sled::Config::new()
            .path(dir.join("store"))
            .cache_capacity(CACHE)
            // Every commit flushes, so a timer would only repeat its work.
            .flush_every_ms(None);
        Ok(Self {
            db: open_engine(&config).map_err(|error| engine_error(dir, error))?,
            _lock: lock,
            dir: dir.to_owned(),
        })
    }

    /// The data directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// True for a tree that was just made.
    pub(crate) fn is_empty(&self) -> bool {
        self.db.is_empty()
    }

    /// The bytes under a key.
    pub(crate) fn bytes(&self, key: &[u8]) -> Result<Option<sled::IVec>, StoreError> {
        self.db.get(key).map_err(|e| self.error(e))
    }

    /// Whether a record is there, damaged or not.
    pub(crate) fn contains(&self, kind: Kind, id: &str) -> Result<bool, StoreError> {
        self.db
            .contains_key(kind.key(id))
            .map_err(|e| self.error(e))
    }

    /// Reads one record.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        kind: Kind,
        id: &str,
    ) -> Result<Option<T>, StoreError> {
        let bytes = self.bytes(&kind.key(id))?;
        bytes.map(|b| self.decode(kind, id, &b)).transpose()
    }

    /// The value of a record's bytes.
    pub(crate) fn decode<T: DeserializeOwned>(
        &self,
        kind: Kind,
        id: &str,
        bytes: &[u8],
    ) -> Result<T, StoreError> {
        record::decode(bytes).map_err(|flaw| match flaw {
            Flaw::Newer(found) => StoreError::NewerSchema {
                dir: self.dir.clone(),
                found: found.into(),
                known: VERSION.into(),
            },
            Flaw::Bad(flaw) => StoreError::Damaged {
                dir: self.dir.clone(),
                record: kind.name(id),
                flaw,
            },
        })
    }

    /// One page of a table, in order of time.
    pub(crate) fn page<T: DeserializeOwned>(
        &self,
        table: &Table<T>,
        range: &Range,
    ) -> Result<Batch<T>, StoreError> {
        let mut page = Batch {
            items: Vec::new(),
            next: None,
        };
        let mut last: Option<Cursor> = None;
        let mut left = range.limit;
        for key in self.index_keys(table.index, range) {
            let key = key.map_err(|e| self.error(e))?;
            let Some((time, id)) = time_and_id_of(&key) else {
                continue;
            };
            if left == 0 {
                page.next = last;
                break;
            }
            left -= 1;
            page.items.extend(self.read_or_warn(table.records, id)?);
            last = Some(Cursor {
                time,
                id: id.to_owned(),
            });
        }
        Ok(page)
    }

    /// The records of a kind behind an id, in order of id.
    pub(crate) fn by_id<T: DeserializeOwned>(
        &self,
        kind: Kind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<T>, StoreError> {
        let from = after.map_or_else(|| kind.key(""), |id| just_behind(kind.key(id)));
        let mut items = Vec::new();
        for entry in self.db.range(from..kind.end()) {
            if items.len() >= limit {
                break;
            }
            let (key, bytes) = entry.map_err(|e| self.error(e))?;
            let Some(id) = id_of(&key) else { continue };
            items.extend(or_warn(self.decode(kind, id, &bytes))?);
        }
        Ok(items)
    }

    /// How many keys of a kind there are.
    pub(crate) fn count(&self, kind: Kind) -> Result<usize, StoreError> {
        let keys = self.db.range(kind.key("")..kind.end()).keys();
        keys.into_iter()
            .try_fold(0, |n, key| key.map(|_| n + 1))
            .map_err(|e| self.error(e))
    }

    /// Every key with its bytes, in order.
    pub(crate) fn all(
        &self,
    ) -> impl Iterator<Item = Result<(sled::IVec, sled::IVec), StoreError>> + '_ {
        self.db.iter().map(|entry| entry.map_err(|e| self.error(e)))
    }

    /// Applies writes (`None` removes) as one, and returns once they are on the disk.
    pub(crate) fn apply(
        &self,
        writes: impl IntoIterator<Item = (Vec<u8>, Option<Vec<u8>>)>,
    ) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        for (key, value) in writes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.db.apply_batch(batch).map_err(|e| self.error(e))?;
        self.db.flush().map_err(|e| self.error(e))?;
        Ok(())
    }

    /// A record that an index led to. It may be gone: a writer may have moved it since.
    fn read_or_warn<T: DeserializeOwned>(
        &self,
        kind: Kind,
        id: &str,
    ) -> Result<Option<T>, StoreError> {
        or_warn(self.read(kind, id)).map(Option::flatten)
    }

    fn index_keys(
        &self,
        index: Kind,
        range: &Range,
    ) -> Box<dyn Iterator<Item = sled::Result<sled::IVec>>> {
        let mut low = range
            .from
            .map_or_else(|| index.key(""), |t| index.key_at(t, ""));
        let mut high = range
            .until
            .map_or_else(|| index.end(), |t| index.key_at(t, ""));
        match &range.after {
            Some(c) if range.newest_first => high = high.min(index.key_at(c.time, &c.id)),
            Some(c) => low = low.max(just_behind(index.key_at(c.time, &c.id))),
            None => {}
        }
        if low >= high {
            return Box::new(std::iter::empty());
        }
        let keys = self.db.range(low..high).keys();
        if range.newest_first {
            Box::new(keys.rev())
        } else {
            Box::new(keys)
        }
    }

    fn error(&self, error: sled::Error) -> StoreError {
        engine_error(&self.dir, error)
    }
}

/// The least key that is greater.
fn just_behind(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

/// A damaged record is left out of a list, with a warning.
fn or_warn<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error @ StoreError::Damaged { .. }) => {
            tracing::warn!("left out: {error}");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Opens the engine. A store that this process closed a moment ago may still be held by the engine's
/// own threads, so a held file is waited for: no other process can have it, since we hold the lock.
fn open_engine(config: &sled::Config) -> sled::Result<sled::Db> {
    let mut left = CLOSING_STEPS;
    loop {
        match config.open() {
            // The engine has no error of its own for this and puts it into words.
            Err(sled::Error::Io(e)) if left > 0 && e.to_string().contains("WouldBlock") => {
                left -= 1;
                std::thread::sleep(CLOSING_STEP);
            }
            opened => return opened,
        }
    }
}

fn engine_error(dir: &Path, error: sled::Error) -> StoreError {
    let dir = dir.to_owned();
    match error {
        // The engine wraps the system's error in its debug form; the kind says it in words.
        sled::Error::Io(cause) if cause.kind() != ErrorKind::Other => StoreError::Io {
            dir,
            cause: cause.kind().into(),
        },
        sled::Error::Io(cause) => StoreError::Io { dir, cause },
        other => StoreError::Unreadable {
            dir,
            flaw: other.to_string(),
        },
    }
}
