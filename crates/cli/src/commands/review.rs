//! `review`: the tags that the judge was not sure of, for a person to decide.

use super::ask::{Answers, Said};
use super::{classify, query, tag};
use crate::Ended;
use crate::args::{Global, Review};
use crate::installation;
use crate::output::{Output, counted};
use anyhow::Result;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::ops::ControlFlow;
use tocsin_core::{Story, TagScore};
use tocsin_pipeline::find;
use tocsin_search::Query;
use tocsin_store::Store;

pub(super) fn review(global: &Global, args: &Review, out: &mut Output) -> Result<Ended> {
    let (store, vocabulary) = installation::store_and_vocabulary(global)?;
    let query = query::parse(&args.expression, None, &vocabulary)?;
    let limit = query::limit(args.limit, out.json);
    let queue = queue(store.as_ref(), &query, args.tag.as_deref(), limit)?;
    if args.ask || (!out.json && std::io::stdin().is_terminal()) {
        return ask(store.as_ref(), queue, out);
    }
    for story in &queue {
        if out.json {
            out.json_line(story)?;
        } else {
            print(story, out)?;
        }
    }
    if !out.json {
        out.note(format!(
            "{} to decide: `tocsin tag ID +tag -tag`, or answer one by one with `tocsin review --ask`",
            counted(queue.len(), "story")
        ));
    }
    Ok(Ended::Done)
}

/// The newest stories with an unsure tag.
fn queue(store: &dyn Store, query: &Query, tag: Option<&str>, limit: usize) -> Result<Vec<Story>> {
    let mut queue = Vec::new();
    let wanted = |t: &TagScore| tag.is_none_or(|tag| t.tag == tag);
    find::for_each_story(store, query, |story| {
        if story.review.iter().any(wanted) {
            queue.push(story);
        }
        match queue.len() >= limit {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    Ok(queue)
}

fn print(story: &Story, out: &mut Output) -> Result<()> {
    query::print(story, out)?;
    for tag in &story.review {
        out.line(classify::tag_line(tag, " unsure"))?;
    }
    out.line("")
}

/// Asks about one tag after the other; a story's answers are kept before the next story.
fn ask(store: &dyn Store, queue: Vec<Story>, out: &mut Output) -> Result<Ended> {
    let mut answers = Answers::default();
    let mut decided = 0;
    'stories: for story in queue {
        query::print(&story, out)?;
        let mut decisions = BTreeMap::new();
        for tag in &story.review {
            out.line(classify::tag_line(tag, " unsure"))?;
            match answers.ask(&tag.tag, out)? {
                Said::Yes => drop(decisions.insert(tag.tag.clone(), true)),
                Said::No => drop(decisions.insert(tag.tag.clone(), false)),
                Said::Skip => {}
                Said::Stop => {
                    decided += keep(store, story, decisions)?;
                    break 'stories;
                }
            }
        }
        decided += keep(store, story, decisions)?;
    }
    out.note(format!(
        "{} kept; `tocsin train` lets the model learn from them",
        counted(decided, "verdict")
    ));
    Ok(Ended::Done)
}

fn keep(store: &dyn Store, story: Story, decisions: BTreeMap<String, bool>) -> Result<usize> {
    let count = decisions.len();
    if count > 0 {
        tag::decide(store, story, decisions)?;
    }
    Ok(count)
}
