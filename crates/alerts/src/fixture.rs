//! Stories and events for the tests of this crate.

use tocsin_core::{
    Article, Event, EventId, Evidence, Field, Judge, Novelty, Score, SourceId, Story, StoryId,
    TagScore, Timestamp,
};
use tocsin_search::Vocabulary;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn story(slug: &str, title: &str, tag: &str) -> Story {
    let url = format!("https://ledger.example/{slug}");
    Story {
        article: Article {
            id: StoryId::of_url(&url),
            canonical_url: url.clone(),
            url,
            title: title.to_owned(),
            byline: Vec::new(),
            published: Some(at("2026-10-05T08:00:00Z")),
            published_precision: None,
            utc_offset_minutes: None,
            teaser: false,
            modified: None,
            site_name: Some("The Ledger".to_owned()),
            language: Some("en".to_owned()),
            text: "The ministry published a rule on chips.\n\nIt applies from May.".to_owned(),
            section: None,
            image: None,
        },
        relevance: Score::new(0.9),
        relevant: true,
        tags: vec![TagScore {
            tag: tag.to_owned(),
            score: Score::new(0.91),
            by: Judge::Rule,
            evidence: vec![Evidence {
                field: Field::Text,
                start: 25,
                end: 29,
                text: "rule".to_owned(),
            }],
        }],
        review: Vec::new(),
        entities: Vec::new(),
        fingerprint: String::new(),
        duplicate_of: None,
        removed: false,
        development: None,
        event: None,
        source: SourceId::new("us-ledger"),
        first_seen: at("2026-10-05T18:00:00Z"),
    }
}

pub(crate) fn event(stories: &[Story]) -> Event {
    Event {
        id: EventId::of_first_story(stories[0].id()),
        title: stories[0].article.title.clone(),
        first_seen: at("2026-10-05T08:00:00Z"),
        last_seen: at("2026-10-05T08:00:00Z"),
        stories: stories.iter().map(|s| s.id().clone()).collect(),
        sources: 1,
        tags: vec![stories[0].tags[0].tag.clone()],
        entities: Vec::new(),
        novelty: Novelty {
            score: Score::new(0.8),
            reason: "first story in 30 days to join chips and rule".to_owned(),
        },
        merged: Vec::new(),
        split_from: None,
        removed: false,
        notes: Vec::new(),
    }
}

/// Two tags, no names.
pub(crate) struct Words;

impl Vocabulary for Words {
    fn tags(&self) -> Vec<String> {
        vec!["chip-restrictions".to_owned(), "conference".to_owned()]
    }

    fn entities(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn sources_in(&self, _: &str) -> Vec<SourceId> {
        Vec::new()
    }
}
