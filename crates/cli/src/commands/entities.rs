//! `entities suggest`: names that recur and are not in the list.

use super::query;
use crate::Ended;
use crate::args::{Global, Suggest};
use crate::installation;
use crate::output::{BOLD, DIM, Output, TAG, counted};
use anyhow::Result;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use tocsin_core::{Entity, EntityType, SourceId, Story, StoryId};
use tocsin_pipeline::find;

/// A name that the list may want.
#[derive(Debug, Serialize)]
struct Suggestion {
    name: String,
    #[serde(rename = "type")]
    kind: EntityType,
    /// Stories that name it, copies left out.
    stories: usize,
    /// Sources of these.
    sources: usize,
    /// The latest of them.
    latest: StoryId,
    title: String,
}

/// A name while stories are read, the newest first.
struct Seen {
    suggestion: Suggestion,
    sources: BTreeSet<SourceId>,
}

pub(super) fn suggest(global: &Global, args: &Suggest, out: &mut Output) -> Result<Ended> {
    let (store, vocabulary) = installation::store_and_vocabulary(global)?;
    let query = query::parse(&args.expression, None, &vocabulary)?;
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    find::for_each_story(store.as_ref(), &query, |story| {
        if story.duplicate_of.is_none() {
            note(&story, &mut seen);
        }
        ControlFlow::Continue(())
    })?;
    let whole = out.json || args.toml;
    let found = ranked(seen, args.least, query::limit(args.limit, whole));
    for suggestion in &found {
        match (out.json, args.toml) {
            (true, _) => out.json_line(suggestion)?,
            (_, true) => out.line(entry(suggestion)?)?,
            _ => print(suggestion, out)?,
        }
    }
    out.flush()?;
    if !whole {
        let names = counted(found.len(), "name");
        out.note(format!(
            "{DIM}{names}; --toml gives entries for entities.toml{DIM:#}"
        ));
    }
    Ok(Ended::Done)
}

/// Counts the new names of a story.
fn note(story: &Story, seen: &mut BTreeMap<String, Seen>) {
    for entity in story.entities.iter().filter(|entity| entity.is_new()) {
        let known = seen
            .entry(entity.id.clone())
            .or_insert_with(|| Seen::new(entity, story));
        known.suggestion.stories += 1;
        known.sources.insert(story.source.clone());
    }
}

impl Seen {
    fn new(entity: &Entity, story: &Story) -> Self {
        Self {
            suggestion: Suggestion {
                name: entity.name.clone(),
                kind: entity.kind,
                stories: 0,
                sources: 0,
                latest: story.article.id.clone(),
                title: story.article.title.clone(),
            },
            sources: BTreeSet::new(),
        }
    }
}

/// Those that enough stories name, the most named first.
fn ranked(seen: BTreeMap<String, Seen>, least: usize, limit: usize) -> Vec<Suggestion> {
    let counted = seen.into_values().map(|seen| Suggestion {
        sources: seen.sources.len(),
        ..seen.suggestion
    });
    let mut found: Vec<Suggestion> = counted.filter(|s| s.stories >= least).collect();
    found.sort_by(|a, b| {
        (b.sources, b.stories)
            .cmp(&(a.sources, a.stories))
            .then_with(|| a.name.cmp(&b.name))
    });
    found.truncate(limit);
    found
}

fn print(suggestion: &Suggestion, out: &mut Output) -> Result<()> {
    let Suggestion {
        name,
        kind,
        stories,
        sources,
        title,
        ..
    } = suggestion;
    let kind = kind_name(*kind);
    let (stories, sources) = (counted(*stories, "story"), counted(*sources, "source"));
    out.line(format!(
        "{BOLD}{name}{BOLD:#} {TAG}{kind}{TAG:#} {stories}, {sources}"
    ))?;
    out.line(format!("  {DIM}{title}{DIM:#}"))
}

fn kind_name(kind: EntityType) -> &'static str {
    match kind {
        EntityType::Org => "org",
        EntityType::Person => "person",
        EntityType::Place => "place",
        EntityType::Law => "law",
        EntityType::Product => "product",
        EntityType::Event => "event",
    }
}

/// An entry for `entities.toml`.
fn entry(suggestion: &Suggestion) -> Result<String> {
    let id: Vec<String> = suggestion
        .name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    // JSON quotes as TOML does.
    Ok(format!(
        "[[entity]]\nid = {}\nname = {}\ntype = \"{}\"\n",
        serde_json::to_string(&id.join("-"))?,
        serde_json::to_string(&suggestion.name)?,
        kind_name(suggestion.kind)
    ))
}
