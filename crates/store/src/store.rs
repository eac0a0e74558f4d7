//! The trait, and what every engine promises.

use crate::{Batch, Change, Range, StoreError, VerifyReport};
use tocsin_core::{Event, EventId, Health, Outgoing, SourceId, Story, StoryId, Verdict};

/// The only memory of the program.
///
/// # What every store promises
/// - **Atomic.** A batch is kept whole or not at all, whatever happens meanwhile.
/// - **Durable.** Once [`commit`](Self::commit) returns `Ok`, a kill or a power cut does not undo
///   the batch (a [`crate::MemoryStore`] lives only as long as its process).
/// - **Idempotent.** A batch whose `commit` failed may or may not be kept; committing it again is
///   always right.
/// - **Ordered.** Batches are applied one after the other, changes of a batch in their order.
/// - **Checked.** A damaged record is never taken for a good one. Asked for by its id, it is an
///   error that names it; in a list, it is left out, a warning goes to the log, and the others
///   follow. Writing the record anew heals it.
///
/// A reader may run beside a writer. A list that takes several calls is no snapshot: a record that
/// moves in time between two calls may be met twice or not at all.
///
/// # Errors
/// Every method fails where the engine cannot read or write, with [`StoreError::Io`] or
/// [`StoreError::Unreadable`]; what else may happen is said at each.
pub trait Store: Send + Sync {
    /// Applies a batch.
    ///
    /// # Errors
    /// [`StoreError::UnknownMail`] where a mail is delivered or deferred that was never queued;
    /// then nothing of the batch is kept.
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError>;

    /// A grouped story. Pending ones are found by [`pending`](Self::pending) alone.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn story(&self, id: &StoryId) -> Result<Option<Story>, StoreError>;

    /// Grouped stories by [`Story::time`].
    ///
    /// # Errors
    /// None of its own.
    fn stories(&self, range: &Range) -> Result<Batch<Story>, StoreError>;

    /// An event; of one that became part of another, that other.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn event(&self, id: &EventId) -> Result<Option<Event>, StoreError>;

    /// Events by `last_seen`.
    ///
    /// # Errors
    /// None of its own.
    fn events(&self, range: &Range) -> Result<Batch<Event>, StoreError>;

    /// Stories that wait to be grouped, by id, behind `after`.
    ///
    /// # Errors
    /// None of its own.
    fn pending(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Story>, StoreError>;

    /// What an analyst decided about a story.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn verdict(&self, id: &StoryId) -> Result<Option<Verdict>, StoreError>;

    /// Analysts' verdicts, by the id of their story, behind `after`.
    ///
    /// # Errors
    /// None of its own.
    fn verdicts(&self, after: Option<&StoryId>, limit: usize) -> Result<Vec<Verdict>, StoreError>;

    /// How a source is doing; `None` for one that was never polled.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn health(&self, source: &SourceId) -> Result<Option<Health>, StoreError>;

    /// Whether an address, in canonical form, needs no fetch: it was marked, or is that of a
    /// pending or a grouped story.
    ///
    /// # Errors
    /// None of its own.
    fn seen(&self, url: &str) -> Result<bool, StoreError>;

    /// The story that a marked address, in canonical form, led to; `None` where it led to none or was not marked.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn story_at(&self, url: &str) -> Result<Option<StoryId>, StoreError>;

    /// Mails that wait, the first queued first, behind the mail `after`, which may have been sent
    /// meanwhile.
    ///
    /// # Errors
    /// [`StoreError::UnknownMail`] where `after` is neither waiting nor sent;
    /// [`StoreError::Damaged`] where that mail cannot be read.
    fn outbox(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError>;

    /// Mails that were delivered, the first delivered first, behind the mail `after`.
    ///
    /// # Errors
    /// [`StoreError::UnknownMail`] where `after` was not sent; [`StoreError::Damaged`] where that
    /// mail cannot be read.
    fn sent(&self, after: Option<&str>, limit: usize) -> Result<Vec<Outgoing>, StoreError>;

    /// Whether a mail waits or was sent.
    ///
    /// # Errors
    /// None of its own.
    fn is_known_mail(&self, message_id: &str) -> Result<bool, StoreError>;

    /// A named value.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn meta(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// How much is kept.
    ///
    /// # Errors
    /// None of its own.
    fn counts(&self) -> Result<Counts, StoreError>;

    /// Reads every record, checks its checksum and whether what it refers to is there. Takes memory
    /// in proportion to the number of records, not to their size.
    ///
    /// # Errors
    /// None of its own: what is wrong with the records is the report.
    fn verify(&self) -> Result<VerifyReport, StoreError>;
}

/// Merged into one that was merged itself, and so on: so many steps are followed.
pub(crate) const MOST_MERGES: usize = 32;

/// How many records of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Grouped stories.
    pub stories: usize,
    /// Stories that wait to be grouped.
    pub pending: usize,
    /// Events.
    pub events: usize,
    /// Stories with an analyst's verdict.
    pub verdicts: usize,
    /// Sources that were polled.
    pub sources: usize,
    /// Addresses that need no fetch again.
    pub seen: usize,
    /// Mails in the outbox.
    pub waiting_mails: usize,
    /// Mails delivered.
    pub sent_mails: usize,
}
