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
