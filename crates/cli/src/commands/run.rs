//! `run`: one pass over the real sources.

use crate::args::{Global, Run};
use crate::installation;
use crate::output::{BAD, BOLD, DIM, GOOD, Output, counted};
use crate::progress::Live;
use crate::{Ended, Usage};
use anyhow::{Context, Result};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tocsin_core::Source;
use tocsin_crawler::{Clock, Fetcher, Resolver, SystemClock, SystemResolver};
use tocsin_pipeline::{
    Archive, Config, Outcome, Overlay, Pass, PassReport, Settings, SourceReport, Vocab, subscribers,
};
use tocsin_store::{SledStore, Store};

/// Rows of the closing table: sources that gave nothing new are counted, not listed.
const ROWS: usize = 40;

/// What a pass takes from the world: real, or the sample's.
pub(super) struct Surroundings {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) resolver: Arc<dyn Resolver>,
    /// One that remembers its hosts, in the place of a new one.
    pub(super) fetcher: Option<Arc<Fetcher>>,
}

impl Surroundings {
    /// The system's clock and name service.
    pub(super) fn real() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            resolver: Arc::new(SystemResolver),
            fetcher: None,
        }
    }
}

/// Passes of one run at most, where hosts have more to read than their time allows.
const MOST_PASSES: usize = 12;

pub(super) fn run(global: &Global, args: &Run, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let sources = chosen(config.sources()?, &args.source)?;
    let dir = installation::data_dir(global, "tocsin")?;
    let stored: Arc<dyn Store> = Arc::new(SledStore::open(&dir)?);
    let store = if args.dry_run {
        Arc::new(Overlay::new(stored))
    } else {
        stored
    };
    let mut pass = real_pass(&config, store, &dir)?;
    if args.dry_run {
        pass.outlets = None;
    }
    let mut report = execute(global, &pass, &sources, !args.source.is_empty())?;
    show(&report, out)?;
    let ended = end(&report, out);
    // What was told and sent so far did not have to wait for hosts with much to read.
    for _ in 1..MOST_PASSES {
        if report.left.is_empty() {
            break;
        }
        report = execute(global, &pass, &sources, false)?;
        show(&report, out)?;
    }
    Ok(ended)
}

fn show(report: &PassReport, out: &mut Output) -> Result<()> {
    match out.json {
        true => out.json_line(report),
        false => print(report, out),
    }
}

/// A pass over a store, as the config wants it, with the system's clock and name service.
pub(super) fn real_pass(config: &Config, store: Arc<dyn Store>, dir: &Path) -> Result<Pass> {
    pass(config, config.settings()?, store, dir, Surroundings::real())
}

/// A pass over a store, as the config wants it.
pub(super) fn pass(
    config: &Config,
    settings: Settings,
    store: Arc<dyn Store>,
    dir: &Path,
    surroundings: Surroundings,
) -> Result<Pass> {
    let outlets = installation::outlets(&settings, dir)?;
    let vocabulary = installation::vocabulary(config)?;
    let rules = config.rules(&vocabulary, surroundings.clock.now())?;
    let Vocab { classifier, .. } = vocabulary;
    let text = config.rules_text()?;
    subscribers::note_rules(store.as_ref(), &text, &installation::actor())?;
    Ok(Pass {
        store,
        fetcher: match surroundings.fetcher {
            Some(fetcher) => fetcher,
            None => Arc::new(Fetcher::new(
                settings.fetch,
                surroundings.resolver,
                Arc::clone(&surroundings.clock),
            )?),
        },
        archive: settings.archive.pages.then(|| Archive::of(dir)),
        clock: surroundings.clock,
        classifier,
        publishers: Arc::new(config.publishers()?),
        rules,
        outlets: Some(outlets),
        events: settings.events,
        parallel_sources: settings.run.parallel_sources.max(1),
        max_pages_per_source: settings.run.max_pages_per_source.max(1),
        host_patience: Duration::from_secs(settings.run.max_seconds_per_host.max(1)),
        rest: tocsin_pipeline::poll::Rest::default(),
    })
}

/// Runs a pass under the live display.
pub(super) fn execute(
    global: &Global,
    pass: &Pass,
    sources: &[Source],
    even_if_not_due: bool,
) -> Result<PassReport> {
    let live = Live::new(!global.no_progress && !global.quiet);
    let report = installation::runtime()?.block_on(pass.run(sources, even_if_not_due, &live));
    live.clear();
    report.context("the pass was ended early; what was stored before is safe, run it again")
}

/// The sources with these ids, or all without any; an id that is none is wrong usage.
pub(super) fn chosen(sources: Vec<Source>, ids: &[String]) -> Result<Vec<Source>> {
    if let Some(unknown) = ids
        .iter()
        .find(|id| sources.iter().all(|s| s.id.as_str() != *id))
    {
        return Err(Usage(format!(
            "no source is named `{unknown}`\n  hint: `tocsin sources list` shows their ids"
        ))
        .into());
    }
    let wanted = |s: &Source| ids.is_empty() || ids.iter().any(|id| id == s.id.as_str());
    Ok(sources.into_iter().filter(wanted).collect())
}

/// How a pass ended, and a sentence where nothing could be reached.
pub(super) fn end(report: &PassReport, out: &Output) -> Ended {
    if !report.nothing_reached() {
        return Ended::Done;
    }
    out.note(format!(
        "{BAD}none of {} could be reached{BAD:#}: this machine seems to have no network; \
         nothing stored was lost, run it again later",
        counted(report.sources.len(), "source")
    ));
    Ended::NothingReached
}

/// The closing table.
pub(super) fn print(report: &PassReport, out: &mut Output) -> Result<()> {
    let telling =
        |s: &&SourceReport| s.stories > 0 || s.outcome.detail().is_some() || s.problem_count > 0;
    let shown: Vec<&SourceReport> = report.sources.iter().filter(telling).collect();
    if !shown.is_empty() && !report.nothing_reached() {
        out.line(table(&shown))?;
    }
    if !report.nothing_reached() {
        rest(
            report.sources.len() - shown.len(),
            shown.len().saturating_sub(ROWS),
            out,
        )?;
    }
    summary(report, out)
}

/// What the table leaves out.
fn rest(quiet: usize, over: usize, out: &mut Output) -> Result<()> {
    if over > 0 {
        out.line(format!(
            "{DIM}and {over} more like these; --json lists all{DIM:#}"
        ))?;
    }
    if quiet > 0 {
        out.line(format!(
            "{DIM}and {} without news{DIM:#}",
            counted(quiet, "source")
        ))?;
    }
    Ok(())
}

fn table(shown: &[&SourceReport]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["source", "", "entries", "pages", "new", "relevant", ""]);
    for source in shown.iter().take(ROWS) {
        let right = |n: usize| Cell::new(n).set_alignment(CellAlignment::Right);
        table.add_row([
            Cell::new(&source.source),
            Cell::new(source.outcome.word()),
            right(source.entries),
            right(source.pages),
            right(source.stories),
            right(source.relevant),
            Cell::new(remark(source)),
        ]);
    }
    table
}

fn remark(source: &SourceReport) -> String {
    match (source.outcome.detail(), source.problems.first()) {
        (Some(detail), _) => detail.to_owned(),
        (None, Some(first)) if source.problem_count > 1 => {
            format!("{first} (and {} more)", source.problem_count - 1)
        }
        (None, Some(first)) => first.clone(),
        (None, None) => String::new(),
    }
}

fn summary(report: &PassReport, out: &mut Output) -> Result<()> {
    for (site, left) in &report.left {
        out.line(format!(
            "{DIM}{site}: {} left for the next pass, for want of time{DIM:#}",
            counted(*left, "source")
        ))?;
    }
    let failed = report
        .sources
        .iter()
        .filter(|s| matches!(s.outcome, Outcome::Failed(_) | Outcome::Unreachable(_)))
        .count();
    out.line(format!(
        "\n{BOLD}{}{BOLD:#} polled{}, {} not due; {} fetched",
        counted(report.sources.len(), "source"),
        if failed > 0 {
            format!(" ({BAD}{failed} failed{BAD:#})")
        } else {
            String::new()
        },
        report.not_due,
        counted(report.pages(), "page")
    ))?;
    out.line(format!(
        "{BOLD}{}{BOLD:#} new, {} relevant, {}; {GOOD}{}{GOOD:#}, {} continued",
        counted(report.new_stories, "story"),
        report.relevant,
        match report.copies {
            1 => "1 of them a copy".to_owned(),
            n => format!("{n} of them copies"),
        },
        counted(report.new_events, "new event"),
        report.continued_events
    ))?;
    let waiting = match (report.mails_waiting, &report.mail_problem) {
        (0, _) => String::new(),
        (n, None) => format!(", {n} waiting"),
        (n, Some(why)) => format!(", {BAD}{n} waiting{BAD:#}: {why}"),
    };
    out.line(format!(
        "{BOLD}{}{BOLD:#} sent{waiting}",
        counted(report.mails_sent, "mail")
    ))
}
