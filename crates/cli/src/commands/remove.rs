//! `remove`: stories that nobody wants to see again.

use super::tag;
use crate::args::{Global, Remove};
use crate::output::{DIM, GOOD, Output};
use crate::{Ended, installation};
use anyhow::Result;
use std::collections::BTreeMap;
use tocsin_core::{Story, Verdict};
use tocsin_pipeline::{acts, verdicts};

pub(super) fn remove(global: &Global, args: &Remove, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    // All are looked for before the first is taken out.
    let stories: Vec<Story> = args
        .ids
        .iter()
        .map(|id| tag::find(store.as_ref(), id))
        .collect::<Result<_>>()?;
    for story in stories {
        let actor = installation::actor();
        let verdict = Verdict {
            story: story.id().clone(),
            tags: BTreeMap::new(),
            relevant: None,
            removed: Some(true),
            at: actor.at,
        };
        let story = verdicts::give(store.as_ref(), story, verdict, &actor.by)?;
        if out.json {
            out.json_line(&story)?;
            continue;
        }
        let number = acts::list(store.as_ref(), 1)?;
        let number = number.first().map_or(0, |act| act.number);
        out.line(format!(
            "{GOOD}removed{GOOD:#}  {}  {DIM}back again: tocsin log undo {number}{DIM:#}",
            story.article.title
        ))?;
    }
    Ok(Ended::Done)
}
