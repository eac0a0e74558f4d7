//! Where each record lies in the engine's one ordered tree.
//!
//! A key is one byte for the kind and then the id, or, for an index over time, the time and then the
//! id. Ids are UTF-8, so byte order is the order of the ids as text.

use tocsin_core::Timestamp;

/// What lies under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Schema,
    Story,
    Pending,
    Event,
    /// The id of the event that another became part of, under the id of that one.
    Merged,
    Verdict,
    Health,
    Seen,
    Waiting,
    Sent,
    Meta,
    /// Index: stories by [`tocsin_core::Story::time`].
    StoryTime,
    /// Index: events by `last_seen`.
    EventTime,
    /// Index: waiting mails by `queued_at`.
    WaitingTime,
    /// Index: sent mails by `sent_at`.
    SentTime,
}

/// Bytes of a time in a key.
const TIME: usize = 16;
/// The bit that makes negative numbers sort before positive ones.
const SIGN: u128 = 1 << 127;

impl Kind {
    const ALL: [Self; 15] = [
        Self::Schema,
        Self::Story,
        Self::Pending,
        Self::Event,
        Self::Merged,
        Self::Verdict,
        Self::Health,
        Self::Seen,
        Self::Waiting,
        Self::Sent,
        Self::Meta,
        Self::StoryTime,
        Self::EventTime,
        Self::WaitingTime,
        Self::SentTime,
    ];

    /// The kind that a key belongs to.
    pub(crate) fn of_key(key: &[u8]) -> Option<Self> {
        let prefix = key.first()?;
        Self::ALL.into_iter().find(|kind| kind.prefix() == *prefix)
    }

    /// For an index: the kind of the records that it leads to.
    pub(crate) fn indexed(self) -> Option<Self> {
        match self {
            Self::StoryTime => Some(Self::Story),
            Self::EventTime => Some(Self::Event),
            Self::WaitingTime => Some(Self::Waiting),
            Self::SentTime => Some(Self::Sent),
            _ => None,
        }
    }

    /// The first byte of its keys. Written to disk: never give one a new meaning.
    pub(crate) fn prefix(self) -> u8 {
        match self {
            Self::Schema => b'!',
            Self::Story => b's',
            Self::Pending => b'p',
            Self::Event => b'e',
            Self::Merged => b'f',
            Self::Verdict => b'v',
            Self::Health => b'h',
            Self::Seen => b'u',
            Self::Waiting => b'o',
            Self::Sent => b'd',
            Self::Meta => b'm',
            Self::StoryTime => b'S',
            Self::EventTime => b'E',
            Self::WaitingTime => b'O',
            Self::SentTime => b'D',
        }
    }

    /// What a message calls a record of this kind.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Schema => "schema number",
            Self::Story => "story",
            Self::Pending => "pending story",
            Self::Event => "event",
            Self::Merged => "merged event",
            Self::Verdict => "verdict on story",
            Self::Health => "health of source",
            Self::Seen => "mark of address",
            Self::Waiting => "waiting mail",
            Self::Sent => "sent mail",
            Self::Meta => "value",
            Self::StoryTime => "time index of story",
            Self::EventTime => "time index of event",
            Self::WaitingTime => "time index of waiting mail",
            Self::SentTime => "time index of sent mail",
        }
    }

    /// How a message names one record.
    pub(crate) fn name(self, id: &str) -> String {
        format!("{} {id}", self.noun())
    }

    /// The key of a record.
    pub(crate) fn key(self, id: &str) -> Vec<u8> {
        let mut key = Vec::with_capacity(1 + id.len());
        key.push(self.prefix());
        key.extend_from_slice(id.as_bytes());
        key
    }

    /// The key of an index entry.
    pub(crate) fn key_at(self, time: Timestamp, id: &str) -> Vec<u8> {
        let mut key = Vec::with_capacity(1 + TIME + id.len());
        key.push(self.prefix());
        key.extend_from_slice(&(time.as_nanosecond().cast_unsigned() ^ SIGN).to_be_bytes());
        key.extend_from_slice(id.as_bytes());
        key
    }

    /// The least key that is greater than all keys of this kind.
    pub(crate) fn end(self) -> Vec<u8> {
        vec![self.prefix() + 1]
    }
}

/// The id in a record's key; `None` for bytes that no record is written under.
pub(crate) fn id_of(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.get(1..)?).ok()
}

/// Time and id in an index entry's key.
pub(crate) fn time_and_id_of(key: &[u8]) -> Option<(Timestamp, &str)> {
    let (time, id) = key.get(1..)?.split_first_chunk::<TIME>()?;
    let nanoseconds = (u128::from_be_bytes(*time) ^ SIGN).cast_signed();
    let time = Timestamp::from_nanosecond(nanoseconds).ok()?;
    Some((time, std::str::from_utf8(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time() -> impl Strategy<Value = Timestamp> {
        (-377_705_023_200_i64..253_402_207_200, 0_i32..1_000_000_000)
            .prop_map(|(s, n)| Timestamp::new(s, n).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn keys_sort_as_time_and_id_and_read_back(
            a in time(), b in time(), x in "\\PC{0,6}", y in "\\PC{0,6}",
        ) {
            let (first, second) = (Kind::StoryTime.key_at(a, &x), Kind::StoryTime.key_at(b, &y));
            prop_assert_eq!(first.cmp(&second), (a, &x).cmp(&(b, &y)));
            prop_assert_eq!(time_and_id_of(&first), Some((a, x.as_str())));
            prop_assert!(second < Kind::StoryTime.end());
        }
    }
}
