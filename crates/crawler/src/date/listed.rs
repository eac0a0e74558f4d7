//! Dates of a list of articles: shorter than elsewhere, since the list shows what they mean.

use super::{Captures, Moment, date, group, head, month, parse, pattern, western};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use regex::Regex;
use std::sync::LazyLock;

/// What is known of a list when one of its dates is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Around {
    /// The day of the reading: no article is of a later one.
    today: Option<Date>,
    /// Whether the day stands first in `03/04/2026`, by another date of the list.
    day_first: Option<bool>,
}

impl Around {
    /// A list that was read at this time, and its texts: one `13/04/2026` tells for all.
    pub(crate) fn of<'t>(
        read_at: Option<Timestamp>,
        mut texts: impl Iterator<Item = &'t str>,
    ) -> Self {
        let order = |text: &str| {
            let found = SLASHES.captures(text)?;
            let number = |index| group(&found, index)?.parse::<i8>().ok();
            match (number(1)? > 12, number(2)? > 12) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            }
        };
        Self {
            today: read_at.map(|time| time.to_zoned_datetime(TimeZone::UTC).date()),
            day_first: texts.find_map(order),
        }
    }

    fn is_past(&self, day: Date) -> bool {
        // In some places it is tomorrow already.
        self.today
            .and_then(|today| today.checked_add(Span::new().days(1)).ok())
            .is_none_or(|last| day <= last)
    }

    /// The latest of the days that is not to come; without a reading's day, none.
    fn latest(&self, days: impl IntoIterator<Item = Option<Date>>) -> Option<Date> {
        self.today?;
        days.into_iter()
            .flatten()
            .filter(|day| self.is_past(*day))
            .max()
    }
}

/// The date that a short text of a list is: as elsewhere, or without a year, with two digits of it, in years
/// of the Republic of China, in the order that the list shows.
pub(crate) fn listed(text: &str, around: &Around) -> Option<Moment> {
    let text = &*western(head(text.trim()));
    let sure = parse(text).filter(|moment| match moment {
        Moment::Month(day) | Moment::Day(day) => around.is_past(*day),
        Moment::Time(time) => around.is_past(time.to_zoned_datetime(TimeZone::UTC).date()),
    });
    match sure {
        Some(moment @ (Moment::Day(_) | Moment::Time(_))) => Some(moment),
        less => by_slashes(text, around)
            .or_else(|| short_year(text, around))
            .or_else(|| without_year(text, around))
            .map(Moment::Day)
            .or(less),
    }
}

/// 03/04/2026.
static SLASHES: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?:[^\d/]|$)"));
/// 115-10-05, Mo, 21.09.26, 26.09.30, R8.10.5; in brackets or not.
static SHORT_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\p{L}{2,12}[.,]{0,2}\s)?[\[(（]?([RＲ]?)\s?(\d{1,3})([./-])\s?(\d{1,2})[./-]\s?(\d{1,3})\.?[\])）]?$",
    )
});
/// 10-05, 10/05, 5.10., 10月5日, 10월 5일; in brackets or not.
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\p{L}{2,12}[.,]{0,2}\s)?[\[(（]?(\d{1,2})\s?([./-]|月|월)\s?(\d{1,2})\s?(?:\.|日|일)?[\])）]?$",
    )
});
/// 5 Oct, Oct. 5.
static DAY_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(\d{1,2})(?:st|nd|rd|th|\.)?\s([\p{L}\p{M}]{3,14})\.?$"));
static NAME_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^([\p{L}\p{M}]{3,14})\.?\s(\d{1,2})(?:st|nd|rd|th)?$"));

fn numbers<const N: usize>(found: &Captures<'_>, groups: [usize; N]) -> Option<[i16; N]> {
    let mut out = [0; N];
    for (place, index) in out.iter_mut().zip(groups) {
        *place = group(found, index)?.parse().ok()?;
    }
    Some(out)
}

fn day_of(year: i16, month: i16, day: i16) -> Option<Date> {
    date(
        &year.to_string(),
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
}

fn by_slashes(text: &str, around: &Around) -> Option<Date> {
    let found = SLASHES.captures(text)?;
    let [first, second, year] = numbers(&found, [1, 2, 3])?;
    let day = match around.day_first? {
        true => day_of(year, second, first),
        false => day_of(year, first, second),
    };
    day.filter(|day| around.is_past(*day))
}

/// Of the ways to read two digits as a year, the one that gives the latest day that is not to come.
fn short_year(text: &str, around: &Around) -> Option<Date> {
    let found = SHORT_YEAR.captures(text)?;
    let [first, middle, last] = numbers(&found, [2, 4, 5])?;
    let is_dotted = group(&found, 3) == Some(".");
    if group(&found, 1) != Some("") {
        return around.latest([day_of(2018 + first, middle, last)]);
    }
    if first > 99 {
        return around.latest([day_of(1911 + first, middle, last)]);
    }
    // With dots the day stands first in Europe, the year in Korea.
    let backwards = day_of(2000 + last, middle, first).filter(|_| is_dotted && last < 100);
    around.latest([day_of(2000 + first, middle, last), backwards])
}

fn without_year(text: &str, around: &Around) -> Option<Date> {
    let today = around.today?;
    let (month, day) = month_and_day(text)?;
    let in_year = |year: i16| day_of(year, month, day);
    around.latest([in_year(today.year()), in_year(today.year() - 1)])
}

fn month_and_day(text: &str) -> Option<(i16, i16)> {
    if let Some(found) = MONTH_DAY.captures(text) {
        let [first, second] = numbers(&found, [1, 3])?;
        // `5.10.` is German; everything else begins with the month.
        let is_german = group(&found, 2) == Some(".") && text.ends_with('.');
        return Some(if is_german {
            (second, first)
        } else {
            (first, second)
        });
    }
    let named = |found: &Captures<'_>, day: usize, name: usize| {
        Some((
            i16::from(month(group(found, name)?)?),
            group(found, day)?.parse().ok()?,
        ))
    };
    DAY_NAME
        .captures(text)
        .and_then(|found| named(&found, 1, 2))
        .or_else(|| named(&NAME_DAY.captures(text)?, 2, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, others: &[&str]) -> String {
        let read_at = "2026-10-07T10:00:00Z".parse().unwrap();
        let around = Around::of(Some(read_at), others.iter().copied());
        match listed(text, &around) {
            Some(Moment::Day(day)) => day.to_string(),
            Some(other) => format!("{other:?}"),
            None => "-".to_owned(),
        }
    }

    #[test]
    fn the_reading_tells_what_is_left_out() {
        for (text, expected) in [
            ("2026-10-05", "2026-10-05"),
            ("[10-05]", "2026-10-05"),
            ("12-24", "2025-12-24"),
            ("９月２４日", "2026-09-24"),
            ("10월 5일", "2026-10-05"),
            ("5.10.", "2026-10-05"),
            ("Sept 28", "2026-09-28"),
            ("28. September", "2026-09-28"),
            ("Montag, 21.09.26", "2026-09-21"),
            ("26.09.30", "2026-09-30"),
            ("115-10-05", "2026-10-05"),
            ("115/10/05", "2026-10-05"),
            ("R8.10.5", "2026-10-05"),
            ("26-09-30", "2026-09-30"),
        ] {
            assert_eq!(read(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn another_date_shows_the_order() {
        assert_eq!(read("03/04/2026", &["x", "13/04/2026"]), "2026-04-03");
        assert_eq!(read("03/04/2026", &["04/13/2026"]), "2026-03-04");
        assert_eq!(read("03/04/2026", &["05/06/2026"]), "-");
    }

    #[test]
    fn no_article_is_of_a_day_to_come() {
        for text in ["2027-01-01", "99.99.99", "32-10", "page 3"] {
            assert_eq!(read(text, &[]), "-", "{text}");
        }
    }

    #[test]
    fn without_a_day_of_reading_nothing_is_filled_in() {
        assert_eq!(listed("10-05", &Around::default()), None);
    }
}
