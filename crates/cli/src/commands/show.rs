//! `show`: one story with its evidence, or one event with its stories.

use super::{classify, events, query};
use crate::args::{Global, Show};
use crate::installation;
use crate::output::{DIM, Output};
use crate::{Ended, Usage};
use anyhow::Result;
use serde_json::json;
use tocsin_core::{Event, EventId, Story, StoryId};
use tocsin_pipeline::find;

pub(super) fn show(global: &Global, args: &Show, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    if let Some(story) = store.story(&StoryId::new(&args.id))? {
        return if out.json {
            out.json_line(&story)
        } else {
            print_story(&story, out)
        }
        .map(|()| Ended::Done);
    }
    let Some(event) = store.event(&EventId::new(&args.id))? else {
        return Err(Usage(format!(
            "nothing is stored under {}\n  hint: `tocsin query` and `tocsin events` show ids",
            args.id
        ))
        .into());
    };
    let stories = find::stories_of(store.as_ref(), &event)?;
    if out.json {
        print_json(&event, &stories, out)
    } else {
        print_event(&event, &stories, out)
    }
    .map(|()| Ended::Done)
}

fn print_json(event: &Event, stories: &[Story], out: &mut Output) -> Result<()> {
    let mut whole = serde_json::to_value(event)?;
    if let Some(map) = whole.as_object_mut() {
        map.insert("story_records".to_owned(), json!(stories));
    }
    out.json_line(&whole)
}

fn print_event(event: &Event, stories: &[Story], out: &mut Output) -> Result<()> {
    events::print(event, out)?;
    for story in stories {
        out.line("")?;
        query::print(story, out)?;
    }
    Ok(())
}

fn print_story(story: &Story, out: &mut Output) -> Result<()> {
    query::print(story, out)?;
    let gate = if story.relevant {
        "relevant"
    } else {
        "not relevant"
    };
    out.line(format!("\n{gate} ({:.2})", story.relevance.get()))?;
    for tag in &story.tags {
        out.line(classify::tag_line(tag, ""))?;
    }
    for tag in &story.review {
        out.line(classify::tag_line(tag, " unsure"))?;
    }
    let names: Vec<&str> = story.entities.iter().map(|e| e.name.as_str()).collect();
    out.line(format!("{DIM}names{DIM:#}   {}", names.join(", ")))?;
    if let Some(event) = &story.event {
        out.line(format!("{DIM}event{DIM:#}   {event}"))?;
    }
    if !story.article.byline.is_empty() {
        out.line(format!(
            "{DIM}by{DIM:#}      {}",
            story.article.byline.join(", ")
        ))?;
    }
    out.line(format!("\n{}", story.article.text))?;
    if story.article.teaser {
        out.line(format!(
            "\n{DIM}only the beginning: the rest is for subscribers{DIM:#}"
        ))?;
    }
    Ok(())
}
