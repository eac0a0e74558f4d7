//! What a batch may do.

use crate::StoreError;
use std::collections::HashSet;
use tocsin_core::{Event, EventId, Health, Outgoing, SourceId, Story, StoryId, Timestamp, Verdict};

/// One change. Each may be repeated: doing it twice leaves what doing it once leaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Keeps a story that was judged and not yet grouped, and marks its canonical address as seen.
    PutPending(Story),
    /// Keeps a grouped story, marks its canonical address as seen, and removes the pending story of
    /// the same id.
    PutStory(Story),
    /// Keeps an event.
    PutEvent(Event),
    /// Removes an event that became part of another, which is found under its id from then on.
    MergeEvent {
        /// The event that is no more.
        from: EventId,
        /// The other; its stories come with changes of their own.
        into: EventId,
    },
    /// Keeps how a source is doing.
    PutHealth(SourceId, Health),
    /// Keeps what an analyst decided about a story, in place of what was kept about it before.
    PutVerdict(Verdict),
    /// Forgets what an analyst decided about a story.
    RemoveVerdict(StoryId),
    /// An address needs no fetch again.
    MarkSeen {
        /// The address in canonical form.
        url: String,
        /// The story that it led to.
        story: Option<StoryId>,
    },
    /// Puts a mail into the outbox; ignored where its message id is waiting or was sent already.
    Enqueue(Outgoing),
    /// Moves a mail from the outbox to the sent ones and sets its `sent_at`; ignored where it was
    /// sent already, so the first moment stays.
    Delivered {
        /// The mail.
        message_id: String,
        /// When it was taken.
        at: Timestamp,
    },
    /// Replaces a waiting mail by what became of it; its place in the outbox stays. Ignored where
    /// it was sent already, or withdrawn by the same batch.
    Deferred(Outgoing),
    /// Takes a mail that nobody wants any more out of the outbox; ignored where it was sent already.
    Withdraw {
        /// The mail.
        message_id: String,
    },
    /// Keeps a named value.
    SetMeta {
        /// Its name.
        key: String,
        /// The value.
        value: String,
    },
}

/// Refuses a batch that speaks of a mail that is known neither to the store nor to the batch
/// itself.
pub(crate) fn check_mails(
    changes: &[Change],
    is_known: impl Fn(&str) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut queued: HashSet<&str> = HashSet::new();
    for change in changes {
        let id = match change {
            Change::Enqueue(mail) => {
                queued.insert(&mail.alert.message_id);
                continue;
            }
            Change::Deferred(mail) => mail.alert.message_id.as_str(),
            Change::Delivered { message_id, .. } => message_id.as_str(),
            _ => continue,
        };
        if !queued.contains(id) && !is_known(id)? {
            return Err(StoreError::UnknownMail {
                message_id: id.to_owned(),
            });
        }
    }
    Ok(())
}
