//! Whether what a record refers to is there.

use crate::key::Kind;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tocsin_core::{Alert, Event, EventId, Outgoing, Story, StoryId, Verdict};

/// What a check of every record found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct VerifyReport {
    /// Records read, damaged ones included.
    pub records: usize,
    /// What is wrong, in the order of kinds and ids.
    pub problems: Vec<Problem>,
}

impl VerifyReport {
    /// True where nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Problem {
    /// Kind and id of the record.
    pub record: String,
    /// What is wrong with it.
    pub flaw: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.record, self.flaw)
    }
}

/// Who refers to whom, collected record by record, then checked as a whole.
#[derive(Debug, Default)]
pub(crate) struct References {
    report: VerifyReport,
    stories: BTreeMap<StoryId, (Option<EventId>, Option<StoryId>)>,
    events: BTreeMap<EventId, BTreeSet<StoryId>>,
    merged: BTreeMap<EventId, EventId>,
    pending: HashSet<StoryId>,
    marks: Vec<(String, StoryId)>,
    verdicts: Vec<StoryId>,
    mails: Vec<Alert>,
    /// Names of records that are there and cannot be read: no second complaint about them.
    damaged: HashSet<String>,
}

impl References {
    /// A grouped story.
    pub(crate) fn story(&mut self, story: &Story) {
        self.report.records += 1;
        let refers = (story.event.clone(), story.duplicate_of.clone());
        self.stories.insert(story.id().clone(), refers);
    }

    /// An event.
    pub(crate) fn event(&mut self, event: &Event) {
        self.report.records += 1;
        let stories = event.stories.iter().cloned().collect();
        self.events.insert(event.id.clone(), stories);
    }

    /// An event that became part of another.
    pub(crate) fn merged(&mut self, from: &str, into: &EventId) {
        self.report.records += 1;
        self.merged.insert(EventId::new(from), into.clone());
    }

    /// A story that waits to be grouped.
    pub(crate) fn pending(&mut self, story: &Story) {
        self.report.records += 1;
        self.pending.insert(story.id().clone());
    }

    /// The mark of an address.
    pub(crate) fn mark(&mut self, url: &str, story: Option<&StoryId>) {
        self.report.records += 1;
        self.marks
            .extend(story.map(|s| (url.to_owned(), s.clone())));
    }

    /// A mail, waiting or sent.
    pub(crate) fn mail(&mut self, mail: &Outgoing) {
        self.report.records += 1;
        self.mails.push(mail.alert.clone());
    }

    /// What an analyst decided about a story.
    pub(crate) fn verdict(&mut self, verdict: &Verdict) {
        self.report.records += 1;
        self.verdicts.push(verdict.story.clone());
    }

    /// A record that refers to nothing.
    pub(crate) fn other(&mut self) {
        self.report.records += 1;
    }

    /// A record that is there and cannot be read.
    pub(crate) fn damaged(&mut self, record: String, flaw: &str) {
        self.report.records += 1;
        self.problem(&record, flaw);
        self.damaged.insert(record);
    }

    /// Anything else that is wrong with a record.
    pub(crate) fn problem(&mut self, record: &str, flaw: impl Into<String>) {
        self.report.problems.push(Problem {
            record: record.to_owned(),
            flaw: flaw.into(),
        });
    }

    /// The report, with every reference that leads nowhere.
    pub(crate) fn check(mut self) -> VerifyReport {
        let mut found = Vec::new();
        self.check_stories(&mut found);
        self.check_events(&mut found);
        self.check_merged(&mut found);
        self.check_the_rest(&mut found);
        self.report.problems.append(&mut found);
        self.report.problems.sort();
        self.report
    }

    fn check_stories(&self, found: &mut Vec<Problem>) {
        for (id, (event, original)) in &self.stories {
            let mut problem = |flaw| found.push(flawed(Kind::Story, id.as_str(), flaw));
            if let Some(event) = event {
                match self.events.get(event) {
                    Some(stories) if stories.contains(id) => {}
                    Some(_) => problem(format!("its event {event} does not list it")),
                    None if self.is_damaged(Kind::Event, event.as_str()) => {}
                    None => problem(format!("its event {event} is missing")),
                }
            }
            if let Some(original) = original.as_ref().filter(|o| !self.has_story(o)) {
                problem(format!("the story {original} that it copies is missing"));
            }
        }
    }

    fn check_events(&self, found: &mut Vec<Problem>) {
        for (id, stories) in &self.events {
            for story in stories {
                let flaw = match self.stories.get(story) {
                    Some((Some(event), _)) if event == id => continue,
                    Some(_) => format!("it lists {story}, which does not belong to it"),
                    None if self.is_damaged(Kind::Story, story.as_str()) => continue,
                    None => format!("its story {story} is missing"),
                };
                found.push(flawed(Kind::Event, id.as_str(), flaw));
            }
        }
    }

    fn check_merged(&self, found: &mut Vec<Problem>) {
        for (from, into) in &self.merged {
            if !self.has_event(into) {
                let flaw = format!("the event {into} that it became part of is missing");
                found.push(flawed(Kind::Merged, from.as_str(), flaw));
            }
        }
    }

    fn check_the_rest(&self, found: &mut Vec<Problem>) {
        for (url, story) in self.marks.iter().filter(|(_, s)| !self.has_story(s)) {
            found.push(flawed(
                Kind::Seen,
                url,
                format!("its story {story} is missing"),
            ));
        }
        for story in self.verdicts.iter().filter(|s| !self.has_story(s)) {
            let flaw = "its story is missing".to_owned();
            found.push(flawed(Kind::Verdict, story.as_str(), flaw));
        }
        for alert in &self.mails {
            let kind = if alert.sent_at.is_some() {
                Kind::Sent
            } else {
                Kind::Waiting
            };
            let mut problem = |flaw| found.push(flawed(kind, &alert.message_id, flaw));
            if let Some(event) = alert.event.as_ref().filter(|e| !self.has_event(e)) {
                problem(format!("its event {event} is missing"));
            }
            for story in alert.stories.iter().filter(|s| !self.has_story(s)) {
                problem(format!("its story {story} is missing"));
            }
        }
    }

    fn has_story(&self, id: &StoryId) -> bool {
        self.stories.contains_key(id)
            || self.pending.contains(id)
            || self.is_damaged(Kind::Story, id.as_str())
            || self.is_damaged(Kind::Pending, id.as_str())
    }

    fn has_event(&self, id: &EventId) -> bool {
        self.events.contains_key(id)
            || self.merged.contains_key(id)
            || self.is_damaged(Kind::Event, id.as_str())
    }

    /// Whether a record was met that cannot be read.
    pub(crate) fn is_damaged(&self, kind: Kind, id: &str) -> bool {
        !self.damaged.is_empty() && self.damaged.contains(&kind.name(id))
    }
}

fn flawed(kind: Kind, id: &str, flaw: String) -> Problem {
    Problem {
        record: kind.name(id),
        flaw,
    }
}
