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

fn failure(barrier: Option<Barrier>, retry_at: Option<Timestamp>) -> PollOutcome {
    PollOutcome::Failed {
        error: "no connection".to_owned(),
        barrier,
        retry_at,
        too_often: false,
    }
}

fn gone() -> PollOutcome {
    PollOutcome::Gone {
        error: "status 404".to_owned(),
        for_good: false,
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
        health = after_poll(&health, &failure(None, None), now());
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
    let health = after(&[failure(None, Some(until))]);
    assert_eq!(health.next_poll, Some(until));
    assert_eq!(health.why_next, "asked to wait until 2026-03-02T08:00:00Z");
    let short = after(&[failure(None, Some(later(now(), 5)))]);
    assert_eq!(wait_s(&short), 15 * 60);
}

#[test]
fn a_site_that_keeps_us_out_is_asked_daily() {
    let health = after(&[failure(Some(Barrier::Robots), None)]);
    assert_eq!((health.state, wait_s(&health)), (SourceState::Blocked, DAY));
}

#[test]
fn gone_takes_three_polls() {
    assert_eq!(after(&[gone(), gone()]).state, SourceState::Failing);
    let health = after(&[gone(), gone(), gone()]);
    assert_eq!((health.state, wait_s(&health)), (SourceState::Gone, DAY));
    assert_eq!(
        after(&[failure(None, None), gone()]).state,
        SourceState::Failing
    );
}

#[test]
fn what_has_gone_for_good_takes_one() {
    let gone = PollOutcome::Gone {
        error: "status 410".to_owned(),
        for_good: true,
    };
    let health = after(&[news(1, &[1]), gone.clone()]);
    assert_eq!((health.state, wait_s(&health)), (SourceState::Gone, DAY));
    let health = after(&[moved(), gone]);
    assert_eq!(health.state, SourceState::Failing);
}

fn moved() -> PollOutcome {
    PollOutcome::Read(Reading {
        new_entries: 2,
        moved: Some(Moved {
            from: "https://ledger.example/rss".to_owned(),
            to: "https://ledger.example/feed".to_owned(),
            seen: now(),
        }),
        ..Reading::default()
    })
}

#[test]
fn a_source_that_moved_is_polled_where_it_is_until_that_fails() {
    let polled = |outcomes: &[PollOutcome], configured| {
        after(outcomes).address(configured, now()).to_owned()
    };
    let (old, new) = ("https://ledger.example/rss", "https://ledger.example/feed");
    assert_eq!(polled(&[news(1, &[1])], old), old);
    assert_eq!(polled(&[moved(), PollOutcome::NotModified], old), new);
    assert_eq!(
        polled(&[moved()], "https://other.example/"),
        "https://other.example/"
    );
    assert_eq!(polled(&[moved(), failure(None, None)], old), old);
    assert_eq!(polled(&[moved(), gone()], old), old);
    let failed = after(&[moved(), failure(None, None)]);
    assert_eq!(
        (failed.etag, failed.last_modified),
        (None, None),
        "of the other address"
    );
    let secret = "https://reader:word@ledger.example/rss";
    let mut health = after(&[moved()]);
    health.moved.as_mut().unwrap().from = secret.to_owned();
    assert_eq!(health.address(secret, now()), secret);
    let health = after(&[moved()]);
    let later = now() + SignedDuration::from_hours(24);
    assert_eq!(health.address(old, later), old, "looked for once a day");
    let earlier = now() - SignedDuration::from_hours(1);
    assert_eq!(health.address(old, earlier), old, "a clock that was wrong");
}

#[test]
fn a_move_is_told_until_the_address_is_changed() {
    let health = after(&[news(1, &[1]), moved(), PollOutcome::NotModified]);
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
    let health = after(&[read, PollOutcome::NotModified, failure(None, None)]);
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
            barrier: Some(Barrier::Refusal),
            ..
        }
    ));
    let pause = FetchError::RetryLater {
        host: "ledger.example".to_owned(),
        until: now(),
        said: Some(429),
    };
    assert!(matches!(
        PollOutcome::from(&pause),
        PollOutcome::Failed {
            retry_at: Some(_),
            ..
        }
    ));
}

#[test]
fn who_says_again_and_again_that_it_is_asked_too_often_keeps_us_out() {
    let too_often = PollOutcome::Failed {
        error: "asks to wait".to_owned(),
        barrier: None,
        retry_at: None,
        too_often: true,
    };
    let after = |times| after(&vec![too_often.clone(); times]);
    assert_eq!(after(3).state, SourceState::Failing);
    let health = after(4);
    assert_eq!(
        (health.state, health.barrier),
        (SourceState::Blocked, Some(Barrier::TooOften))
    );
    assert!(
        health.why_next.contains("status 429"),
        "{}",
        health.why_next
    );
    let well = after_poll(&health, &news(1, &[1]), now());
    assert_eq!((well.state, well.barrier), (SourceState::Healthy, None));
}

#[test]
fn a_wish_makes_a_source_slower_and_never_faster() {
    let health = after(&[news(3, &[1, 2, 3])]);
    let usual = health.next_poll.unwrap();
    assert_eq!(no_sooner(health.clone(), 1, now()), health);
    let slower = no_sooner(health.clone(), 12 * 60, now());
    assert_eq!(
        slower.next_poll.unwrap(),
        usual.max(now() + SignedDuration::from_hours(12))
    );
    assert!(
        slower.why_next.contains("sources.toml asks for 12 h"),
        "{}",
        slower.why_next
    );
    let longest = no_sooner(health, u32::MAX, now());
    assert_eq!(
        longest.next_poll.unwrap(),
        now() + SignedDuration::from_hours(24)
    );
}

fn any_outcome() -> impl Strategy<Value = PollOutcome> {
    prop_oneof![
        (0_usize..3, proptest::collection::vec(-50_i64..2_000, 0..9))
            .prop_map(|(n, hours)| news(n, &hours)),
        Just(PollOutcome::NotModified),
        any::<bool>().prop_map(|is_blocked| failure(is_blocked.then_some(Barrier::Robots), None)),
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
