//! An invented vocabulary and an invented story for the tests.

use crate::{Query, QueryError, Vocabulary};
use tocsin_core::{
    Article, Entity, EntityType, EventId, Evidence, Field, Judge, Mention, Score, SourceId, Story,
    StoryId, TagScore, Timestamp,
};

/// A Wednesday.
pub(crate) fn now() -> Timestamp {
    "2026-03-04T15:30:00Z".parse().unwrap()
}

pub(crate) struct Words;

impl Vocabulary for Words {
    fn tags(&self) -> Vec<String> {
        let tags = [
            "chip-restrictions",
            "chip-smuggling",
            "conference",
            "export-enforcement",
        ];
        tags.map(str::to_owned).to_vec()
    }

    fn entities(&self, name: &str) -> Vec<String> {
        match name {
            "Huawei" | "华为" | "huawei" => vec!["huawei".to_owned()],
            _ => Vec::new(),
        }
    }

    fn sources_in(&self, country: &str) -> Vec<SourceId> {
        match country {
            "JP" => vec![SourceId::new("jp-daily"), SourceId::new("jp-ministry")],
            _ => Vec::new(),
        }
    }
}

pub(crate) fn parse(expression: &str) -> Result<Query, QueryError> {
    Query::parse(expression, &Words, now())
}

fn tag(tag: &str, score: f64) -> TagScore {
    TagScore {
        tag: tag.to_owned(),
        score: Score::new(score),
        by: Judge::Model,
        evidence: vec![Evidence {
            field: Field::Title,
            start: 0,
            end: 8,
            text: "Ministry".to_owned(),
        }],
    }
}

/// A story of Monday, 2 March 2026, eight o'clock, that opened its event.
pub(crate) fn story() -> Story {
    let url = "https://news.daily.example/chips/1";
    let id = StoryId::of_url(url);
    Story {
        article: Article {
            id: id.clone(),
            url: url.to_owned(),
            canonical_url: url.to_owned(),
            title: "Ministry publishes export rule for chips".to_owned(),
            byline: vec!["Renée Writer".to_owned()],
            published: Some("2026-03-02T08:00:00Z".parse().unwrap()),
            published_precision: None,
            utc_offset_minutes: None,
            teaser: false,
            modified: None,
            site_name: Some("The Daily".to_owned()),
            language: Some("en".to_owned()),
            text: "The rule names Huawei (华为技术).\n\nExport controls follow in May.".to_owned(),
            section: None,
            image: None,
        },
        relevance: Score::new(0.9),
        relevant: true,
        tags: vec![
            tag("chip-restrictions", 0.95),
            tag("export-enforcement", 0.7),
        ],
        review: Vec::new(),
        entities: vec![Entity {
            id: "huawei".to_owned(),
            name: "Huawei Technologies".to_owned(),
            kind: EntityType::Org,
            mentions: vec![Mention {
                field: Field::Text,
                start: 15,
                end: 21,
            }],
        }],
        fingerprint: String::new(),
        duplicate_of: None,
        removed: false,
        development: None,
        event: Some(EventId::of_first_story(&id)),
        source: SourceId::new("jp-daily"),
        first_seen: "2026-03-02T08:05:00Z".parse().unwrap(),
    }
}
