//! How long a host asks to be left alone.

use tocsin_core::Timestamp;

/// A host that asks for longer is asked again after a day all the same.
const LONGEST_S: i64 = 24 * 3600;

/// The end of the longest pause that begins now.
pub(super) fn longest(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_secs(LONGEST_S))
        .unwrap_or(now)
}

/// The end of the pause that an answer with this status and `Retry-After` header asks for: seconds,
/// or a date, or, where it does not say, so many seconds as `unsaid` gives. `None` where it asks for none.
pub(super) fn pause_end(
    status: u16,
    header: Option<&str>,
    unsaid: impl FnOnce() -> i64,
    now: Timestamp,
) -> Option<Timestamp> {
    if !matches!(status, 429 | 503) {
        return None;
    }
    let said = header.and_then(|value| seconds(value.trim(), now));
    let seconds = said.unwrap_or_else(unsaid);
    now.checked_add(jiff::SignedDuration::from_secs(seconds.clamp(0, LONGEST_S)))
        .ok()
}

fn seconds(value: &str, now: Timestamp) -> Option<i64> {
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(value.parse().unwrap_or(LONGEST_S));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value);
    Some(date.ok()?.duration_since(now).as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(status: u16, header: Option<&str>) -> Option<i64> {
        let now: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
        pause_end(status, header, || 300, now).map(|end| end.duration_since(now).as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read() {
        assert_eq!(pause(503, Some("120")), Some(120));
        assert_eq!(
            pause(429, Some("Mon, 02 Mar 2026 07:00:00 GMT")),
            Some(3600)
        );
        assert_eq!(pause(503, Some("Mon, 02 Mar 2026 05:00:00 GMT")), Some(0));
    }

    #[test]
    fn a_pause_is_a_day_at_most() {
        assert_eq!(pause(503, Some("99999999")), Some(86_400));
        assert_eq!(pause(503, Some("99999999999999999999999")), Some(86_400));
        assert_eq!(
            pause(503, Some("Mon, 02 Mar 2099 05:00:00 GMT")),
            Some(86_400)
        );
    }

    #[test]
    fn some_ask_without_a_word() {
        assert_eq!(pause(429, None), Some(300));
        assert_eq!(pause(429, Some("soon")), Some(300));
        assert_eq!(pause(503, None), Some(300));
        assert_eq!(pause(503, Some("-5")), Some(300));
        assert_eq!(pause(500, Some("120")), None);
    }
}
