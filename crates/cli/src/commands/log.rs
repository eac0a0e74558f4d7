//! `log`: who did what, when, and its undo.

use super::{events, query};
use crate::args::{Global, Log, LogUndo};
use crate::output::{BOLD, DIM, GOOD, Output, counted};
use crate::{Ended, Usage, installation};
use anyhow::{Context, Result};
use tocsin_alerts::Rules;
use tocsin_core::text::shorten;
use tocsin_core::{Act, Deed, Timestamp, Verdict};
use tocsin_pipeline::acts::{self, UndoError};
use tocsin_store::Store;

/// The file of the rules.
const RULES: &str = "alerts.toml";
/// Characters of a note that are shown.
const SHOWN: usize = 80;

pub(super) fn log(global: &Global, args: &Log, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    if let Some(LogUndo::Undo { number }) = args.undo {
        return undo(global, store.as_ref(), number, out);
    }
    let acts = acts::list(store.as_ref(), query::limit(args.limit, out.json))?;
    for act in &acts {
        if out.json {
            out.json_line(act)?;
        } else {
            print(act, out)?;
        }
    }
    if acts.is_empty() && !out.json {
        out.note("nobody changed anything yet");
    }
    Ok(Ended::Done)
}

fn print(act: &Act, out: &mut Output) -> Result<()> {
    let time = act.at.strftime("%Y-%m-%d %H:%M UTC");
    let undone = match act.undone_by {
        Some(number) => format!("  {DIM}taken back by {number}{DIM:#}"),
        None => String::new(),
    };
    out.line(format!(
        "{BOLD}{}{BOLD:#}  {DIM}{time}{DIM:#}  {}: {}{undone}",
        act.number,
        act.by,
        words(&act.deed)
    ))
}

/// A deed in words.
fn words(deed: &Deed) -> String {
    match deed {
        Deed::Verdict { given, .. } => format!("{} {}", given.story, decisions(given)),
        Deed::Note { event, note } => format!("note on {event}: {}", shorten(&note.text, SHOWN)),
        Deed::Merge { into, others } => {
            let others: Vec<&str> = others.iter().map(|event| event.id.as_str()).collect();
            format!("merged {} into {into}", others.join(", "))
        }
        Deed::Split { from, into } => format!("split {into} off {from}"),
        Deed::Rules { before, after } => match Rules::differences(before, after).as_slice() {
            [] => format!("{RULES}: comments or order"),
            differences => format!("{RULES}: {}", differences.join("; ")),
        },
        Deed::Unsubscribe { rule, to } => format!("{to} is told no more by {rule}"),
        Deed::Subscribe { rule, to } => format!("{to} is told again by {rule}"),
        Deed::Stop { to, why } => format!("nothing more is sent to {to}: {why}"),
        Deed::Resume { to } => format!("mails go out to {to} again"),
        Deed::Reprocess { stories } => format!("{} judged anew", counted(*stories, "story")),
        Deed::Undo { of } => format!("took {of} back"),
    }
}

fn decisions(verdict: &Verdict) -> String {
    let tags = verdict.tags.iter().map(|(tag, yes)| (tag.as_str(), *yes));
    let gate = verdict.relevant.map(|yes| ("relevant", yes));
    let place = verdict.removed.map(|yes| ("removed", yes));
    let words = tags.chain(gate).chain(place).map(|(tag, yes)| match yes {
        true => format!("+{tag}"),
        false => format!("-{tag}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn undo(global: &Global, store: &dyn Store, number: u64, out: &mut Output) -> Result<Ended> {
    let undo = acts::undo(store, number, &installation::actor()).map_err(|error| match error {
        UndoError::Store(error) => anyhow::Error::from(error),
        UndoError::Regroup(error) => events::complaint(error),
        wrong => Usage(wrong.to_string()).into(),
    })?;
    if let Some((expected, text)) = &undo.rules {
        put_back(global, store, expected, text)?;
    }
    store.commit(&undo.changes)?;
    if out.json {
        out.json_line(&undo.act)?;
    } else {
        out.note(format!(
            "{GOOD}taken back{GOOD:#}: {} (number {} in the log)",
            words(&undo.act.deed),
            undo.number
        ));
        if let Deed::Unsubscribe { to, .. } = &undo.act.deed {
            out.note(format!("what came for {to} meanwhile is not sent"));
        }
    }
    Ok(Ended::Done)
}

/// Gives the rules an earlier text, unless somebody has changed them since.
fn put_back(global: &Global, store: &dyn Store, expected: &str, text: &str) -> Result<()> {
    let config = installation::config_for(global, store)?;
    if config.rules_text()? != expected {
        return Err(Usage(format!(
            "{RULES} was changed since\n  hint: the next run writes that change to the log; take it back first, or edit the file"
        ))
        .into());
    }
    // A tag that it names may be gone.
    let vocabulary = installation::vocabulary(&config)?;
    Rules::parse(RULES, text, &vocabulary, Timestamp::now())?;
    let path = installation::config_dir(global)?.join(RULES);
    installation::write_config(&path, text).context("nothing was taken back")
}
