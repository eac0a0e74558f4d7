//! `watch`: passes for ever, each when the next source is due.
//!
//! The store is opened for a pass and closed behind it, so that other commands may use it in between. What is
//! remembered of hosts (turns, pauses, robots.txt) stays for as long as the program runs.

use super::run::{self, Surroundings};
use super::serve;
use crate::args::{Global, Watch};
use crate::output::{BAD, DIM, Output, counted};
use crate::{Ended, installation};
use anyhow::Result;
use jiff::SignedDuration;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tocsin_core::{Source, Timestamp};
use tocsin_crawler::{Clock, Fetcher, SystemClock};
use tocsin_pipeline::{Config, Pass, PassReport, Silent};
use tocsin_store::{MemoryStore, SledStore, Store, StoreError};
use tokio::runtime::Runtime;

/// Between two passes at least, and at most: mails that wait and digests have their times, too.
const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(300);

pub(super) fn watch(global: &Global, args: &Watch, out: &mut Output) -> Result<Ended> {
    let runtime = installation::runtime()?;
    let mut desk = Desk::open(global)?;
    out.note(format!(
        "{DIM}watching {}{DIM:#}",
        counted(desk.sources.len(), "source")
    ));
    let mut passes = 0;
    loop {
        let wait = match desk.round(global, &runtime, out)? {
            Some(wait) => wait,
            None => return Ok(Ended::Done),
        };
        passes += 1;
        if args.passes.is_some_and(|most| passes >= most) {
            return Ok(Ended::Done);
        }
        let is_ended = runtime.block_on(async {
            tokio::select! {
                () = tokio::time::sleep(wait) => false,
                () = serve::ended() => true,
            }
        });
        if is_ended {
            return Ok(Ended::Done);
        }
    }
}

/// What stays between two passes.
struct Desk {
    pass: Pass,
    sources: Vec<Source>,
    /// The config that it was made of.
    stamp: Stamp,
}

impl Desk {
    /// # Errors
    /// Where the config cannot be used, or the store cannot be opened.
    fn open(global: &Global) -> Result<Self> {
        Self::with(global, None)
    }

    fn with(global: &Global, fetcher: Option<Arc<Fetcher>>) -> Result<Self> {
        let stamp = Stamp::of(global);
        let config = installation::config(global)?;
        let dir = installation::data_dir(global, "tocsin")?;
        let store: Arc<dyn Store> = Arc::new(SledStore::open(&dir)?);
        let surroundings = Surroundings {
            fetcher,
            ..Surroundings::real()
        };
        Ok(Self {
            sources: config.sources()?,
            pass: pass(&config, store, &dir, surroundings)?,
            stamp,
        })
    }

    /// One pass. Gives how long to wait for the next; `None` where the program is to end.
    fn round(
        &mut self,
        global: &Global,
        runtime: &Runtime,
        out: &mut Output,
    ) -> Result<Option<Duration>> {
        if let Err(error) = self.take_in_changes(global) {
            out.note(format!("{BAD}going on as before{BAD:#}: {error:#}"));
        }
        let dir = installation::data_dir(global, "tocsin")?;
        match SledStore::open(&dir) {
            Ok(store) => self.pass.store = Arc::new(store),
            // Another command has it: it will be over soon.
            Err(StoreError::Locked { .. }) => return Ok(Some(SHORTEST)),
            Err(error) => return Err(error.into()),
        }
        let done = runtime.block_on(async {
            tokio::select! {
                done = self.pass.run(&self.sources, false, &Silent) => Some(done),
                // What was stored is whole; the rest is done after the next start.
                () = serve::ended() => None,
            }
        });
        let wait = self.wait()?;
        // The store is closed until the next pass.
        self.pass.store = Arc::new(MemoryStore::default());
        match done {
            None => return Ok(None),
            Some(Ok(report)) => tell(&report, wait, out)?,
            Some(Err(error)) => out.note(format!("{BAD}the pass was ended early{BAD:#}: {error}")),
        }
        Ok(Some(wait))
    }

    /// Reads the config anew where a file of it has changed. A mistake leaves what is there.
    fn take_in_changes(&mut self, global: &Global) -> Result<()> {
        if Stamp::of(global) == self.stamp {
            return Ok(());
        }
        let stamp = Stamp::of(global);
        match Self::with(global, Some(Arc::clone(&self.pass.fetcher))) {
            Ok(desk) => *self = desk,
            Err(error) => {
                let is_busy = |cause: &StoreError| matches!(cause, StoreError::Locked { .. });
                if !error.downcast_ref().is_some_and(is_busy) {
                    // Told once, not in each pass.
                    self.stamp = stamp;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Until the next source is due.
    fn wait(&self) -> Result<Duration> {
        let now = SystemClock.now();
        let mut next = now + SignedDuration::try_from(LONGEST)?;
        for source in self.sources.iter().filter(|source| source.enabled) {
            let health = self.pass.store.health(&source.id)?.unwrap_or_default();
            next = next.min(health.next_poll.unwrap_or(now));
        }
        let wait = Duration::try_from(next.duration_since(now)).unwrap_or_default();
        Ok(wait.clamp(SHORTEST, LONGEST))
    }
}

fn pass(
    config: &Config,
    store: Arc<dyn Store>,
    dir: &Path,
    surroundings: Surroundings,
) -> Result<Pass> {
    let mut pass = run::pass(config, config.settings()?, store, dir, surroundings)?;
    pass.store = Arc::new(MemoryStore::default());
    Ok(pass)
}

/// One line where something happened.
fn tell(report: &PassReport, wait: Duration, out: &mut Output) -> Result<()> {
    if report.sources.is_empty() && report.mails_sent == 0 && report.mail_problem.is_none() {
        return Ok(());
    }
    if out.json {
        out.json_line(report)?;
        return out.flush();
    }
    let waiting = match &report.mail_problem {
        Some(why) => format!(", {} waiting: {why}", report.mails_waiting),
        None => String::new(),
    };
    out.line(format!(
        "{}  {} polled, {} new, {} relevant, {}, {} sent{waiting}; next in {} s",
        Timestamp::now().strftime("%Y-%m-%d %H:%M"),
        counted(report.sources.len(), "source"),
        counted(report.new_stories, "story"),
        report.relevant,
        counted(report.new_events, "new event"),
        counted(report.mails_sent, "mail"),
        wait.as_secs()
    ))?;
    out.flush()
}

/// Names, sizes and times of the config files: equal ones were not changed.
#[derive(Debug, PartialEq, Eq)]
struct Stamp(Vec<(String, u64, Option<SystemTime>)>);

impl Stamp {
    fn of(global: &Global) -> Self {
        let mut files = Vec::new();
        if let Ok(dir) = installation::config_dir(global) {
            for dir in [dir.join("tags"), dir] {
                let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
                files.extend(entries.filter_map(|entry| {
                    let known = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
                    let name = entry.path().display().to_string();
                    Some((name, known.len(), known.modified().ok()))
                }));
            }
        }
        files.sort();
        Self(files)
    }
}
