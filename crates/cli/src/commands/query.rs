//! `query`: stories that match.

use crate::args::{Global, Query as Args};
use crate::installation;
use crate::output::{BOLD, DIM, Output, TAG, counted};
use crate::{Ended, Usage};
use anyhow::Result;
use serde_json::json;
use std::ops::ControlFlow;
use tocsin_core::{Story, Timestamp};
use tocsin_pipeline::{Vocab, find};
use tocsin_search::{Query, Sort};

/// Stories shown on a screen where no limit is given.
const ON_SCREEN: usize = 20;

pub(super) fn query(global: &Global, args: &Args, out: &mut Output) -> Result<Ended> {
    let (store, vocabulary) = installation::store_and_vocabulary(global)?;
    let sort = args.sort.as_ref().map(|s| format!("sort:{s}"));
    let query = parse(&args.expression, sort.as_deref(), &vocabulary)?;
    let whole = out.json || args.csv || args.count;
    let limit = limit(args.limit, whole);
    if args.count {
        let mut count = 0_usize;
        find::for_each_story(store.as_ref(), &query, |_| {
            count += 1;
            ControlFlow::Continue(())
        })?;
        let count = count.min(limit);
        return if out.json {
            out.json_line(&json!({ "count": count }))
        } else {
            out.line(count)
        }
        .map(|()| Ended::Done);
    }
    if args.csv || out.json {
        let mut table = Writer::new(args.csv, out)?;
        stream(store.as_ref(), &query, limit, |story| table.story(story))?;
        return table.end().map(|()| Ended::Done);
    }
    let found = find::stories(store.as_ref(), &query, limit)?;
    for story in &found {
        print(story, out)?;
    }
    out.flush()?;
    let more = if found.len() == limit {
        ", perhaps more: --limit 0 shows all"
    } else {
        ""
    };
    out.note(format!(
        "{DIM}{}{more}{DIM:#}",
        counted(found.len(), "story")
    ));
    Ok(Ended::Done)
}

/// The expression's words joined, parsed; a mistake is shown under its place.
pub(super) fn parse(words: &[String], sort: Option<&str>, vocabulary: &Vocab) -> Result<Query> {
    let mut expression = words.join(" ");
    if let Some(sort) = sort {
        expression = format!("{expression} {sort}");
    }
    Query::parse(&expression, vocabulary, Timestamp::now())
        .map_err(|e| Usage(e.render(&expression)).into())
}

/// The limit that was asked for, or the default of the form of output.
pub(super) fn limit(asked: Option<usize>, whole: bool) -> usize {
    match asked {
        Some(0) => usize::MAX,
        Some(n) => n,
        None if whole => usize::MAX,
        None => ON_SCREEN,
    }
}

/// Hands stories on as they are found where the order allows it, so that a year of them needs no
/// memory.
fn stream(
    store: &dyn tocsin_store::Store,
    query: &Query,
    limit: usize,
    mut each: impl FnMut(&Story) -> Result<()>,
) -> Result<()> {
    if !matches!(query.sort(), Sort::Newest | Sort::Oldest) {
        return find::stories(store, query, limit)?
            .iter()
            .try_for_each(each);
    }
    let (mut left, mut result) = (limit, Ok(()));
    find::for_each_story(store, query, |story| {
        if left == 0 {
            return ControlFlow::Break(());
        }
        left -= 1;
        result = each(&story);
        if result.is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    result
}

/// JSON lines or comma-separated values.
enum Writer<'a> {
    Json(&'a mut Output),
    Csv(Box<csv::Writer<&'a mut Output>>),
}

impl<'a> Writer<'a> {
    fn new(csv: bool, out: &'a mut Output) -> Result<Self> {
        if !csv {
            return Ok(Self::Json(out));
        }
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record([
            "id",
            "published",
            "source",
            "language",
            "title",
            "url",
            "relevance",
            "tags",
            "entities",
            "event",
            "duplicate_of",
            "development",
        ])?;
        Ok(Self::Csv(Box::new(writer)))
    }

    fn story(&mut self, story: &Story) -> Result<()> {
        match self {
            Self::Json(out) => out.json_line(story),
            Self::Csv(writer) => Ok(writer.write_record(record(story))?),
        }
    }

    fn end(self) -> Result<()> {
        if let Self::Csv(mut writer) = self {
            writer.flush()?;
        }
        Ok(())
    }
}

fn record(story: &Story) -> [String; 12] {
    let join = |words: Vec<&str>| words.join("; ");
    [
        story.id().to_string(),
        story
            .article
            .published
            .map(|t| t.to_string())
            .unwrap_or_default(),
        story.source.to_string(),
        story.article.language.clone().unwrap_or_default(),
        story.article.title.clone(),
        story.article.url.clone(),
        format!("{:.4}", story.relevance.get()),
        join(story.tags.iter().map(|t| t.tag.as_str()).collect()),
        join(story.entities.iter().map(|e| e.name.as_str()).collect()),
        story
            .event
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        story
            .duplicate_of
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        story.development.clone().unwrap_or_default(),
    ]
}

/// A story in three lines.
pub(super) fn print(story: &Story, out: &mut Output) -> Result<()> {
    let time = story.time().strftime("%Y-%m-%d %H:%M");
    let copy = story
        .duplicate_of
        .as_ref()
        .map(|id| format!("  copy of {id}"))
        .unwrap_or_default();
    out.line(format!("{BOLD}{}{BOLD:#}", story.article.title))?;
    out.line(format!(
        "  {DIM}{time}  {}  {}{copy}{DIM:#}",
        story.source,
        story.id()
    ))?;
    let tags: Vec<String> = story
        .tags
        .iter()
        .map(|t| format!("{TAG}{}{TAG:#} {:.2}", t.tag, t.score.get()))
        .collect();
    if !tags.is_empty() {
        out.line(format!("  {}", tags.join("  ")))?;
    }
    if let Some(fact) = &story.development {
        out.line(format!("  new: “{fact}”"))?;
    }
    out.line(format!("  {}", story.article.url))
}
