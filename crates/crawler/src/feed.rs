//! Feeds of any dialect and in any state of repair, as one [`Document`].
//!
//! In: bytes, what HTTP said of their type, the address they came from. Out: always a document:
//! what could be read, and in `error` why the rest could not.
//!
//! Of an XML feed, `reader` makes elements to fields, with `names` and `construct` knowing the dialects, and
//! `draft` makes fields to an entry, addresses absolute, HTML made harmless in `sanitise`. `json` reads the
//! others, `page` says what came that is no feed.
//!
//! Never: fetches anything, panics, expands an entity inside an entity, recurses along the input.

mod asks;
mod construct;
mod draft;
mod json;
mod names;
mod page;
mod person;
mod reader;
mod sanitise;

pub use page::Other;

use crate::charset::{self, MAX_BYTES};
use crate::unpack::unpacked;
use serde::Serialize;
use tocsin_core::{Asks, Enclosure, FeedEntry, SourceId, Timestamp, text};
use url::Url;

/// Entries that are kept; later ones are left out.
pub const MAX_ENTRIES: usize = 5_000;
/// Elements inside one another; deeper ones are read as if their tags were not there.
pub const MAX_DEPTH: usize = 200;

/// A feed as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Document {
    /// What the feed says about itself.
    pub feed: FeedMeta,
    /// Its entries, in their order.
    pub entries: Vec<Entry>,
    /// Why it, or a part of it, could not be read, with the next step. A feed whose end is missing
    /// is no error: the fields that were whole are kept.
    pub error: Option<String>,
}

/// What a feed says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FeedMeta {
    /// Its name, text or sanitised HTML.
    pub title: Option<String>,
    /// The page that it belongs to, absolute.
    pub link: Option<String>,
    /// Its own id.
    pub id: Option<String>,
    /// A second line under the title, text or sanitised HTML.
    pub subtitle: Option<String>,
    /// BCP 47, as the feed writes it.
    pub language: Option<String>,
    /// When it last changed.
    pub updated: Option<Timestamp>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Who writes it.
    pub authors: Vec<Person>,
    /// Its labels.
    pub categories: Vec<String>,
    /// What it asks of those who poll it.
    #[serde(skip_serializing_if = "is_nothing")]
    pub asks: Asks,
}

fn is_nothing(asks: &Asks) -> bool {
    *asks == Asks::default()
}

/// One entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Text or sanitised HTML.
    pub title: Option<String>,
    /// The article's address, absolute.
    pub link: Option<String>,
    /// The feed's own id for it.
    pub id: Option<String>,
    /// Text or sanitised HTML; the content, where the feed gives no summary.
    pub summary: Option<String>,
    /// Sanitised HTML or text: the whole article, where the feed gives it.
    pub content: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it last changed.
    pub updated: Option<Timestamp>,
    /// BCP 47, as the feed writes it.
    pub language: Option<String>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Labels.
    pub categories: Vec<String>,
    /// Attached media.
    pub enclosures: Vec<Enclosure>,
    /// The summary is text, not HTML: it has to be escaped where HTML is expected.
    #[serde(skip)]
    plain_summary: bool,
    /// The same of the content.
    #[serde(skip)]
    plain_content: bool,
}

/// A person, or what a feed names as one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The name.
    pub name: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// A page of theirs.
    pub uri: Option<String>,
}

/// Reads a feed: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1.x.
///
/// `content_type` is HTTP's header, for its charset; `url` is where the bytes came from, for
/// relative addresses. Never fails: see [`Document::error`].
pub fn parse(body: &[u8], content_type: Option<&str>, url: &str) -> Document {
    let body = unpacked(body, MAX_BYTES);
    let text = charset::decode(&body, content_type);
    read(&text, url).unwrap_or_else(|other| Document {
        error: Some(other.explain(&text, url)),
        ..Document::default()
    })
}

/// The same, where it is not known whether the bytes are a feed.
///
/// # Errors
/// What they are in its place.
pub fn parse_if_feed(
    body: &[u8],
    content_type: Option<&str>,
    url: &str,
) -> Result<Document, Other> {
    let body = unpacked(body, MAX_BYTES);
    read(&charset::decode(&body, content_type), url)
}

fn read(text: &str, url: &str) -> Result<Document, Other> {
    let base = Url::parse(url.trim()).ok();
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.starts_with('{') {
        return json::read(start, base.as_ref()).map_err(Other::Json);
    }
    reader::read(text, base.as_ref()).map_err(|found| Other::of(found, text))
}

impl Entry {
    /// The entry as the rest of the program knows it: a plain title, names instead of persons, and
    /// the time of the last change where no time of publication is told.
    pub fn into_feed_entry(self, source: &SourceId) -> FeedEntry {
        FeedEntry {
            source: Some(source.clone()),
            guid: self.id,
            url: self.link,
            title: self.title.map(|title| plain(&title)),
            summary: self.summary.map(|text| as_html(text, self.plain_summary)),
            content_html: self.content.map(|text| as_html(text, self.plain_content)),
            published: self.published.or(self.updated),
            updated: self.updated,
            authors: self
                .authors
                .into_iter()
                .filter_map(|p| p.name.or(p.email))
                .collect(),
            categories: self.categories,
            enclosures: self.enclosures,
        }
    }
}

fn as_html(text: String, plain: bool) -> String {
    if plain {
        quick_xml::escape::minimal_escape(text).into_owned()
    } else {
        text
    }
}

/// Tags go and references are resolved, where the text is HTML.
fn plain(title: &str) -> String {
    if sanitise::looks_like_html(title) {
        text::one_line(&sanitise::to_text(title))
    } else {
        text::one_line(title)
    }
}
