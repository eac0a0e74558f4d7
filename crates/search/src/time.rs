//! The moments that `since:` and `until:` can name. Days are days in UTC.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use tocsin_core::Timestamp;

/// A stretch of time; a moment begins and ends at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start: Timestamp,
    /// Exclusive.
    pub(crate) end: Timestamp,
}

impl Period {
    fn moment(at: Timestamp) -> Self {
        Self { start: at, end: at }
    }

    fn dates(first: Date, length: Span) -> Option<Self> {
        Some(Self {
            start: midnight(first)?,
            end: midnight(first.checked_add(length).ok()?)?,
        })
    }
}

/// Reads a date, a month, a year, a moment, a day's name, or a span back from now.
pub(crate) fn period(text: &str, now: Timestamp) -> Option<Period> {
    let text = text.trim().to_lowercase();
    named_day(&text, now)
        .or_else(|| date(&text))
        .or_else(|| moment(&text).map(Period::moment))
        .or_else(|| back_from(&text, now).map(Period::moment))
}

fn midnight(date: Date) -> Option<Timestamp> {
    TimeZone::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}

fn day_of(now: Timestamp) -> Date {
    now.to_zoned_datetime(TimeZone::UTC).date()
}

fn named_day(text: &str, now: Timestamp) -> Option<Period> {
    let today = day_of(now);
    let first = match text {
        "now" => return Some(Period::moment(now)),
        "today" => today,
        "yesterday" => today.yesterday().ok()?,
        name => latest(weekday(name)?, today)?,
    };
    Period::dates(first, 1.day())
}

/// The last such day, which may be today.
fn latest(weekday: Weekday, today: Date) -> Option<Date> {
    let back = today.weekday().since(weekday);
    today.checked_sub(Span::new().try_days(back).ok()?).ok()
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "mon" | "monday" => Weekday::Monday,
        "tue" | "tuesday" => Weekday::Tuesday,
        "wed" | "wednesday" => Weekday::Wednesday,
        "thu" | "thursday" => Weekday::Thursday,
        "fri" | "friday" => Weekday::Friday,
        "sat" | "saturday" => Weekday::Saturday,
        "sun" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

/// `2026-03-02`, `2026-03` or `2026`.
fn date(text: &str) -> Option<Period> {
    let is_number = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    if !parts.iter().all(is_number) || parts.first().is_none_or(|year| year.len() != 4) {
        return None;
    }
    let number = |i: usize| parts.get(i).map_or(Some(1), |p| p.parse::<i8>().ok());
    let first = Date::new(parts.first()?.parse().ok()?, number(1)?, number(2)?).ok()?;
    let length = match parts.len() {
        1 => 1.year(),
        2 => 1.month(),
        3 => 1.day(),
        _ => return None,
    };
    Period::dates(first, length)
}

/// RFC 3339; without an offset it is UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.to_uppercase();
    let utc = || {
        TimeZone::UTC
            .to_timestamp(text.parse::<DateTime>().ok()?)
            .ok()
    };
    text.parse().ok().or_else(utc)
}

/// `7d`, `12h`, `1w 2d`: so long before now.
fn back_from(text: &str, now: Timestamp) -> Option<Timestamp> {
    let mut rest = text;
    let mut moment = now.to_zoned_datetime(TimeZone::UTC);
    while !rest.is_empty() {
        let (number, behind) = split_where(rest, |c| !c.is_ascii_digit());
        let (unit, behind) = split_where(behind.trim_start(), |c| !c.is_ascii_alphabetic());
        moment = moment.checked_sub(span(number.parse().ok()?, unit)?).ok()?;
        rest = behind.trim_start();
    }
    (!text.is_empty()).then(|| moment.timestamp())
}

fn split_where(text: &str, is_end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

/// A bare `m` is refused: it could be a month or a minute.
fn span(number: i64, unit: &str) -> Option<Span> {
    let span = Span::new();
    match unit {
        "min" | "minute" | "minutes" => span.try_minutes(number),
        "h" | "hour" | "hours" => span.try_hours(number),
        "d" | "day" | "days" => span.try_days(number),
        "w" | "week" | "weeks" => span.try_weeks(number),
        "mo" | "month" | "months" => span.try_months(number),
        "y" | "year" | "years" => span.try_years(number),
        _ => return None,
    }
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A Wednesday.
    const NOW: &str = "2026-03-04T15:30:00Z";

    fn read(text: &str) -> String {
        let Some(p) = period(text, NOW.parse().unwrap()) else {
            return "nothing".to_owned();
        };
        format!("{} {}", p.start, p.end).replace(":00Z", "")
    }

    #[test]
    fn dates_cover_their_whole_length() {
        assert_eq!(read("2026-02-28"), "2026-02-28T00:00 2026-03-01T00:00");
        assert_eq!(read("2026-02"), "2026-02-01T00:00 2026-03-01T00:00");
        assert_eq!(read("2025"), "2025-01-01T00:00 2026-01-01T00:00");
    }

    #[test]
    fn days_have_names() {
        assert_eq!(read("Today"), "2026-03-04T00:00 2026-03-05T00:00");
        assert_eq!(read("yesterday"), "2026-03-03T00:00 2026-03-04T00:00");
        assert_eq!(read("monday"), "2026-03-02T00:00 2026-03-03T00:00");
        assert_eq!(read("wed"), "2026-03-04T00:00 2026-03-05T00:00");
        assert_eq!(read("thursday"), "2026-02-26T00:00 2026-02-27T00:00");
    }

    #[test]
    fn moments_and_spans_have_no_length() {
        assert_eq!(
            read("2026-03-01T10:00+02:00"),
            "2026-03-01T08:00 2026-03-01T08:00"
        );
        assert_eq!(
            read("2026-03-01t10:00"),
            "2026-03-01T10:00 2026-03-01T10:00"
        );
        assert_eq!(read("7d"), "2026-02-25T15:30 2026-02-25T15:30");
        assert_eq!(read("1w 2d12h"), "2026-02-23T03:30 2026-02-23T03:30");
        assert_eq!(read("1mo"), "2026-02-04T15:30 2026-02-04T15:30");
    }

    #[test]
    fn anything_else_is_nothing() {
        for text in [
            "",
            "7",
            "7m",
            "d7",
            "-7d",
            "2026-02-30",
            "26-02-03",
            "2026-3-4-5",
            "soon",
            "999999999999d",
            "99999y",
            "2026-",
            "١٢h",
        ] {
            assert_eq!(read(text), "nothing", "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_is_survived_and_time_goes_forward(text in "[0-9a-zT:. +-]{0,20}|\\PC{0,20}") {
            if let Some(p) = period(&text, NOW.parse().unwrap()) {
                prop_assert!(p.start <= p.end);
            }
        }
    }
}
