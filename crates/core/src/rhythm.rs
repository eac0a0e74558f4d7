//! When a source publishes, as far as it was seen.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Hours of a working day, then those of a day of the weekend.
pub const HOURS: usize = 48;

/// What was seen of a source's publishing; older days count less and less. Numbers are thousandths, so that
/// equal histories are equal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Entries by hour of the day in UTC: [`HOURS`] of them, or none yet.
    pub hours: Vec<u64>,
    /// Days of each kind that were counted.
    pub days: [u64; 2],
    /// Up to when it was counted.
    pub counted_to: Option<Timestamp>,
    /// When the latest entry was published.
    pub latest: Option<Timestamp>,
    /// The longest silence between two entries, in seconds; what is long ago counts less.
    pub longest_gap_s: u64,
    /// Entries counted, ever.
    pub entries: u64,
    /// Seconds after which its list still reaches back to the poll before, where it once did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaches_s: Option<u64>,
    /// What the source asks of those who poll it.
    #[serde(default)]
    pub asks: Asks,
}

/// What a source asks of those who poll it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asks {
    /// Seconds between two polls at least: RSS `ttl`, `sy:updatePeriod`, `Cache-Control: max-age`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_interval_s: Option<u64>,
    /// Hours in GMT in which it is not to be polled (RSS `skipHours`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip_hours: Vec<u8>,
    /// Days on which it is not to be polled, Monday is 0 (RSS `skipDays`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip_days: Vec<u8>,
}
