//! Decides when a source is polled next, and why, in words that `sources list` shows.
//!
//! In: a source's health, what the last poll gave, the time. Out: its health after that. A source
//! with news is polled more often, one without less, one that fails is left alone for longer and
//! longer, and one that asks for a pause gets it.
//!
//! Never: reads a clock, opens a socket.

use crate::fetch::{FetchError, Validators};
use jiff::SignedDuration;
use tocsin_core::{Health, SourceState, Timestamp};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// The interval after a first poll, when everything was new and so nothing is known of its pace.
const FIRST_INTERVAL_S: u64 = HOUR;
const SHORTEST_INTERVAL_S: u64 = 15 * MINUTE;
const LONGEST_INTERVAL_S: u64 = 12 * HOUR;
/// The wait after one failure; doubled by each one that follows.
const FIRST_RETRY_S: u64 = 15 * MINUTE;
const LONGEST_RETRY_S: u64 = 24 * HOUR;
/// Polls in a row after which a page that is not there counts as gone for good.
const GONE_AFTER: u32 = 3;

/// What a poll gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollOutcome {
    /// The source was read.
    News {
        /// Entries that were not known.
        new_entries: usize,
        /// What to ask with next time.
        validators: Validators,
    },
    /// The source says that nothing changed.
    NotModified,
    /// The source was read, at an address to which it has moved for good.
    Moved {
        /// The new address.
        to: String,
        /// Entries that were not known.
        new_entries: usize,
        /// What to ask with next time.
        validators: Validators,
    },
    /// The source was not read.
    Failed {
        /// Why, in a sentence.
        error: String,
        /// Whether the site keeps us out.
        forbidden: bool,
        /// Until when the host asked to wait.
        retry_at: Option<Timestamp>,
    },
    /// The source was not found where it was.
    Gone {
        /// How that was told, in a sentence.
        error: String,
    },
}

impl From<&FetchError> for PollOutcome {
    fn from(error: &FetchError) -> Self {
        let words = error.to_string();
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
    match outcome {
        PollOutcome::News {
            new_entries,
            validators,
        } => {
            let reason = match new_entries {
                0 => "nothing new in the last poll",
                _ => "news in the last poll",
            };
            with_validators(answered(health, *new_entries, reason, now), validators)
        }
        PollOutcome::Moved {
            to,
            new_entries,
            validators,
        } => Health {
            state: SourceState::Moved,
            last_error: Some(format!("moved for good to {to}")),
            ..with_validators(
                answered(health, *new_entries, "its address is old", now),
                validators,
            )
        },
        PollOutcome::NotModified => not_modified(health, now),
        PollOutcome::Failed {
            error,
            forbidden,
            retry_at,
        } => failed(health, error, *forbidden, *retry_at, now),
        PollOutcome::Gone { error } => gone(health, error, now),
    }
}

/// Whether a source may be polled at `now`.
pub fn is_due(health: &Health, now: Timestamp) -> bool {
    health.next_poll.is_none_or(|next| next <= now)
}

fn answered(health: &Health, new_entries: usize, reason: &str, now: Timestamp) -> Health {
    let interval_s = next_interval(health, new_entries > 0);
    let slowest = new_entries == 0 && interval_s == LONGEST_INTERVAL_S;
    Health {
        state: if slowest {
            SourceState::Quiet
        } else {
            SourceState::Healthy
        },
        last_ok: Some(now),
        last_error: None,
        next_poll: Some(later(now, interval_s)),
        why_next: format!("polled every {}: {reason}", words(interval_s)),
        interval_s,
        failures: 0,
        ..health.clone()
    }
}

fn not_modified(health: &Health, now: Timestamp) -> Health {
    let after = answered(health, 0, "not changed since the last poll", now);
    if health.state != SourceState::Moved {
        return after;
    }
    // The address in our config is still the old one, and someone should see that.
    Health {
        state: SourceState::Moved,
        last_error: health.last_error.clone(),
        ..after
    }
}

fn with_validators(health: Health, validators: &Validators) -> Health {
    Health {
        etag: validators.etag.clone(),
        last_modified: validators.last_modified.clone(),
        ..health
    }
}

fn next_interval(health: &Health, news: bool) -> u64 {
    if health.interval_s == 0 || health.last_ok.is_none() {
        return FIRST_INTERVAL_S;
    }
    let next = if news {
        health.interval_s / 2
    } else {
        health.interval_s.saturating_mul(3) / 2
    };
    next.clamp(SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S)
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

    fn news(new_entries: usize) -> PollOutcome {
        PollOutcome::News {
            new_entries,
            validators: Validators::default(),
        }
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

    fn wait_s(health: &Health) -> i64 {
        health.next_poll.unwrap().duration_since(now()).as_secs()
    }

    #[test]
    fn a_new_source_is_due_and_polled_hourly_at_first() {
        assert!(is_due(&Health::default(), now()));
        let health = after(&[news(40)]);
        assert_eq!(health.state, SourceState::Healthy);
        assert_eq!(health.why_next, "polled every 1 h: news in the last poll");
        assert!(!is_due(&health, now()));
        assert!(is_due(&health, later(now(), HOUR)));
    }

    #[test]
    fn news_halves_the_interval_and_silence_stretches_it() {
        assert_eq!(after(&[news(9), news(1)]).interval_s, 30 * MINUTE);
        assert_eq!(
            after(&[news(9), news(1), news(1), news(1)]).interval_s,
            15 * MINUTE
        );
        let silent = after(&[news(9), news(0)]);
        assert_eq!(
            silent.why_next,
            "polled every 1 h 30 min: nothing new in the last poll"
        );
        assert_eq!(
            after(&[news(9), PollOutcome::NotModified]).interval_s,
            90 * MINUTE
        );
    }

    #[test]
    fn a_source_without_news_for_long_is_quiet_until_it_has_some() {
        let mut polls = vec![news(1)];
        polls.extend(std::iter::repeat_n(PollOutcome::NotModified, 10));
        let quiet = after(&polls);
        assert_eq!(
            (quiet.state, quiet.interval_s),
            (SourceState::Quiet, 12 * HOUR)
        );
        let awake = after_poll(&quiet, &news(1), now());
        assert_eq!(
            (awake.state, awake.interval_s),
            (SourceState::Healthy, 6 * HOUR)
        );
    }

    #[test]
    fn failures_wait_longer_and_longer_and_leave_the_interval_alone() {
        let mut health = after(&[news(1), news(1)]);
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
            (health.state, health.interval_s),
            (SourceState::Failing, 30 * MINUTE)
        );
        let well = after_poll(&health, &news(0), now());
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
        assert_eq!(
            (health.state, wait_s(&health)),
            (SourceState::Blocked, 86_400)
        );
    }

    #[test]
    fn gone_takes_three_polls() {
        assert_eq!(after(&[gone(), gone()]).state, SourceState::Failing);
        let health = after(&[gone(), gone(), gone()]);
        assert_eq!((health.state, wait_s(&health)), (SourceState::Gone, 86_400));
        assert_eq!(
            after(&[failure(false, None), gone()]).state,
            SourceState::Failing
        );
    }

    #[test]
    fn a_move_is_told_until_the_address_is_changed() {
        let moved = PollOutcome::Moved {
            to: "https://ledger.example/feed".to_owned(),
            new_entries: 2,
            validators: Validators::default(),
        };
        let health = after(&[news(1), moved, PollOutcome::NotModified]);
        assert_eq!(health.state, SourceState::Moved);
        assert_eq!(
            health.last_error.as_deref(),
            Some("moved for good to https://ledger.example/feed")
        );
    }

    #[test]
    fn validators_are_those_of_the_last_answer_with_a_body() {
        let validators = Validators {
            etag: Some("\"7\"".to_owned()),
            last_modified: None,
        };
        let read = PollOutcome::News {
            new_entries: 1,
            validators,
        };
        let health = after(&[read, PollOutcome::NotModified, failure(false, None)]);
        assert_eq!(health.etag.as_deref(), Some("\"7\""));
        assert_eq!(after_poll(&health, &news(1), now()).etag, None);
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
            (0_usize..3).prop_map(news),
            Just(PollOutcome::NotModified),
            any::<bool>().prop_map(|forbidden| failure(forbidden, None)),
            Just(gone()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_next_poll_is_a_quarter_of_an_hour_to_a_day_away(
            outcomes in proptest::collection::vec(any_outcome(), 1..40),
        ) {
            let health = after(&outcomes);
            prop_assert!((900..=86_400).contains(&wait_s(&health)));
            prop_assert!(health.interval_s <= LONGEST_INTERVAL_S);
            prop_assert!(!health.why_next.is_empty());
        }
    }
}
