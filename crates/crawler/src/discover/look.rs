//! Looking at addresses, within a bound and never twice.

use super::{Candidate, How};
use crate::feed::{self, Document, Other};
use crate::named::Named;
use crate::sitemap::{self, Sitemap};
use crate::{Answer, FetchError, Fetcher, Validators, charset, speaks_of_ai};
use std::collections::HashSet;
use tocsin_core::{FeedEntry, Page, SourceKind};
use url::Url;

/// Requests of one search, robots.txt files left out: at a host's gap of two seconds a minute.
const MAX_REQUESTS: usize = 30;
/// Children of a sitemap index that are looked at.
const MAX_CHILDREN: usize = 3;

/// What an address holds.
pub(super) enum Seen {
    Feed(Box<Document>),
    Sitemap(Sitemap),
    /// The page's text.
    Page(String),
    /// Nothing of use; what it is.
    Nothing(String),
}

/// What was seen, and where.
pub(super) struct SeenAt {
    pub(super) url: Url,
    pub(super) seen: Seen,
}

/// Looks at addresses.
pub(super) struct Look<'f> {
    fetcher: &'f Fetcher,
    asked: HashSet<String>,
    left: usize,
    pub(super) problems: Vec<String>,
}

impl<'f> Look<'f> {
    pub(super) fn new(fetcher: &'f Fetcher) -> Self {
        Self {
            fetcher,
            asked: HashSet::new(),
            left: MAX_REQUESTS,
            problems: Vec::new(),
        }
    }

    /// Looks at the first address, which has to be there.
    pub(super) async fn start(&mut self, url: &str) -> Result<SeenAt, FetchError> {
        self.asked.insert(url.to_owned());
        self.ask(url).await
    }

    /// Looks at an address; `None` where it was looked at before, cannot be had, or enough was asked.
    pub(super) async fn at(&mut self, url: &str) -> Option<SeenAt> {
        if !self.asked.insert(url.to_owned()) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        match self.ask(url).await {
            Ok(seen) => Some(seen),
            Err(error) => {
                self.problem(url, &error.to_string());
                None
            }
        }
    }

    /// What lies where a page sends its readers at once: by a refresh, or in its frames.
    pub(super) async fn where_it_leads(&mut self, start: &SeenAt) -> Option<SeenAt> {
        let Seen::Page(text) = &start.seen else {
            return None;
        };
        let to = Named::in_page(text, start.url.as_str()).leads_to?;
        self.at(&to).await
    }

    pub(super) fn problem(&mut self, url: &str, why: &str) {
        self.problems.push(format!("{url}: {why}"));
    }

    /// The sitemaps that the site's robots.txt names.
    pub(super) async fn sitemaps(&mut self, url: &Url) -> Vec<String> {
        match self.fetcher.robots(url.as_str()).await {
            Ok(robots) => robots.sitemaps().to_vec(),
            Err(_) => Vec::new(),
        }
    }

    /// What a sitemap and the likeliest of those that it names list; and if one of these lists news, or at
    /// least articles, which one, and only what it lists.
    pub(super) async fn through(
        &mut self,
        url: &str,
        first: Sitemap,
    ) -> (Option<String>, Vec<FeedEntry>) {
        let mut walk = sitemap::Walk::new(url, first, MAX_CHILDREN);
        while let Some(child) = walk.next_sitemap() {
            if let Some(Seen::Sitemap(sitemap)) = self.at(&child).await.map(|seen| seen.seen) {
                let lists_articles = sitemap::is_of_articles(&child) && !sitemap.entries.is_empty();
                if sitemap.is_news() || lists_articles {
                    return (Some(child), sitemap.entries);
                }
                walk.add(sitemap);
            }
        }
        (None, walk.finish())
    }

    async fn ask(&self, url: &str) -> Result<SeenAt, FetchError> {
        let page = match self.fetcher.get_list(url, &Validators::default()).await? {
            Answer::Page { page, .. } => page,
            // Only answered where a condition was sent, and none was.
            Answer::NotModified => {
                return Err(FetchError::BadUrl {
                    why: "it answered 304 to a plain request".to_owned(),
                });
            }
        };
        let at = Url::parse(&page.final_url).map_err(|error| FetchError::BadUrl {
            why: error.to_string(),
        })?;
        let seen = read(&page);
        Ok(SeenAt { url: at, seen })
    }
}

fn read(page: &Page) -> Seen {
    match feed::parse_if_feed(&page.body, page.content_type.as_deref(), &page.final_url) {
        Ok(document) => Seen::Feed(Box::new(document)),
        Err(Other::Sitemap) => sitemap_of(page),
        Err(Other::Page) => Seen::Page(charset::text_of(&page.body)),
        // A sitemap may be a plain list of addresses.
        Err(Other::Text) => sitemap_of(page),
        Err(Other::Empty) => Seen::Nothing("an empty answer".to_owned()),
        Err(Other::Json(why)) => Seen::Nothing(format!("JSON that is no JSON Feed ({why})")),
        Err(Other::Document(root)) => Seen::Nothing(format!("a document of type <{root}>")),
    }
}

fn sitemap_of(page: &Page) -> Seen {
    match sitemap::parse(&page.body, &page.final_url) {
        Ok(sitemap) => Seen::Sitemap(sitemap),
        Err(why) => Seen::Nothing(why),
    }
}

impl Candidate {
    /// A feed that was read from `url`; `title` is what the page calls it.
    pub(super) fn of_feed(
        document: &Document,
        url: Url,
        site: &Url,
        how: How,
        title: Option<String>,
    ) -> Self {
        let feed = &document.feed;
        let entries: Vec<FeedEntry> = document
            .entries
            .iter()
            .cloned()
            .map(|entry| entry.into_feed_entry(&tocsin_core::SourceId::new("discovered")))
            .collect();
        let mut candidate = Self::of_entries(SourceKind::Feed, url.into(), &entries, site, how);
        candidate.title = feed
            .title
            .clone()
            .filter(|t| !t.trim().is_empty())
            .or(title);
        candidate.language = feed.language.clone().or(candidate.language);
        candidate.belongs_to = feed.link.clone();
        candidate
    }

    /// Anything that lists entries.
    pub(super) fn of_entries(
        kind: SourceKind,
        url: String,
        entries: &[FeedEntry],
        site: &Url,
        how: How,
    ) -> Self {
        let day = |entry: &FeedEntry| entry.published.or(entry.updated);
        let is_media = |entry: &&FeedEntry| {
            let mut kinds = entry
                .enclosures
                .iter()
                .filter_map(|e| e.media_type.as_deref());
            kinds.any(|kind| kind.starts_with("audio/") || kind.starts_with("video/"))
        };
        let is_about_ai = |entry: &&FeedEntry| {
            speaks_of_ai(
                entry.title.as_deref().unwrap_or_default(),
                entry.summary.as_deref().unwrap_or_default(),
            )
        };
        let leads_away = |entry: &&FeedEntry| {
            let url = entry.url.as_deref().and_then(|url| Url::parse(url).ok());
            url.is_some_and(|url| !crate::named::same_site(&url, site))
        };
        let titles: Vec<&str> = entries
            .iter()
            .filter_map(|entry| entry.title.as_deref())
            .collect();
        let titles = titles.join(". ");
        Self {
            kind,
            url,
            title: None,
            language: tocsin_core::detect_language(&titles).map(str::to_owned),
            how,
            entries: entries.len(),
            dated: entries.iter().filter(|entry| day(entry).is_some()).count(),
            newest: entries.iter().filter_map(day).max(),
            about_ai: entries.iter().filter(is_about_ai).count(),
            foreign: entries.iter().filter(leads_away).count(),
            with_media: entries.iter().filter(is_media).count(),
            belongs_to: None,
            is_news: kind == SourceKind::Sitemap
                && entries.iter().any(|entry| entry.title.is_some()),
        }
    }
}
