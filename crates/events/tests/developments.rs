//! Sixty pairs of stories of ours (developments.jsonl): a repeat in other words stays silent, old text with
//! one new fact is a development.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use serde::Deserialize;
use std::time::Duration;
use tocsin_core::{StoryId, Timestamp};
use tocsin_events::{Frequencies, Grouper, Item, Settings};

/// Of sixty.
const RIGHT_AT_LEAST: usize = 55;

#[derive(Deserialize)]
struct Pair {
    id: String,
    expect: String,
    hours: u64,
    known: Told,
    story: Told,
}

#[derive(Deserialize)]
struct Told {
    title: String,
    text: String,
}

impl Told {
    fn item(&self, id: &str, source: &str, hours: u64) -> Item {
        let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        Item {
            id: StoryId::new(id),
            title: self.title.clone(),
            text: self.text.clone(),
            published: Some(start + Duration::from_secs(hours * 3_600)),
            source: source.to_owned(),
            lang: None,
            entities: Vec::new(),
        }
    }
}

#[test]
fn new_facts_are_told_and_repeats_stay_silent() {
    let pairs: Vec<Pair> = include_str!("developments.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(pairs.len(), 60);
    let known = Frequencies::from_bytes(include_bytes!("../../../models/words.model")).unwrap();
    let mut wrong = Vec::new();
    for pair in &pairs {
        let mut grouper = Grouper::new(Settings::default(), &known);
        let first = grouper.add(&pair.known.item("known", "first", 0));
        let found = grouper.add(&pair.story.item("story", "second", pair.hours));
        let joined = found.event == first.event;
        if !joined || found.development.is_some() != (pair.expect == "development") {
            wrong.push(format!(
                "{}: {}, told: {:?}",
                pair.id,
                if joined { "joined" } else { "apart" },
                found.development
            ));
        }
    }
    assert!(pairs.len() - wrong.len() >= RIGHT_AT_LEAST, "{wrong:#?}");
}
