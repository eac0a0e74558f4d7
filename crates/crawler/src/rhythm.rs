//! A source's rhythm: learned from when it publishes, used to say when it is polled next and whether its
//! silence is unusual. Pure.
//!
//! Polls are spread as the square root of the rate, hour by hour: of all ways to spend a number of polls over
//! sources and hours, that one makes the news wait the least (the sum of rate by interval is least where each
//! interval goes as one over the root of the rate).

use jiff::SignedDuration;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use tocsin_core::{HOURS, Rhythm, Timestamp};

/// Thousandths.
const ONE: f64 = 1_000.0;
/// After so many days, what was counted counts half.
const HALF_LIFE_DAYS: f64 = 21.0;
/// The same for the longest silence.
const GAP_HALF_LIFE_DAYS: f64 = 45.0;
/// Entries that were published longer ago say nothing about today.
const MEMORY_DAYS: f64 = 45.0;
/// So many days as on average are added to what was seen of an hour.
const PRIOR_DAYS: f64 = 1.5;
/// Without entries, a source is taken for one of an entry in so many days.
const SILENT_DAYS: f64 = 20.0;
/// The sum of root rate (an hour) by hours at which a poll is due.
const DUE: f64 = 0.45;
/// Steps in which the future is gone through.
const STEP_S: i64 = 300;
/// Silence of so many times the longest usual one is unusual.
const UNUSUAL: f64 = 1.9;
/// What a silence that was taken for unusual is multiplied by, when it ends.
const PATIENCE: f64 = 1.25;
/// Fewer entries say nothing about silence.
const FEWEST: u64 = 8;
/// A list with fewer entries shows only its latest ones.
const SHORT_LIST: usize = 5;
/// Times of entries that lie closer together are one time.
const MADE_AT_ONCE_S: i64 = 60;
/// Shorter silences are never unusual.
const SHORTEST_SILENCE_S: u64 = 6 * 3_600;

/// The rhythm after a look at a source at `now`: `published` are the times of all entries that it lists, known
/// ones included, in any order, of which at most `most` are new.
pub(crate) fn observe(
    rhythm: &Rhythm,
    published: &[Timestamp],
    most: usize,
    now: Timestamp,
) -> Rhythm {
    let oldest = back(now, MEMORY_DAYS);
    let latest = rhythm.latest.filter(|latest| *latest <= now);
    let is_new = |time: &&Timestamp| {
        **time <= now && **time >= oldest && latest.is_none_or(|latest| **time > latest)
    };
    let mut new: Vec<Timestamp> = published.iter().filter(is_new).copied().collect();
    new.sort_unstable();
    new.drain(..new.len().saturating_sub(most));
    // A long list that does not reach back to what was known leaves a gap that is not the source's.
    let reaches_back = |latest: Timestamp| {
        published.len() < SHORT_LIST || published.iter().any(|time| *time <= latest)
    };
    let mut before = latest.filter(|latest| reaches_back(*latest));
    let from = rhythm.counted_to.or(new.first().copied()).unwrap_or(now);
    let mut after = aged(rhythm, from, now);
    after.latest = latest;
    after.hours.resize(HOURS, 0);
    for time in new {
        if let Some(hour) = after.hours.get_mut(hour_of(time)) {
            *hour += 1_000;
        }
        if let Some(before) = before {
            let gap = time.duration_since(before).as_secs().unsigned_abs();
            // What is long ago counts less; silence itself takes nothing off.
            let weight = 0.5_f64.powf(as_float(gap) / 86_400.0 / GAP_HALF_LIFE_DAYS);
            let usual = whole(as_float(after.longest_gap_s) * weight);
            // Who was named silent and was not is given more time.
            let was_named = as_float(gap) > UNUSUAL * as_float(after.longest_gap_s);
            let patience = if was_named && after.entries >= FEWEST {
                PATIENCE
            } else {
                1.0
            };
            after.longest_gap_s = usual.max(whole(as_float(gap) * patience));
        }
        before = Some(time);
        after.latest = before;
        after.entries += 1;
    }
    after
}

/// The same rhythm at a later time: days went by.
fn aged(rhythm: &Rhythm, from: Timestamp, now: Timestamp) -> Rhythm {
    let days = now.duration_since(from).as_secs_f64().max(0.0) / 86_400.0;
    let weight = 0.5_f64.powf(days / HALF_LIFE_DAYS);
    let scaled = |value: u64, by: f64| whole(as_float(value) * by);
    // Days of both kinds go by as a week has them; a shorter time by what it is made of.
    let (working, weekend) = days_between(from, now);
    let [known_working, known_weekend] = rhythm.days;
    Rhythm {
        hours: rhythm
            .hours
            .iter()
            .map(|hour| scaled(*hour, weight))
            .collect(),
        days: [
            scaled(known_working, weight) + whole(working * ONE),
            scaled(known_weekend, weight) + whole(weekend * ONE),
        ],
        counted_to: Some(now),
        ..rhythm.clone()
    }
}

/// Entries an hour that are to be expected at a time.
fn rate(rhythm: &Rhythm, time: Timestamp) -> f64 {
    let [working, weekend] = rhythm.days.map(|days| as_float(days) / ONE);
    let all = rhythm.hours.iter().map(|hour| as_float(*hour)).sum::<f64>() / ONE;
    let mean = (all + 1.0 / SILENT_DAYS) / ((working + weekend).max(1.0 / 24.0) + 1.0) / 24.0;
    let place = hour_of(time);
    let (kind, hour) = (place / 24, place % 24);
    let at = |hour: usize| {
        as_float(
            rhythm
                .hours
                .get(kind * 24 + hour % 24)
                .copied()
                .unwrap_or(0),
        ) / ONE
    };
    // What is usual at eight is not unlikely at nine.
    let seen = 0.2 * at(hour + 23) + 0.6 * at(hour) + 0.2 * at(hour + 1);
    let days = if kind == 0 { working } else { weekend };
    (seen + PRIOR_DAYS * mean) / (days + PRIOR_DAYS)
}

/// Seconds from `now` until the next poll, within these bounds.
pub(crate) fn next_poll_s(rhythm: &Rhythm, now: Timestamp, (least, most): (u64, u64)) -> u64 {
    let rhythm = aged(rhythm, rhythm.counted_to.unwrap_or(now), now);
    let step_h = as_float(STEP_S.unsigned_abs()) / 3_600.0;
    let (mut sum, mut wait) = (0.0, 0);
    while sum < DUE && wait < most {
        let time = now
            .saturating_add(SignedDuration::from_secs(STEP_S))
            .unwrap_or(now);
        let time = time
            .saturating_add(SignedDuration::from_secs(i64::try_from(wait).unwrap_or(0)))
            .unwrap_or(time);
        sum += rate(&rhythm, time).sqrt() * step_h;
        wait += STEP_S.unsigned_abs();
    }
    // Whether the silence goes on is looked at when it becomes unusual.
    if let Some(from) = silent_from(&rhythm).filter(|from| *from > now) {
        wait = wait.min(from.duration_since(now).as_secs().unsigned_abs() + 1);
    }
    let wait = wait.min(rhythm.reaches_s.unwrap_or(most));
    allowed(&rhythm, now, wait.clamp(least, most), most)
}

/// Whether a list that was read at `last` and gives these times now may have held something in between that is
/// gone from it: nothing on it is older than that look. A list that gives all its entries the time at which it was
/// made tells nothing.
pub fn has_gap(published: &[Timestamp], last: Option<Timestamp>) -> bool {
    let (Some(last), Some(oldest), Some(latest)) =
        (last, published.iter().min(), published.iter().max())
    else {
        return false;
    };
    published.len() >= SHORT_LIST
        && *oldest > last
        && latest.duration_since(*oldest).as_secs() >= MADE_AT_ONCE_S
}

/// How long a list reaches back, by a look at it so long after the one before: where that left a gap, half as long
/// as the wait was; else a little longer than was thought, until nothing hangs on it.
pub(crate) fn reaches_s(
    before: Option<u64>,
    has_gap: bool,
    waited_s: u64,
    (least, most): (u64, u64),
) -> Option<u64> {
    match (before, has_gap) {
        (before, true) => Some((waited_s / 2).min(before.unwrap_or(most)).max(least)),
        (Some(before), false) => Some(before + before / 4).filter(|longer| *longer < most),
        (None, false) => None,
    }
}

/// The wait, lengthened by what the source asks for.
fn allowed(rhythm: &Rhythm, now: Timestamp, wait: u64, most: u64) -> u64 {
    let asks = &rhythm.asks;
    let mut wait = wait.max(asks.min_interval_s.unwrap_or(0)).min(most);
    for _ in 0..7 * 24 {
        let time = later(now, wait).to_zoned_datetime(TimeZone::UTC);
        let hour = u8::try_from(time.hour()).unwrap_or(0);
        let day = u8::try_from(time.weekday().to_monday_zero_offset()).unwrap_or(0);
        let is_barred = asks.skip_hours.contains(&hour) || asks.skip_days.contains(&day);
        if !is_barred {
            break;
        }
        let behind = time.minute().unsigned_abs().into();
        wait += 3_600 - 60 * u64::from(u8::try_from(std::cmp::min::<u64>(behind, 59)).unwrap_or(0));
    }
    wait
}

/// Entries that were to be expected of a source between its last good poll and now.
pub fn expected(rhythm: &Rhythm, last_ok: Option<Timestamp>, now: Timestamp) -> f64 {
    let Some(last) = last_ok.filter(|last| *last < now) else {
        return 0.0;
    };
    let rhythm = aged(rhythm, rhythm.counted_to.unwrap_or(now), now);
    let mut time = last.max(back(now, MEMORY_DAYS));
    let mut sum = 0.0;
    while time < now {
        let next = later(time, 3_600).min(now);
        sum += rate(&rhythm, time) * next.duration_since(time).as_secs_f64() / 3_600.0;
        if next <= time {
            break;
        }
        time = next;
    }
    sum
}

/// Entries a day, over all that is remembered.
pub(crate) fn a_day(rhythm: &Rhythm) -> f64 {
    let days = rhythm.days.iter().map(|days| as_float(*days)).sum::<f64>() / ONE;
    let all = rhythm.hours.iter().map(|hour| as_float(*hour)).sum::<f64>() / ONE;
    all / days.max(1.0)
}

/// Whether a source is silent for longer than is usual for it.
pub(crate) fn is_silent(rhythm: &Rhythm, now: Timestamp) -> bool {
    silent_from(rhythm).is_some_and(|from| now >= from)
}

/// From when on a source's silence is unusual, if it lasts; `None` where too little is known.
fn silent_from(rhythm: &Rhythm) -> Option<Timestamp> {
    let latest = rhythm.latest.filter(|_| rhythm.entries >= FEWEST)?;
    let limit = whole(as_float(rhythm.longest_gap_s) * UNUSUAL);
    Some(later(latest, limit.max(SHORTEST_SILENCE_S)))
}

/// The place of a time among the hours.
fn hour_of(time: Timestamp) -> usize {
    let time = time.to_zoned_datetime(TimeZone::UTC);
    let hour = usize::from(time.hour().unsigned_abs());
    match time.weekday() {
        Weekday::Saturday | Weekday::Sunday => 24 + hour,
        _ => hour,
    }
}

/// Days of working days and of weekends between two times.
fn days_between(from: Timestamp, to: Timestamp) -> (f64, f64) {
    let (mut working, mut weekend) = (0.0, 0.0);
    let mut time = from;
    // Hour by hour within what is remembered.
    let first = back(to, MEMORY_DAYS);
    if time < first {
        time = first;
    }
    while time < to {
        let next = later(time, 3_600).min(to);
        let part = next.duration_since(time).as_secs_f64() / 86_400.0;
        match hour_of(time) {
            0..24 => working += part,
            _ => weekend += part,
        }
        if next <= time {
            break;
        }
        time = next;
    }
    (working, weekend)
}

fn back(now: Timestamp, days: f64) -> Timestamp {
    let ago = SignedDuration::try_from_secs_f64(days * 86_400.0).unwrap_or(SignedDuration::ZERO);
    now.saturating_sub(ago).unwrap_or(Timestamp::MIN)
}

fn later(now: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    now.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and seconds are far below 2^52"
)]
fn as_float(value: u64) -> f64 {
    value as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "never negative, and a cast of too much saturates"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}
