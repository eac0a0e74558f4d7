//! Bytes and an address in, an article out.
//!
//! In: a [`Page`]. Out: an
//! [`Article`] with text, title, names, dates, section, picture and the address it wants to be known
//! by, or an [`ExtractError`] that says in a sentence why there is none.
//!
//! Never: opens a socket or a file, reads a clock, panics, or takes time or memory out of proportion to
//! the page, however it is made.
//!
//! The steps of [`extract`], each a module: what the bytes are (`kind`), their character set (`charset`),
//! markup within bounds (`markup`), what follows from its tree (`reading`): the page as a list of blocks (`outline`), what it
//! says about itself (`facts`, judged by `metadata` and `address`, corrected by `publishers`), what only its scripts hold
//! (`script_data`); then how likely each block is text (`features` in numbers, `judge`), the main text (`engine`) without
//! furniture (`text`), or what the page is instead (`instead`).
//!
//! ```
//! use tocsin_extractor::Page;
//!
//! let html = "<title>Chip rule | News</title><article><h1>Chip rule</h1><p>The ministry
//!     published a rule on the export of chips on Monday.</p></article>";
//! let page = Page::new(html.as_bytes(), "https://news.example/2026/03/02/chips");
//! let article = tocsin_extractor::extract(&page)?;
//! assert_eq!(article.title, "Chip rule");
//! # Ok::<(), tocsin_extractor::ExtractError>(())
//! ```

mod address;
mod charset;
mod engine;
mod error;
mod explain;
mod facts;
mod features;
mod groups;
mod hash;
mod instead;
mod judge;
mod kind;
#[doc(hidden)]
pub mod learn;
mod look;
mod markup;
mod metadata;
mod outline;
mod publishers;
mod reading;
mod script_data;
mod tag;
mod text;

pub mod watched;

pub use error::ExtractError;
pub use explain::{Explained, Judged};
pub use instead::Wall;
pub use metadata::claims::Claim;
pub use publishers::Publishers;

use address::Address;
use facts::Facts;
use kind::Kind;
use metadata::{Metadata, claims};
use reading::Reading;
use std::borrow::Cow;
use tocsin_core::text::one_line;
use tocsin_core::{Article, StoryId, Timestamp, detect_language};

/// Bytes below which the text of a page with scripts is their plea to turn them on.
const SHORT_TEXT: usize = 250;

/// A page as it was read.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The bytes that the server sent, decompressed.
    pub body: &'a [u8],
    /// Its `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The address it was read at, absolute.
    pub url: &'a str,
    /// When it was read: no date that it gives is later than the day after. `None` believes any.
    pub read_at: Option<Timestamp>,
    /// What is known of single publishers.
    pub publishers: &'a Publishers,
}

impl<'a> Page<'a> {
    /// A page of which nothing more is known, to be read with the standard rules for publishers.
    pub fn new(body: &'a [u8], url: &'a str) -> Self {
        Self {
            body,
            content_type: None,
            url,
            read_at: None,
            publishers: Publishers::standard(),
        }
    }
}

/// The article of a page.
///
/// # Errors
/// Why the page gives none; see [`ExtractError`].
pub fn extract(page: &Page<'_>) -> Result<Article, ExtractError> {
    let (kind, source) = opened(page)?;
    match kind {
        Kind::Html => from_html(&source, page),
        Kind::Text => from_plain_text(&source, page.url),
    }
}

/// The article of a text without markup: the first line is the title, every other line a paragraph.
/// The lines of a comment form at the end are dropped.
///
/// # Errors
/// [`ExtractError::Empty`] where there is no line, [`ExtractError::BadUrl`].
pub fn from_plain_text(text: &str, url: &str) -> Result<Article, ExtractError> {
    let address = Address::parse(url)?;
    let mut lines = text.lines().map(one_line).filter(|l| !l.is_empty());
    let title = lines.next().ok_or(ExtractError::Empty)?;
    let mut paragraphs: Vec<String> = lines.collect();
    text::cut_comment_box(&mut paragraphs);
    let metadata = Metadata {
        title: Some(title),
        ..Metadata::default()
    };
    Ok(article(
        &address,
        &Facts::default(),
        metadata,
        paragraphs.join("\n\n"),
    ))
}

/// The paragraphs of a piece of HTML that is all article, such as the content of a feed's entry; empty
/// where its markup is beyond bounds.
pub fn text_of_fragment(html: &str) -> String {
    match markup::tame(html) {
        Ok(html) => text::tidy(engine::fragment_paragraphs(&html), ""),
        Err(_) => String::new(),
    }
}

/// What a page without an article says of one to programs: an [`Article`] without a text. `None` where it gives neither a
/// title nor a day.
pub fn declared(page: &Page<'_>) -> Option<Article> {
    let (_, source) = opened(page).ok()?;
    let address = Address::parse(page.url).ok()?;
    let reading = Reading::of(&source, &address, page).ok()?;
    let is_known = reading.metadata.title.is_some() || reading.metadata.published.is_some();
    is_known.then(|| article(&address, &reading.facts, reading.metadata, String::new()))
}

/// What is made of all that a page says and of each block of its text, whether there is an article in it or not.
///
/// # Errors
/// Where the page cannot be read at all; see [`ExtractError`].
pub fn explain(page: &Page<'_>) -> Result<Explained, ExtractError> {
    let (_, source) = opened(page)?;
    let address = Address::parse(page.url)?;
    let (reading, tree) = Reading::with_tree(&source, &address, page)?;
    let chances = reading.chances();
    let taken = engine::chosen(&reading.outline, &chances);
    let Reading {
        facts,
        metadata,
        calendar,
        ..
    } = &reading;
    let rule = page.publishers.of(address.host());
    Ok(Explained {
        rule: rule.map(|(site, _)| site.to_owned()),
        claims: claims::of(facts, metadata, *calendar, address.url.path()),
        blocks: explain::blocks(&tree, &reading.outline, &chances, &taken),
    })
}

/// What a page's bytes are, and its source.
fn opened<'a>(page: &Page<'a>) -> Result<(Kind, Cow<'a, str>), ExtractError> {
    let kind = kind::of(page.body, page.content_type)?;
    Ok((kind, charset::decode(page.body, page.content_type)))
}

fn from_html(source: &str, page: &Page<'_>) -> Result<Article, ExtractError> {
    let address = Address::parse(page.url)?;
    if source.trim().is_empty() {
        return Err(ExtractError::Empty);
    }
    let reading = Reading::of(source, &address, page)?;
    let chances = reading.chances();
    let taken = engine::chosen(&reading.outline, &chances);
    let text = engine::text(&reading.outline, &taken, reading.said());
    let letters = reading.outline.letters();
    match text.as_str() {
        // What is found in a shell is its plea to turn scripts on.
        _ if reading.is_shell() && text.len() < SHORT_TEXT => Err(ExtractError::NeedsBrowser),
        "" if !reading.facts.frames.is_empty() => Err(frameset(&address, &reading.facts)),
        "" if letters == 0 => Err(ExtractError::Empty),
        "" => Err(ExtractError::NoArticle),
        _ => {
            if let Some(instead) = instead::of(&reading, &taken) {
                return Err(instead);
            }
            Ok(Article {
                teaser: instead::is_teaser(&reading, &taken, &text),
                ..article(&address, &reading.facts, reading.metadata, text)
            })
        }
    }
}

fn frameset(address: &Address, facts: &Facts) -> ExtractError {
    let frames = facts.frames.iter().filter_map(|f| address.resolve(f));
    ExtractError::Frameset {
        frames: frames.collect(),
    }
}

fn article(address: &Address, facts: &Facts, metadata: Metadata, text: String) -> Article {
    let canonical_url = address.canonical(facts);
    let published = metadata.published;
    let minutes = |offset: jiff::tz::Offset| i16::try_from(offset.seconds() / 60).ok();
    Article {
        id: StoryId::of_url(&canonical_url),
        url: address.url.to_string(),
        canonical_url,
        title: metadata.title.unwrap_or_default(),
        byline: metadata.byline,
        published: published.map(|p| p.at),
        published_precision: published.map(|p| p.precision),
        utc_offset_minutes: published.and_then(|p| minutes(p.offset?)),
        modified: metadata.modified,
        site_name: metadata.site_name,
        language: language(&text, facts.lang.as_deref()),
        section: metadata.section,
        image: metadata.image,
        teaser: false,
        text,
    }
}

/// The text's own language; what the page claims only where the text does not say.
fn language(text: &str, claimed: Option<&str>) -> Option<String> {
    let claim = || {
        let code = claimed?.split(['-', '_']).next()?.to_ascii_lowercase();
        (code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase())).then_some(code)
    };
    detect_language(text).map(str::to_owned).or_else(claim)
}
