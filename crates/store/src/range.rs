//! A stretch of time, read page by page.

use tocsin_core::Timestamp;

/// Which stories or events are read, and in which order. Equal times are ordered by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// The latest first; else the earliest.
    pub newest_first: bool,
    /// Goes on behind this place; see [`Batch::next`].
    pub after: Option<Cursor>,
    /// Most records read at once; 0 reads none.
    pub limit: usize,
}

impl Default for Range {
    /// All of time, the earliest first, a hundred at once.
    fn default() -> Self {
        Self {
            from: None,
            until: None,
            newest_first: false,
            after: None,
            limit: 100,
        }
    }
}

impl Range {
    /// Whether a record of this time and id lies in the range, behind its cursor.
    pub(crate) fn admits(&self, time: Timestamp, id: &str) -> bool {
        let behind = |c: &Cursor| {
            let (this, last) = ((time, id), (c.time, c.id.as_str()));
            if self.newest_first {
                this < last
            } else {
                this > last
            }
        };
        self.from.is_none_or(|from| time >= from)
            && self.until.is_none_or(|until| time < until)
            && self.after.as_ref().is_none_or(behind)
    }
}

/// A place in a [`Range`]. Stays good when records come, change or go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) time: Timestamp,
    pub(crate) id: String,
}

/// One page of a [`Range`].
#[derive(Debug, Clone, PartialEq)]
pub struct Batch<T> {
    /// The records, in the range's order.
    pub items: Vec<T>,
    /// Where the next page begins; `None` where the range ends here.
    pub next: Option<Cursor>,
}
