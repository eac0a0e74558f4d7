//! The dials, tuned on dated news with known events; see `docs/measurements.md`.

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
    /// Similarity, from 0 to 1, from which a story joins an event of the same hour.
    pub join_similarity: f64,
    /// What is added to that for each day between them.
    pub join_per_day: f64,
    /// Similarity from which it joins where times are not known.
    pub join_without_time: f64,
    /// Share of the shorter text's five-word sequences that two copies have in common.
    pub copy_overlap: f64,
    /// Share of the shorter text's numbers, months and weekdays that two copies have in common.
    pub copy_numbers: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_hours: 72,
            memory_hours: 30 * 24,
            memory_items: 100_000,
            join_similarity: 0.13,
            join_per_day: 0.08,
            join_without_time: 0.19,
            copy_overlap: 0.6,
            copy_numbers: 0.8,
        }
    }
}
