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
use tocsin_crawler::{Clock, FetchConfig, Fetcher, SystemClock};
use tocsin_pipeline::{Config, Pass, PassReport, Settings, Silent};
use tocsin_store::{MemoryStore, SledStore, Store, StoreError};
use tokio::runtime::Runtime;

/// Between two passes at least, unless `--at-most` says less.
const SHORTEST: Duration = Duration::from_secs(5);
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn watch(global: &Global, args: &Watch, out: &mut Output) -> Result<Ended> {
    let runtime = installation::runtime()?;
    let mut end = listen(&runtime);
    let mut desk = Desk::open(global)?;
    out.note(format!(
        "{DIM}watching {}{DIM:#}",
        counted(desk.sources.len(), "source")
    ));
    let longest = Duration::from_secs(args.at_most.max(1));
    let shortest = SHORTEST.min(longest);
    let (mut passes, mut pause) = (0, shortest);
    loop {
        let wait = match desk.round(global, &runtime, &mut end, out)? {
            Round::Ended => return Ok(Ended::Done),
            Round::Busy => shortest,
            Round::Passed(wait) => {
                passes += 1;
                pause = shortest;
                wait.clamp(shortest, longest)
            }
            // Longer and longer, where it is the network or the disk.
            Round::Failed => {
                passes += 1;
                pause = (pause * 2).min(longest);
                pause
            }
        };
        if args.passes.is_some_and(|most| passes >= most) {
            return Ok(Ended::Done);
        }
        let is_ended = runtime.block_on(async {
            tokio::select! {
                () = tokio::time::sleep(wait) => false,
                () = asked(&mut end) => true,
            }
        });
        if is_ended {
            return Ok(Ended::Done);
        }
    }
}

/// Whether the program is asked to end: one listener for as long as it runs, so that no signal is lost.
type End = tokio::sync::watch::Receiver<bool>;

fn listen(runtime: &Runtime) -> End {
    let (tell, end) = tokio::sync::watch::channel(false);
    runtime.spawn(async move {
        serve::ended().await;
        // Nobody listens any more where the program ends by itself.
        let _ = tell.send(true);
    });
    end
}

async fn asked(end: &mut End) {
    if end.wait_for(|is_asked| *is_asked).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What became of a pass.
enum Round {
    /// Another command has the store.
    Busy,
    /// It was done; the next source is due after so long.
    Passed(Duration),
    /// Nothing was reached, or the store failed.
    Failed,
    /// The program is to end.
    Ended,
}

/// What stays between two passes.
struct Desk {
    pass: Pass,
    sources: Vec<Source>,
    /// The config that it was made of.
    stamp: Stamp,
    fetch: FetchConfig,
}

impl Desk {
    /// # Errors
    /// Where the config cannot be used, or the store cannot be opened.
    fn open(global: &Global) -> Result<Self> {
        Self::with(global, None)
    }

    /// With the fetcher of before, where its settings are the same.
    fn with(global: &Global, before: Option<(&FetchConfig, Arc<Fetcher>)>) -> Result<Self> {
        let stamp = Stamp::of(global);
        let config = installation::config(global)?;
        let settings = config.settings()?;
        let dir = installation::data_dir(global, "tocsin")?;
        let store: Arc<dyn Store> = Arc::new(SledStore::open(&dir)?);
        let same = before.filter(|(fetch, _)| **fetch == settings.fetch);
        let surroundings = Surroundings {
            fetcher: same.map(|(_, fetcher)| fetcher),
            ..Surroundings::real()
        };
        Ok(Self {
            sources: config.sources()?,
            fetch: settings.fetch.clone(),
            pass: pass(&config, settings, store, &dir, surroundings)?,
            stamp,
        })
    }

    fn round(
        &mut self,
        global: &Global,
        runtime: &Runtime,
        end: &mut End,
        out: &mut Output,
    ) -> Result<Round> {
        if let Err(error) = self.take_in_changes(global) {
            out.note(format!("{BAD}going on as before{BAD:#}: {error:#}"));
        }
        let dir = installation::data_dir(global, "tocsin")?;
        match SledStore::open(&dir) {
            Ok(store) => self.pass.store = Arc::new(store),
            // It will be over soon.
            Err(StoreError::Locked { .. }) => return Ok(Round::Busy),
            Err(error) => {
                out.note(format!("{BAD}no pass{BAD:#}: {error}"));
                return Ok(Round::Failed);
            }
        }
        let done = runtime.block_on(async {
            tokio::select! {
                biased;
                // What was stored is whole; the rest is done after the next start.
                () = asked(end) => None,
                done = self.pass.run(&self.sources, false, &Silent) => Some(done),
            }
        });
        let wait = self.wait();
        // The store is closed until the next pass.
        self.pass.store = Arc::new(MemoryStore::default());
        match (done, wait) {
            (None, _) => Ok(Round::Ended),
            (Some(Ok(report)), Ok(wait)) => {
                tell(&report, wait, out)?;
                Ok(match report.nothing_reached() {
                    true => Round::Failed,
                    false => Round::Passed(wait),
                })
            }
            (Some(Err(error)), _) => {
                out.note(format!("{BAD}the pass was ended early{BAD:#}: {error}"));
                Ok(Round::Failed)
            }
            (_, Err(error)) => {
                out.note(format!("{BAD}the store cannot be read{BAD:#}: {error:#}"));
                Ok(Round::Failed)
            }
        }
    }

    /// Reads the config anew where a file of it has changed. A mistake leaves what is there.
    fn take_in_changes(&mut self, global: &Global) -> Result<()> {
        let stamp = Stamp::of(global);
        if stamp == self.stamp {
            return Ok(());
        }
        match Self::with(global, Some((&self.fetch, Arc::clone(&self.pass.fetcher)))) {
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
        if !self.pass.rest.is_empty() {
            return Ok(Duration::ZERO);
        }
        let now = SystemClock.now();
        let mut next = now.saturating_add(A_DAY)?;
        for source in self.sources.iter().filter(|source| source.enabled) {
            let health = self.pass.store.health(&source.id)?.unwrap_or_default();
            next = next.min(health.next_poll.unwrap_or(now));
        }
        Ok(Duration::try_from(next.duration_since(now)).unwrap_or_default())
    }
}

fn pass(
    config: &Config,
    settings: Settings,
    store: Arc<dyn Store>,
    dir: &Path,
    surroundings: Surroundings,
) -> Result<Pass> {
    let mut pass = run::pass(config, settings, store, dir, surroundings)?;
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
