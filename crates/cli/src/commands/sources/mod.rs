//! `sources`: how each is doing, a look at one without storing anything; `discover` finds new ones,
//! `edit` takes them in and out of `sources.toml`.

mod discover;
mod edit;

pub(super) use discover::discover;
pub(super) use edit::{add, export_opml, import_opml, remove};

use super::run::{self, Surroundings};
use crate::args::{Global, SourcesCheck, SourcesHistory};
use crate::output::{BOLD, Output, counted};
use crate::progress::Live;
use crate::{Ended, Usage, installation};
use anyhow::Result;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use std::sync::Arc;
use tocsin_core::{Health, Source, SourceId};
use tocsin_pipeline::{Outcome, poll};
use tocsin_store::{MemoryStore, Store};

/// A source with its health, as one object.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    source: &'a Source,
    #[serde(flatten)]
    health: Health,
}

pub(super) fn list(global: &Global, out: &mut Output) -> Result<Ended> {
    let dir = installation::data_dir(global, "tocsin")?;
    let store: Arc<dyn Store> = if dir.join("store").exists() {
        installation::store(global)?
    } else {
        Arc::new(MemoryStore::default())
    };
    let sources = installation::config_for(global, store.as_ref())?.sources()?;
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "source",
        "kind",
        "from",
        "state",
        "last ok",
        "next poll",
        "why",
    ]);
    for source in &sources {
        let health = store.health(&source.id)?.unwrap_or_default();
        if out.json {
            out.json_line(&Row { source, health })?;
        } else {
            table.add_row(cells(source, &health));
        }
    }
    if !out.json {
        out.line(table)?;
    }
    Ok(Ended::Done)
}

fn cells(source: &Source, health: &Health) -> [String; 7] {
    let time = |t: Option<tocsin_core::Timestamp>| {
        t.map_or("–".to_owned(), |t| {
            t.strftime("%Y-%m-%d %H:%M").to_string()
        })
    };
    let state = if source.enabled {
        word(&health.state)
    } else {
        "off".to_owned()
    };
    [
        source.id.to_string(),
        source.kind.word().to_owned(),
        format!("{} {}", source.country, source.lang),
        state,
        time(health.last_ok),
        time(health.next_poll),
        why(health),
    ]
}

/// Why it is as it is, and what its site offers in its place.
fn why(health: &Health) -> String {
    let why = match (&health.last_error, health.barrier) {
        (Some(error), Some(barrier)) => format!("{error}; blocked by {}", barrier.words()),
        (Some(error), None) => error.clone(),
        (None, _) => health.why_next.clone(),
    };
    match other_way(health) {
        Some(way) => format!("{why}; {way}"),
        None => why,
    }
}

fn other_way(health: &Health) -> Option<String> {
    let way = health.other_way.as_ref()?.found.as_ref()?;
    Some(format!("its site offers {}", way.words()))
}

/// The versions of a watched page, with what changed in each.
pub(super) fn history(global: &Global, args: &SourcesHistory, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    let id = SourceId::new(&args.id);
    let versions = poll::history(store.as_ref(), &id)?;
    if versions.is_empty() {
        return Err(Usage(format!(
            "nothing is kept of a page of `{id}`\n  hint: pages of kind = \"page\" are watched from their first poll on"
        ))
        .into());
    }
    for kept in &versions {
        if out.json {
            out.json_line(kept)?;
            continue;
        }
        out.line(format!(
            "{BOLD}{}{BOLD:#}  {}",
            kept.at.strftime("%Y-%m-%d %H:%M UTC"),
            kept.version.title
        ))?;
        match &kept.changes {
            Some(changes) => out.line(format!("{}\n", changes.text()))?,
            None => out.line(format!(
                "{} at the first look\n",
                counted(kept.version.main.len(), "paragraph")
            ))?,
        }
    }
    Ok(Ended::Done)
}

/// A unit variant's name, as JSON has it.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Polls into a store of its own in memory and shows what a run would make of it.
pub(super) fn check(global: &Global, args: &SourcesCheck, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let mut wanted = run::chosen(config.sources()?, &args.ids)?;
    wanted.retain(|s| s.enabled || !args.ids.is_empty());
    let mut pass = run::pass(
        &config,
        config.settings()?,
        Arc::new(MemoryStore::default()),
        std::path::Path::new("."),
        Surroundings::real(),
    )?;
    pass.outlets = None;
    // Enough to see whether its pages can be read; a check is a guest, too.
    pass.max_pages_per_source = 3;
    let live = Live::new(!global.no_progress && !global.quiet);
    let runtime = installation::runtime()?;
    let report = installation::as_known_guest(global, &pass.fetcher, || {
        runtime.block_on(pass.run(&wanted, true, &live))
    })??;
    live.clear();
    for source in &report.sources {
        if out.json {
            out.json_line(source)?;
        } else {
            let health = pass.store.health(&source.source)?.unwrap_or_default();
            out.line(format!(
                "{:<28} {:<13} {:>4} entries, {} of {} pages read  {}{}",
                source.source.as_str(),
                source.outcome.word(),
                source.entries,
                source.stories,
                source.pages,
                source
                    .outcome
                    .detail()
                    .or(source.problems.first().map(String::as_str))
                    .unwrap_or(""),
                other_way(&health).map_or_else(String::new, |way| format!("; {way}"))
            ))?;
        }
    }
    let bad = |o: &Outcome| {
        matches!(
            o,
            Outcome::Failed(_) | Outcome::Unreachable(_) | Outcome::Forbidden(_)
        )
    };
    Ok(match run::end(&report, out) {
        Ended::Done if report.sources.iter().any(|s| bad(&s.outcome)) => Ended::WithFindings,
        end => end,
    })
}
