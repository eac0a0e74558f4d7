//! What we owe to hosts beyond the end of the process that asked them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tocsin_core::Timestamp;

/// What a next process has to know to be as good a guest as this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debts {
    /// Milliseconds of the longest gap that a site got, by its own wish or since it was slow.
    pub gap_ms: u64,
    /// By host: when it may be asked again, where it asked for a pause that still lasts.
    pub pauses: BTreeMap<String, Timestamp>,
    /// By host: pauses in a row that it asked for without saying how long, of the last day.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub times: BTreeMap<String, Unmeasured>,
}

/// Pauses in a row that a host asked for without saying how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmeasured {
    /// How many.
    pub times: u32,
    /// When the last one began.
    pub last: Timestamp,
}
