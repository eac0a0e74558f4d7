//! Finds out how a site's news can be followed: by a feed, a sitemap or a page that lists articles.
//!
//! In: an address of the site. Out: what was found there and looked at, the best first. Asks as politely
//! as any poll, and no more than it needs: what the page itself names comes first, robots.txt and usual
//! addresses only where that is not good enough.
//!
//! Never: says that something can be followed that it did not read.

mod draft;
mod look;
mod rank;
mod usual;

pub use draft::{draft_source, id_of_site};
pub use usual::feed_of_known_site;

use crate::feed::Document;
use crate::named::Named;
use crate::sitemap::Sitemap;
use crate::{FetchError, Fetcher, listing};
use look::{Look, Seen};
use rank::Surroundings;
use tocsin_core::{SourceKind, Timestamp};
use url::Url;

/// Feeds named by one page that are looked at.
const MAX_FEEDS: usize = 6;
/// Pages about feeds that are looked at.
const MAX_OVERVIEWS: usize = 2;
/// Pages that may list news that are looked at.
const MAX_LISTS: usize = 3;
/// Sitemaps named by robots.txt that are looked at.
const MAX_SITEMAPS: usize = 4;

/// One way to follow a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What it is.
    pub kind: SourceKind,
    /// Its address.
    pub url: String,
    /// What it calls itself, or is called.
    pub title: Option<String>,
    /// BCP 47, where it says so.
    pub language: Option<String>,
    /// How it was found.
    pub how: How,
    /// Entries that it lists now.
    pub entries: usize,
    /// Of these, those with a day.
    pub dated: usize,
    /// The day of its newest entry.
    pub newest: Option<Timestamp>,
    /// Entries whose title or summary speaks of AI or chips.
    pub about_ai: usize,
    /// Entries that lead to another site.
    pub foreign: usize,
    /// Entries with sound or film attached.
    pub with_media: usize,
    /// The page that it says it belongs to.
    pub belongs_to: Option<String>,
    /// A sitemap that gives titles.
    pub is_news: bool,
}

/// How something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is the given address.
    Given,
    /// The page's head names it.
    Head,
    /// The page links to it.
    Link,
    /// A page about the site's feeds links to it.
    Overview,
    /// The site's robots.txt names it.
    Robots,
    /// It lies at an address where many sites have one.
    Usual,
}

impl How {
    /// In words, behind "found".
    pub fn words(self) -> &'static str {
        match self {
            Self::Given => "at the given address",
            Self::Head => "named by the page",
            Self::Link => "linked by the page",
            Self::Overview => "linked by a page about feeds",
            Self::Robots => "named by robots.txt",
            Self::Usual => "at a usual address",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Where the given address led.
    pub url: String,
    /// The title of the page there.
    pub title: Option<String>,
    /// Its language as it says itself.
    pub language: Option<String>,
    /// What can be followed, the best first; empty where nothing can.
    pub candidates: Vec<Candidate>,
    /// What was named but could not be used, and why.
    pub problems: Vec<String>,
}

/// Looks at an address and at what is named there.
///
/// # Errors
/// Where the address itself cannot be read.
pub async fn discover(fetcher: &Fetcher, url: &str, now: Timestamp) -> Result<Found, FetchError> {
    let known = feed_of_known_site(url);
    let mut look = Look::new(fetcher);
    let mut start = match look.start(url).await {
        Err(
            error @ (FetchError::Status { .. }
            | FetchError::BotWall { .. }
            | FetchError::RobotsForbid { .. }),
        ) => {
            return around(look, url, now, error).await;
        }
        other => other?,
    };
    if let Some(there) = look.where_it_leads(&start).await {
        start = there;
    }
    let mut search = Search::new(look, start.url, now);
    if let Some(feed) = known {
        search.feed(&feed, How::Usual, None).await;
    }
    match start.seen {
        Seen::Page(text) => search.through_page(&text).await,
        Seen::Feed(document) => search.take_feed(&document, How::Given, None),
        Seen::Sitemap(sitemap) => search.take_sitemap(sitemap, How::Given).await,
        Seen::Nothing(why) => search.look.problems.push(why),
    }
    Ok(search.finish())
}

/// Some sites refuse their pages to all but browsers and publish feeds or sitemaps for the rest.
async fn around(
    look: Look<'_>,
    url: &str,
    now: Timestamp,
    error: FetchError,
) -> Result<Found, FetchError> {
    let Ok(start) = Url::parse(url.trim()) else {
        return Err(error);
    };
    let mut search = Search::new(look, start, now);
    search.look.problem(url, &error.to_string());
    search.usual_feeds().await;
    if !search.is_satisfied() {
        search.sitemaps().await;
    }
    let found = search.finish();
    if found.candidates.is_empty() {
        return Err(error);
    }
    Ok(found)
}

/// The search on one site.
struct Search<'f> {
    look: Look<'f>,
    start: Url,
    now: Timestamp,
    page: Named,
    candidates: Vec<Candidate>,
}

impl<'f> Search<'f> {
    fn new(look: Look<'f>, start: Url, now: Timestamp) -> Self {
        Self {
            look,
            start,
            now,
            page: Named::default(),
            candidates: Vec::new(),
        }
    }

    /// From what the page names to what it does not, until something good is found.
    async fn through_page(&mut self, text: &str) {
        self.page = Named::in_page(text, self.start.as_str());
        self.listing(text, self.start.clone(), How::Given);
        self.named_feeds().await;
        if !self.is_satisfied() || !rank::has_of_section(&self.candidates, &self.start) {
            let pages = self.page.overviews.clone();
            self.overviews(pages).await;
        }
        if !self.is_satisfied() {
            self.lists().await;
        }
        if !self.is_satisfied() {
            self.usual_feeds().await;
        }
        if !self.is_satisfied() {
            self.sitemaps().await;
        }
    }

    async fn named_feeds(&mut self) {
        let feeds = rank::likeliest(self.page.feeds.clone())
            .into_iter()
            .take(MAX_FEEDS);
        let feeds: Vec<_> = feeds.collect();
        for feed in feeds {
            let how = if feed.in_head { How::Head } else { How::Link };
            self.feed(&feed.url, how, feed.title).await;
        }
    }

    async fn overviews(&mut self, pages: Vec<String>) {
        for page in pages.into_iter().take(MAX_OVERVIEWS) {
            let Some(seen) = self.look.at(&page).await else {
                continue;
            };
            match seen.seen {
                Seen::Feed(document) => self.take_feed_of(&document, seen.url, How::Link, None),
                Seen::Page(text) => self.overview(&text, &seen.url).await,
                Seen::Sitemap(_) | Seen::Nothing(_) => {}
            }
        }
    }

    /// The feeds of a page about feeds.
    async fn overview(&mut self, text: &str, url: &Url) {
        let named = Named::in_page(text, url.as_str());
        let feeds = if named.feeds.is_empty() {
            named.programs
        } else {
            named.feeds
        };
        for feed in rank::likeliest(feeds).into_iter().take(MAX_FEEDS) {
            let seen = self.look.at(&feed.url).await;
            if let Some((at, Seen::Feed(document))) = seen.map(|seen| (seen.url, seen.seen)) {
                self.take_feed_of(&document, at, How::Overview, feed.title);
            }
        }
    }

    async fn usual_feeds(&mut self) {
        for address in usual::feeds(&self.start) {
            let before = self.candidates.len();
            self.quietly(&address).await;
            if self.candidates.len() > before {
                return;
            }
        }
    }

    /// News sitemaps that robots.txt names, then those at usual addresses.
    async fn sitemaps(&mut self) {
        let named = self.look.sitemaps(&self.start).await;
        let named = usual::likely_sitemaps(named);
        for address in named.iter().take(MAX_SITEMAPS) {
            if let Some(Seen::Sitemap(sitemap)) = self.look.at(address).await.map(|s| s.seen) {
                self.take_sitemap_of(sitemap, address, How::Robots).await;
            }
        }
        if !self
            .candidates
            .iter()
            .any(|c| c.kind == SourceKind::Sitemap)
        {
            for address in usual::sitemaps(&self.start) {
                self.quietly(&address).await;
            }
        }
    }

    async fn lists(&mut self) {
        let lists: Vec<String> = self.page.lists.iter().take(MAX_LISTS).cloned().collect();
        for list in lists {
            let Some(seen) = self.look.at(&list).await else {
                continue;
            };
            let Seen::Page(text) = seen.seen else {
                continue;
            };
            self.listing(&text, seen.url.clone(), How::Link);
            // A section may name what the front page does not.
            let named = Named::in_page(&text, seen.url.as_str());
            for feed in named.feeds.into_iter().take(MAX_FEEDS) {
                let how = if feed.in_head { How::Head } else { How::Link };
                self.feed(&feed.url, how, feed.title).await;
            }
            if !self.is_satisfied() {
                self.overviews(named.overviews).await;
            }
        }
    }

    /// Whether what was found is good enough to ask for no more.
    fn is_satisfied(&self) -> bool {
        let surroundings = self.surroundings();
        self.candidates
            .iter()
            .any(|candidate| rank::is_good(candidate, &surroundings))
    }

    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            start: &self.start,
            language: self.page.language.as_deref(),
            now: self.now,
        }
    }

    async fn feed(&mut self, url: &str, how: How, title: Option<String>) {
        let Some(seen) = self.look.at(url).await else {
            return;
        };
        match seen.seen {
            Seen::Feed(document) => self.take_feed_of(&document, seen.url, how, title),
            // What only looks like a feed's address may be the page about them.
            Seen::Page(text) if how == How::Link => self.overview(&text, &seen.url).await,
            Seen::Page(_) => self
                .look
                .problem(url, "a web page where a feed was expected"),
            Seen::Sitemap(_) => self
                .look
                .problem(url, "a sitemap where a feed was expected"),
            Seen::Nothing(why) => self.look.problem(url, &why),
        }
    }

    /// Looks where nothing may be: what is not there is no problem.
    async fn quietly(&mut self, url: &str) {
        let problems = self.look.problems.len();
        match self.look.at(url).await.map(|seen| (seen.url, seen.seen)) {
            Some((at, Seen::Feed(document))) => self.take_feed_of(&document, at, How::Usual, None),
            Some((_, Seen::Sitemap(sitemap))) => {
                self.take_sitemap_of(sitemap, url, How::Usual).await
            }
            _ => {}
        }
        self.look.problems.truncate(problems);
    }

    fn take_feed(&mut self, document: &Document, how: How, title: Option<String>) {
        self.take_feed_of(document, self.start.clone(), how, title);
    }

    fn take_feed_of(&mut self, document: &Document, url: Url, how: How, title: Option<String>) {
        let candidate = Candidate::of_feed(document, url, &self.start, how, title);
        self.add(candidate);
    }

    async fn take_sitemap(&mut self, sitemap: Sitemap, how: How) {
        let url = self.start.to_string();
        self.take_sitemap_of(sitemap, &url, how).await;
    }

    async fn take_sitemap_of(&mut self, sitemap: Sitemap, url: &str, how: How) {
        let is_index = sitemap.entries.is_empty() && !sitemap.children.is_empty();
        let news = self.look.through(url, sitemap).await;
        // Of an index the one with news is the source, where there is one.
        let (url, entries) = match news {
            (Some(child), entries) if is_index => (child, entries),
            (_, entries) => (url.to_owned(), entries),
        };
        let candidate = Candidate::of_entries(SourceKind::Sitemap, url, &entries, &self.start, how);
        self.add(candidate);
    }

    fn listing(&mut self, text: &str, url: Url, how: How) {
        // A page without a list is none of the ways, and nothing is wrong with it.
        let Ok(entries) = listing::parse(text.as_bytes(), url.as_str(), None, Some(self.now))
        else {
            return;
        };
        let mut candidate =
            Candidate::of_entries(SourceKind::Listing, url.into(), &entries, &self.start, how);
        candidate.title = self.page.title.clone();
        candidate.language = self.page.language.clone().or(candidate.language);
        self.add(candidate);
    }

    fn add(&mut self, candidate: Candidate) {
        if self
            .candidates
            .iter()
            .all(|known| known.url != candidate.url)
        {
            self.candidates.push(candidate);
        }
    }

    fn finish(mut self) -> Found {
        let mut candidates = std::mem::take(&mut self.candidates);
        rank::sort(&mut candidates, &self.surroundings());
        Found {
            url: self.start.into(),
            title: self.page.title,
            language: self.page.language,
            candidates,
            problems: self.look.problems,
        }
    }
}
