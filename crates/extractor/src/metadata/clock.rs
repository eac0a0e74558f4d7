//! Reads a clock time and its zone: `10:15`, `10h15`, `4:05 p.m. EST`, `T101530+01:00`.

use super::tokens::Token;
use jiff::civil::Time;
use jiff::tz::Offset;
use tocsin_core::Precision;

/// A time of day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) time: Time,
    /// To the second or to the minute.
    pub(crate) precision: Precision,
    /// East of UTC, where the page says it.
    pub(crate) offset: Option<Offset>,
}

/// The time at the start of `tokens`; `before` are those between it and its date.
pub(crate) fn clock(before: &[Token<'_>], tokens: &[Token<'_>]) -> Option<Clock> {
    use Token::{Mark, Number, Word};
    let [
        Number(h, 1..=2),
        Mark(':' | '時' | '时') | Word("h" | "H" | "시"),
        Number(m, 2),
        rest @ ..,
    ] = tokens
    else {
        return basic_clock(tokens);
    };
    let (second, rest) = match rest {
        [
            Mark(':'),
            Number(s, 2),
            Mark('.' | ','),
            Number(..),
            rest @ ..,
        ] => (Some(*s), rest),
        [Mark(':'), Number(s, 2), rest @ ..] => (Some(*s), rest),
        rest => (None, rest),
    };
    let (after, rest) = half_after(rest);
    let hour = match (after.or(half_before(before)), *h) {
        (Some(Half::Afternoon), 1..=11) => h + 12,
        (Some(Half::Morning), 12) => 0,
        _ => *h,
    };
    finish(hour, *m, second, zone(rest))
}

/// Which half of the day the twelve-hour clock means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// Chinese, Japanese and Korean name the half before the hour.
fn half_before(tokens: &[Token<'_>]) -> Option<Half> {
    use Token::{Mark, Word};
    tokens
        .windows(2)
        .find_map(|pair| match pair {
            [Mark('午'), Mark('後')]
            | [Mark('下'), Mark('午')]
            | [Word("오후"), _]
            | [_, Word("오후")] => Some(Half::Afternoon),
            [Mark('午'), Mark('前')] | [Mark('上'), Mark('午')] => Some(Half::Morning),
            _ => None,
        })
        .or(match tokens {
            [Word("오후")] => Some(Half::Afternoon),
            [Word("오전")] => Some(Half::Morning),
            _ => None,
        })
}

/// `T101500Z`, as in compact ISO 8601.
fn basic_clock(tokens: &[Token<'_>]) -> Option<Clock> {
    match tokens {
        [Token::Word("T" | "t"), Token::Number(n, 6), rest @ ..] => {
            finish(n / 10_000, n / 100 % 100, Some(n % 100), zone(rest))
        }
        [Token::Word("T" | "t"), Token::Number(n, 4), rest @ ..] => {
            finish(n / 100, n % 100, None, zone(rest))
        }
        _ => None,
    }
}

fn finish(h: u64, m: u64, s: Option<u64>, offset: Option<Offset>) -> Option<Clock> {
    let small = |n: u64| i8::try_from(n).ok();
    // A leap second is the last one of its minute to us.
    let time = Time::new(small(h)?, small(m)?, small(s.unwrap_or(0).min(59))?, 0).ok()?;
    let precision = if s.is_some() {
        Precision::Second
    } else {
        Precision::Minute
    };
    Some(Clock {
        time,
        precision,
        offset,
    })
}

/// `am`, `p.m.` and such after the time.
fn half_after<'a, 'b>(tokens: &'b [Token<'a>]) -> (Option<Half>, &'b [Token<'a>]) {
    use Token::{Mark, Word};
    let (letter, rest) = match tokens {
        [Word(w), rest @ ..] if w.eq_ignore_ascii_case("am") || w.eq_ignore_ascii_case("pm") => {
            (w, rest)
        }
        [
            Word(w @ ("a" | "p" | "A" | "P")),
            Mark('.'),
            Word("m" | "M"),
            Mark('.'),
            rest @ ..,
        ] => (w, rest),
        _ => return (None, tokens),
    };
    let half = if letter.starts_with(['p', 'P']) {
        Half::Afternoon
    } else {
        Half::Morning
    };
    (Some(half), rest)
}

fn zone(tokens: &[Token<'_>]) -> Option<Offset> {
    use Token::{Mark, Number, Word};
    let minutes = |h: u64, m: u64| i32::try_from(h * 60 + m).ok();
    let sign = |mark: &char| if *mark == '+' { 1 } else { -1 };
    let signed = |mark: &char, h: u64, m: u64| Some(sign(mark) * minutes(h, m)?);
    let offset = match tokens {
        [
            Mark(s @ ('+' | '-' | '\u{2212}')),
            Number(h, 1..=2),
            Mark(':'),
            Number(m, 2),
            ..,
        ] => signed(s, *h, *m)?,
        [Mark(s @ ('+' | '-' | '\u{2212}')), Number(n, 4), ..] => signed(s, n / 100, n % 100)?,
        [Mark(s @ ('+' | '-' | '\u{2212}')), Number(h, 2), ..] => signed(s, *h, 0)?,
        [Word(name), rest @ ..] if ["utc", "gmt"].contains(&name.to_ascii_lowercase().as_str()) => {
            return zone(rest).or(Some(Offset::UTC));
        }
        [Word(name), ..] => named_zone(name)?,
        [Mark('('), rest @ ..] => return zone(rest),
        _ => return None,
    };
    Offset::from_seconds(offset.checked_mul(60)?).ok()
}

/// Minutes east of UTC of the zone names that news sites print. `IST` is India's, the largest
/// of the three that share it.
fn named_zone(name: &str) -> Option<i32> {
    Some(match name.to_ascii_uppercase().as_str() {
        "Z" | "WET" => 0,
        "BST" | "WEST" | "CET" | "MEZ" => 60,
        "CEST" | "MESZ" | "EET" | "SAST" => 120,
        "EEST" | "MSK" | "TRT" => 180,
        "IST" => 330,
        "ICT" | "WIB" => 420,
        "SGT" | "HKT" | "AWST" => 480,
        "JST" | "KST" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "EST" | "CDT" => -300,
        "EDT" => -240,
        "ET" => -300,
        "CST" | "MDT" => -360,
        "MST" | "PDT" => -420,
        "PST" => -480,
        _ => return None,
    })
}
