//! How a page writes its dates, and how late they may be.

use super::moment::Moment;
use jiff::civil::Date;
use jiff::tz::Offset;
use tocsin_core::Timestamp;

/// Which comes first in `3/2/2026`; a number over twelve overrules it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

/// How a page writes its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub(crate) order: Order,
    /// When the page was read: what it tells of happened before.
    pub(crate) read_at: Option<Timestamp>,
}

impl Calendar {
    /// How a page in this language, of this host, writes dates: in American English the month comes first.
    pub(crate) fn of(lang: Option<&str>, host: &str, read_at: Option<Timestamp>) -> Self {
        let lang = lang.unwrap_or("en").to_ascii_lowercase().replace('_', "-");
        let abroad = [
            ".uk", ".au", ".nz", ".in", ".za", ".ie", ".ng", ".ke", ".sg", ".my", ".pk", ".eu",
        ];
        let american =
            lang == "en-us" || (lang == "en" && !abroad.iter().any(|end| host.ends_with(end)));
        let order = if american {
            Order::MonthFirst
        } else {
            Order::DayFirst
        };
        Self { order, read_at }
    }

    /// Whether a page may tell of a day: also of the day after the reading, for that has begun somewhere.
    pub(crate) fn allows(self, day: Date) -> bool {
        let last = self.read_at.map(|at| Offset::UTC.to_datetime(at).date());
        last.and_then(|last| last.tomorrow().ok())
            .is_none_or(|last| day <= last)
    }

    /// A moment that a page may tell of.
    pub(crate) fn bounded(self, moment: Moment) -> Option<Moment> {
        self.allows(moment.day()).then_some(moment)
    }
}
