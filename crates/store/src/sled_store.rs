//! The store on one machine: a directory, one process at a time.

use crate::change::check_mails;
use crate::key::Kind;
use crate::stage::Stage;
use crate::store::MOST_MERGES;
use crate::tree::{EVENTS, SENT, STORIES, Table, Tree, WAITING};
use crate::verify::verify_tree;
use crate::{Batch, Change, Counts, Cursor, Range, Store, StoreError, VerifyReport};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use tocsin_core::{Event, EventId, Health, Outgoing, SourceId, Story, StoryId, Verdict};

/// The schema that is written, and the latest one that is read.
const SCHEMA: u32 = 1;

/// A store in a directory, held by one process at a time. Shared by its threads.
pub struct SledStore {
    tree: Tree,
    /// Held through a commit: a change may depend on what is there.
    writing: Mutex<()>,
}

impl std::fmt::Debug for SledStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SledStore")
            .field("dir", &self.tree.dir())
            .finish_non_exhaustive()
    }
}

impl SledStore {
    /// Opens the store in the folder `store` of a data directory; makes both where they are
    /// missing. What a killed process left half written is undone.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another process has it, without waiting;
    /// [`StoreError::NewerSchema`] where a later program wrote it; [`StoreError::Unreadable`] where
    /// it is damaged or is no store; [`StoreError::Io`] where the system refuses.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let store = Self {
            tree: Tree::open(dir)?,
            writing: Mutex::new(()),
        };
        if store.tree.is_empty() {
            let mut stage = Stage::new(&store.tree);
            stage.put(Kind::Schema, "", &SCHEMA)?;
            stage.apply()?;
        }
        store.check_schema()?;
        Ok(store)
    }

    fn check_schema(&self) -> Result<(), StoreError> {
        let dir = || self.tree.dir().to_owned();
        match self.tree.read::<u32>(Kind::Schema, "")? {
            Some(found) if found > SCHEMA => Err(StoreError::NewerSchema {
                dir: dir(),
                found,
                known: SCHEMA,
            }),
            Some(_) => Ok(()),
            None => Err(StoreError::Unreadable {
                dir: dir(),
                flaw: "it has no schema number, so tocsin did not write it".to_owned(),
            }),
        }
    }

    fn unknown_mail<T>(message_id: &str) -> Result<T, StoreError> {
        Err(StoreError::UnknownMail {
            message_id: message_id.to_owned(),
        })
    }

    /// A page of mails behind a mail whose place in time is known.
    fn mails(
        &self,
        table: &Table<Outgoing>,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Outgoing>, StoreError> {
        let range = Range {
            after,
            limit,
            ..Range::default()
        };
        Ok(self.tree.page(table, &range)?.items)
    }
}

impl Store for SledStore {
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        // A thread that panicked in here had applied its whole batch or none of it.
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        check_mails(changes, |id| self.is_known_mail(id))?;
        let mut stage = Stage::new(&self.tree);
        for change in changes {
            stage.change(change)?;
        }
        stage.apply()
    }

    fn story(&self, id: &StoryId) -> Result<Option<Story>, StoreError> {
        self.tree.read(Kind::Story, id.as_str())
    }

    fn stories(&self, range: &Range) -> Result<Batch<Story>, StoreError> {
        self.tree.page(&STORIES, range)
    }

    fn event(&self, id: &EventId) -> Result<Option<Event>, StoreError> {
        let mut id = id.clone();
        for _ in 0..MOST_MERGES {
            if let Some(event) = self.tree.read(Kind::Event, id.as_str())? {
                return Ok(Some(event));
            }
            match self.tree.read(Kind::Merged, id.as_str())? {
                Some(into) => id = into,
                None => break,
            }
        }
        Ok(None)
    }

    fn events(&self, range: &Range) -> Result<Batch<Event>, StoreError> {
        self.tree.page(&EVENTS, range)
    }

    fn pending(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Story>, StoreError> {
        self.tree
            .by_id(Kind::Pending, after.map(StoryId::as_str), limit)
    }

    fn verdict(&self, id: &StoryId) -> Result<Option<Verdict>, StoreError> {
        self.tree.read(Kind::Verdict, id.as_str())
    }

    fn verdicts(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Verdict>, StoreError> {
        self.tree
            .by_id(Kind::Verdict, after.map(StoryId::as_str), limit)
    }

    fn health(&self, source: &SourceId) -> Result<Option<Health>, StoreError> {
        self.tree.read(Kind::Health, source.as_str())
    }

    fn seen(&self, url: &str) -> Result<bool, StoreError> {
        self.tree.contains(Kind::Seen, url)
    }

    fn story_at(&self, url: &str) -> Result<Option<StoryId>, StoreError> {
        let mark: Option<Option<StoryId>> = self.tree.read(Kind::Seen, url)?;
        Ok(mark.flatten())
    }

    fn outbox(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        let Some(id) = after else {
            return self.mails(&WAITING, None, limit);
        };
        let mail: Option<Outgoing> = match self.tree.read(Kind::Waiting, id)? {
            Some(mail) => Some(mail),
            None => self.tree.read(Kind::Sent, id)?,
        };
        let Some(mail) = mail else {
            return Self::unknown_mail(id);
        };
        let place = Cursor {
            time: mail.queued_at,
            id: id.to_owned(),
        };
        self.mails(&WAITING, Some(place), limit)
    }

    fn sent(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
        let Some(id) = after else {
            return self.mails(&SENT, None, limit);
        };
        let Some(mail) = self.tree.read::<Outgoing>(Kind::Sent, id)? else {
            return Self::unknown_mail(id);
        };
        let place = Cursor {
            time: (SENT.time)(&mail),
            id: id.to_owned(),
        };
        self.mails(&SENT, Some(place), limit)
    }

    fn is_known_mail(&self, message_id: &str) -> Result<bool, StoreError> {
        Ok(self.tree.contains(Kind::Waiting, message_id)?
            || self.tree.contains(Kind::Sent, message_id)?)
    }

    fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.tree.read(Kind::Meta, key)
    }

    fn counts(&self) -> Result<Counts, StoreError> {
        Ok(Counts {
            stories: self.tree.count(Kind::StoryTime)?,
            pending: self.tree.count(Kind::Pending)?,
            events: self.tree.count(Kind::EventTime)?,
            verdicts: self.tree.count(Kind::Verdict)?,
            sources: self.tree.count(Kind::Health)?,
            seen: self.tree.count(Kind::Seen)?,
            waiting_mails: self.tree.count(Kind::WaitingTime)?,
            sent_mails: self.tree.count(Kind::SentTime)?,
        })
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        verify_tree(&self.tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{event, event_id, grouped, mail, mail_id, story, story_id};
    use crate::record;

    /// Flips one bit in the middle of a record.
    fn damage(store: &SledStore, kind: Kind, id: &str) {
        let mut bytes = store.tree.bytes(&kind.key(id)).unwrap().unwrap().to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        store.tree.apply([(kind.key(id), Some(bytes))]).unwrap();
    }

    fn full_store(dir: &Path) -> SledStore {
        let store = SledStore::open(dir).unwrap();
        let changes = [
            Change::PutStory(grouped(1, 10)),
            Change::PutStory(story(2, 20)),
            Change::PutPending(story(3, 30)),
            Change::PutEvent(event(1, 10, &[1])),
            Change::Enqueue(mail(1, 10)),
            Change::Enqueue(mail(2, 20)),
        ];
        store.commit(&changes).unwrap();
        store
    }

    #[test]
    fn a_store_is_there_when_it_is_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("not/yet/there");
        drop(full_store(&data));
        let store = SledStore::open(&data).unwrap();
        assert_eq!(store.story(&story_id(1)).unwrap(), Some(grouped(1, 10)));
        assert_eq!(store.outbox(None, 9).unwrap(), [mail(1, 10), mail(2, 20)]);
        assert!(store.verify().unwrap().is_sound());
    }

    #[test]
    fn a_second_opening_is_refused_with_the_way_out() {
        let dir = tempfile::tempdir().unwrap();
        let _held = SledStore::open(dir.path()).unwrap();
        let error = SledStore::open(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!(
                "the data directory {} is in use by another tocsin; \
                 wait for it to end, or give another with --data",
                dir.path().display()
            )
        );
    }

    #[test]
    fn a_damaged_record_is_named_and_the_others_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let store = full_store(dir.path());
        damage(&store, Kind::Story, story_id(1).as_str());
        damage(&store, Kind::Waiting, &mail_id(1));
        let error = store.story(&story_id(1)).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }));
        assert_eq!(
            error.to_string(),
            format!(
                "story {} in {} is damaged: its checksum is wrong\n  `tocsin doctor` counts the \
                 damaged records; bring the directory back from a copy",
                story_id(1),
                dir.path().display()
            )
        );
        assert_eq!(
            store.stories(&Range::default()).unwrap().items,
            [story(2, 20)]
        );
        assert_eq!(store.outbox(None, 9).unwrap(), [mail(2, 20)]);
        let report = store.verify().unwrap();
        assert_eq!(
            report.records, 9,
            "2 stories, 1 pending, 3 marks, 1 event, 2 mails"
        );
        let damaged: Vec<String> = report.problems.iter().map(|p| p.record.clone()).collect();
        let expected = [
            format!("story {}", story_id(1)),
            format!("waiting mail {}", mail_id(1)),
        ];
        assert_eq!(damaged, expected);
    }

    #[test]
    fn writing_a_damaged_record_anew_heals_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = full_store(dir.path());
        damage(&store, Kind::Story, story_id(1).as_str());
        damage(&store, Kind::Event, event_id(1).as_str());
        // At another time: its old place in the index has to go, though it cannot be read.
        let changes = [
            Change::PutStory(grouped(1, 99)),
            Change::PutEvent(event(1, 99, &[1])),
        ];
        store.commit(&changes).unwrap();
        assert_eq!(store.story(&story_id(1)).unwrap(), Some(grouped(1, 99)));
        assert!(store.verify().unwrap().is_sound());
    }

    #[test]
    fn verify_finds_an_index_that_lies() {
        let dir = tempfile::tempdir().unwrap();
        let store = full_store(dir.path());
        let right = Kind::StoryTime.key_at(story(2, 20).time(), story_id(2).as_str());
        let wrong = Kind::StoryTime.key_at(story(2, 21).time(), story_id(2).as_str());
        let stray = b"?x".to_vec();
        let some = Some(Vec::new());
        store
            .tree
            .apply([(right, None), (wrong, some.clone()), (stray, some)])
            .unwrap();
        let problems = store.verify().unwrap().problems;
        let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let expected = [
            "key ?x: no record has such a key".to_owned(),
            format!("story {}: no index leads to it", story_id(2)),
            format!("time index of story {}: it leads to no record", story_id(2)),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_later_schema_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let store = full_store(dir.path());
        let later = record::encode(&(SCHEMA + 1)).unwrap();
        store
            .tree
            .apply([(Kind::Schema.key(""), Some(later))])
            .unwrap();
        drop(store);
        let error = SledStore::open(dir.path()).unwrap_err();
        let StoreError::NewerSchema { found, known, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!((found, known), (SCHEMA + 1, SCHEMA));
    }

    #[test]
    fn a_tree_of_another_program_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let store = full_store(dir.path());
        store.tree.apply([(Kind::Schema.key(""), None)]).unwrap();
        drop(store);
        let error = SledStore::open(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Unreadable { .. }), "{error:?}");
    }

    #[test]
    fn a_data_directory_that_is_a_file_is_an_error_with_its_path() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = SledStore::open(file.path()).unwrap_err();
        assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
        let message = error.to_string();
        assert!(
            message.contains(&file.path().display().to_string()),
            "{message}"
        );
        assert!(message.contains("--data"), "{message}");
    }

    #[test]
    fn a_file_of_other_bytes_is_an_error_and_no_panic() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("store")).unwrap();
        std::fs::write(dir.path().join("store/db"), [0x5a; 700_000]).unwrap();
        std::fs::write(dir.path().join("store/conf"), "not what the engine wrote").unwrap();
        assert!(SledStore::open(dir.path()).is_err());
    }
}
