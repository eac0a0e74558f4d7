//! What becomes of a story, from what it has in common with the events in reach.

use crate::Settings;
use crate::join::{Common, Distance};

/// A new event follows an earlier one where a story of it has so large a cosine to the first.
const FOLLOWS: f32 = 0.2;

/// An event that a story may belong to.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) event: u32,
    /// Its stories that are no copies.
    pub(crate) stories: u32,
    pub(crate) distance: Distance,
    pub(crate) common: Common,
    /// Mean cosine of two of its stories.
    pub(crate) usual: f32,
    /// Mean cosine of the story that is nearest to the new one to the others.
    pub(crate) others_of_nearest: f32,
    /// It was put together of several.
    pub(crate) kept_whole: bool,
}

/// What comparing a story with the remembered ones gives.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// The events in reach.
    pub(crate) candidates: Vec<Candidate>,
    /// Of all events the one with the nearest story, and its cosine.
    pub(crate) nearest: Option<(u32, f32)>,
    /// Of each story that it has something in common with, by number.
    pub(crate) cosines: Vec<(u32, f32)>,
}

/// What becomes of a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// It joins this event.
    Joins(u32),
    /// It joins an event, and another becomes part of that one.
    Merges { into: u32, from: u32 },
    /// It opens an event.
    Opens,
    /// It opens an event, and the story with this number leaves its own for it.
    Splits(u32),
}

impl Verdict {
    /// The event that the story joins.
    pub(crate) fn joins(self) -> Option<u32> {
        match self {
            Self::Joins(event) | Self::Merges { into: event, .. } => Some(event),
            Self::Opens | Self::Splits(_) => None,
        }
    }

    /// The event that becomes part of that one.
    pub(crate) fn merges(self) -> Option<u32> {
        match self {
            Self::Merges { from, .. } => Some(from),
            Self::Joins(_) | Self::Opens | Self::Splits(_) => None,
        }
    }

    /// The story that it takes with it into a new event.
    pub(crate) fn takes(self) -> Option<u32> {
        match self {
            Self::Splits(number) => Some(number),
            Self::Joins(_) | Self::Merges { .. } | Self::Opens => None,
        }
    }
}

impl Compared {
    /// Cosine to the nearest story of any event.
    pub(crate) fn likeness(&self) -> f32 {
        self.nearest.map_or(0.0, |(_, cosine)| cosine)
    }

    /// The event that a new one follows.
    pub(crate) fn follows(&self) -> Option<u32> {
        self.nearest
            .filter(|(_, cosine)| *cosine >= FOLLOWS)
            .map(|(event, _)| event)
    }

    /// What becomes of a story that is no copy; whether it is a headline alone counts.
    pub(crate) fn verdict(&self, settings: &Settings, headline: bool) -> Verdict {
        let scored = self.scored(settings, headline);
        let in_order = |a: &&(f32, &Candidate), b: &&(f32, &Candidate)| {
            a.0.total_cmp(&b.0).then(b.1.event.cmp(&a.1.event))
        };
        let Some((score, best)) = scored.iter().max_by(in_order).filter(|best| best.0 > 0.0) else {
            return Verdict::Opens;
        };
        if !best.kept_whole && settings.split.parts(best) {
            return Verdict::Splits(best.common.nearest_story());
        }
        let others = scored.iter().filter(|(_, c)| c.event != best.event);
        let bridged = others
            .filter(|(other_score, other)| {
                let both = [(*score, *best), (*other_score, *other)];
                settings.merge.joins(both)
            })
            .max_by(in_order);
        match bridged {
            None => Verdict::Joins(best.event),
            Some((_, other)) => {
                // The larger stays, of equal ones the older.
                let size = |c: &Candidate| (c.stories, std::cmp::Reverse(c.event));
                let (into, from) = if size(best) > size(other) {
                    (best.event, other.event)
                } else {
                    (other.event, best.event)
                };
                Verdict::Merges { into, from }
            }
        }
    }

    /// What the story has in common with each event, as one number.
    fn scored(&self, settings: &Settings, headline: bool) -> Vec<(f32, &Candidate)> {
        let threes = || {
            let candidates = self.candidates.iter();
            candidates.map(|c| (c.common.nearest_three(c.stories), c.event))
        };
        let first = threes().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let first = first.unwrap_or_default();
        let second = threes()
            .filter(|(_, event)| *event != first.1)
            .map(|(three, _)| three)
            .fold(0.0, f32::max);
        let candidates = self.candidates.iter().map(|c| {
            let rival = if c.event == first.1 { second } else { first.0 };
            let weights = &settings.join;
            let score = c
                .common
                .score(weights, c.stories, c.distance, headline, rival);
            (score, c)
        });
        candidates.collect()
    }
}
