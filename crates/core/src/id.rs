//! Ids that survive a restart, a re-read and a rewrite of the source's own ids.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id that was printed before, or one that a caller chose.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// Names a source in `sources.toml`: lower-case words joined by hyphens, country first.
    SourceId
}
id! {
    /// Names a story for ever: `s` and 16 hexadecimal digits of its canonical address.
    StoryId
}
id! {
    /// Names an event for ever: `e` and 16 hexadecimal digits of its first story's id.
    EventId
}

impl StoryId {
    /// The id of the story at a canonical address (see [`crate::canonical_url`]).
    pub fn of_url(canonical: &str) -> Self {
        Self(format!("s{}", digest_hex(&["story", canonical], 16)))
    }
}

impl EventId {
    /// The id of the event that a story opens.
    pub fn of_first_story(story: &StoryId) -> Self {
        Self(format!("e{}", digest_hex(&["event", story.as_str()], 16)))
    }
}

/// The first `digits` hexadecimal digits (at most 64) of the SHA-256 of the parts; the length of
/// each part is hashed too, so `["ab", "c"]` and `["a", "bc"]` differ.
pub fn digest_hex(parts: &[&str], digits: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut hex: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    hex.truncate(digits);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_one_another() {
        assert_ne!(digest_hex(&["ab", "c"], 16), digest_hex(&["a", "bc"], 16));
    }

    #[test]
    fn an_event_id_differs_from_its_story_id() {
        let story = StoryId::of_url("https://example.org/a");
        assert_eq!(story.as_str().len(), 17);
        assert_ne!(
            EventId::of_first_story(&story).as_str().get(1..),
            story.as_str().get(1..)
        );
    }
}
