//! An event as the sum of its stories.

use std::collections::{HashMap, HashSet};
use tocsin_core::{Event, EventId, Novelty, Story};

/// The event as the sum of its stories, which are in order of arrival.
pub(crate) fn summary(id: &EventId, stories: &[Story], novelty: Novelty) -> Event {
    let times = || stories.iter().map(Story::time);
    let sources: HashSet<&str> = stories.iter().map(|s| s.source.as_str()).collect();
    Event {
        id: id.clone(),
        title: stories
            .first()
            .map(|s| s.article.title.clone())
            .unwrap_or_default(),
        first_seen: times().min().unwrap_or_default(),
        last_seen: times().max().unwrap_or_default(),
        stories: stories.iter().map(|s| s.id().clone()).collect(),
        sources: sources.len(),
        tags: most_frequent(
            stories
                .iter()
                .flat_map(|s| s.tags.iter().map(|t| t.tag.as_str())),
        ),
        entities: most_frequent(
            stories
                .iter()
                .flat_map(|s| s.entities.iter().map(|e| e.id.as_str())),
        ),
        novelty,
        merged: Vec::new(),
        split_from: None,
        notes: Vec::new(),
    }
}

fn most_frequent<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    let mut sorted: Vec<(&str, usize)> = counts.into_iter().collect();
    sorted.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    sorted
        .into_iter()
        .map(|(word, _)| word.to_owned())
        .collect()
}

/// As they came, and as a grouper learns them after a restart.
pub(crate) fn in_order_of_arrival(stories: &mut [Story]) {
    stories.sort_by(|a, b| (a.first_seen, a.time(), a.id()).cmp(&(b.first_seen, b.time(), b.id())));
}
