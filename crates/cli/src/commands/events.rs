//! `events`: happenings, the latest first.

use super::query;
use crate::args::{Correction, Events, Global};
use crate::installation;
use crate::output::{BOLD, DIM, Output, TAG, counted};
use crate::{Ended, Usage};
use anyhow::Result;
use tocsin_core::{Event, EventId, StoryId};
use tocsin_pipeline::find;
use tocsin_pipeline::regroup::{self, RegroupError};
use tocsin_store::{Range, Store};

pub(super) fn events(global: &Global, args: &Events, out: &mut Output) -> Result<Ended> {
    if let Some(correction) = &args.correction {
        return correct(global, correction, out);
    }
    let limit = query::limit(args.limit, out.json);
    let found = if args.expression.is_empty() {
        latest(installation::store(global)?.as_ref(), limit)?
    } else {
        let (store, vocabulary) = installation::store_and_vocabulary(global)?;
        let query = query::parse(&args.expression, None, &vocabulary)?;
        find::events(store.as_ref(), &query, limit)?
    };
    for event in &found {
        if out.json {
            out.json_line(event)?;
        } else {
            print(event, out)?;
        }
    }
    if !out.json {
        out.flush()?;
        out.note(format!("{DIM}{}{DIM:#}", counted(found.len(), "event")));
    }
    Ok(Ended::Done)
}

fn correct(global: &Global, correction: &Correction, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    let actor = installation::actor();
    let event = match correction {
        Correction::Merge { into, others } => {
            let others: Vec<EventId> = others.iter().map(EventId::new).collect();
            regroup::merge(store.as_ref(), &EventId::new(into), &others, &actor)
        }
        Correction::Split { stories } => {
            let stories: Vec<StoryId> = stories.iter().map(StoryId::new).collect();
            regroup::split(store.as_ref(), &stories, &actor)
        }
    };
    let event = event.map_err(complaint)?;
    if out.json {
        out.json_line(&event)?;
    } else {
        print(&event, out)?;
    }
    Ok(Ended::Done)
}

/// What cannot be done with an event is wrong usage, unless the store fails.
pub(super) fn complaint(error: RegroupError) -> anyhow::Error {
    match error {
        RegroupError::Store(error) => error.into(),
        wrong => Usage(wrong.to_string()).into(),
    }
}

fn latest(store: &dyn Store, limit: usize) -> Result<Vec<Event>> {
    let mut found = Vec::new();
    let mut range = Range {
        newest_first: true,
        limit: limit.min(500),
        ..Range::default()
    };
    while found.len() < limit {
        let batch = store.events(&range)?;
        found.extend(batch.items.into_iter().filter(|event| !event.removed));
        match batch.next {
            Some(next) => range.after = Some(next),
            None => break,
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// An event in three lines.
pub(super) fn print(event: &Event, out: &mut Output) -> Result<()> {
    let time = event.first_seen.strftime("%Y-%m-%d %H:%M");
    out.line(format!("{BOLD}{}{BOLD:#}", event.title))?;
    out.line(format!(
        "  {DIM}{time}  {}, {}  {}{DIM:#}",
        counted(event.stories.len(), "story"),
        counted(event.sources, "source"),
        event.id
    ))?;
    if !event.tags.is_empty() {
        out.line(format!("  {TAG}{}{TAG:#}", event.tags.join("  ")))?;
    }
    if let Some(other) = &event.split_from {
        out.line(format!("  {DIM}told as part of {other} before{DIM:#}"))?;
    }
    if !event.merged.is_empty() {
        let ids: Vec<&str> = event.merged.iter().map(EventId::as_str).collect();
        out.line(format!("  {DIM}takes in {}{DIM:#}", ids.join(", ")))?;
    }
    out.line(format!("  {}", event.novelty.reason))?;
    for note in &event.notes {
        let day = note.at.strftime("%Y-%m-%d");
        out.line(format!(
            "  {BOLD}note{BOLD:#} {}  {DIM}{}, {day}{DIM:#}",
            note.text, note.by
        ))?;
    }
    Ok(())
}
