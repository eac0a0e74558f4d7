//! The dials, tuned on dated news with known events; see `docs/measurements.md`.

use crate::{Merge, Split, Weights};
use serde::Deserialize;

/// The `[events]` table of `tocsin.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Hours after an event's latest story within which a story may join it.
    pub window_hours: u32,
    /// Hours of stories that are read back when the program starts, for near-copies and for what is new.
    pub memory_hours: u32,
    /// Stories remembered at most, whatever their age.
    pub memory_items: usize,
    /// Share of the shorter text's five-word sequences that two copies have in common.
    pub copy_overlap: f64,
    /// Share of the shared sequences with numbers, months or weekdays in which these have to agree.
    pub copy_numbers: f64,
    /// What counts when a story may join an event.
    pub join: Weights,
    /// When two stories leave an event.
    pub split: Split,
    /// When two events become one.
    pub merge: Merge,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_hours: 96,
            memory_hours: 30 * 24,
            memory_items: 100_000,
            copy_overlap: 0.6,
            copy_numbers: 0.6,
            join: Weights::default(),
            split: Split::default(),
            merge: Merge::default(),
        }
    }
}
