//! A mail that was sent, or is due.

use crate::{EventId, StoryId, Timestamp};
use serde::{Deserialize, Serialize};

/// One alert to one reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The rule that fired.
    pub rule: String,
    /// The event that it fired on, for rules about events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// The stories it tells of.
    pub stories: Vec<StoryId>,
    /// Why it fired, in a sentence.
    pub reason: String,
    /// The address, folder or stream it goes to.
    pub to: String,
    /// When it was delivered; `None` while it waits in the outbox.
    pub sent_at: Option<Timestamp>,
    /// Depends on rule, event and reader alone, so a repeat can be dropped by the reader's side.
    pub message_id: String,
}

/// An alert in the outbox: a mail as data until the last step, and the state of its delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// What it tells, and to whom.
    pub alert: Alert,
    /// The subject, as a reader sees it.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Message ids of earlier mails in the thread, oldest first.
    pub references: Vec<String>,
    /// When it was put into the outbox; becomes the mail's `Date`.
    pub queued_at: Timestamp,
    /// Deliveries tried so far.
    pub attempts: u32,
    /// Not tried again before this moment.
    pub next_try: Option<Timestamp>,
    /// Why the last try failed.
    pub last_error: Option<String>,
}
