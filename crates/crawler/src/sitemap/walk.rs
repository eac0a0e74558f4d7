//! Which sitemaps of an index are read, and in what order.

use super::{Child, MAX_ENTRIES, Sitemap};
use crate::date;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use tocsin_core::{FeedEntry, Timestamp};

/// Sitemaps that wait to be read; an index of indexes could name a million.
const MAX_WAITING: usize = 4_000;
/// Indexes inside one another.
const MAX_LEVELS: u32 = 3;

/// Words in the name of a sitemap of news, and of those that hold none.
const NEWS: &[&str] = &["news", "latest", "recent", "actualit", "aktuell", "noticia"];
const ARTICLES: &[&str] = &[
    "press", "release", "article", "post", "blog", "stor", "meldung", "communiq",
];
const OTHER: &[&str] = &[
    "image", "video", "categor", "tag", "author", "product", "archive", "static", "user",
];

/// Goes through an index of sitemaps, those with news and the latest first, none twice.
#[derive(Debug)]
pub struct Walk {
    seen: HashSet<String>,
    waiting: BinaryHeap<Waiting>,
    /// Sitemaps that may still be read.
    left: usize,
    /// How deep the sitemap that was given out last lies.
    level: u32,
    entries: Vec<FeedEntry>,
}

/// A sitemap that waits; the greatest is read next. News by name come first, then the day of its name or of its
/// last change counts, then its place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    kind: u8,
    day: Option<Timestamp>,
    /// Its place among all, in the order of their naming.
    place: Reverse<usize>,
    level: u32,
    url: String,
}

impl Walk {
    /// Begins with a sitemap that was read from `url`; at most `most` further ones will be read.
    pub fn new(url: &str, first: Sitemap, most: usize) -> Self {
        let mut walk = Self {
            seen: HashSet::from([url.to_owned()]),
            waiting: BinaryHeap::new(),
            left: most,
            level: 0,
            entries: Vec::new(),
        };
        walk.add(first);
        walk
    }

    /// The address of the sitemap to read next; what it holds is then given to [`Walk::add`].
    pub fn next_sitemap(&mut self) -> Option<String> {
        self.left = self.left.checked_sub(1)?;
        let next = self.waiting.pop()?;
        self.level = next.level;
        Some(next.url)
    }

    /// Takes a sitemap that was read.
    pub fn add(&mut self, sitemap: Sitemap) {
        self.entries.extend(sitemap.entries);
        let level = self.level + 1;
        if level > MAX_LEVELS {
            return;
        }
        for child in sitemap.children {
            if self.waiting.len() < MAX_WAITING && self.seen.insert(child.url.clone()) {
                let place = self.seen.len();
                self.waiting.push(Waiting::new(child, level, place));
            }
        }
    }

    /// What all that were read list, newest first.
    pub fn finish(mut self) -> Vec<FeedEntry> {
        self.entries
            .sort_by_key(|entry| Reverse(entry.published.or(entry.updated)));
        self.entries.truncate(MAX_ENTRIES);
        self.entries
    }
}

/// Whether a sitemap's name says that it lists articles.
pub(crate) fn is_of_articles(url: &str) -> bool {
    let name = url
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    (has(NEWS) || has(ARTICLES)) && !has(OTHER)
}

impl Waiting {
    fn new(child: Child, level: u32, place: usize) -> Self {
        let name = child.url.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let kind = match (has(NEWS), has(ARTICLES), has(OTHER)) {
            (true, _, false) => 3,
            (false, true, false) => 2,
            (false, false, false) | (true, _, true) => 1,
            (false, _, true) => 0,
        };
        let of_name = || date::parse(&name.replace('_', "-"))?.at_noon();
        Self {
            kind,
            day: child.updated.or_else(of_name),
            place: Reverse(place),
            level,
            url: child.url,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tocsin_core::Timestamp;

    fn index(children: &[(&str, Option<i64>)]) -> Sitemap {
        let child = |(url, time): &(&str, Option<i64>)| Child {
            url: (*url).to_owned(),
            updated: time.map(|second| Timestamp::from_second(second).unwrap()),
        };
        Sitemap {
            children: children.iter().map(child).collect(),
            ..Sitemap::default()
        }
    }

    #[test]
    fn news_and_the_latest_come_first() {
        let first = index(&[
            ("https://a.example/post-2024-05.xml", None),
            ("https://a.example/images.xml", Some(2_000_000_000)),
            ("https://a.example/post-2026-10.xml", None),
            ("https://a.example/news.xml", None),
            ("https://a.example/x.xml", Some(1_700_000_000)),
        ]);
        let mut walk = Walk::new("https://a.example/index.xml", first, 4);
        let order: Vec<String> = std::iter::from_fn(|| walk.next_sitemap()).collect();
        let names: Vec<&str> = order
            .iter()
            .filter_map(|url| url.rsplit('/').next())
            .collect();
        assert_eq!(
            names,
            ["news.xml", "post-2026-10.xml", "post-2024-05.xml", "x.xml"]
        );
    }

    #[test]
    fn an_index_that_holds_itself_ends() {
        let itself = || {
            index(&[
                ("https://a.example/index.xml", None),
                ("https://a.example/b.xml", None),
            ])
        };
        let mut walk = Walk::new("https://a.example/index.xml", itself(), 100);
        assert_eq!(
            walk.next_sitemap().as_deref(),
            Some("https://a.example/b.xml")
        );
        walk.add(itself());
        assert_eq!(walk.next_sitemap(), None);
    }

    #[test]
    fn indexes_inside_one_another_end() {
        let mut walk = Walk::new(
            "https://a.example/0",
            index(&[("https://a.example/1", None)]),
            100,
        );
        let mut read = 0;
        while let Some(url) = walk.next_sitemap() {
            read += 1;
            walk.add(index(&[(&format!("{url}1"), None)]));
        }
        assert_eq!(read, MAX_LEVELS as usize);
    }
}
