//! Who did what, when: the log of what people changed.

use crate::{Event, EventId, Note, Score, Story, StoryId, TagScore, Timestamp, Verdict};
use serde::{Deserialize, Serialize};

/// One thing that somebody did, with all that is needed to take it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Counted from 1, never given twice.
    pub number: u64,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// The number of the act that took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<u64>,
    /// What was done.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum Deed {
    /// A verdict on a story.
    Verdict {
        /// What was decided.
        given: Verdict,
        /// The verdict that was there before.
        before: Option<Verdict>,
        /// How the story was judged before.
        judged: Judgement,
    },
    /// Words about an event.
    Note {
        /// The event.
        event: EventId,
        /// The words.
        note: Note,
    },
    /// Several events became one.
    Merge {
        /// The one that stayed.
        into: EventId,
        /// The others, as they were.
        others: Vec<Event>,
    },
    /// Some stories of an event became one of their own.
    Split {
        /// The event that they left.
        from: EventId,
        /// The new one.
        into: EventId,
    },
    /// The rules changed.
    Rules {
        /// `alerts.toml` as it was.
        before: String,
        /// And as it is.
        after: String,
    },
    /// A reader is told no more by a rule.
    Unsubscribe {
        /// The rule.
        rule: String,
        /// The reader's address.
        to: String,
    },
    /// A rule tells a reader again who had unsubscribed.
    Subscribe {
        /// The rule.
        rule: String,
        /// The reader's address.
        to: String,
    },
    /// Nothing more is sent to an address.
    Stop {
        /// The address.
        to: String,
        /// The words of the server that refused it.
        why: String,
    },
    /// Mails to an address go out again.
    Resume {
        /// The address.
        to: String,
    },
    /// Stored stories were judged anew.
    Reprocess {
        /// How many changed.
        stories: usize,
    },
    /// An earlier act was taken back.
    Undo {
        /// Its number.
        of: u64,
    },
}

/// What the judges said of a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Its tags.
    pub tags: Vec<TagScore>,
    /// Tags that they were not sure of.
    pub review: Vec<TagScore>,
    /// How likely it is relevant.
    pub relevance: Score,
    /// Whether it passed the gate.
    pub relevant: bool,
    /// Whether a person had taken it out.
    #[serde(default)]
    pub removed: bool,
}

impl Judgement {
    /// That of a story as it is.
    pub fn of(story: &Story) -> Self {
        Self {
            tags: story.tags.clone(),
            review: story.review.clone(),
            relevance: story.relevance,
            relevant: story.relevant,
            removed: story.removed,
        }
    }
}

impl Deed {
    /// The story that it is about, if it is about one.
    pub fn story(&self) -> Option<&StoryId> {
        match self {
            Self::Verdict { given, .. } => Some(&given.story),
            _ => None,
        }
    }

    /// Whether it says what a story is about: taking it back asks what the judges said before.
    pub fn judges(&self) -> bool {
        match self {
            Self::Verdict { given, .. } => !given.tags.is_empty() || given.relevant.is_some(),
            _ => false,
        }
    }

    /// The events whose stories it moved.
    pub fn regrouped(&self) -> Vec<&EventId> {
        match self {
            Self::Merge { into, others } => {
                let others = others.iter().map(|event| &event.id);
                std::iter::once(into).chain(others).collect()
            }
            Self::Split { from, into } => vec![from, into],
            _ => Vec::new(),
        }
    }

    /// The reader of a rule, or the address, whose mails it let or did not let through.
    fn address(&self) -> Option<(Option<&str>, &str)> {
        match self {
            Self::Unsubscribe { rule, to } | Self::Subscribe { rule, to } => Some((Some(rule), to)),
            Self::Stop { to, .. } | Self::Resume { to } => Some((None, to)),
            _ => None,
        }
    }

    /// Whether both are about the same thing, so that the later one has to be taken back first.
    pub fn touches(&self, other: &Self) -> bool {
        let one_address = self.address().is_some() && self.address() == other.address();
        let both_rules = matches!((self, other), (Self::Rules { .. }, Self::Rules { .. }));
        let one_story = self.story().is_some() && self.story() == other.story();
        let theirs = other.regrouped();
        both_rules
            || one_story
            || one_address
            || self.regrouped().iter().any(|event| theirs.contains(event))
    }
}
