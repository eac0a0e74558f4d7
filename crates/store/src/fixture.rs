//! Invented records for the tests.

use tocsin_core::{
    Alert, Article, Event, EventId, Novelty, Outgoing, Score, SourceId, Story, StoryId, Timestamp,
    Verdict,
};

/// A moment, in seconds.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn url(n: usize) -> String {
    format!("https://news.example/{n}")
}

pub(crate) fn story_id(n: usize) -> StoryId {
    StoryId::of_url(&url(n))
}

/// Story `n`, published at `second`, without an event.
pub(crate) fn story(n: usize, second: i64) -> Story {
    Story {
        article: Article {
            id: story_id(n),
            url: url(n),
            canonical_url: url(n),
            title: format!("Ministry publishes rule {n} · 规定"),
            byline: vec!["A. Writer".to_owned()],
            published: Some(at(second)),
            published_precision: None,
            utc_offset_minutes: None,
            teaser: false,
            modified: None,
            site_name: None,
            language: Some("en".to_owned()),
            text: "A first paragraph.\n\nA second one.".to_owned(),
            section: None,
            image: None,
        },
        relevance: Score::new(0.912_34),
        relevant: true,
        tags: Vec::new(),
        review: Vec::new(),
        entities: Vec::new(),
        fingerprint: format!("f{n}"),
        duplicate_of: None,
        removed: false,
        development: None,
        event: None,
        source: SourceId::new("xx-daily"),
        first_seen: at(second + 60),
    }
}

pub(crate) fn event_id(n: usize) -> EventId {
    EventId::of_first_story(&story_id(n))
}

/// The event that story `n` opened, with these stories.
pub(crate) fn event(n: usize, last_seen: i64, stories: &[usize]) -> Event {
    Event {
        id: event_id(n),
        title: format!("Event {n}"),
        first_seen: at(0),
        last_seen: at(last_seen),
        stories: stories.iter().map(|s| story_id(*s)).collect(),
        sources: 1,
        tags: Vec::new(),
        entities: Vec::new(),
        novelty: Novelty {
            score: Score::ONE,
            reason: "nothing like it was told before".to_owned(),
        },
        merged: Vec::new(),
        split_from: None,
        removed: false,
        notes: Vec::new(),
    }
}

/// A story that belongs to the event it opened.
pub(crate) fn grouped(n: usize, second: i64) -> Story {
    Story {
        event: Some(event_id(n)),
        ..story(n, second)
    }
}

/// What was decided about story `n` at `second`.
pub(crate) fn verdict(n: usize, second: i64) -> Verdict {
    Verdict {
        story: story_id(n),
        tags: [("conference".to_owned(), second % 2 == 0)].into(),
        relevant: None,
        removed: None,
        at: at(second),
    }
}

pub(crate) fn mail_id(n: usize) -> String {
    format!("<rule.{n}@tocsin.example>")
}

/// Mail `n`, queued at `second`.
pub(crate) fn mail(n: usize, second: i64) -> Outgoing {
    Outgoing {
        alert: Alert {
            rule: "rule".to_owned(),
            event: None,
            stories: Vec::new(),
            reason: "it fits".to_owned(),
            to: "mailto:reader@tocsin.example".to_owned(),
            sent_at: None,
            message_id: mail_id(n),
        },
        subject: format!("Subject {n}"),
        text: "text".to_owned(),
        html: "<p>text</p>".to_owned(),
        references: Vec::new(),
        queued_at: at(second),
        attempts: 0,
        next_try: None,
        last_error: None,
    }
}
