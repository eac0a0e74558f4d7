//! Decides when a source is polled next, and why, in words that `sources list` shows; and how it is doing.
//!
//! In: a source's health, what the last poll gave, the time. Out: its health after that. A source is polled by
//! its own rhythm (`rhythm`), within bounds and what it asks for; one that fails is left alone for longer and
//! longer, and one that asks for a pause gets it. One that is silent for longer than is usual for it is quiet,
//! though it answers.
//!
//! Never: reads a clock, opens a socket.

use crate::fetch::{FetchError, Validators};
use crate::rhythm;
use jiff::SignedDuration;
use tocsin_core::{Asks, Barrier, Health, Moved, Rhythm, SourceState, Timestamp};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Seconds between two polls of a source that answers, at least and at most.
const BOUNDS: (u64, u64) = (10 * MINUTE, DAY);
/// A longer `max-age` is a mistake more often than a wish.
const LONGEST_MAX_AGE_S: u64 = 6 * HOUR;
/// A list whose latest entry is older was left by its writers.
const LEFT_DAYS: i64 = 45;
/// The wait after one failure; doubled by each one that follows.
const FIRST_RETRY_S: u64 = 15 * MINUTE;
const LONGEST_RETRY_S: u64 = DAY;
/// Polls in a row after which a page that is not there counts as gone for good.
const GONE_AFTER: u32 = 3;
/// Polls in a row that are answered with "too often" from which on that counts as a barrier.
const TOO_OFTEN: u32 = 4;

/// What a poll gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollOutcome {
    /// The source was read.
    Read(Reading),
    /// The source says that nothing changed.
    NotModified,
    /// The source was not read.
    Failed {
        /// Why, in a sentence.
        error: String,
        /// What keeps us out, if something does.
        barrier: Option<Barrier>,
        /// Until when the host asked to wait.
        retry_at: Option<Timestamp>,
        /// Whether it said that it is asked too often.
        too_often: bool,
    },
    /// Nothing was asked: its host rests for other failures, or asked another request for a pause.
    Postponed {
        /// Until then.
        until: Timestamp,
    },
    /// The source was not found where it was.
    Gone {
        /// How that was told, in a sentence.
        error: String,
        /// Whether it was said that it does not come back: status 410.
        for_good: bool,
    },
}

/// What was read of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Entries that were not known.
    pub new_entries: usize,
    /// When the entries that it lists were published, known ones included, as far as they say.
    pub published: Vec<Timestamp>,
    /// What the list asks of those who poll it.
    pub asks: Asks,
    /// Seconds for which the answer is fresh, by its `Cache-Control`.
    pub max_age_s: Option<u64>,
    /// What to ask with next time.
    pub validators: Validators,
    /// Its move for good, if it has moved.
    pub moved: Option<Moved>,
}

impl From<&FetchError> for PollOutcome {
    fn from(error: &FetchError) -> Self {
        let words = error.to_string();
        if let (true, Some(until)) = (error.is_rest(), error.retry_at()) {
            return Self::Postponed { until };
        }
        if error.is_gone() {
            return Self::Gone {
                error: words,
                for_good: error.is_gone_for_good(),
            };
        }
        Self::Failed {
            error: words,
            barrier: error.barrier(),
            retry_at: error.retry_at(),
            too_often: error.is_too_often(),
        }
    }
}

/// A source's health after a poll that ended at `now`. Same arguments, same answer.
pub fn after_poll(health: &Health, outcome: &PollOutcome, now: Timestamp) -> Health {
    let after = match outcome {
        PollOutcome::Read(reading) => read(health, reading, now),
        PollOutcome::NotModified => not_modified(health, now),
        PollOutcome::Postponed { until } => Health {
            next_poll: Some(*until),
            why_next: format!("its host is left alone until {until}"),
            ..health.clone()
        },
        PollOutcome::Failed {
            error,
            barrier,
            retry_at,
            too_often,
        } => {
            let times = if *too_often {
                health.too_often.saturating_add(1)
            } else {
                0
            };
            // One such answer is a wish for a pause; several in a row, however long we waited, keep us out.
            let often = (times >= TOO_OFTEN).then_some(Barrier::TooOften);
            Health {
                too_often: times,
                ..failed(health, error, barrier.or(often), *retry_at, now)
            }
        }
        PollOutcome::Gone { error, for_good } => gone(health, error, *for_good, now),
    };
    let since = match after.state == health.state {
        true => health.since.or(Some(now)),
        false => Some(now),
    };
    Health { since, ..after }
}

/// A source that was polled at `now`, polled again no sooner than after so many minutes, at most a day.
pub fn no_sooner(health: Health, minutes: u32, now: Timestamp) -> Health {
    let wait_s = (u64::from(minutes) * MINUTE).min(DAY);
    let least = later(now, wait_s);
    match health.next_poll {
        Some(next) if next < least => Health {
            next_poll: Some(least),
            why_next: format!(
                "{}; sources.toml asks for {} between polls",
                health.why_next,
                words(wait_s)
            ),
            ..health
        },
        _ => health,
    }
}

/// Whether a source may be polled at `now`. A time that is farther off than any wait was set by a clock that has been
/// put right since.
pub fn is_due(health: &Health, now: Timestamp) -> bool {
    let farthest = later(now, 2 * DAY);
    health
        .next_poll
        .is_none_or(|next| next <= now || next > farthest)
}

/// Nothing new: a source that was left, or is silent, still is.
fn not_modified(health: &Health, now: Timestamp) -> Health {
    let after = answered(health, health.rhythm.clone(), 0, now);
    match (health.state, after.state) {
        (SourceState::Quiet, SourceState::Healthy) => Health {
            state: SourceState::Quiet,
            ..after
        },
        _ => after,
    }
}

fn read(health: &Health, reading: &Reading, now: Timestamp) -> Health {
    let published = dated(health, reading, now);
    // Some lists give all their entries the time at which they were made: only so many are new.
    let most = match health.last_ok {
        Some(_) => reading.new_entries,
        None => usize::MAX,
    };
    let mut rhythm = rhythm::observe(&health.rhythm, &published, most, now);
    rhythm.asks = reading.asks.clone();
    let fresh = reading
        .max_age_s
        .map(|seconds| seconds.min(LONGEST_MAX_AGE_S));
    rhythm.asks.min_interval_s = rhythm.asks.min_interval_s.max(fresh).filter(|s| *s > 0);
    let waited = health
        .last_ok
        .map(|last| now.duration_since(last).as_secs());
    let waited_s = waited.and_then(|waited| u64::try_from(waited).ok());
    rhythm.reaches_s = rhythm::reaches_s(
        health.rhythm.reaches_s,
        rhythm::has_gap(&reading.published, health.last_ok),
        waited_s.unwrap_or_default(),
        BOUNDS,
    );
    let after = answered(health, rhythm, reading.new_entries, now);
    let was_left = || {
        let latest = published.iter().max();
        latest.is_some_and(|latest| now.duration_since(*latest).as_hours() > LEFT_DAYS * 24)
    };
    let is_nothing_new = reading.new_entries == 0 || health.last_ok.is_none();
    let state = match &reading.moved {
        Some(_) => SourceState::Moved,
        None if is_nothing_new && was_left() => SourceState::Quiet,
        None if after.state == SourceState::Moved => SourceState::Healthy,
        None => after.state,
    };
    let moved = reading.moved.clone();
    let told = moved
        .as_ref()
        .map(|moved| format!("moved for good to {}", moved.to));
    Health {
        state,
        moved,
        last_error: told,
        etag: reading.validators.etag.clone(),
        last_modified: reading.validators.last_modified.clone(),
        ..after
    }
}

/// The times of the entries; of what is new and gives none, times spread over the time since the last look.
fn dated(health: &Health, reading: &Reading, now: Timestamp) -> Vec<Timestamp> {
    let mut published = reading.published.clone();
    let Some(last) = health.last_ok else {
        return published;
    };
    let latest = health.rhythm.latest;
    let is_known = |time: &&Timestamp| {
        latest.is_none_or(|latest| **time > latest)
            && now.duration_since(**time).as_hours() < LEFT_DAYS * 24
    };
    let known = published.iter().filter(is_known);
    let undated = reading.new_entries.saturating_sub(known.count()).min(100);
    let count = i64::try_from(undated).unwrap_or(0);
    let step = now.duration_since(last).as_secs() / (count + 1);
    let spread = (1..=count).filter_map(|n| {
        last.checked_add(SignedDuration::from_secs(step.saturating_mul(n)))
            .ok()
    });
    published.extend(spread);
    if undated > 0 {
        published.extend(latest);
    }
    published
}

fn answered(health: &Health, rhythm: Rhythm, new_entries: usize, now: Timestamp) -> Health {
    let interval_s = rhythm::next_poll_s(&rhythm, now, BOUNDS);
    let is_silent = rhythm::is_silent(&rhythm, now);
    // The address in our config is still the old one, and someone should see that.
    let state = match health.state {
        SourceState::Moved => SourceState::Moved,
        _ if is_silent => SourceState::Quiet,
        _ => SourceState::Healthy,
    };
    Health {
        state,
        last_ok: Some(now),
        first_ok: health.first_ok.or(Some(now)),
        last_error: health
            .last_error
            .clone()
            .filter(|_| state == SourceState::Moved),
        next_poll: Some(later(now, interval_s)),
        why_next: reason(&rhythm, new_entries, interval_s, is_silent),
        interval_s,
        failures: 0,
        too_often: 0,
        barrier: None,
        other_way: None,
        rhythm,
        ..health.clone()
    }
}

/// "it posts about 3 times a day; the last poll brought nothing new"
fn reason(rhythm: &Rhythm, new_entries: usize, interval_s: u64, is_silent: bool) -> String {
    let pace = match rhythm::a_day(rhythm) {
        rate if rate >= 1.5 => format!("it posts about {rate:.0} times a day"),
        rate if rate >= 0.7 => "it posts about once a day".to_owned(),
        rate if rate >= 0.25 => format!("it posts about once in {:.0} days", 1.0 / rate),
        rate if rate >= 0.1 => "it posts about once a week".to_owned(),
        _ => "it posts seldom".to_owned(),
    };
    let brought = match new_entries {
        0 => "the last poll brought nothing new".to_owned(),
        1 => "the last poll brought 1 new entry".to_owned(),
        n => format!("the last poll brought {n} new entries"),
    };
    let asked = match rhythm.asks.min_interval_s {
        Some(least) if least >= interval_s => {
            format!("; it asks for {} between polls", words(least))
        }
        _ => String::new(),
    };
    let silent = match rhythm.latest.filter(|_| is_silent) {
        Some(latest) => format!(
            "silent since {}, longer than is usual; ",
            latest.strftime("%-d %B")
        ),
        None => String::new(),
    };
    format!("{silent}{pace}; {brought}{asked}")
}

fn failed(
    health: &Health,
    error: &str,
    barrier: Option<Barrier>,
    retry_at: Option<Timestamp>,
    now: Timestamp,
) -> Health {
    let failures = health.failures.saturating_add(1);
    let wait_s = match barrier {
        Some(_) => LONGEST_RETRY_S,
        None => retry_wait(failures),
    };
    let next = later(now, wait_s);
    let asked = retry_at.filter(|until| *until > next);
    Health {
        state: match barrier {
            Some(_) => SourceState::Blocked,
            None => SourceState::Failing,
        },
        barrier,
        last_error: Some(error.to_owned()),
        next_poll: Some(asked.unwrap_or(next)),
        why_next: match (asked, barrier) {
            (Some(until), None) => format!("asked to wait until {until}"),
            (_, Some(barrier)) => format!(
                "tried again after {}: blocked by {}",
                words(wait_s),
                barrier.words()
            ),
            (None, None) => format!(
                "tried again after {}: {}",
                words(wait_s),
                in_a_row(failures)
            ),
        },
        failures,
        too_often: 0,
        ..forgetting_a_move(health)
    }
}

/// A source that fails is looked for where the config says, in case that leads elsewhere by now; the validators are
/// of where it led to.
fn forgetting_a_move(health: &Health) -> Health {
    match health.moved {
        None => health.clone(),
        Some(_) => Health {
            moved: None,
            etag: None,
            last_modified: None,
            ..health.clone()
        },
    }
}

fn gone(health: &Health, error: &str, for_good: bool, now: Timestamp) -> Health {
    let after = failed(health, error, None, None, now);
    // What has gone from where it moved to may be back at its old address.
    let was_elsewhere = |moved: &Moved| health.address(&moved.from, now) != moved.from;
    let is_final = for_good && !health.moved.as_ref().is_some_and(was_elsewhere);
    if after.failures < GONE_AFTER && !is_final {
        return after;
    }
    Health {
        state: SourceState::Gone,
        next_poll: Some(later(now, LONGEST_RETRY_S)),
        why_next: format!("tried again after {}: it has gone", words(LONGEST_RETRY_S)),
        ..after
    }
}

fn retry_wait(failures: u32) -> u64 {
    let doubled = 2_u64.saturating_pow(failures.saturating_sub(1));
    FIRST_RETRY_S.saturating_mul(doubled).min(LONGEST_RETRY_S)
}

/// At the end of time, which a clock that is set wrong may show, there is no later.
fn later(now: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    now.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

fn in_a_row(failures: u32) -> String {
    match failures {
        1 => "the last poll failed".to_owned(),
        more => format!("the last {more} polls failed"),
    }
}

fn words(seconds: u64) -> String {
    match (seconds / HOUR, seconds % HOUR / MINUTE) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests;
