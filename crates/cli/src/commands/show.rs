//! `show`: one story with its evidence, or one event with its stories.

use super::{classify, events, query};
use crate::args::{Global, Show};
use crate::installation;
use crate::output::{BOLD, DIM, Output};
use crate::{Ended, Usage};
use anyhow::Result;
use serde::Serialize;
use tocsin_core::{Event, EventId, Story, StoryId};
use tocsin_pipeline::find;
use tocsin_pipeline::revision::{Revision, revisions};

pub(super) fn show(global: &Global, args: &Show, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    if let Some(story) = store.story(&StoryId::new(&args.id))? {
        let revisions = revisions(store.as_ref(), story.id())?;
        return if out.json {
            out.json_line(&WholeStory {
                story: &story,
                revisions: &revisions,
            })
        } else {
            print_story(&story, out)?;
            print_revisions(&revisions, out)
        }
        .map(|()| Ended::Done);
    }
    let event = store.event(&EventId::new(&args.id))?;
    let Some(event) = event.filter(|event| !event.removed) else {
        return Err(Usage(format!(
            "nothing is stored under {}\n  hint: `tocsin query` and `tocsin events` show ids",
            args.id
        ))
        .into());
    };
    let stories = find::shown_stories_of(store.as_ref(), &event)?;
    if out.json {
        out.json_line(&WholeEvent {
            event: &event,
            story_records: &stories,
        })
    } else {
        print_event(&event, &stories, out)
    }
    .map(|()| Ended::Done)
}

/// A story as JSON, with what it said before.
#[derive(Serialize)]
struct WholeStory<'a> {
    #[serde(flatten)]
    story: &'a Story,
    #[serde(skip_serializing_if = "<[Revision]>::is_empty")]
    revisions: &'a [Revision],
}

/// An event as JSON, with its stories.
#[derive(Serialize)]
struct WholeEvent<'a> {
    #[serde(flatten)]
    event: &'a Event,
    story_records: &'a [Story],
}

fn print_event(event: &Event, stories: &[Story], out: &mut Output) -> Result<()> {
    events::print(event, out)?;
    for story in stories {
        out.line("")?;
        query::print(story, out)?;
    }
    Ok(())
}

/// What it said before, the latest change first.
fn print_revisions(revisions: &[Revision], out: &mut Output) -> Result<()> {
    for revision in revisions.iter().rev() {
        out.line(format!(
            "\n{BOLD}changed{BOLD:#}, seen {}",
            revision.at.strftime("%Y-%m-%d %H:%M UTC")
        ))?;
        out.line(format!("{DIM}title before{DIM:#}  {}", revision.title))?;
        out.line(revision.changes.text())?;
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
