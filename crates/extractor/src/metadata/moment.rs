//! Reads a moment out of words and numbers, as people and programs write them.
//!
//! Text is cut into numbers, words and marks; a date is one of a few shapes of these: `2026-03-02`,
//! `2026年3月2日`, `2026년 3월 2일`, `2 March 2026`, `March 2, 2026`, `2026. március 2.`, `2.3.2026`,
//! `3/2/2026`. A clock time with or without a zone may follow. Never: guesses a year, takes
//! one before 1990 or after 2100, or reads a clock.

use super::calendar::{Calendar, Order};
use super::clock::clock;
use super::months::month;
use super::tokens::{Token, tokens};
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use tocsin_core::{Precision, Timestamp};

/// Years that a page's date may have: the web's first one, and one that no news will see.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;
/// Years of the Buddha as Thai pages count them, and how far they are ahead.
const THAI_YEARS: std::ops::RangeInclusive<u64> = 2533..=2643;
const THAI: u64 = 543;
/// Tokens that may stand between a date and its time.
const GAP: usize = 6;

/// A moment and how exactly it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// In UTC; noon where only the day is known.
    pub(crate) at: Timestamp,
    pub(crate) precision: Precision,
    /// East of UTC, where the page says so.
    pub(crate) offset: Option<Offset>,
}

impl Moment {
    /// The day by the page's own clock.
    pub(crate) fn day(self) -> Date {
        self.offset
            .unwrap_or(Offset::UTC)
            .to_datetime(self.at)
            .date()
    }
}

/// A moment from a value made for programs: also `20260302`, `20260302T101500Z` and Unix time in
/// seconds or milliseconds.
pub(crate) fn from_machine(value: &str, calendar: Calendar) -> Option<Moment> {
    let value = value.trim();
    if let Some(found) = unix(value) {
        return calendar.bounded(found);
    }
    let tokens = tokens(value);
    if let [Token::Number(n, 8), rest @ ..] = tokens.as_slice()
        && let Some(day) = compact(*n)
    {
        return calendar.bounded(with_time(day, rest));
    }
    find(&tokens, calendar)
}

/// A moment from the value made for programs, else from the words beside it.
pub(crate) fn from_either(value: Option<&str>, words: &str, calendar: Calendar) -> Option<Moment> {
    let machine = value.and_then(|v| from_machine(v, calendar));
    machine.or_else(|| from_text(words, calendar))
}

/// The first moment in a text made for people.
pub(crate) fn from_text(text: &str, calendar: Calendar) -> Option<Moment> {
    find(&tokens(text), calendar)
}

/// The day in an address's path: `/2026/03/02/`, `-20260302`, `/A2026030210150012`, `/2026-03-02-`, `/2026/mar/02`, `/02-03-2026`.
pub(crate) fn from_path(path: &str, calendar: Calendar) -> Option<Moment> {
    let tokens = tokens(path);
    (0..tokens.len()).find_map(|at| {
        let rest = tokens.get(at..)?;
        let before = at.checked_sub(1).and_then(|i| tokens.get(i));
        let begins = match before {
            None | Some(Token::Mark('/' | '-' | '_' | '.' | '=')) => true,
            Some(Token::Word(letter)) => letter.len() == 1,
            _ => false,
        };
        if !begins {
            return None;
        }
        let day = match rest {
            [Token::Number(n, 8), ..] => compact(*n),
            // With a slash or a word behind it is when an archive kept the page.
            [Token::Number(n, digits @ 14..=19), after @ ..]
                if !matches!(after.first(), Some(Token::Mark('/') | Token::Word(_))) =>
            {
                compact_with_time(*n, *digits)
            }
            [
                Token::Number(y, 4),
                Token::Mark(a @ ('/' | '-' | '_')),
                Token::Number(m, 1..=2),
                Token::Mark(b),
                Token::Number(d, 1..=2),
                ..,
            ] if a == b => day(*y, *m, *d),
            [
                Token::Number(y, 4),
                Token::Mark('/' | '-'),
                Token::Word(m),
                Token::Mark('/' | '-'),
                Token::Number(d, 1..=2),
                ..,
            ] => day(*y, month(m)?.into(), *d),
            [
                Token::Number(d, 1..=2),
                Token::Mark(a @ ('-' | '_' | '.')),
                Token::Number(m, 1..=2),
                Token::Mark(b),
                Token::Number(y, 4),
                ..,
            ] if a == b => day(*y, *m, *d),
            _ => None,
        };
        calendar.bounded(whole_day(day?))
    })
}

fn find(tokens: &[Token<'_>], calendar: Calendar) -> Option<Moment> {
    (0..tokens.len()).find_map(|at| {
        let rest = tokens.get(at..)?;
        // A date does not begin within a longer number such as 1.2.3.2026 or 10:2026-03-02.
        let before = at.checked_sub(1).and_then(|i| tokens.get(i));
        let (day, taken) = date_at(rest, calendar)?;
        let joined = matches!(
            (before, rest.first()),
            (Some(Token::Mark('.')), Some(Token::Number(_, 1..=2)))
        );
        if joined && at >= 2 && matches!(tokens.get(at - 2), Some(Token::Number(..))) {
            return None;
        }
        calendar.bounded(with_time(day, rest.get(taken..)?))
    })
}

/// A date at the very start, and the tokens it takes.
fn date_at(tokens: &[Token<'_>], calendar: Calendar) -> Option<(Date, usize)> {
    use Token::{Mark, Number, Word};
    let (day, taken) = match tokens {
        [
            Number(y, 4),
            Mark(a @ ('-' | '/' | '.')),
            Number(m, 1..=2),
            Mark(b),
            Number(d, 1..=2),
            ..,
        ] if a == b => (day(*y, *m, *d), 5),
        [Number(y, 4), rest @ ..] if matches!(rest.first(), Some(Mark('年' | '년'))) => {
            return east_asian(*y, rest, 1);
        }
        [Mark(first), Mark(second), Number(y, 1..=3), rest @ ..] => {
            return east_asian(era(*first, *second)? + y, rest, 3);
        }
        [Mark(first), Mark(second), Mark('元'), rest @ ..] => {
            return east_asian(era(*first, *second)? + 1, rest, 3);
        }
        [Number(y, 4), Mark('.'), Word(m), Number(d, 1..=2), ..] => {
            (day(*y, month(m)?.into(), *d), 4)
        }
        [Number(d, 1..=2), rest @ ..] => return day_first(*d, rest, calendar),
        [Word(m), rest @ ..] => return month_first(month(m)?.into(), rest),
        _ => return None,
    };
    Some((day?, taken))
}

/// What is added to a year of `令和8年` or `民國115年` to count as the rest of the world does.
fn era(first: char, second: char) -> Option<u64> {
    match (first, second) {
        ('令', '和') => Some(2018),
        ('平', '成') => Some(1988),
        ('民', '國' | '国') => Some(1911),
        _ => None,
    }
}

/// `年3月2日` after its year, which took so many tokens.
fn east_asian(y: u64, tokens: &[Token<'_>], taken: usize) -> Option<(Date, usize)> {
    use Token::{Mark, Number};
    match tokens {
        [
            Mark('年' | '년'),
            Number(m, 1..=2),
            Mark('月' | '월'),
            Number(d, 1..=2),
            Mark('日' | '号' | '號' | '일'),
            ..,
        ] => Some((day(y, *m, *d)?, taken + 5)),
        _ => None,
    }
}

/// `2 March 2026`, `2. März 2026`, `2nd of March, 2026`, `2 de marzo de 2026`, `2 tháng 3, 2026`,
/// `2.3.2026`, `02.03.26`. Two digits are a year only in that last form, or every version were a date.
fn day_first(d: u64, tokens: &[Token<'_>], calendar: Calendar) -> Option<(Date, usize)> {
    use Token::{Mark, Number, Word};
    if let [
        Mark(a @ ('/' | '.' | '-' | '|')),
        Number(m, m_digits @ 1..=2),
        Mark(b),
        Number(y, digits @ (2 | 4)),
        ..,
    ] = tokens
        && a == b
    {
        let year = if *digits == 4 { *y } else { 2000 + *y };
        if *digits == 2 && (*a != '.' || *m_digits != 2) {
            return None;
        }
        let us = !matches!(a, '.' | '|') && calendar.order == Order::MonthFirst;
        let (first, second) = if us {
            (day(year, d, *m), day(year, *m, d))
        } else {
            (day(year, *m, d), day(year, d, *m))
        };
        let known = first.filter(|day| calendar.allows(*day));
        return Some((known.or(second).or(first)?, 5));
    }
    let linking = |t: &&Token<'_>| {
        matches!(
            t,
            Mark('.' | '-' | ',' | '/')
                | Word("de" | "of" | "st" | "nd" | "rd" | "th" | "er" | "º" | "del" | "tháng")
        )
    };
    let before = tokens.iter().take(3).take_while(linking).count();
    let mut between_names = 0;
    let (m, after) = match tokens.get(before..)? {
        // Arabic papers give both names of a month: نيسان / أبريل.
        [Word(m), Mark('/'), Word(same), after @ ..] if month(m) == month(same) => {
            between_names = 2;
            (u64::from(month(m)?), after)
        }
        [Word(m), after @ ..] => (u64::from(month(m)?), after),
        [Number(m, 1..=2), after @ ..] if tokens.first() == Some(&Word("tháng")) => (*m, after),
        _ => return None,
    };
    let between = after.iter().take(3).take_while(linking).count();
    let Number(y, 4) = after.get(between)? else {
        return None;
    };
    let thai = if THAI_YEARS.contains(y) { THAI } else { 0 };
    let taken = 1 + before + 1 + between_names + between + 1;
    Some((day(*y - thai, m, d)?, taken))
}

/// `March 2, 2026`, `March 2nd 2026`, `Mar. 2, 2026`.
fn month_first(m: u64, tokens: &[Token<'_>]) -> Option<(Date, usize)> {
    use Token::{Mark, Number, Word};
    let dot = usize::from(matches!(tokens.first(), Some(Mark('.' | '-' | '/'))));
    let Number(d, 1..=2) = tokens.get(dot)? else {
        return None;
    };
    let after = tokens.get(dot + 1..)?;
    let between = after
        .iter()
        .take(2)
        .take_while(|t| {
            matches!(
                t,
                Mark(',' | '-' | '.' | '/') | Word("st" | "nd" | "rd" | "th")
            )
        })
        .count();
    let Number(y, 4) = after.get(between)? else {
        return None;
    };
    Some((day(*y, m, *d)?, 1 + dot + 1 + between + 1))
}

fn day(y: u64, m: u64, d: u64) -> Option<Date> {
    let year = i16::try_from(y).ok().filter(|y| YEARS.contains(y))?;
    Date::new(year, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok()
}

fn compact(n: u64) -> Option<Date> {
    day(n / 10_000, n / 100 % 100, n % 100)
}

/// The day at the start of a number such as `20260302101500`, to which some addresses add a few digits more.
fn compact_with_time(n: u64, digits: usize) -> Option<Date> {
    let n = n / 10_u64.pow(u32::try_from(digits.checked_sub(14)?).ok()?);
    let is_time = n / 10_000 % 100 < 24 && n / 100 % 100 < 60 && n % 100 < 60;
    compact(n / 1_000_000).filter(|_| is_time)
}

fn unix(value: &str) -> Option<Moment> {
    let n: i64 = value.parse().ok()?;
    let seconds = match value.len() {
        10 => n,
        13 => n / 1_000,
        _ => return None,
    };
    let at = Timestamp::from_second(seconds).ok()?;
    let year = Offset::UTC.to_datetime(at).year();
    YEARS.contains(&year).then_some(Moment {
        at,
        precision: Precision::Second,
        offset: None,
    })
}

/// Noon in UTC is the same day everywhere but in the islands of the far Pacific.
fn whole_day(day: Date) -> Moment {
    let at = Offset::UTC
        .to_timestamp(day.at(12, 0, 0, 0))
        .unwrap_or_default();
    Moment {
        at,
        precision: Precision::Day,
        offset: None,
    }
}

/// The day with the clock time that stands within a few tokens after it. A time without a zone is
/// taken as UTC. Exact midnight is how programs write a day without a time, so it is one.
fn with_time(day: Date, tokens: &[Token<'_>]) -> Moment {
    let clock = (0..=GAP).find_map(|gap| clock(tokens.get(..gap)?, tokens.get(gap..)?));
    let Some(clock) = clock.filter(|clock| clock.time != Time::midnight()) else {
        return whole_day(day);
    };
    let offset = clock.offset.unwrap_or(Offset::UTC);
    let at = offset.to_timestamp(day.to_datetime(clock.time));
    at.map_or_else(
        |_| whole_day(day),
        |at| Moment {
            at,
            precision: clock.precision,
            offset: clock.offset,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const DAY_FIRST: Calendar = Calendar {
        order: Order::DayFirst,
        read_at: None,
    };
    const MONTH_FIRST: Calendar = Calendar {
        order: Order::MonthFirst,
        read_at: None,
    };

    #[test]
    fn no_date_is_in_the_future() {
        let calendar = Calendar {
            read_at: Some("2026-03-11T12:00:00Z".parse().unwrap()),
            ..MONTH_FIRST
        };
        let read = |value| shown(from_text(value, calendar));
        assert_eq!(read("12/03/2026"), "2026-03-12T12:00:00Z Day");
        assert_eq!(read("02/03/2026"), "2026-02-03T12:00:00Z Day");
        assert_eq!(read("2026-03-12"), "2026-03-12T12:00:00Z Day");
        assert_eq!(
            read("2026-03-13, printed 2026-03-09"),
            "2026-03-09T12:00:00Z Day"
        );
        assert_eq!(shown(from_machine("1999999999", calendar)), "-");
    }

    fn text(value: &str) -> String {
        shown(from_text(value, DAY_FIRST))
    }

    fn machine(value: &str) -> String {
        shown(from_machine(value, DAY_FIRST))
    }

    fn shown(moment: Option<Moment>) -> String {
        moment.map_or_else(|| "-".to_owned(), |m| format!("{} {:?}", m.at, m.precision))
    }

    #[test]
    fn one_day_in_many_languages() {
        for day in [
            "Published March 2, 2026",
            "2 March 2026",
            "Mar. 2nd, 2026",
            "Mittwoch, 2. März 2026",
            "02.03.2026",
            "Publié le 2 mars 2026",
            "2 de marzo de 2026",
            "2 de março de 2026",
            "2 marzo 2026",
            "2 maart 2026",
            "2. mars 2026",
            "2 marca 2026",
            "2 марта 2026",
            "2026. március 2.",
            "2 Mart 2026",
            "2026年3月2日",
            "2026年03月02日（月）",
            "2026년 3월 2일",
            "2026/03/02",
            "2026.3.2",
            "02/03/2026",
            "02.03.26",
            "2 tháng 3, 2026",
            "02 | 03 | 2026",
            "令和8年3月2日",
            "中華民國115年3月2日",
            "الاثنين 2 آذار / مارس 2026",
            "2 มีนาคม 2569",
        ] {
            assert_eq!(text(day), "2026-03-02T12:00:00Z Day", "{day}");
        }
    }

    #[test]
    fn times_and_zones() {
        for (value, expected) in [
            ("2026-03-02T10:15:30+01:00", "2026-03-02T09:15:30Z Second"),
            ("2026-03-02T10:15:30.123Z", "2026-03-02T10:15:30Z Second"),
            ("2026-03-02 10:15", "2026-03-02T10:15:00Z Minute"),
            ("2026-03-02T10:15-0500", "2026-03-02T15:15:00Z Minute"),
            (
                "Mon, 02 Mar 2026 10:15:30 GMT",
                "2026-03-02T10:15:30Z Second",
            ),
            (
                "March 2, 2026 at 4:05 p.m. EST",
                "2026-03-02T21:05:00Z Minute",
            ),
            ("2026년 3월 2일 오후 4:05", "2026-03-02T16:05:00Z Minute"),
            (
                "2026年3月2日（月）午後4時05分",
                "2026-03-02T16:05:00Z Minute",
            ),
            ("2026年3月2日 下午4:05", "2026-03-02T16:05:00Z Minute"),
            ("2026年3月2日 上午10:15", "2026-03-02T10:15:00Z Minute"),
            ("2 mars 2026 à 10h15", "2026-03-02T10:15:00Z Minute"),
            ("2026-03-02T00:00:00+09:00", "2026-03-02T12:00:00Z Day"),
            ("20260302T101530Z", "2026-03-02T10:15:30Z Second"),
            ("1772446530", "2026-03-02T10:15:30Z Second"),
            ("1772446530000", "2026-03-02T10:15:30Z Second"),
        ] {
            assert_eq!(machine(value), expected, "{value}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for value in [
            "",
            "2026",
            "1.2.3",
            "31.02.2026",
            "2 March",
            "version 10.4.11",
            "3/2/26",
            "1889-03-02",
            "2101-01-01",
            "12:30",
            "March 2",
        ] {
            assert_eq!(text(value), "-", "{value}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_the_reader_s_to_say() {
        assert_eq!(
            shown(from_text("3/2/2026", MONTH_FIRST)),
            "2026-03-02T12:00:00Z Day"
        );
        assert_eq!(
            shown(from_text("3/2/2026", DAY_FIRST)),
            "2026-02-03T12:00:00Z Day"
        );
        assert_eq!(
            shown(from_text("3/22/2026", DAY_FIRST)),
            "2026-03-22T12:00:00Z Day"
        );
    }

    #[test]
    fn an_address_tells_its_day() {
        for path in [
            "/2026/03/02/a-chip",
            "/news/2026-03-02-chip",
            "/chip-20260302.html",
            "/2026/mar/02/chip",
            "/a/20260302/1",
            "/article/A2026030210150012345",
        ] {
            assert_eq!(
                shown(from_path(path, DAY_FIRST)),
                "2026-03-02T12:00:00Z Day",
                "{path}"
            );
        }
        for path in [
            "/a/120260302",
            "/web/20260302101500/a",
            "/web/20260302101500if_/a",
            "/id/99999999",
            "/2026/03",
            "/v1.2.3",
        ] {
            assert_eq!(from_path(path, DAY_FIRST), None, "{path}");
        }
    }

    #[test]
    fn civil_dates_keep_their_day() {
        assert_eq!(day(2026, 3, 2), Some(date(2026, 3, 2)));
        assert_eq!(day(2026, 13, 2), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_text_is_survived(s in "([0-9]{1,13}|[-/.:TZ+ ]|年|월|mars|March|de|PM|\\PC){0,30}") {
            for calendar in [DAY_FIRST, MONTH_FIRST] {
                for found in [from_machine(&s, calendar), from_text(&s, calendar), from_path(&s, calendar)].into_iter().flatten() {
                    prop_assert!(found.at.to_string().as_str() > "1970");
                }
            }
        }
    }
}
