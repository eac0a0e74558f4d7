//! Dates as feeds and pages write them, in some thirty languages and in five calendars' years.
//!
//! In: a piece of text. Out: a moment, or a day where no time is told. Never: reads a clock or the
//! machine's time zone; guesses between `03/04` the third of April and the fourth of March.

mod listed;
mod names;
mod short;

pub(crate) use listed::{Around, listed};
pub(crate) use short::short;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use names::{ZONES, month};
use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Longest text, in bytes, that is looked at.
const LONGEST: usize = 200;
/// Years outside are mistakes.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;
/// Two-digit years from here on belong to the last century.
const PIVOT: i16 = 70;

/// Seconds that Korea is ahead of UTC.
const KOREA: i64 = 9 * 3600;

/// When, as exactly as the text tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// A month: its first day.
    Month(Date),
    /// A day without a time.
    Day(Date),
    /// A time; UTC where the text names no zone.
    Time(Timestamp),
}

impl Moment {
    /// A day counts from midnight UTC, as in feeds.
    pub(crate) fn at_midnight(self) -> Option<Timestamp> {
        self.on_the_hour(0)
    }

    /// A day counts as noon UTC, so that no reader's zone moves it to another day.
    pub(crate) fn at_noon(self) -> Option<Timestamp> {
        self.on_the_hour(12)
    }

    fn on_the_hour(self, hour: i8) -> Option<Timestamp> {
        match self {
            Self::Time(time) => Some(time),
            Self::Month(day) | Self::Day(day) => Some(
                day.at(hour, 0, 0, 0)
                    .to_zoned_datetime(TimeZone::UTC)
                    .ok()?
                    .timestamp(),
            ),
        }
    }
}

/// The first date in a text; `None` where there is none, or where it could be two.
pub(crate) fn parse(text: &str) -> Option<Moment> {
    let text = &*western(head(text.trim()));
    if let Ok(time) = text.parse::<Timestamp>() {
        return YEARS
            .contains(&time.to_zoned_datetime(TimeZone::UTC).year())
            .then_some(Moment::Time(time));
    }
    if let Some(time) = unix_seconds(text) {
        return Some(Moment::Time(time));
    }
    let Some(day) = day(text) else {
        return month_and_year(text).map(Moment::Month);
    };
    let clock = CLOCK.captures(text);
    let Some((seconds, rest)) = clock.and_then(|clock| seconds_of_day(&clock, text)) else {
        return Some(Moment::Day(day));
    };
    let midnight = Moment::Day(day).at_midnight()?;
    let local = midnight
        .checked_add(SignedDuration::from_secs(seconds))
        .ok()?;
    let by_script = if is_korean(text) { KOREA } else { 0 };
    let offset = SignedDuration::from_secs(zone_seconds(rest).unwrap_or(by_script));
    Some(Moment::Time(local.checked_sub(offset).ok()?))
}

/// The text with its digits as 0 to 9. Some programs print a month's letters the way they stand in their
/// source, too: `\u0399\u03bf`.
fn western(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains("\\u") {
        return text.into();
    }
    let letter = |found: &Captures<'_>| {
        let code = group(found, 1).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let letter = code.and_then(char::from_u32);
        letter.map(String::from).unwrap_or_default()
    };
    let text = ESCAPE.replace_all(text, letter);
    text.chars().map(western_digit).collect::<String>().into()
}

/// Arabic, Persian, Devanagari, Bengali, Thai and full-width digits; other characters as they are.
fn western_digit(c: char) -> char {
    const ZEROS: [char; 6] = [
        '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}',
    ];
    let value = |zero: char| {
        u32::from(c)
            .checked_sub(u32::from(zero))
            .filter(|value| *value < 10)
    };
    let digit = ZEROS.into_iter().find_map(value);
    digit
        .and_then(|value| char::from_digit(value, 10))
        .unwrap_or(c)
}

/// A date in numbers with the year first and with its day told, as addresses bear it.
pub(crate) fn whole_day(address: &str) -> Option<Date> {
    let address = head(address);
    let whole = |pattern: &Regex| {
        pattern.captures_iter(address).find_map(|found| {
            date(
                group(&found, 1)?,
                group(&found, 2)?.parse().ok()?,
                group(&found, 3)?.parse().ok()?,
            )
        })
    };
    whole(&YEAR_FIRST).or_else(|| whole(&COMPACT))
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Ten digits are seconds, thirteen milliseconds; nothing else may stand in the text.
fn unix_seconds(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        10 => Timestamp::from_second(text.parse().ok()?).ok(),
        13 => Timestamp::from_millisecond(text.parse().ok()?).ok(),
        _ => None,
    }
}

fn pattern(text: &str) -> Regex {
    #[expect(
        clippy::expect_used,
        reason = "constant patterns; a test compiles each"
    )]
    Regex::new(text).expect("a constant pattern")
}

/// 2026-10-05, 2026/10/5, 2026.10.5, 2026年10月5日, 2026년 10월 5일.
static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|\D)(\d{4})(?:[-/.]|\s?[年년])\s?(\d{1,2})(?:[-/.]|\s?[月월])\s?(\d{1,2})(?:\D|$)",
    )
});
/// 2026-10, 2026年10月; a time may not follow.
static YEAR_MONTH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|\D)(\d{4})(?:[-/.]|\s?[年년]\s?)(\d{1,2})(?:[^\d:]|$)"));
/// 令和8年10月5日, 民國115年10月5日.
static ERA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(令和|平成|昭和|民國|民国)\s?(元|\d{1,3})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
});
/// 5 tháng 10, 2026.
static DAY_MONTH_NUMBER_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:^|\D)(\d{1,2}) tháng (\d{1,2}),?(?: năm)? (\d{4})(?:\D|$)"));
/// 20261005.
static COMPACT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|\D)(\d{4})(\d{2})(\d{2})(?:T|\D|$)"));
/// 5 October 2026, 5th Oct. 2026, 5. Oktober 2026, 5 de octubre de 2026, 5-Oct-26.
static DAY_NAME_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|\D)(\d{1,2})(?:st|nd|rd|th|er|º|ª)?[\s.,\-]{1,3}(?:de |of )?([\p{L}\p{M}]{3,14}|[\p{L}\p{M}]{1,2}\.[\p{L}\p{M}])[\s.,\-']{1,3}(?:de |del )?(\d{4}|\d{2})(?:\D|$)",
    )
});
/// October 5, 2026; Oct. 5th 2026.
static NAME_DAY_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)([\p{L}\p{M}]{3,14})\.?\s{1,2}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}(\d{4})(?:\D|$)")
});
/// 2026-október-05.
static YEAR_NAME_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:^|\D)(\d{4})[\s.\-]{1,2}([\p{L}\p{M}]{3,14})[\s.\-]{1,2}(\d{1,2})(?:\D|$)")
});
/// \u0399.
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\u([0-9a-fA-F]{4})"));
/// Sun Jan  4 16:29:06 +0000 2026: the year stands behind the time.
static NAME_DAY_TIME_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)([\p{L}\p{M}]{3,14})\s{1,2}(\d{1,2})\s\d{1,2}:\d{2}.{0,16}\s(\d{4})$")
});
/// 05.10.2026, 5/10/2026, 05 10 2026.
static NUMBERS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|\D)(\d{1,2})([./\- ])(\d{1,2})[./\- ](\d{4})(?:\D|$)"));
/// October 2026.
static NAME_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)([\p{L}\p{M}]{3,14})\.?\s(?:de )?(\d{4})(?:\D|$)"));
/// 16:31, 4:31:05.25 p.m.
static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[\sT,日일午後前전후])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?([ap]\.?m\.?)?",
    )
});
/// +01:00, -0500, GMT+1.
static OFFSET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s?(?:GMT|UTC|UT)?\s?([+\-])(\d{1,2}):?(\d{2})?"));

fn day(text: &str) -> Option<Date> {
    of_era(text)
        .or_else(|| number_date(&YEAR_FIRST, text))
        .or_else(|| number_date(&COMPACT, text))
        .or_else(|| named_date(&DAY_NAME_YEAR, text, [1, 2, 3]))
        .or_else(|| named_date(&NAME_DAY_YEAR, text, [2, 1, 3]))
        .or_else(|| named_date(&YEAR_NAME_DAY, text, [3, 2, 1]))
        .or_else(|| named_date(&NAME_DAY_TIME_YEAR, text, [2, 1, 3]))
        .or_else(|| numbered_date(&DAY_MONTH_NUMBER_YEAR, text))
        .or_else(|| numbers(&NUMBERS.captures(text)?, text))
}

/// Years of Japanese emperors and of the Republic of China.
fn of_era(text: &str) -> Option<Date> {
    if text.is_ascii() {
        return None;
    }
    let found = ERA.captures(text)?;
    let before = match group(&found, 1)? {
        "令和" => 2018,
        "平成" => 1988,
        "昭和" => 1925,
        _ => 1911,
    };
    let year: i16 = match group(&found, 2)? {
        "元" => 1,
        number => number.parse().ok()?,
    };
    let year = before + year;
    YEARS.contains(&year).then_some(())?;
    Date::new(
        year,
        group(&found, 3)?.parse().ok()?,
        group(&found, 4)?.parse().ok()?,
    )
    .ok()
}

/// A month without a day: what stands before it must not be a day that the month does not have.
fn month_and_year(text: &str) -> Option<Date> {
    if let Some(found) = YEAR_MONTH.captures(text) {
        return date(group(&found, 1)?, group(&found, 2)?.parse().ok()?, 1);
    }
    let found = NAME_YEAR.captures(text)?;
    let before = text.get(..found.get(1)?.start())?;
    let alone = !before
        .trim_end()
        .ends_with(|c: char| c.is_ascii_digit() || c == '.');
    alone.then(|| date(group(&found, 2)?, month(group(&found, 1)?)?, 1))?
}

fn group<'t>(found: &Captures<'t>, index: usize) -> Option<&'t str> {
    found.get(index).map(|m| m.as_str())
}

fn number_date(pattern: &Regex, text: &str) -> Option<Date> {
    let found = pattern.captures(text)?;
    date(
        group(&found, 1)?,
        group(&found, 2)?.parse().ok()?,
        group(&found, 3)?.parse().ok()?,
    )
}

/// Day, month and year, all in numbers.
fn numbered_date(pattern: &Regex, text: &str) -> Option<Date> {
    let found = pattern.captures(text)?;
    date(
        group(&found, 3)?,
        group(&found, 2)?.parse().ok()?,
        group(&found, 1)?.parse().ok()?,
    )
}

/// `order` tells which group holds the day, the month's name and the year.
fn named_date(pattern: &Regex, text: &str, order: [usize; 3]) -> Option<Date> {
    let found = pattern.captures(text)?;
    let [day, name, year] = order.map(|index| group(&found, index));
    date(year?, month(name?)?, day?.parse().ok()?)
}

/// Dots, hyphens and spaces put the day first; slashes do where the numbers leave no doubt, and the
/// month where the time is one of twelve hours.
fn numbers(found: &Captures<'_>, text: &str) -> Option<Date> {
    let first: i8 = group(found, 1)?.parse().ok()?;
    let second: i8 = group(found, 3)?.parse().ok()?;
    let year = group(found, 4)?;
    let slash = group(found, 2)? == "/";
    match (first > 12, second > 12) {
        (false, true) => date(year, first, second),
        (true, false) => date(year, second, first),
        (false, false) if !slash || first == second => date(year, second, first),
        (false, false) if half_of_day(text, CLOCK.captures(text).as_ref()).is_some() => {
            date(year, first, second)
        }
        _ => None,
    }
}

fn date(year: &str, month: i8, day: i8) -> Option<Date> {
    let number: i16 = year.parse().ok()?;
    let year = match year.len() {
        2 if number >= PIVOT => 1900 + number,
        2 => 2000 + number,
        // The Buddhist era, in Thailand.
        _ if (2513..=2643).contains(&number) => number - 543,
        _ => number,
    };
    YEARS
        .contains(&year)
        .then(|| Date::new(year, month, day).ok())?
}

/// Seconds since midnight, and what stands behind the time.
fn seconds_of_day<'t>(clock: &Captures<'_>, text: &'t str) -> Option<(i64, &'t str)> {
    let mut hour: i64 = group(clock, 1)?.parse().ok()?;
    let minute: i64 = group(clock, 2)?.parse().ok()?;
    let second: i64 = group(clock, 3).map_or(Some(0), |s| s.parse().ok())?;
    match half_of_day(text, Some(clock)) {
        Some(Half::Afternoon) if hour < 12 => hour += 12,
        Some(Half::Morning) if hour == 12 => hour = 0,
        _ => {}
    }
    // 24:00 and a leap second are legal; they run into the next day and minute.
    let legal = hour <= 24 && minute < 60 && second <= 60;
    let end = clock.get(0)?.end();
    legal.then(|| {
        (
            hour * 3600 + minute * 60 + second,
            text.get(end..).unwrap_or_default(),
        )
    })
}

/// Which of the day's twelve hours are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// `p.m.` behind the time, 오후 and 下午 before it.
fn half_of_day(text: &str, clock: Option<&Captures<'_>>) -> Option<Half> {
    if text.contains("오후") || text.contains("下午") || text.contains("午後") {
        return Some(Half::Afternoon);
    }
    if text.contains("오전") || text.contains("上午") || text.contains("午前") {
        return Some(Half::Morning);
    }
    match group(clock?, 4)?.chars().next()? {
        'p' | 'P' => Some(Half::Afternoon),
        _ => Some(Half::Morning),
    }
}

/// Korea has one time zone, and what is dated in Korean is dated there.
fn is_korean(text: &str) -> bool {
    ["년", "오전", "오후"]
        .iter()
        .any(|word| text.contains(word))
}

fn zone_seconds(rest: &str) -> Option<i64> {
    if let Some(found) = OFFSET.captures(rest) {
        let number = |index| group(&found, index).map_or(0, |n| n.parse::<i64>().unwrap_or(0));
        let seconds = number(2) * 3600 + number(3) * 60;
        return Some(if group(&found, 1) == Some("-") {
            -seconds
        } else {
            seconds
        });
    }
    let name: String = rest
        .trim_start()
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    let minutes = ZONES
        .iter()
        .find(|(zone, _)| zone.eq_ignore_ascii_case(&name));
    minutes.map(|(_, minutes)| minutes * 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> String {
        match parse(text) {
            Some(Moment::Month(day)) => format!("month of {day}"),
            Some(Moment::Day(day)) => day.to_string(),
            Some(Moment::Time(time)) => time.to_string(),
            None => "-".to_owned(),
        }
    }

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("2026-10-05", "2026-10-05"),
            ("Veröffentlicht am 05.10.2026", "2026-10-05"),
            ("2026年10月5日", "2026-10-05"),
            ("2026년 10월 5일", "2026-10-05"),
            ("2026. 10. 5.", "2026-10-05"),
            ("5 October 2026", "2026-10-05"),
            ("Oct 5, 2026", "2026-10-05"),
            ("5 de octubre de 2026", "2026-10-05"),
            ("5 июня 2026", "2026-06-05"),
            ("13/10/2026", "2026-10-13"),
            ("October 2026", "month of 2026-10-01"),
            ("2026年10月", "month of 2026-10-01"),
            ("令和8年１０月５日", "2026-10-05"),
            ("中華民國115年10月5日", "2026-10-05"),
            ("๕ ตุลาคม ๒๕๖๙", "2026-10-05"),
            ("5 ต.ค. 2569", "2026-10-05"),
            ("٥ أكتوبر ٢٠٢٦", "2026-10-05"),
            ("५ अक्टूबर २०२६", "2026-10-05"),
            ("5 באוקטובר 2026", "2026-10-05"),
            ("5 tháng 10, 2026", "2026-10-05"),
            ("5. července 2026", "2026-07-05"),
            ("5 мая 2026 г.", "2026-05-05"),
            ("20261005", "2026-10-05"),
            ("Mon, 05 Oct 2026 08:30:00 GMT", "2026-10-05T08:30:00Z"),
            ("Mon, 05 Oct 2026 08:30 EST", "2026-10-05T13:30:00Z"),
            ("2026-10-05T08:30:00.25+0200", "2026-10-05T06:30:00.25Z"),
            ("2026-10-05 08:30", "2026-10-05T08:30:00Z"),
            ("Oct. 5, 2026, 12:37 p.m.", "2026-10-05T12:37:00Z"),
            ("Mon Oct  5 08:30:06 2026", "2026-10-05T08:30:06Z"),
            ("1791189000", "2026-10-05T08:30:00Z"),
            ("Lundi 5 octobre 2026 - 09:00", "2026-10-05T09:00:00Z"),
            ("2026-október-05T8:30+02:00", "2026-10-05T06:30:00Z"),
            (
                r"\u039a\u03c5\u03c1, 11 \u0399\u03bf\u03cd\u03bb 2026",
                "2026-07-11",
            ),
            ("2026년 10월 5일 08:30", "2026-10-04T23:30:00Z"),
            ("2026-10-05 오후 8:30:00", "2026-10-05T11:30:00Z"),
            ("2026年10月5日 下午8:30", "2026-10-05T20:30:00Z"),
            ("5/10/2026 8:30:00 PM", "2026-05-10T20:30:00Z"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn doubt_and_nonsense_are_no_date() {
        for text in [
            "",
            "03/04/2026",
            "chapter 4",
            "2026-13-40",
            "31.02.2026",
            "31 Feb 2026",
            "1234-01-01",
        ] {
            assert_eq!(read(text), "-", "{text}");
        }
    }

    #[test]
    fn a_day_is_noon_on_pages_and_midnight_in_feeds() {
        let day = parse("2026-10-05").unwrap();
        assert_eq!(day.at_noon().unwrap().to_string(), "2026-10-05T12:00:00Z");
        assert_eq!(
            day.at_midnight().unwrap().to_string(),
            "2026-10-05T00:00:00Z"
        );
    }

    #[test]
    fn an_address_gives_whole_days_only() {
        let day = |address| whole_day(address).map(|day| day.to_string());
        assert_eq!(
            day("art/2026/10/05/a_1.html").as_deref(),
            Some("2026-10-05")
        );
        assert_eq!(
            day("202610/t20261005_123.html").as_deref(),
            Some("2026-10-05")
        );
        assert_eq!(day("2026/10/a.html"), None);
        assert_eq!(day("id/20269999"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_text_is_survived(text in ".{0,120}", numbers in "[0-9:/. +TZapm-]{0,40}") {
            let _ = parse(&text);
            let _ = parse(&numbers);
        }

        #[test]
        fn what_is_printed_is_read_back(seconds in 0_i64..4_000_000_000) {
            let time = Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(parse(&time.to_string()), Some(Moment::Time(time)));
        }
    }
}
