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
use tocsin_core::{Asks, Health, Rhythm, SourceState, Timestamp};

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
        /// Whether the site keeps us out.
        forbidden: bool,
        /// Until when the host asked to wait.
        retry_at: Option<Timestamp>,
    },
    /// Nothing was asked: its host rests for other failures.
    Postponed {
        /// Until then.
        until: Timestamp,
    },
    /// The source was not found where it was.
    Gone {
        /// How that was told, in a sentence.
        error: String,
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
    /// The address to which it has moved for good.
    pub moved_to: Option<String>,
}

impl From<&FetchError> for PollOutcome {
    fn from(error: &FetchError) -> Self {
        let words = error.to_string();
        if let (true, Some(until)) = (error.is_rest(), error.retry_at()) {
            return Self::Postponed { until };
        }
        if error.is_gone() {
            return Self::Gone { error: words };
        }
        Self::Failed {
            error: words,
            forbidden: error.is_forbidden(),
            retry_at: error.retry_at(),
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
            why_next: format!("its host rests until {until}"),
            ..health.clone()
        },
        PollOutcome::Failed {
            error,
            forbidden,
            retry_at,
        } => failed(health, error, *forbidden, *retry_at, now),
        PollOutcome::Gone { error } => gone(health, error, now),
    };
    let since = match after.state == health.state {
        true => health.since.or(Some(now)),
        false => Some(now),
    };
    Health { since, ..after }
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
    let after = answered(health, rhythm, reading.new_entries, now);
    let was_left = || {
        let latest = published.iter().max();
        latest.is_some_and(|latest| now.duration_since(*latest).as_hours() > LEFT_DAYS * 24)
    };
    let is_nothing_new = reading.new_entries == 0 || health.last_ok.is_none();
    let state = match &reading.moved_to {
        Some(_) => SourceState::Moved,
        None if is_nothing_new && was_left() => SourceState::Quiet,
        None if after.state == SourceState::Moved => SourceState::Healthy,
        None => after.state,
    };
    let told = reading
        .moved_to
        .as_ref()
        .map(|to| format!("moved for good to {to}"));
    Health {
        state,
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
    forbidden: bool,
    retry_at: Option<Timestamp>,
    now: Timestamp,
) -> Health {
    let failures = health.failures.saturating_add(1);
    let wait_s = if forbidden {
        LONGEST_RETRY_S
    } else {
        retry_wait(failures)
    };
    let next = later(now, wait_s);
    let asked = retry_at.filter(|until| *until > next);
    Health {
        state: if forbidden {
            SourceState::Blocked
        } else {
            SourceState::Failing
        },
        last_error: Some(error.to_owned()),
        next_poll: Some(asked.unwrap_or(next)),
        why_next: match (asked, forbidden) {
            (Some(until), _) => format!("asked to wait until {until}"),
            (None, true) => format!("tried again after {}: it keeps us out", words(wait_s)),
            (None, false) => format!(
                "tried again after {}: {}",
                words(wait_s),
                in_a_row(failures)
            ),
        },
        failures,
        ..health.clone()
    }
}

fn gone(health: &Health, error: &str, now: Timestamp) -> Health {
    let after = failed(health, error, false, None, now);
    if after.failures < GONE_AFTER {
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-03-02T06:00:00Z".parse().unwrap()
    }

    /// A list read, with so many new entries, the latest of these ages in hours.
    fn news(new_entries: usize, hours_ago: &[i64]) -> PollOutcome {
        let published = hours_ago.iter();
        let published = published.map(|hours| now() - SignedDuration::from_hours(*hours));
        PollOutcome::Read(Reading {
            new_entries,
            published: published.collect(),
            ..Reading::default()
        })
    }

    fn asking(asks: Asks) -> PollOutcome {
        PollOutcome::Read(Reading {
            asks,
            ..Reading::default()
        })
    }

    fn failure(forbidden: bool, retry_at: Option<Timestamp>) -> PollOutcome {
        PollOutcome::Failed {
            error: "no connection".to_owned(),
            forbidden,
            retry_at,
        }
    }

    fn gone() -> PollOutcome {
        PollOutcome::Gone {
            error: "status 404".to_owned(),
        }
    }

    fn after(outcomes: &[PollOutcome]) -> Health {
        outcomes.iter().fold(Health::default(), |health, outcome| {
            after_poll(&health, outcome, now())
        })
    }

    fn wait_s(health: &Health) -> u64 {
        let wait = health.next_poll.unwrap().duration_since(now());
        wait.as_secs().unsigned_abs()
    }

    #[test]
    fn a_new_source_is_due_and_its_list_tells_its_pace() {
        assert!(is_due(&Health::default(), now()));
        let every = |hours: i64| -> Vec<i64> { (0..40).map(|n| n * hours + 1).collect() };
        let busy = after(&[news(40, &every(1))]);
        let slow = after(&[news(20, &every(24))]);
        assert_eq!(busy.state, SourceState::Healthy);
        assert_eq!(
            busy.why_next,
            "it posts about 24 times a day; the last poll brought 40 new entries"
        );
        assert!(
            slow.why_next.starts_with("it posts about once a day"),
            "{}",
            slow.why_next
        );
        assert!(wait_s(&busy) < 60 * 60 && wait_s(&busy) * 3 < wait_s(&slow));
        assert!(!is_due(&busy, now()) && is_due(&busy, now() + SignedDuration::from_hours(1)));
    }

    #[test]
    fn a_source_that_posts_at_nine_is_asked_around_nine() {
        // Working days at nine, for six weeks.
        let nine = now() - SignedDuration::from_hours(21);
        let days = (0..42).map(|day| nine - SignedDuration::from_hours(24 * day));
        let published = days.filter(|time| time.strftime("%u").to_string().as_str() < "6");
        let reading = Reading {
            published: published.collect(),
            ..Reading::default()
        };
        let mut health = after_poll(&Health::default(), &PollOutcome::Read(reading), now());
        let (mut around, mut all) = (0, 0);
        while health.next_poll.unwrap() < now() + SignedDuration::from_hours(48) {
            let at = health.next_poll.unwrap();
            let hour: i32 = at.strftime("%H").to_string().parse().unwrap();
            around += usize::from((8..=10).contains(&hour));
            all += 1;
            health = after_poll(&health, &PollOutcome::NotModified, at);
        }
        assert!(around * 3 > all && all < 30, "{around} of {all}");
    }

    #[test]
    fn silence_beyond_what_is_usual_is_quiet_until_there_is_news() {
        let daily: Vec<i64> = (0..20).map(|n| n * 24).collect();
        let mut health = after(&[news(20, &daily)]);
        let mut hours = 0;
        while health.state == SourceState::Healthy && hours < 240 {
            hours += 6;
            let time = now() + SignedDuration::from_hours(hours);
            health = after_poll(&health, &PollOutcome::NotModified, time);
        }
        assert_eq!((health.state, hours), (SourceState::Quiet, 48));
        let time = now() + SignedDuration::from_hours(50);
        let awake = PollOutcome::Read(Reading {
            new_entries: 1,
            published: vec![time],
            ..Reading::default()
        });
        assert_eq!(
            after_poll(&health, &awake, time).state,
            SourceState::Healthy
        );
        // A weekly source is not quiet after two days.
        let weekly: Vec<i64> = (0..6).map(|n| n * 168).collect();
        let health = after(&[news(6, &weekly)]);
        let time = now() + SignedDuration::from_hours(160);
        let health = after_poll(&health, &PollOutcome::NotModified, time);
        assert_eq!(health.state, SourceState::Healthy);
        // One that was left long ago is quiet at the first look.
        assert_eq!(
            after(&[news(9, &[24 * 90, 24 * 91])]).state,
            SourceState::Quiet
        );
    }

    #[test]
    fn one_that_was_left_stays_quiet_until_there_is_news() {
        let left = news(0, &[24 * 90, 24 * 91]);
        let mut health = after(std::slice::from_ref(&left));
        for outcome in [PollOutcome::NotModified, left, PollOutcome::NotModified] {
            health = after_poll(&health, &outcome, now());
            assert_eq!(health.state, SourceState::Quiet);
        }
        // News without a day, beside old days.
        health = after_poll(&health, &news(1, &[24 * 90]), later(now(), HOUR));
        assert_eq!(
            (health.state, health.rhythm.entries),
            (SourceState::Healthy, 1)
        );
    }

    #[test]
    fn lists_that_date_everything_anew_are_not_busy() {
        let mut health = after(&[news(20, &(0..20).map(|n| n * 24).collect::<Vec<_>>())]);
        for n in 1..40 {
            let time = later(now(), n * 6 * HOUR);
            let stamped = PollOutcome::Read(Reading {
                published: vec![time; 20],
                ..Reading::default()
            });
            health = after_poll(&health, &stamped, time);
        }
        assert!(health.interval_s > 2 * HOUR, "{}", health.why_next);
        assert_eq!(health.state, SourceState::Quiet);
    }

    #[test]
    fn a_wrong_clock_and_a_resting_host_only_postpone() {
        let until = later(now(), HOUR);
        let before = after(&[news(3, &[1, 2, 3])]);
        let health = after_poll(&before, &PollOutcome::Postponed { until }, now());
        assert_eq!((health.state, health.failures), (SourceState::Healthy, 0));
        assert_eq!(health.next_poll, Some(until));
        let ahead = after_poll(&before, &PollOutcome::NotModified, later(now(), 365 * DAY));
        assert!(is_due(&ahead, now()));
        let right = after_poll(&ahead, &PollOutcome::NotModified, now());
        assert!(
            right.rhythm.counted_to <= Some(now()),
            "{:?}",
            right.rhythm.counted_to
        );
    }

    #[test]
    fn what_a_source_asks_for_is_kept() {
        let asks = Asks {
            min_interval_s: Some(4 * HOUR),
            ..Asks::default()
        };
        let busy: Vec<i64> = (0..100).collect();
        let PollOutcome::Read(reading) = news(100, &busy) else {
            unreachable!()
        };
        let slow = Reading {
            asks,
            ..reading.clone()
        };
        let health = after(&[PollOutcome::Read(slow)]);
        assert_eq!(wait_s(&health), 4 * HOUR);
        assert!(health.why_next.ends_with("; it asks for 4 h between polls"));
        let fresh = Reading {
            max_age_s: Some(365 * DAY),
            ..reading
        };
        assert_eq!(wait_s(&after(&[PollOutcome::Read(fresh)])), 6 * HOUR);
        // At 06:00 nothing between 6 and 12 o'clock; and not on Mondays at all, which today is.
        let hours = Asks {
            skip_hours: (6..12).collect(),
            ..Asks::default()
        };
        let next = after(&[asking(hours)]).next_poll.unwrap();
        assert!(next.strftime("%H").to_string().as_str() >= "12", "{next}");
        let days = Asks {
            skip_days: vec![0],
            ..Asks::default()
        };
        let next = after(&[asking(days)]).next_poll.unwrap();
        assert!(next >= "2026-03-03T00:00:00Z".parse().unwrap(), "{next}");
    }

    #[test]
    fn failures_wait_longer_and_longer_and_leave_the_rhythm_alone() {
        let mut health = after(&[news(1, &[1])]);
        let rhythm = health.rhythm.clone();
        let mut waits = Vec::new();
        for _ in 0..9 {
            health = after_poll(&health, &failure(false, None), now());
            waits.push(wait_s(&health) / 60);
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
        assert_eq!(
            health.why_next,
            "tried again after 24 h: the last 9 polls failed"
        );
        assert_eq!(
            (health.state, &health.rhythm),
            (SourceState::Failing, &rhythm)
        );
        let well = after_poll(&health, &news(0, &[]), now());
        assert_eq!(
            (well.state, well.failures, well.last_error),
            (SourceState::Healthy, 0, None)
        );
    }

    #[test]
    fn a_pause_is_kept_where_it_is_longer_than_ours() {
        let until = later(now(), 2 * HOUR);
        let health = after(&[failure(false, Some(until))]);
        assert_eq!(health.next_poll, Some(until));
        assert_eq!(health.why_next, "asked to wait until 2026-03-02T08:00:00Z");
        let short = after(&[failure(false, Some(later(now(), 5)))]);
        assert_eq!(wait_s(&short), 15 * 60);
    }

    #[test]
    fn a_site_that_keeps_us_out_is_asked_daily() {
        let health = after(&[failure(true, None)]);
        assert_eq!((health.state, wait_s(&health)), (SourceState::Blocked, DAY));
    }

    #[test]
    fn gone_takes_three_polls() {
        assert_eq!(after(&[gone(), gone()]).state, SourceState::Failing);
        let health = after(&[gone(), gone(), gone()]);
        assert_eq!((health.state, wait_s(&health)), (SourceState::Gone, DAY));
        assert_eq!(
            after(&[failure(false, None), gone()]).state,
            SourceState::Failing
        );
    }

    #[test]
    fn a_move_is_told_until_the_address_is_changed() {
        let moved = PollOutcome::Read(Reading {
            new_entries: 2,
            moved_to: Some("https://ledger.example/feed".to_owned()),
            ..Reading::default()
        });
        let health = after(&[news(1, &[1]), moved, PollOutcome::NotModified]);
        assert_eq!(health.state, SourceState::Moved);
        assert_eq!(
            health.last_error.as_deref(),
            Some("moved for good to https://ledger.example/feed")
        );
        let health = after_poll(&health, &news(1, &[1]), now());
        assert_eq!(
            (health.state, health.last_error),
            (SourceState::Healthy, None)
        );
    }

    #[test]
    fn validators_are_those_of_the_last_answer_with_a_body() {
        let read = PollOutcome::Read(Reading {
            validators: Validators {
                etag: Some("\"7\"".to_owned()),
                last_modified: None,
            },
            ..Reading::default()
        });
        let health = after(&[read, PollOutcome::NotModified, failure(false, None)]);
        assert_eq!(health.etag.as_deref(), Some("\"7\""));
        assert_eq!(after_poll(&health, &news(1, &[]), now()).etag, None);
    }

    #[test]
    fn a_missing_page_and_a_pause_keep_their_meaning() {
        let status = |code| FetchError::Status {
            host: "ledger.example".to_owned(),
            code,
        };
        assert!(matches!(
            PollOutcome::from(&status(410)),
            PollOutcome::Gone { .. }
        ));
        assert!(matches!(
            PollOutcome::from(&status(403)),
            PollOutcome::Failed {
                forbidden: true,
                ..
            }
        ));
        let pause = FetchError::RetryLater {
            host: "ledger.example".to_owned(),
            until: now(),
        };
        assert!(matches!(
            PollOutcome::from(&pause),
            PollOutcome::Failed {
                retry_at: Some(_),
                ..
            }
        ));
    }

    fn any_outcome() -> impl Strategy<Value = PollOutcome> {
        prop_oneof![
            (0_usize..3, proptest::collection::vec(-50_i64..2_000, 0..9))
                .prop_map(|(n, hours)| news(n, &hours)),
            Just(PollOutcome::NotModified),
            any::<bool>().prop_map(|forbidden| failure(forbidden, None)),
            Just(gone()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_next_poll_is_ten_minutes_to_a_day_away(
            outcomes in proptest::collection::vec(any_outcome(), 1..40),
        ) {
            let health = after(&outcomes);
            prop_assert!((BOUNDS.0..=BOUNDS.1).contains(&wait_s(&health)));
            prop_assert!(!health.why_next.is_empty());
        }
    }
}
