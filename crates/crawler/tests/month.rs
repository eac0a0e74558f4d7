//! A simulated month: three hundred sources of many rhythms, with outages, moves, blocks and silence, polled by
//! the schedule as `watch` would poll them; beside a reader that polls all of them every half hour.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its figures are small"
)]

use jiff::SignedDuration;
use tocsin_core::{Barrier, Health, Moved, SourceState, Timestamp};
use tocsin_crawler::{PollOutcome, Reading, after_poll};

const SOURCES: u64 = 300;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Days before the month that lists still show, and of the month.
const BEFORE: i64 = 45;
const DAYS: i64 = 31;
/// Entries that a list shows.
const LISTED: usize = 30;

/// Monday, the first of the month.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_772_409_600 + second).unwrap()
}

/// Small, seeded, good enough (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.part() * (high - low)
    }
}

/// What becomes of a source in the month, from a second on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Goes,
    /// Answers, and publishes nothing more.
    FallsSilent(i64),
    Moves(i64),
    Blocks(i64),
    Ends(i64),
}

struct Source {
    /// When it publishes, in seconds, sorted.
    posts: Vec<i64>,
    /// When it cannot be reached.
    outage: (i64, i64),
    fate: Fate,
}

impl Source {
    fn new(number: u64) -> Self {
        let mut dice = Dice(number * 7_919 + 1);
        let mut posts = match number % 10 {
            0..=5 => by_chance(&mut dice),
            6..=8 => on_working_days(&mut dice),
            _ => in_batches(&mut dice),
        };
        posts.sort_unstable();
        let from = (dice.between(2.0, 25.0) * DAY as f64) as i64;
        let fate = match number % 30 {
            3 | 18 => Fate::FallsSilent(from.min(8 * DAY)),
            11 if number % 60 == 11 => Fate::Moves(from),
            17 if number % 60 == 17 => Fate::Blocks(from),
            23 if number % 60 == 23 => Fate::Ends(from),
            _ => Fate::Goes,
        };
        if let Fate::FallsSilent(from) = fate {
            posts.retain(|post| *post < from);
        }
        let begins = (dice.between(0.0, 28.0) * DAY as f64) as i64;
        let lasts = (dice.between(2.0, 48.0) * HOUR as f64) as i64;
        Self {
            posts,
            // Whoever is away cannot be named silent in time.
            outage: match fate {
                Fate::FallsSilent(_) => (0, 0),
                _ => (begins, begins + lasts),
            },
            fate,
        }
    }

    /// What a poll at this second gives, where all before `known` was known.
    fn poll(&self, now: i64, known: i64) -> PollOutcome {
        let failed = |barrier| PollOutcome::Failed {
            error: "it does not answer".to_owned(),
            barrier,
            retry_at: None,
            too_often: false,
        };
        if (self.outage.0..self.outage.1).contains(&now) {
            return failed(None);
        }
        let moved = match self.fate {
            Fate::Blocks(from) if now >= from => return failed(Some(Barrier::Refusal)),
            Fate::Ends(from) if now >= from => {
                let error = "status 410".to_owned();
                let for_good = true;
                return PollOutcome::Gone { error, for_good };
            }
            Fate::Moves(from) if now >= from => Some(Moved {
                from: "https://ledger.example/feed".to_owned(),
                to: "https://elsewhere.example/feed".to_owned(),
                seen: at(now),
            }),
            _ => None,
        };
        let there = self.posts.partition_point(|post| *post <= now);
        let listed = &self.posts[there.saturating_sub(LISTED)..there];
        let new_entries = listed.iter().filter(|post| **post > known).count();
        if new_entries == 0 && known > i64::MIN && moved.is_none() {
            return PollOutcome::NotModified;
        }
        PollOutcome::Read(Reading {
            new_entries,
            published: listed.iter().map(|post| at(*post)).collect(),
            moved,
            ..Reading::default()
        })
    }

    fn is_reachable(&self, now: i64) -> bool {
        !matches!(
            self.poll(now, now),
            PollOutcome::Failed { .. } | PollOutcome::Gone { .. }
        )
    }

    /// The longest silence of the time before, in seconds.
    fn longest_gap(&self, until: i64) -> i64 {
        let before: Vec<i64> = self
            .posts
            .iter()
            .copied()
            .filter(|post| *post < until)
            .collect();
        before
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .max()
            .unwrap_or(0)
    }
}

/// From three in twenty days to sixty a day, mostly in the working hours of somewhere.
fn by_chance(dice: &mut Dice) -> Vec<i64> {
    let a_day = 0.15 * 400_f64.powf(dice.part());
    let (opens, lasts) = (dice.between(0.0, 24.0), dice.between(8.0, 12.0));
    let weekend = dice.between(0.05, 0.6);
    let mut posts = Vec::new();
    for hour in -BEFORE * 24..DAYS * 24 {
        let is_weekend = hour.div_euclid(24).rem_euclid(7) >= 5;
        let open = (hour as f64 - opens).rem_euclid(24.0) < lasts;
        let share = if open {
            0.9 / lasts
        } else {
            0.1 / (24.0 - lasts)
        };
        let mut expected = a_day * share * if is_weekend { weekend } else { 1.0 };
        // By thinning: each small part of the hour has one or none.
        expected /= 60.0;
        for minute in 0..60 {
            if dice.part() < expected {
                posts.push(hour * HOUR + minute * 60 + (dice.part() * 60.0) as i64);
            }
        }
    }
    posts
}

/// Once or some times a day at fixed times, give or take twenty minutes.
fn on_working_days(dice: &mut Dice) -> Vec<i64> {
    let times = 1 + (dice.part() * 3.0) as i64;
    let hours: Vec<f64> = (0..times).map(|_| dice.between(5.0, 20.0)).collect();
    let mut posts = Vec::new();
    for day in -BEFORE..DAYS {
        if day.rem_euclid(7) < 5 {
            for hour in &hours {
                let second = (hour * 3_600.0 + dice.between(-1_200.0, 1_200.0)) as i64;
                posts.push(day * DAY + second);
            }
        }
    }
    posts
}

/// A newsletter: once a week, some entries within an hour.
fn in_batches(dice: &mut Dice) -> Vec<i64> {
    let (day, hour) = ((dice.part() * 7.0) as i64, dice.between(6.0, 18.0));
    let mut posts = Vec::new();
    for week in -7..5 {
        let begins = (week * 7 + day) * DAY + (hour * 3_600.0) as i64;
        for _ in 0..3 + (dice.part() * 7.0) as i64 {
            posts.push(begins + (dice.part() * 3_600.0) as i64);
        }
    }
    posts
}

/// What a way of polling comes to.
#[derive(Default)]
struct Sum {
    requests: usize,
    /// Seconds that each piece of news waited.
    delays: Vec<i64>,
}

impl Sum {
    fn found(&mut self, source: &Source, known: i64, now: i64) {
        let news = source
            .posts
            .iter()
            .filter(|post| **post > known && **post <= now);
        self.delays.extend(news.map(|post| now - post));
    }

    fn median(&mut self) -> i64 {
        self.delays.sort_unstable();
        self.delays[self.delays.len() / 2]
    }
}

/// Every half hour, whatever happens.
fn fixed(source: &Source, sum: &mut Sum) {
    let mut known = 0;
    for n in 1..=DAYS * 48 {
        let now = n * HOUR / 2;
        sum.requests += 1;
        if source.is_reachable(now) {
            sum.found(source, known, now);
            known = now;
        }
    }
}

/// By the schedule. Gives when the source was called quiet, each time anew.
fn scheduled(source: &Source, sum: &mut Sum) -> (Vec<i64>, Health) {
    let (mut health, mut now, mut known) = (Health::default(), 0, i64::MIN);
    let mut quiet = Vec::new();
    while now < DAYS * DAY {
        let outcome = source.poll(now, known);
        sum.requests += 1;
        let after = after_poll(&health, &outcome, at(now));
        // After an outage it is the same silence that is named.
        let is_told = |last: &i64| !source.posts.iter().any(|post| post > last && *post <= now);
        if after.state == SourceState::Quiet && !quiet.last().is_some_and(is_told) {
            quiet.push(now);
        }
        if matches!(outcome, PollOutcome::Read(_) | PollOutcome::NotModified) {
            sum.found(source, known.max(0), now);
            known = now;
        }
        health = after;
        let wait = health.next_poll.unwrap().duration_since(at(now));
        let is_failing = matches!(
            health.state,
            SourceState::Failing | SourceState::Blocked | SourceState::Gone
        );
        let least = SignedDuration::from_mins(if is_failing { 15 } else { 10 });
        assert!(
            wait >= least && wait <= SignedDuration::from_hours(24),
            "{wait}"
        );
        now += wait.as_secs();
    }
    (quiet, health)
}

#[test]
fn news_is_found_as_fast_with_a_third_of_the_requests_and_silence_is_named() {
    let (mut ours, mut theirs) = (Sum::default(), Sum::default());
    let (mut late, mut wrong, mut asked) = (Vec::new(), Vec::new(), 0);
    for number in 0..SOURCES {
        let source = Source::new(number);
        fixed(&source, &mut theirs);
        let (quiet, health) = scheduled(&source, &mut ours);
        match source.fate {
            Fate::FallsSilent(from) => {
                let last = *source.posts.last().unwrap();
                let usual = source.longest_gap(from);
                let named = quiet.iter().find(|time| **time > last);
                let limit = last + (2 * usual).max(12 * HOUR);
                // The month may end before; and of a handful of entries nobody could tell.
                let is_asked = limit < DAYS * DAY && source.posts.len() >= 10;
                asked += usize::from(is_asked);
                if is_asked && named.is_none_or(|named| *named > limit) {
                    late.push((
                        number,
                        usual / HOUR,
                        named.map(|named| (named - last) / HOUR),
                    ));
                }
            }
            _ if quiet.len() > 1 => wrong.push((number, quiet)),
            Fate::Moves(_) => assert_eq!(health.state, SourceState::Moved, "{number}"),
            Fate::Blocks(_) => assert_eq!(health.state, SourceState::Blocked, "{number}"),
            Fate::Ends(_) => assert_eq!(health.state, SourceState::Gone, "{number}"),
            Fate::Goes => {}
        }
    }
    let part = ours.requests as f64 / theirs.requests as f64;
    let (ours_s, theirs_s) = (ours.median(), theirs.median());
    println!(
        "requests {} of {} ({part:.3}), median delay {} s beside {} s, {} pieces of news",
        ours.requests,
        theirs.requests,
        ours_s,
        theirs_s,
        ours.delays.len()
    );
    assert!(asked >= 10, "{asked}");
    assert!(
        late.is_empty(),
        "silent, and named too late or not: {late:?}"
    );
    assert!(wrong.is_empty(), "named silent more than once: {wrong:?}");
    assert!(
        part < 1.0 / 3.0 && ours_s <= theirs_s,
        "{part:.3}, {ours_s} s, {theirs_s} s"
    );
}
