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
    /// By host: how often in a row it asked for a pause and did not say for how long.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub times: BTreeMap<String, u32>,
}
