//! What a pass did, source by source: the closing table, and `run --json`.

use serde::Serialize;
use std::collections::BTreeMap;
use tocsin_core::SourceId;

/// What became of one source in a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    /// The source.
    pub source: SourceId,
    /// How the poll ended.
    pub outcome: Outcome,
    /// Entries that the source lists.
    pub entries: usize,
    /// Pages fetched for it.
    pub pages: usize,
    /// Stories that are new.
    pub stories: usize,
    /// New stories that pass the relevance gate.
    pub relevant: usize,
    /// Known stories whose page had changed.
    #[serde(default, skip_serializing_if = "is_none")]
    pub revised: usize,
    /// Entries whose page could not be had, each in a sentence; at most a few are kept.
    pub problems: Vec<String>,
    /// How many problems there were.
    pub problem_count: usize,
    /// Whether not all that it lists was read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
    /// Whether its list held nothing from before the last poll: something between may have been missed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_gap: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// How a poll ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "detail")]
pub enum Outcome {
    /// It answered and was read.
    Read,
    /// It was read as far as it was whole; what was wrong.
    ReadInPart(String),
    /// It has not changed since the last poll.
    NotModified,
    /// It keeps us out, and we obey.
    Forbidden(String),
    /// It asked us to come back later.
    Later(String),
    /// It answered, but not with what was expected.
    Failed(String),
    /// Its host could not be reached at all.
    Unreachable(String),
}

impl Outcome {
    /// The outcome in a few words, for a table.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadInPart(_) => "read in part",
            Self::NotModified => "not modified",
            Self::Forbidden(_) => "keeps us out",
            Self::Later(_) => "asks to wait",
            Self::Failed(_) => "failed",
            Self::Unreachable(_) => "unreachable",
        }
    }

    /// What was wrong, in a sentence.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Read | Self::NotModified => None,
            Self::ReadInPart(d)
            | Self::Forbidden(d)
            | Self::Later(d)
            | Self::Failed(d)
            | Self::Unreachable(d) => Some(d),
        }
    }
}

/// What a pass did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PassReport {
    /// The sources that were due, by id.
    pub sources: Vec<SourceReport>,
    /// Enabled sources that were not due yet.
    pub not_due: usize,
    /// By site, how many of its sources the next pass has to poll, since their time was up.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub left: BTreeMap<String, usize>,
    /// Stories stored for the first time.
    pub new_stories: usize,
    /// Of these, the relevant ones.
    pub relevant: usize,
    /// Of these, copies of a known story.
    pub copies: usize,
    /// Events that began.
    pub new_events: usize,
    /// Known events that got a story.
    pub continued_events: usize,
    /// Mails delivered.
    pub mails_sent: usize,
    /// Mails that wait in the outbox, with the reason of the last failure.
    pub mails_waiting: usize,
    /// Why they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_problem: Option<String>,
}

impl PassReport {
    /// True where sources were due and not one could be reached: exit status 3.
    pub fn nothing_reached(&self) -> bool {
        !self.sources.is_empty()
            && self
                .sources
                .iter()
                .all(|s| matches!(s.outcome, Outcome::Unreachable(_)))
    }

    /// Pages fetched.
    pub fn pages(&self) -> usize {
        self.sources.iter().map(|s| s.pages).sum()
    }
}
