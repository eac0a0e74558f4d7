//! The short forms of ISO 8601.

use super::{Moment, date};
use jiff::Span;

/// The short forms of ISO 8601, where nothing else stands in the text: 261005, 26-10-05, 2026, -2610, 26278,
/// 2026-278 (the last two with the day of the year). Too bold wherever a number may be something else.
pub(crate) fn short(text: &str) -> Option<Moment> {
    let text = text.trim();
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let text = match text.strip_prefix('-') {
        // The year's last two digits and the month.
        Some(rest) => return month_alone(&rest.replace('-', "")),
        None => &*text.replace('-', ""),
    };
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let ordinal = |year: usize| {
        let first = date(text.get(..year)?, 1, 1)?;
        let days = number(year, text.len())?
            .checked_sub(1)
            .filter(|days| *days >= 0)?;
        let day = first.checked_add(Span::new().days(days)).ok()?;
        (day.year() == first.year()).then_some(day)
    };
    let day = match text.len() {
        4 => date(text, 1, 1),
        5 => ordinal(2),
        6 => {
            let (month, day) = (number(2, 4)?, number(4, 6)?);
            date(text.get(..2)?, month.try_into().ok()?, day.try_into().ok()?)
        }
        7 => ordinal(4),
        _ => None,
    };
    day.map(Moment::Day)
}

fn month_alone(digits: &str) -> Option<Moment> {
    let (year, month) = digits.split_at_checked(2)?;
    let day = (month.len() == 2).then(|| date(year, month.parse().ok()?, 1))?;
    day.map(Moment::Day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::parse;

    #[test]
    fn short_forms_are_read_where_they_are_asked_for() {
        let day = |text| short(text).map(|moment| moment.at_midnight().unwrap().to_string());
        assert_eq!(day("261005").as_deref(), Some("2026-10-05T00:00:00Z"));
        assert_eq!(day(" 26278 ").as_deref(), Some("2026-10-05T00:00:00Z"));
        assert_eq!(day("2026278").as_deref(), Some("2026-10-05T00:00:00Z"));
        assert_eq!(day("26-10-05").as_deref(), Some("2026-10-05T00:00:00Z"));
        assert_eq!(day("2026").as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(day("-2610").as_deref(), Some("2026-10-01T00:00:00Z"));
        for odd in [
            "",
            "269999",
            "26000",
            "26366",
            "-26-13",
            "٢٦١٠٠٥",
            "99999999",
        ] {
            assert_eq!(day(odd), None, "{odd}");
        }
        assert!(parse("261005").is_none());
    }
}
