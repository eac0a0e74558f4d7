//! What a source lists: a feed's entries, a sitemap's pages, a listing's links.

use super::{Unread, Visit};
use crate::report::Outcome;
use crate::{coverage, twins};
use jiff::SignedDuration;
use tocsin_core::{Asks, FeedEntry, Page, SourceKind, Timestamp, canonical_url};
use tocsin_crawler::{Answer, Validators, feed, listing, sitemap};
use tocsin_store::StoreError;

/// Children of a sitemap index that are read in one poll.
const MAX_SITEMAPS: usize = 8;
/// Pages of a sitemap that last changed longer ago are not news.
const OLDEST_IN_SITEMAP: SignedDuration = SignedDuration::from_hours(45 * 24);

/// What a source lists.
pub(super) struct List {
    pub(super) entries: Vec<FeedEntry>,
    /// What it asks of those who poll it.
    pub(super) asks: Asks,
    /// Whether it was put together of several answers.
    pub(super) is_of_several: bool,
}

impl List {
    fn of(entries: Vec<FeedEntry>) -> Self {
        Self {
            entries,
            asks: Asks::default(),
            is_of_several: false,
        }
    }

    /// When the entries were published, as far as they say.
    pub(super) fn published(&self) -> Vec<Timestamp> {
        let times = self.entries.iter();
        times
            .filter_map(|entry| entry.published.or(entry.updated))
            .collect()
    }
}

impl Visit<'_> {
    /// What the source lists, by its kind.
    pub(super) async fn read(&mut self, page: Page) -> Result<List, Unread> {
        let is_list = matches!(self.source.kind, SourceKind::Feed | SourceKind::Listing);
        let list = self.listed(&page).await;
        let is_empty = list.as_ref().map_or(true, |list| list.entries.is_empty());
        if is_list && is_empty && looks_like_html(&page) {
            // A wall in its place says more than that no list was found.
            let wall = self.extract(page).await.err().map(Unread::from);
            if let Some(wall) = wall.filter(|wall| wall.barrier.is_some()) {
                return Err(wall);
            }
        }
        list.map_err(|why| Unread { why, barrier: None })
    }

    async fn listed(&mut self, page: &Page) -> Result<List, String> {
        let cut = self
            .pass
            .fetcher
            .is_cut(page)
            .then(|| format!("the answer is longer than {} bytes", page.body.len()));
        let list = match self.source.kind {
            SourceKind::Feed => self.read_feed(page)?,
            SourceKind::Sitemap => self.read_sitemaps(page).await?,
            SourceKind::Listing => {
                let selector = self.source.link_selector.as_deref();
                let now = Some(page.fetched_at);
                List::of(listing::parse(&page.body, &page.final_url, selector, now)?)
            }
            // Watched, not listed.
            SourceKind::Page => List::of(Vec::new()),
        };
        match cut {
            Some(long) if list.entries.is_empty() => {
                return Err(format!("{long}, and its beginning holds no entry"));
            }
            Some(long) => {
                self.report.is_cut = true;
                self.problem(format!("{long}; what stands behind is not read"));
            }
            None => {}
        }
        self.report.entries = list.entries.len();
        Ok(list)
    }

    fn read_feed(&mut self, page: &Page) -> Result<List, String> {
        let document = feed::parse(&page.body, page.content_type.as_deref(), &page.final_url);
        let entries: Vec<FeedEntry> = document
            .entries
            .into_iter()
            .map(|e| e.into_feed_entry(&self.source.id))
            .collect();
        match document.error {
            Some(error) if entries.is_empty() => return Err(error),
            Some(error) => self.report.outcome = Outcome::ReadInPart(error),
            None => {}
        }
        Ok(List {
            asks: document.feed.asks,
            ..List::of(entries)
        })
    }

    async fn read_sitemaps(&mut self, page: &Page) -> Result<List, String> {
        let mut is_of_several = false;
        let first = sitemap::parse(&page.body, &page.final_url)?;
        let mut walk = sitemap::Walk::new(&page.final_url, first, MAX_SITEMAPS);
        while let Some(url) = walk.next_sitemap() {
            is_of_several = true;
            let answer = self
                .pass
                .fetcher
                .get_list(&url, &Validators::default())
                .await;
            let read = match answer {
                Ok(Answer::Page { page, .. }) => sitemap::parse(&page.body, &page.final_url),
                Ok(Answer::NotModified) => continue,
                Err(error) => Err(error.to_string()),
            };
            match read {
                Ok(more) => walk.add(more),
                Err(error) => self.problem(format!("{url}: {error}")),
            }
        }
        Ok(List {
            is_of_several,
            ..List::of(walk.finish())
        })
    }

    /// A sitemap lists all that a site has. Only what is new is news: what changed of late, and, where it
    /// gives no days, what was not there at the first look.
    pub(super) fn leave_out_the_old(
        &self,
        entries: Vec<FeedEntry>,
    ) -> Result<Vec<FeedEntry>, StoreError> {
        let now = self.pass.clock.now();
        let oldest = now.saturating_sub(OLDEST_IN_SITEMAP).ok();
        let day = |entry: &FeedEntry| entry.published.or(entry.updated);
        let (dated, undated): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| day(entry).is_some());
        let recent = dated.into_iter().filter(|entry| day(entry) >= oldest);
        if self.last_ok.is_some() {
            return Ok(recent.chain(undated).collect());
        }
        let addresses = undated
            .iter()
            .filter_map(|entry| canonical_url(entry.url.as_deref()?));
        let mut marks = Vec::new();
        for url in addresses {
            marks.push(coverage::missed(
                &url,
                "older than the first look at its source",
            ));
            marks.extend(twins::marks(vec![url], None));
        }
        self.pass.store.commit(&marks)?;
        Ok(recent.collect())
    }
}

/// Whether an answer is a page for people, whatever was asked for.
fn looks_like_html(page: &Page) -> bool {
    let beginning = page.body.get(..1_024).unwrap_or(&page.body);
    let beginning = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    beginning.contains("<!doctype html") || beginning.contains("<html")
}
