//! The entries of a source, one after the other, until all are read or its time or its pages are up.

use super::again::Known;
use super::{Claims, Polled, Visit, Visited};
use crate::pass::{Pass, Progress};
use crate::{coverage, twins};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use tocsin_core::{FeedEntry, Health, Source, SourceId, SourceKind, canonical_url, twin_url};
use tocsin_crawler::{Reading, Validators};
use tocsin_store::{Change, StoreError};
use tokio::time::Instant;

/// Entries of a source that are looked at in one poll.
const MAX_ENTRIES: usize = 5_000;
/// Pages in a row that cannot be had, after which the others wait for the next poll.
const MOST_FAILURES: usize = 8;

/// What passes of this process did not come to for want of time: the next one goes on there, whether or not it is
/// due. After a kill it is forgotten; a source that was left half read is then read whole at its next poll.
#[derive(Debug, Default)]
pub struct Rest(Mutex<BTreeMap<SourceId, Option<Entries>>>);

impl Rest {
    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    pub(crate) fn holds(&self, source: &SourceId) -> bool {
        self.all().contains_key(source)
    }

    /// A source was not begun.
    pub(super) fn leave_whole(&self, source: &SourceId) {
        // One whose rest was to be read keeps that.
        self.all().entry(source.clone()).or_default();
    }

    /// Entries of a source were not read.
    pub(super) fn leave(&self, source: &SourceId, entries: Entries) {
        self.all().insert(source.clone(), Some(entries));
    }

    /// The source is begun now: gives the entries that it has to go on with, if there are any.
    pub(super) fn take(&self, source: &SourceId) -> Option<Entries> {
        self.all().remove(source).flatten()
    }

    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<SourceId, Option<Entries>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entries of a list, as far as they are still to be read.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    list: VecDeque<FeedEntry>,
    /// Of the list.
    validators: Validators,
    /// New ones so far.
    news: usize,
    /// Whether all were had so far.
    whole: bool,
}

/// Reads on where the pass before had to leave off, without asking for the list once more.
pub(super) async fn go_on(
    pass: &Pass,
    (source, health): (&Source, Health),
    entries: Entries,
    (begun, claims): (Instant, &Claims),
    progress: &dyn Progress,
) -> Result<Polled, StoreError> {
    let mut visit = Visit::new(pass, source, begun, progress);
    visit.last_ok = health.last_ok;
    visit.report.entries = entries.list.len();
    let entries = visit.go_through(entries, claims).await?;
    let store = pass.store.as_ref();
    let mut changes = vec![coverage::more(store, &visit.report, pass.clock.now())?];
    if !entries.list.is_empty() {
        pass.rest.leave(&source.id, entries);
    } else if entries.whole {
        let health = Health {
            etag: entries.validators.etag,
            last_modified: entries.validators.last_modified,
            ..health
        };
        changes.push(Change::PutHealth(source.id.clone(), health));
    }
    store.commit(&changes)?;
    progress.source_done(&source.id);
    Ok(Polled {
        report: visit.report,
        unreached: None,
    })
}

impl Visit<'_> {
    /// Reads the pages of the entries that are new, and once more those that changed.
    pub(super) async fn entries(
        &mut self,
        entries: Vec<FeedEntry>,
        validators: Validators,
        claims: &Claims,
    ) -> Result<Reading, StoreError> {
        let entries = match self.source.kind {
            SourceKind::Sitemap => self.leave_out_the_old(entries)?,
            _ => entries,
        };
        let entries = Entries {
            list: entries.into_iter().take(MAX_ENTRIES).collect(),
            validators,
            news: 0,
            whole: true,
        };
        let entries = self.go_through(entries, claims).await?;
        let new_entries = entries.news;
        // Without validators the next poll reads the source whole, and so what is missing now.
        let validators = match entries.whole && entries.list.is_empty() {
            true => entries.validators.clone(),
            false => Validators::default(),
        };
        self.rest = (!entries.list.is_empty()).then_some(entries);
        Ok(Reading {
            new_entries,
            validators,
            ..Reading::default()
        })
    }

    /// Reads entries; gives those back that there was no time for.
    async fn go_through(
        &mut self,
        mut entries: Entries,
        claims: &Claims,
    ) -> Result<Entries, StoreError> {
        let mut failures = 0;
        while let Some(entry) = entries.list.pop_front() {
            let Some(url) = entry.url.as_deref().and_then(canonical_url) else {
                self.problem("an entry without a usable address".to_owned());
                continue;
            };
            if claims.left.contains(&url) {
                entries.news += 1;
                continue;
            }
            if !self.is_wanted(&entry) || !claims.take(&twin_url(&url)) {
                continue;
            }
            let known = match twins::is_seen(self.pass.store.as_ref(), &url)? {
                true => self.known(&entry, &url)?,
                false => Known::No,
            };
            match known {
                Known::Same => continue,
                Known::NotYet => {
                    entries.whole = false;
                    continue;
                }
                Known::No | Known::Changed(_) => {}
            }
            // One page at least, or a slow source would never come to an end.
            if self.asked > 0 && self.begun.elapsed() > self.pass.host_patience {
                entries.list.push_front(entry);
                break;
            }
            if self.asked >= self.pass.max_pages_per_source || failures >= MOST_FAILURES {
                self.stop(&mut entries);
                break;
            }
            self.asked += 1;
            let visited = match known {
                Known::Changed(changed) => self.look_again(*changed, &url).await?,
                _ => {
                    entries.news += 1;
                    self.visit(entry, url).await?
                }
            };
            match visited {
                Visited::Had => failures = 0,
                Visited::NotHad => {
                    entries.whole = false;
                    failures += 1;
                }
                Visited::HostRests => {
                    self.stop(&mut entries);
                    break;
                }
            }
        }
        Ok(entries)
    }

    /// The rest waits for the next poll of its source.
    fn stop(&mut self, entries: &mut Entries) {
        self.report.is_cut = true;
        entries.whole = false;
        entries.list.clear();
    }
}
