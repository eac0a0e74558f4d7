//! What may be set about copies and events.

use serde::Deserialize;

/// How stories are grouped: the `[events]` table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Hours that a story is remembered after it was published: for copies, for “first in … days”,
    /// for what is rare. Also the span that has to be restored after a restart.
    pub memory_hours: u64,
    /// Stories remembered at most, copies not counted; the oldest go first.
    pub max_stories: usize,
    /// Hours after an event's latest story in which another may join it.
    pub window_hours: u64,
    /// Hours after an event's first story beyond which only copies join it: a long affair becomes
    /// several events instead of one that swallows the next weeks.
    pub longest_event_hours: u64,
    /// How sure a story must be of its event to join it, 0 to 1. Lower makes fewer, larger events.
    pub join: f64,
    /// Share of the shorter text that makes a copy, 0 to 1.
    pub copy_share: f64,
    /// Share that is enough where the shared text is long, 0 to 1.
    pub long_copy_share: f64,
    /// Words in common that count as long.
    pub long_copy_words: usize,
    /// Share of the figures in the shared text that must be the same, 0 to 1: less is the next issue
    /// of a report, not a copy.
    pub copy_figures: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            memory_hours: 30 * 24,
            max_stories: 20_000,
            window_hours: 5 * 24,
            longest_event_hours: 10 * 24,
            join: 0.5,
            copy_share: 0.6,
            long_copy_share: 0.3,
            long_copy_words: 80,
            copy_figures: 0.6,
        }
    }
}
