//! `cluster --batch`: stories to events and near-copies, in order of arrival.

use crate::Ended;
use crate::args::Global;
use crate::batch;
use crate::installation;
use anyhow::Result;
use serde::Deserialize;
use tocsin_core::{StoryId, Timestamp};
use tocsin_events::{Item, Named};
use tocsin_pipeline::group::grouper;

/// One line of the filter's input.
#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    entities: Vec<String>,
}

pub(super) fn cluster(global: &Global) -> Result<Ended> {
    let mut grouper = grouper(installation::config(global)?.settings()?.events);
    batch::in_order(|line: Line| batch::object(grouper.add(&line.item()?)))?;
    Ok(Ended::Done)
}

impl Line {
    fn item(self) -> Result<Item, String> {
        let id = match self.id {
            serde_json::Value::String(text) => text,
            serde_json::Value::Null => return Err("no id".to_owned()),
            other => other.to_string(),
        };
        let published = match self.published.as_deref() {
            None | Some("") => None,
            Some(text) => Some(
                text.parse::<Timestamp>()
                    .map_err(|e| format!("published: {e}"))?,
            ),
        };
        Ok(Item {
            id: StoryId::new(id),
            title: self.title.unwrap_or_default(),
            text: self.text.unwrap_or_default(),
            published,
            source: self.source.unwrap_or_default(),
            lang: self.lang,
            entities: self
                .entities
                .into_iter()
                .map(|id| Named {
                    name: id.clone(),
                    id,
                    in_title: false,
                })
                .collect(),
        })
    }
}
