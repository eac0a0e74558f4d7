//! One pass: poll, group, deliver.

use crate::archive::Archive;
use crate::poll::Rest;
use crate::report::PassReport;
use crate::{debts, deliver, group, health, poll, release, subscribers, ways};
use std::sync::Arc;
use std::time::Duration;
use tocsin_alerts::{Outlets, Rules};
use tocsin_classifier::Classifier;
use tocsin_core::{Source, SourceId};
use tocsin_crawler::{Clock, Fetcher};
use tocsin_extractor::Publishers;
use tocsin_store::{Change, Store, StoreError};

/// Everything that a pass needs from outside.
pub struct Pass {
    /// The only memory.
    pub store: Arc<dyn Store>,
    /// Where fetched pages are kept, if they are.
    pub archive: Option<Archive>,
    /// The network.
    pub fetcher: Arc<Fetcher>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The judge.
    pub classifier: Arc<Classifier>,
    /// What is known of single publishers' pages.
    pub publishers: Arc<Publishers>,
    /// Who is told what.
    pub rules: Rules,
    /// The ways out; `None` leaves mails in the outbox.
    pub outlets: Option<Outlets>,
    /// How stories are grouped.
    pub events: tocsin_events::Settings,
    /// Sources polled side by side.
    pub parallel_sources: usize,
    /// How long sources that wait for the same turns have in a pass.
    pub host_patience: Duration,
    /// What they did not come to by then is left for the next one.
    pub rest: Rest,
    /// Pages fetched for one source in a pass.
    pub max_pages_per_source: usize,
}

impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pass")
            .field("parallel_sources", &self.parallel_sources)
            .finish_non_exhaustive()
    }
}

/// What ends a whole pass: only the store does.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct PassError(#[from] pub StoreError);

/// The steps of a pass, for a progress display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Sources are read and pages fetched.
    Poll,
    /// Stories get their events.
    Group,
    /// Mails go out.
    Deliver,
}

/// Is told how a pass goes on. Called from several threads.
pub trait Progress: Send + Sync {
    /// A step begins, with the number of things it has to do.
    fn stage(&self, stage: Stage, things: usize);
    /// A source was polled.
    fn source_done(&self, source: &SourceId);
    /// A page was fetched.
    fn page(&self);
    /// A story was stored as pending.
    fn story(&self, relevant: bool);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: Stage, _: usize) {}
    fn source_done(&self, _: &SourceId) {}
    fn page(&self) {}
    fn story(&self, _: bool) {}
}

/// The name under which it is kept whether a pass polls.
const POLLING: &str = "polling";
/// The value of [`POLLING`] when none does.
const ENDED: &str = "ended";

fn mark(state: &str) -> Change {
    Change::SetMeta {
        key: POLLING.to_owned(),
        value: state.to_owned(),
    }
}

impl Pass {
    /// Polls the given sources that are due (all of them where `even_if_not_due`), then groups and
    /// delivers, also what an earlier, killed pass left.
    ///
    /// # Errors
    /// Only a store that fails ends a pass; a source's failure is a line of the report.
    pub async fn run(
        &self,
        sources: &[Source],
        even_if_not_due: bool,
        progress: &dyn Progress,
    ) -> Result<PassReport, PassError> {
        self.keep_the_gap().await?;
        let mut report = PassReport::default();
        self.slow_down(sources);
        let due = self.due(sources, even_if_not_due, &mut report)?;
        progress.stage(Stage::Poll, due.len());
        let polled = poll::poll_all(self, due, progress).await?;
        (report.sources, report.left) = (polled.reports, polled.left);
        ways::look_for(self, sources).await?;
        health::tell_operator(self, sources)?;
        self.finish(&mut report, progress).await?;
        self.store.commit(&[mark(ENDED)])?;
        Ok(report)
    }

    /// Sites get the longest gap that any of their sources is to have.
    fn slow_down(&self, sources: &[Source]) {
        let mut slow: Vec<(u32, &Source)> = sources
            .iter()
            .filter_map(|source| Some((source.min_gap_s?, source)))
            .collect();
        slow.sort_by_key(|(seconds, _)| *seconds);
        for (seconds, source) in slow {
            let gap = Duration::from_secs(seconds.into());
            self.fetcher.slow_down(&source.url, gap);
        }
    }

    /// What an earlier process owed is kept: pauses that hosts asked for, and, since a pass that did not end may
    /// have asked a host a moment ago, one gap, the longest that it gave to any.
    async fn keep_the_gap(&self) -> Result<(), StoreError> {
        debts::take_over(&self.fetcher, self.store.as_ref())?;
        self.keep_debts()?;
        let state = self.store.meta(POLLING)?;
        if state.is_some_and(|state| state != ENDED) {
            let wait = self.fetcher.longest_gap();
            if wait > self.fetcher.host_gap() {
                tracing::warn!(
                    seconds = wait.as_secs(),
                    "the last pass was broken off: waiting, so that no site is asked too soon"
                );
            }
            tokio::time::sleep(wait).await;
        }
        self.store.commit(&[mark("begun")])
    }

    /// Keeps what is owed to hosts, where it became more.
    pub(crate) fn keep_debts(&self) -> Result<(), StoreError> {
        debts::keep(&self.fetcher, self.store.as_ref())
    }

    /// The last two steps alone: for stories that came by another way than a source.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn finish(
        &self,
        report: &mut PassReport,
        progress: &dyn Progress,
    ) -> Result<(), PassError> {
        self.carry_out_wishes()?;
        group::group_pending(self, report, progress)?;
        release::release_due(self)?;
        // Grouping takes its time.
        self.carry_out_wishes()?;
        deliver::empty_outbox(self, report, progress).await?;
        Ok(())
    }

    /// Readers who unsubscribed meanwhile are told no more.
    fn carry_out_wishes(&self) -> Result<(), StoreError> {
        match &self.outlets {
            Some(outlets) => {
                let store = self.store.as_ref();
                subscribers::carry_out(store, &self.rules, outlets, self.clock.now())
            }
            None => Ok(()),
        }
    }

    fn due<'a>(
        &self,
        sources: &'a [Source],
        even_if_not_due: bool,
        report: &mut PassReport,
    ) -> Result<Vec<&'a Source>, StoreError> {
        let now = self.clock.now();
        let mut due = Vec::new();
        for source in sources {
            if even_if_not_due || self.rest.holds(&source.id) {
                due.push(source);
                continue;
            }
            if !source.enabled {
                continue;
            }
            let health = self.store.health(&source.id)?.unwrap_or_default();
            match tocsin_crawler::is_due(&health, now) {
                true => due.push(source),
                false => report.not_due += 1,
            }
        }
        Ok(due)
    }
}
