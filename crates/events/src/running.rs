//! An event while its stories are remembered.

use crate::Item;
use crate::development::Known;
use crate::facts::Facts;
use crate::join::{Distance, few};
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
    /// Sum of the cosines of all pairs of its stories.
    ties: f32,
    /// It was put together of several.
    kept_whole: bool,
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
            ties: 0.0,
            kept_whole: false,
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

    /// Takes in a story's cosines to the others, by their sum.
    pub(crate) fn tie(&mut self, sum: f32) {
        self.ties += sum;
    }

    /// Mean cosine of two stories of the event.
    pub(crate) fn usual_tie(&self) -> f32 {
        2.0 * self.mean_tie(self.ties) / few(self.stories.max(1))
    }

    /// Mean cosine of a story to the others, from the sum of them.
    pub(crate) fn mean_tie(&self, sum: f32) -> f32 {
        sum / few(self.stories.saturating_sub(1).max(1))
    }

    /// It stays together.
    pub(crate) fn keep_whole(&mut self) {
        self.kept_whole = true;
    }

    /// Whether it stays together.
    pub(crate) fn is_kept_whole(&self) -> bool {
        self.kept_whole
    }

    /// Hands a story of this time, and of these ties to the others, over to another event.
    pub(crate) fn hand_over(&mut self, to: &mut Self, time: Option<Timestamp>, ties: f32) {
        self.stories = self.stories.saturating_sub(1);
        self.remembered = self.remembered.saturating_sub(1);
        self.ties -= ties;
        to.stories += 1;
        to.remembered += 1;
        to.span = to.span.or_else(|| time.map(|time| (time, time)));
    }

    /// Takes in an event that is the same.
    pub(crate) fn take_in(&mut self, other: &mut Self) {
        self.stories += other.stories;
        self.remembered += other.remembered;
        self.latest = self.latest.max(other.latest);
        self.ties += other.ties;
        self.kept_whole = true;
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.outlets.take_in(&mut other.outlets);
        self.known.take_in(&mut other.known);
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

    pub(crate) fn rename(&mut self, title: &str) {
        title.clone_into(&mut self.title);
    }

    /// Its title and its day, in words.
    pub(crate) fn words(&self) -> String {
        self.told.words(&self.title)
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
