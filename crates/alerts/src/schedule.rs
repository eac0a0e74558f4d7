//! Times of a place: when a digest is due, when a reader wants quiet. Daylight saving is the zone's
//! business: an hour that is skipped counts as the one after it, one that comes twice as the first.

use jiff::Span;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use tocsin_core::Timestamp;

/// Days that are looked ahead: a week, and one for what was today already.
const AHEAD: i32 = 8;

/// A time of every day, or of one day of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Without one: every day.
    weekday: Option<Weekday>,
    time: Time,
    zone: TimeZone,
    /// As it was written.
    text: String,
}

impl Schedule {
    /// Reads `daily 08:00 Europe/Brussels` and `weekly mon 08:00 Europe/Brussels`; without a zone, UTC.
    /// `None` where it begins like neither.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, String>> {
        let mut words = text.split_whitespace();
        let weekday = match words.next()? {
            "daily" => None,
            "weekly" => match words.next().and_then(weekday) {
                Some(day) => Some(day),
                None => return Some(Err("name a day: weekly mon 08:00".to_owned())),
            },
            _ => return None,
        };
        let rest: Vec<&str> = words.collect();
        Some(Self::at(text, weekday, &rest))
    }

    fn at(text: &str, weekday: Option<Weekday>, rest: &[&str]) -> Result<Self, String> {
        let (time, zone_name) = match rest {
            [time] => (time, "UTC"),
            [time, zone] => (time, *zone),
            _ => return Err("give a time and a zone: daily 08:00 Europe/Brussels".to_owned()),
        };
        Ok(Self {
            weekday,
            time: clock(time)?,
            zone: zone(zone_name)?,
            text: text.to_owned(),
        })
    }

    /// The first moment after the given one.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        next(self.time, &self.zone, self.weekday, after)
    }

    /// Whether it is of one day of the week.
    pub fn is_weekly(&self) -> bool {
        self.weekday.is_some()
    }

    /// The zone in which its reader lives.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

impl std::fmt::Display for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Hours in which nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    to: Time,
    zone: TimeZone,
}

impl QuietHours {
    /// Reads `22:00-07:00 Europe/Brussels`; without a zone, UTC.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let hours = words.next().unwrap_or_default();
        let (from, to) = hours
            .split_once('-')
            .ok_or("give two times: 22:00-07:00 Europe/Brussels")?;
        Ok(Self {
            from: clock(from)?,
            to: clock(to)?,
            zone: zone(words.next().unwrap_or("UTC"))?,
        })
    }

    /// When they end, if they are now.
    pub fn end(&self, now: Timestamp) -> Option<Timestamp> {
        let time = now.to_zoned_datetime(self.zone.clone()).time();
        let (from, to) = (self.from, self.to);
        let quiet = if from <= to {
            from <= time && time < to
        } else {
            from <= time || time < to
        };
        quiet.then(|| next(to, &self.zone, None, now))?
    }
}

fn next(
    time: Time,
    zone: &TimeZone,
    weekday: Option<Weekday>,
    after: Timestamp,
) -> Option<Timestamp> {
    let today = after.to_zoned_datetime(zone.clone()).date();
    let moment = |ahead: i32| {
        let day = today.checked_add(Span::new().days(ahead)).ok()?;
        let wanted = weekday.is_none_or(|weekday| day.weekday() == weekday);
        let at = day.to_datetime(time).to_zoned_datetime(zone.clone()).ok()?;
        (wanted && at.timestamp() > after).then(|| at.timestamp())
    };
    (0..=AHEAD).find_map(moment)
}

fn clock(text: &str) -> Result<Time, String> {
    let well_formed = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
    let time = text.parse().ok().filter(|_| well_formed);
    time.ok_or_else(|| format!("`{text}` is no time such as 08:00"))
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| format!("`{name}` is no time zone such as Europe/Brussels"))
}

fn weekday(word: &str) -> Option<Weekday> {
    let lower = word.to_ascii_lowercase();
    let days = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];
    days.into_iter()
        .find(|(name, _)| lower.starts_with(name))
        .map(|(_, day)| day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::at;

    fn next(text: &str, after: &str) -> String {
        let schedule = Schedule::parse(text).unwrap().unwrap();
        schedule.next_after(at(after)).unwrap().to_string()
    }

    #[test]
    fn a_digest_comes_at_its_readers_time() {
        for (text, after, expected) in [
            (
                "daily 08:00 Europe/Brussels",
                "2026-10-05T05:59:59Z",
                "2026-10-05T06:00:00Z",
            ),
            (
                "daily 08:00 Europe/Brussels",
                "2026-10-05T06:00:00Z",
                "2026-10-06T06:00:00Z",
            ),
            // The clocks went back in between.
            (
                "daily 08:00 Europe/Brussels",
                "2026-10-24T06:00:00Z",
                "2026-10-25T07:00:00Z",
            ),
            // 02:30 does not exist on this day, and comes twice on that.
            (
                "daily 02:30 Europe/Brussels",
                "2026-03-28T12:00:00Z",
                "2026-03-29T01:30:00Z",
            ),
            (
                "daily 02:30 Europe/Brussels",
                "2026-10-24T12:00:00Z",
                "2026-10-25T00:30:00Z",
            ),
            (
                "weekly mon 08:00 Asia/Tokyo",
                "2026-10-05T00:00:00Z",
                "2026-10-11T23:00:00Z",
            ),
            (
                "weekly Friday 18:00",
                "2026-10-05T00:00:00Z",
                "2026-10-09T18:00:00Z",
            ),
        ] {
            assert_eq!(next(text, after), expected, "{text} after {after}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        for text in [
            "daily",
            "daily 8",
            "daily 25:00",
            "weekly 08:00",
            "daily 08:00 Mars/Base",
            "daily 08:00 UTC now",
        ] {
            assert!(Schedule::parse(text).unwrap().is_err(), "{text}");
        }
        assert!(Schedule::parse("hourly").is_none());
        for text in ["", "22:00", "22:00-7", "22:00-07:00 Nowhere/Land"] {
            assert!(QuietHours::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn quiet_hours_may_span_midnight() {
        let night = QuietHours::parse("22:00-07:00 Europe/Brussels").unwrap();
        let end = |now: &str| night.end(at(now)).map(|end| end.to_string());
        assert_eq!(
            end("2026-10-05T20:30:00Z").as_deref(),
            Some("2026-10-06T05:00:00Z")
        );
        assert_eq!(
            end("2026-10-06T04:59:00Z").as_deref(),
            Some("2026-10-06T05:00:00Z")
        );
        assert_eq!(end("2026-10-06T05:00:00Z"), None);
        let noon = QuietHours::parse("12:00-13:00").unwrap();
        assert!(noon.end(at("2026-10-05T12:30:00Z")).is_some());
        assert!(noon.end(at("2026-10-05T11:30:00Z")).is_none());
    }
}
