//! How new an event is, in a number and a sentence.

use std::collections::HashSet;
use tocsin_core::{Novelty, Score, Timestamp};

/// Days after which the same words together are news again.
const LONG_AGO: i64 = 30;

/// How new a new fact of a known event is: more than another telling, less than an event without past.
const DEVELOPMENT: f64 = 0.6;

/// Who told an event, and when.
#[derive(Debug, Default)]
pub(crate) struct Outlets {
    names: HashSet<String>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Outlets {
    pub(crate) fn add(&mut self, source: &str, time: Option<Timestamp>) {
        self.names.insert(source.to_owned());
        self.first = match (self.first, time) {
            (Some(known), Some(time)) => Some(known.min(time)),
            (known, time) => known.or(time),
        };
        self.last = self.last.max(time);
    }

    pub(crate) fn take_in(&mut self, other: &mut Self) {
        for name in other.names.drain() {
            self.add(&name, other.first);
        }
        self.last = self.last.max(other.last);
    }

    /// "4 outlets within 3 hours"; nothing for a single one.
    fn words(&self) -> Option<String> {
        let count = self.names.len();
        if count < 2 {
            return None;
        }
        let span = self
            .first
            .zip(self.last)
            .map(|(first, last)| last.duration_since(first).as_hours());
        Some(match span {
            None => format!("{count} outlets"),
            Some(0) => format!("{count} outlets within the hour"),
            Some(hours @ 1..48) => format!("{count} outlets within {} hours", hours + 1),
            Some(hours) => format!("{count} outlets within {} days", hours / 24 + 1),
        })
    }
}

/// What was known when an event opened.
#[derive(Debug)]
pub(crate) struct Told {
    words: Vec<String>,
    opened: Option<Timestamp>,
    last_joined: Option<Timestamp>,
    similarity: f64,
    follows: Option<String>,
}

impl Told {
    /// `words` tell the event; `last_joined` is when a story last held them all; `similarity` is that
    /// to the nearest story of another event; `follows` is an event that comes before, in words.
    pub(crate) fn new(
        words: Vec<String>,
        opened: Option<Timestamp>,
        last_joined: Option<Timestamp>,
        similarity: f64,
        follows: Option<String>,
    ) -> Self {
        Self {
            words,
            opened,
            last_joined,
            similarity,
            follows,
        }
    }

    /// An event of this title and its day.
    pub(crate) fn words(&self, title: &str) -> String {
        let day = self
            .opened
            .map(|t| t.strftime(" of %-d %B").to_string())
            .unwrap_or_default();
        match title.is_empty() {
            true => format!("an earlier event{day}"),
            false => format!("“{title}”{day}"),
        }
    }

    /// Why the event is new.
    pub(crate) fn new_event(&self, outlets: &Outlets) -> Novelty {
        let days = self
            .opened
            .zip(self.last_joined)
            .map(|(now, then)| now.duration_since(then).as_hours() / 24);
        let joined = list(&self.words);
        let mut reason = match days {
            _ if self.words.is_empty() => "first story with these words".to_owned(),
            None => format!("no earlier story joins {joined}"),
            Some(days) if days >= LONG_AGO => {
                format!("first story in {days} days to join {joined}")
            }
            Some(_) => format!("told differently from what is known of {joined}"),
        };
        if let Some(follows) = &self.follows {
            reason = format!("{reason}; follows {follows}");
        }
        if let Some(outlets) = outlets.words() {
            reason = format!("{reason}; {outlets}");
        }
        let fresh = if days.is_some_and(|d| d < LONG_AGO) {
            0.3
        } else {
            0.5
        };
        Novelty {
            score: Score::new(fresh + 0.5 * (1.0 - self.similarity)),
            reason,
        }
    }

    /// What a story follows that joined an event.
    pub(crate) fn follow_up(&self, title: &str, outlets: &Outlets, similarity: f64) -> Novelty {
        let mut reason = format!("follows {}", self.words(title));
        if let Some(outlets) = outlets.words() {
            reason = format!("{reason}; {outlets}");
        }
        Novelty {
            score: Score::new(0.4 * (1.0 - similarity)),
            reason,
        }
    }
}

/// What is said of a story that brings a new fact of a known event.
pub(crate) fn development(title: &str, fact: &str) -> Novelty {
    Novelty {
        score: Score::new(DEVELOPMENT),
        reason: format!("new fact in “{title}”: “{fact}”"),
    }
}

/// What is said of a near-copy.
pub(crate) fn copy() -> Novelty {
    Novelty {
        score: Score::ZERO,
        reason: "copy of a story already known".to_owned(),
    }
}

fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
