//! Sitemaps: news sitemaps, plain ones and indexes of them, in XML or as a list of addresses, also
//! packed with gzip.
//!
//! In: bytes and the address they came from. Out: entries, newest first, and further sitemaps; a
//! [`Walk`] says which of those to read. Never: fetches anything.

mod walk;

pub use walk::Walk;
pub(crate) use walk::is_of_articles;

use crate::address::{is_of_the_web, joined};
use crate::charset;
use crate::date::{self, Moment};
use crate::xml::{self, Entities};
use quick_xml::events::Event;
use tocsin_core::{FeedEntry, Timestamp};
use url::Url;

/// Addresses that are read; the protocol allows as many in one file.
const MAX_READ: usize = 50_000;
/// Entries that are kept, the newest.
pub const MAX_ENTRIES: usize = 5_000;
/// Further sitemaps that are kept, in the file's order.
pub const MAX_CHILDREN: usize = 1_000;

/// What a sitemap lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sitemap {
    /// Pages, newest first; a title only where it is a news sitemap.
    pub entries: Vec<FeedEntry>,
    /// Further sitemaps.
    pub children: Vec<Child>,
}

/// A sitemap that an index names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its address, absolute.
    pub url: String,
    /// When it last changed.
    pub updated: Option<Timestamp>,
}

impl Sitemap {
    /// Whether it is one for news: it gives titles.
    pub fn is_news(&self) -> bool {
        self.entries.iter().any(|entry| entry.title.is_some())
    }
}

/// Reads a sitemap; `url` is where it came from, for relative addresses.
///
/// # Errors
/// A sentence, where the bytes hold no sitemap. A missing end is no error.
pub fn parse(body: &[u8], url: &str) -> Result<Sitemap, String> {
    let text = charset::text_of(body);
    if let Some(entries) = plain_list(&text) {
        return Ok(Sitemap {
            entries,
            children: Vec::new(),
        });
    }
    let text = xml::mend(&text);
    let mut reader = xml::reader(&text);
    let entities = Entities::default();
    let mut state = State::new(url);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) => state.start(tag.local_name().as_ref())?,
            Event::End(tag) => state.end(tag.local_name().as_ref()),
            Event::Text(text) => state.text.push_str(&text),
            Event::CData(text) => state.text.push_str(&text),
            Event::GeneralRef(name) => match entities.resolve(&name) {
                Some(value) => state.text.push_str(&value),
                None => state.text.push_str(&format!("&{};", &*name)),
            },
            _ => {}
        }
        if state.entries.len() >= MAX_READ {
            break;
        }
    }
    state.finish()
}

/// The other form that the protocol knows: an address a line and nothing else.
fn plain_list(text: &str) -> Option<Vec<FeedEntry>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_address = |line: &str| {
        (line.starts_with("http://") || line.starts_with("https://"))
            && !line.contains(char::is_whitespace)
            && joined(line, None).is_some()
    };
    if !lines.clone().take(MAX_ENTRIES).all(is_address) {
        return None;
    }
    let entry = |line: &str| FeedEntry {
        url: Some(line.to_owned()),
        ..FeedEntry::default()
    };
    let entries: Vec<FeedEntry> = lines.take(MAX_ENTRIES).map(entry).collect();
    (!entries.is_empty()).then_some(entries)
}

struct State {
    base: Option<Url>,
    rooted: bool,
    text: String,
    open: FeedEntry,
    location: Option<String>,
    entries: Vec<FeedEntry>,
    children: Vec<Child>,
}

impl State {
    fn new(url: &str) -> Self {
        Self {
            base: Url::parse(url).ok(),
            rooted: false,
            text: String::new(),
            open: FeedEntry::default(),
            location: None,
            entries: Vec::new(),
            children: Vec::new(),
        }
    }

    fn start(&mut self, name: &str) -> Result<(), String> {
        if !self.rooted && !matches!(name, "urlset" | "sitemapindex") {
            return Err(format!(
                "a document of type <{name}> where a sitemap was expected; check the source's address and kind"
            ));
        }
        self.rooted = true;
        self.text.clear();
        if matches!(name, "url" | "sitemap") {
            self.open = FeedEntry::default();
            self.location = None;
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        match name {
            // An image's or a video's address has another name, so the first is the page's.
            "loc" if self.location.is_none() => self.location = self.absolute(text),
            "lastmod" => self.open.updated = moment(text),
            "publication_date" => self.open.published = moment(text),
            "title" if self.open.title.is_none() && !text.is_empty() => {
                self.open.title = Some(tocsin_core::text::one_line(text));
            }
            "url" => {
                self.open.url = self.location.take();
                let entry = std::mem::take(&mut self.open);
                self.entries.extend(entry.url.is_some().then_some(entry));
            }
            "sitemap" if self.children.len() < MAX_CHILDREN => {
                let updated = self.open.updated;
                let child = |url| Child { url, updated };
                self.children.extend(self.location.take().map(child));
            }
            _ => {}
        }
    }

    fn absolute(&self, address: &str) -> Option<String> {
        let url = joined(address, self.base.as_ref())?;
        (!address.is_empty() && is_of_the_web(&url)).then(|| url.into())
    }

    fn finish(mut self) -> Result<Sitemap, String> {
        if !self.rooted {
            return Err(
                "no sitemap: the answer holds no XML; check the source's address".to_owned(),
            );
        }
        self.entries
            .sort_by_key(|entry| std::cmp::Reverse(entry.published.or(entry.updated)));
        self.entries.truncate(MAX_ENTRIES);
        Ok(Sitemap {
            entries: self.entries,
            children: self.children,
        })
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    date::parse(text).and_then(Moment::at_noon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_news_sitemap_gives_titles_and_times_newest_first() {
        let body = r#"<?xml version="1.0"?><urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
            <url><loc>https://a.example/old?a=1&amp;b=2</loc><lastmod>2026-10-01</lastmod></url>
            <url><loc> /new </loc><n:news><n:publication><n:name>A</n:name></n:publication>
              <n:publication_date>2026-10-05T08:00:00+02:00</n:publication_date><n:title>Rules &amp; chips</n:title></n:news>
              <image:image><image:loc>https://a.example/i.png</image:loc></image:image></url>"#;
        let found = parse(body.as_bytes(), "https://a.example/sitemap.xml").unwrap();
        let [new, old] = found.entries.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(new.url.as_deref(), Some("https://a.example/new"));
        assert_eq!(new.title.as_deref(), Some("Rules & chips"));
        assert_eq!(new.published.unwrap().to_string(), "2026-10-05T06:00:00Z");
        assert_eq!(old.url.as_deref(), Some("https://a.example/old?a=1&b=2"));
        assert_eq!(
            (old.published, old.updated.unwrap().to_string().as_str()),
            (None, "2026-10-01T12:00:00Z")
        );
    }

    #[test]
    fn an_index_gives_its_children() {
        let body = b"<sitemapindex><sitemap><loc>https://a.example/1.xml</loc><lastmod>2026-10-05T08:00:00Z</lastmod></sitemap>\
            <sitemap><loc>2.xml</loc></sitemap></sitemapindex>";
        let found = parse(body, "https://a.example/s/index.xml").unwrap();
        let [one, two] = found.children.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(one.url, "https://a.example/1.xml");
        assert_eq!(one.updated.unwrap().to_string(), "2026-10-05T08:00:00Z");
        assert_eq!(
            (two.url.as_str(), two.updated),
            ("https://a.example/s/2.xml", None)
        );
        assert_eq!(found.entries, []);
    }

    #[test]
    fn a_list_of_addresses_is_a_sitemap() {
        let found = parse(
            b"\xef\xbb\xbfhttps://a.example/1\r\n\r\nhttps://a.example/2\n",
            "https://a.example/sitemap.txt",
        );
        assert_eq!(found.unwrap().entries.len(), 2);
        assert!(parse(b"https://a.example/1 and more", "https://a.example").is_err());
    }

    #[test]
    fn other_documents_are_refused_by_name() {
        let error = parse(b"<html><body>", "https://a.example").unwrap_err();
        assert!(error.contains("<html>"), "{error}");
        assert!(parse(b"", "https://a.example").is_err());
    }

    #[test]
    fn entries_are_bounded_and_the_newest_are_kept() {
        let one = |n: usize| {
            format!(
                "<url><loc>https://a.example/{n}</loc><lastmod>{}</lastmod></url>",
                1_700_000_000 + n
            )
        };
        let body: String = (0..MAX_ENTRIES + 10).map(one).collect();
        let found = parse(
            format!("<urlset>{body}</urlset>").as_bytes(),
            "https://a.example",
        )
        .unwrap();
        assert_eq!(found.entries.len(), MAX_ENTRIES);
        assert_eq!(
            found.entries[0].url,
            Some(format!("https://a.example/{}", MAX_ENTRIES + 9))
        );
    }
}
