//! The entries of a source, one after the other, until all are read or its time or its pages are up.

use super::again::Known;
use super::{Claims, Polled, Visit, Visited};
use crate::pass::{Pass, Progress};
use crate::{coverage, twins};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tocsin_core::{
    FeedEntry, Health, Source, SourceId, SourceKind, Timestamp, canonical_url, twin_url,
};
use tocsin_crawler::{Reading, Validators};
use tocsin_store::{Change, StoreError};
use tokio::time::Instant;

/// Entries of a source that are looked at in one poll.
const MAX_ENTRIES: usize = 5_000;
/// Pages of a site in a row that cannot be had, after which its others wait for the next poll.
const MOST_FAILURES: usize = 8;

/// What passes of this process did not come to for want of time: the next one goes on there, whether or not it is
/// due. After a kill it is forgotten; a source that was left half read is then read whole at its next poll.
#[derive(Debug, Default)]
pub struct Rest(Mutex<BTreeMap<SourceId, Left>>);

/// What is left of a source.
#[derive(Debug, Default)]
struct Left {
    /// When it was read last, if it was begun.
    at: Option<Timestamp>,
    /// Where to go on; `None` where it was not begun.
    entries: Option<Entries>,
}

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

    /// Entries of a source were not read, by this moment.
    pub(super) fn leave(&self, source: &SourceId, entries: Entries, at: Timestamp) {
        let left = Left {
            at: Some(at),
            entries: Some(entries),
        };
        self.all().insert(source.clone(), left);
    }

    /// When a source that is left was read last.
    pub(super) fn left_at(&self, source: &SourceId) -> Option<Timestamp> {
        self.all().get(source).and_then(|left| left.at)
    }

    /// The source is begun now: gives the entries that it has to go on with, if there are any.
    pub(super) fn take(&self, source: &SourceId) -> Option<Entries> {
        self.all().remove(source).and_then(|left| left.entries)
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<SourceId, Left>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entries of a list, as far as they are still to be read.
#[derive(Debug)]
pub(crate) struct Entries {
    list: VecDeque<FeedEntry>,
    /// Those that gave nothing at an earlier poll, so that they do not stand before the others each time.
    later: VecDeque<FeedEntry>,
    /// When the source had answered well before.
    last_ok: Option<Timestamp>,
    /// Of the list.
    validators: Validators,
    /// New ones so far.
    news: usize,
    /// Whether all were had so far.
    whole: bool,
}

impl Entries {
    fn is_empty(&self) -> bool {
        self.list.is_empty() && self.later.is_empty()
    }
}

/// Sites that are left alone for the rest of a poll, and failures in a row of the others.
#[derive(Debug, Default)]
struct Failures {
    resting: HashSet<String>,
    in_a_row: HashMap<String, usize>,
}

impl Failures {
    fn count(&mut self, site: String, visited: Visited) {
        match visited {
            Visited::Had => {
                self.in_a_row.remove(&site);
            }
            Visited::NotHad => {
                let failures = self.in_a_row.entry(site.clone()).or_default();
                *failures += 1;
                if *failures >= MOST_FAILURES {
                    self.resting.insert(site);
                }
            }
            Visited::HostRests => {
                self.resting.insert(site);
            }
        }
    }
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
    visit.last_ok = entries.last_ok;
    visit.report.entries = entries.list.len() + entries.later.len();
    let entries = visit.go_through(entries, claims).await?;
    let store = pass.store.as_ref();
    let now = pass.clock.now();
    let mut changes = vec![coverage::more(store, &visit.report, now)?];
    if !entries.is_empty() {
        pass.rest.leave(&source.id, entries, now);
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
        is_read_on: true,
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
            later: VecDeque::new(),
            last_ok: self.last_ok,
            validators,
            news: 0,
            whole: true,
        };
        let entries = self.go_through(entries, claims).await?;
        let new_entries = entries.news + self.unread(&entries)?;
        // Without validators the next poll reads the source whole, and so what is missing now.
        let validators = match entries.whole && entries.is_empty() {
            true => entries.validators.clone(),
            false => Validators::default(),
        };
        self.rest = (!entries.is_empty()).then_some(entries);
        Ok(Reading {
            new_entries,
            validators,
            ..Reading::default()
        })
    }

    /// How many of the entries that are left are new.
    fn unread(&self, entries: &Entries) -> Result<usize, StoreError> {
        let mut unread = 0;
        for entry in entries.list.iter().chain(&entries.later) {
            let url = entry.url.as_deref().and_then(canonical_url);
            if let Some(url) = url.filter(|_| self.is_wanted(entry)) {
                unread += usize::from(!twins::is_seen(self.pass.store.as_ref(), &url)?);
            }
        }
        Ok(unread)
    }

    /// Reads entries; gives those back that there was no time for.
    async fn go_through(
        &mut self,
        mut entries: Entries,
        claims: &Claims,
    ) -> Result<Entries, StoreError> {
        let mut failures = Failures::default();
        let mut is_second_round = false;
        loop {
            if entries.list.is_empty() {
                is_second_round = true;
                std::mem::swap(&mut entries.list, &mut entries.later);
            }
            let Some(entry) = entries.list.pop_front() else {
                return Ok(entries);
            };
            let Some(url) = entry.url.as_deref().and_then(canonical_url) else {
                self.problem("an entry without a usable address".to_owned());
                continue;
            };
            if claims.left.contains(&url) {
                entries.news += 1;
                continue;
            }
            if !self.is_wanted(&entry) {
                continue;
            }
            if !is_second_round && coverage::was_missed(self.pass.store.as_ref(), &url)? {
                entries.later.push_back(entry);
                continue;
            }
            let Some(known) = self.what_is_known(&entry, &url, claims, &mut entries)? else {
                continue;
            };
            // One page at least, or a slow source would never come to an end.
            if self.asked > 0 && self.begun.elapsed() > self.pass.host_patience {
                entries.list.push_front(entry);
                return Ok(entries);
            }
            let site = tocsin_crawler::site_of(&url).unwrap_or_default();
            let is_resting = failures.resting.contains(&site);
            if is_resting || self.asked >= self.pass.max_pages_per_source {
                self.report.is_cut = true;
                entries.whole = false;
                if is_resting {
                    continue;
                }
                (entries.list, entries.later) = Default::default();
                return Ok(entries);
            }
            self.asked += 1;
            let visited = match known {
                Known::Changed(changed) => self.look_again(*changed, &url).await?,
                _ => {
                    entries.news += 1;
                    self.visit(entry, url).await?
                }
            };
            entries.whole &= visited == Visited::Had;
            failures.count(site, visited);
        }
    }

    /// What is known of the page of an entry; `None` where it is not to be read now.
    fn what_is_known(
        &self,
        entry: &FeedEntry,
        url: &str,
        claims: &Claims,
        entries: &mut Entries,
    ) -> Result<Option<Known>, StoreError> {
        if !claims.take(&twin_url(url)) {
            return Ok(None);
        }
        if !twins::is_seen(self.pass.store.as_ref(), url)? {
            return Ok(Some(Known::No));
        }
        Ok(match self.known(entry, url)? {
            Known::Same => None,
            Known::NotYet => {
                entries.whole = false;
                None
            }
            known => Some(known),
        })
    }
}
