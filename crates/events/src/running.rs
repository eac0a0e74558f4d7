//! An event while its stories are remembered.

use crate::Item;
use crate::development::Known;
use crate::facts::Facts;
use crate::join::Distance;
use crate::novelty::{Outlets, Told};
use tocsin_core::{EventId, Novelty, Timestamp};

/// Seconds in a day.
const DAY: f32 = 86_400.0;

/// What is remembered of an event.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) id: EventId,
    pub(crate) title: String,
    /// Stories that are no copies.
    pub(crate) stories: u32,
    /// Stories that are remembered, copies included.
    pub(crate) remembered: u32,
    /// Number of its latest story.
    latest: u32,
    span: Option<(Timestamp, Timestamp)>,
    pub(crate) outlets: Outlets,
    pub(crate) told: Told,
    pub(crate) known: Known,
}

impl Running {
    /// An event that has no story yet.
    pub(crate) fn new(id: EventId, title: String, told: Told) -> Self {
        Self {
            id,
            title,
            stories: 0,
            remembered: 0,
            latest: 0,
            span: None,
            outlets: Outlets::default(),
            told,
            known: Known::default(),
        }
    }

    /// Takes in a story, under its number.
    pub(crate) fn take(
        &mut self,
        item: &Item,
        facts: &Facts,
        number: u32,
        is_copy: bool,
        window_hours: u32,
    ) {
        self.known.take(facts);
        self.stories += u32::from(!is_copy);
        self.remembered += 1;
        self.latest = number;
        self.outlets.add(&item.source, item.published);
        let Some(time) = item.published else {
            return;
        };
        let (first, last) = self.span.unwrap_or((time, time));
        // A copy may bear any date: one far off does not stretch the event.
        let apart = time.duration_since(last).max(first.duration_since(time));
        if apart.as_hours() <= i64::from(window_hours) {
            self.span = Some((first.min(time), last.max(time)));
        }
    }

    /// How far a story of this time, and of the next number, is from it; `None` outside its window.
    pub(crate) fn distance(
        &self,
        time: Option<Timestamp>,
        next: u32,
        window_hours: u32,
    ) -> Option<Distance> {
        let (Some(time), Some((first, last))) = (time, self.span) else {
            return Some(Distance::Arrivals(next.saturating_sub(self.latest)));
        };
        let seconds = if time > last {
            time.duration_since(last).as_secs()
        } else if time < first {
            first.duration_since(time).as_secs()
        } else {
            0
        };
        (seconds <= i64::from(window_hours) * 3_600).then(|| {
            #[expect(clippy::cast_precision_loss, reason = "seconds of some days")]
            let days = seconds as f32 / DAY;
            Distance::Days(days)
        })
    }

    /// How new a story is that opened it or that joined it.
    pub(crate) fn novelty(&self, opened: bool, likeness: f32) -> Novelty {
        if opened {
            self.told.new_event(&self.outlets)
        } else {
            let likeness = f64::from(likeness);
            self.told.follow_up(&self.title, &self.outlets, likeness)
        }
    }
}
