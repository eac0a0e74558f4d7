//! What the program remembers of what it told: named values, kept in the batch of the event itself.
//!
//! The store does not know what they mean; here they are read and written.

use crate::fire::token;
use crate::rules::{Rule, Target};
use crate::subscription;
use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tocsin_core::{Event, EventId, Note, StoryId, Timestamp, digest_hex};

/// Things that wait for one mail to one reader; of later ones only the number is kept.
const MOST_HELD: usize = 2_000;
/// The time over which single mails are counted.
pub(crate) const RATE: SignedDuration = SignedDuration::from_hours(1);

/// What waits to be told to one reader by one rule, in one mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// When the first of them came.
    pub(crate) since: Option<Timestamp>,
    pub(crate) items: Vec<Item>,
    /// How many came when there was no more room.
    #[serde(default)]
    pub(crate) more: usize,
}

/// One thing that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) event: EventId,
    /// The story with the new fact, or the one that is told by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) story: Option<StoryId>,
    /// Whether only an analyst's words about the event are new.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_note: bool,
}

/// What was remembered before, and what this run adds.
pub(crate) struct Past<'a> {
    before: &'a dyn Fn(&str) -> Option<String>,
    now: BTreeMap<String, String>,
    /// What waits, by its key: written once at the end, for thousands may come in one run.
    held: BTreeMap<String, Held>,
}

impl<'a> Past<'a> {
    pub(crate) fn new(before: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            before,
            now: BTreeMap::new(),
            held: BTreeMap::new(),
        }
    }

    fn get(&self, key: &str) -> Option<String> {
        self.now.get(key).cloned().or_else(|| (self.before)(key))
    }

    /// What has to be kept.
    pub(crate) fn into_marks(mut self) -> Vec<(String, String)> {
        for (key, held) in std::mem::take(&mut self.held) {
            self.write(key, &held);
        }
        self.now.into_iter().collect()
    }

    pub(crate) fn is_told(&self, token: &str) -> bool {
        self.get(&told_key(token)).is_some()
    }

    pub(crate) fn tell(&mut self, token: &str, message_id: &str) {
        self.now.insert(told_key(token), message_id.to_owned());
    }

    pub(crate) fn held(&self, rule: &Rule, target: &Target) -> Held {
        let key = key("held", &rule.name, target);
        let here = self.held.get(&key).cloned();
        here.or_else(|| self.read(&key)).unwrap_or_default()
    }

    /// Keeps a thing for later.
    pub(crate) fn hold(&mut self, rule: &Rule, target: &Target, item: Item, now: Timestamp) {
        let key = key("held", &rule.name, target);
        let known = match self.held.contains_key(&key) {
            true => None,
            false => self.read(&key),
        };
        let held = self
            .held
            .entry(key)
            .or_insert_with(|| known.unwrap_or_default());
        held.since = held.since.or(Some(now));
        match held.items.len() < MOST_HELD {
            true => held.items.push(item),
            false => held.more += 1,
        }
    }

    pub(crate) fn set_held(&mut self, rule: &Rule, target: &Target, held: Held) {
        self.held.insert(key("held", &rule.name, target), held);
    }

    pub(crate) fn release(&mut self, rule: &str, target: &Target) {
        self.held.insert(key("held", rule, target), Held::default());
    }

    /// An analyst's words about an event that this reader was not told by this rule; they are from now on.
    pub(crate) fn untold_notes(
        &mut self,
        rule: &Rule,
        target: &Target,
        event: &Event,
    ) -> Vec<Note> {
        let mut untold = Vec::new();
        for note in &event.notes {
            let what = format!("note/{}/{}/{}", note.at, note.by, note.text);
            let token = token(&rule.name, target, &what);
            if !self.is_told(&token) {
                self.tell(&token, "");
                untold.push(note.clone());
            }
        }
        untold
    }

    /// Since when the rule tells this reader; from now on, where it never did.
    pub(crate) fn since(&mut self, rule: &Rule, target: &Target, now: Timestamp) -> Timestamp {
        let key = key("since", &rule.name, target);
        if let Some(since) = self.read(&key) {
            return since;
        }
        self.write(key, &now);
        now
    }

    /// Whether the reader wants to hear no more by this rule.
    pub(crate) fn is_off(&self, rule: &Rule, target: &Target) -> bool {
        subscription::unsubscribed(&rule.name, target, &|key| self.get(key)).is_some()
    }

    /// How many single mails of the last hour there were.
    pub(crate) fn sent_lately(&self, rule: &Rule, target: &Target, now: Timestamp) -> usize {
        self.lately(rule, target, now).len()
    }

    pub(crate) fn count(&mut self, rule: &Rule, target: &Target, now: Timestamp) {
        let mut times = self.lately(rule, target, now);
        times.push(now);
        self.write(key("rate", &rule.name, target), &times);
    }

    /// A clock that was set back does not count what seems to come.
    fn lately(&self, rule: &Rule, target: &Target, now: Timestamp) -> Vec<Timestamp> {
        let mut times: Vec<Timestamp> = self
            .read(&key("rate", &rule.name, target))
            .unwrap_or_default();
        let is_late = |time: &Timestamp| *time <= now && now.duration_since(*time) < RATE;
        times.retain(is_late);
        times
    }

    /// The first mail to a reader about an event, or about one that became part of it.
    pub(crate) fn thread(&self, target: &Target, events: &[&EventId]) -> Option<String> {
        events
            .iter()
            .find_map(|event| self.get(&thread_key(target, event)))
    }

    pub(crate) fn begin_thread(&mut self, target: &Target, event: &EventId, message_id: &str) {
        let key = thread_key(target, event);
        if self.get(&key).is_none() {
            self.now.insert(key, message_id.to_owned());
        }
    }

    /// The last time of a digest that was dealt with.
    pub(crate) fn slot(&self, rule: &Rule, target: &Target) -> Option<Timestamp> {
        self.read(&key("slot", &rule.name, target))
    }

    pub(crate) fn set_slot(&mut self, rule: &Rule, target: &Target, slot: Timestamp) {
        self.write(key("slot", &rule.name, target), &slot);
    }

    /// What cannot be read was written by another version: as if it were not there.
    fn read<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_str(&self.get(key)?).ok()
    }

    fn write<T: Serialize>(&mut self, key: String, value: &T) {
        // These types have no map with other keys than strings, the only thing that could fail.
        if let Ok(text) = serde_json::to_string(value) {
            self.now.insert(key, text);
        }
    }
}

/// Where it is remembered that a rule told a thing to a reader.
fn told_key(token: &str) -> String {
    format!("told/{token}")
}

pub(crate) fn key(what: &str, rule: &str, target: &Target) -> String {
    let digest = digest_hex(&[rule, &target.to_string()], 32);
    format!("{what}/{digest}")
}

fn thread_key(target: &Target, event: &EventId) -> String {
    let digest = digest_hex(&[&target.to_string(), event.as_str()], 32);
    format!("thread/{digest}")
}
