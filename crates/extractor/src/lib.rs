//! Bytes and an address in, an article out.
//!
//! In: a page's body as the server sent it, its `Content-Type`, the address it was read at. Out: an
//! [`Article`] with text, title, names, dates, section, picture and the address it wants to be known
//! by, or an [`ExtractError`] that says in a sentence why there is none.
//!
//! Never: opens a socket or a file, reads a clock, panics, or takes time or memory out of proportion to
//! the page, however it is made.
//!
//! The steps of [`extract`], each a module: what the bytes are (`kind`), their character set (`charset`),
//! markup within bounds (`markup`), the page as a list of blocks (`outline`), what it says about itself (`facts`,
//! judged by `metadata` and `address`), how likely each block is text (`features` in numbers, `judge`), the main text
//! (`engine`) without furniture (`text`).
//!
//! ```
//! let html = "<title>Chip rule | News</title><article><h1>Chip rule</h1><p>The ministry
//!     published a rule on the export of chips on Monday.</p></article>";
//! let article = tocsin_extractor::extract(html.as_bytes(), None, "https://news.example/2026/03/02/chips")?;
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
mod script_data;
mod tag;
mod text;

pub use error::ExtractError;
pub use explain::Judged;
pub use instead::Wall;

use address::Address;
use facts::Facts;
use features::Said;
use judge::Judge;
use kind::Kind;
use metadata::Metadata;
use outline::Outline;
use scraper::Html;
use tocsin_core::text::one_line;
use tocsin_core::{Article, StoryId, detect_language};

/// Letters below which a page with scripts is the shell that they would fill.
const SHELL_LETTERS: usize = 100;
/// Bytes below which the text of a page with scripts is their plea to turn them on.
const SHORT_TEXT: usize = 250;

/// The article of a page.
///
/// # Errors
/// Why the page gives none; see [`ExtractError`].
pub fn extract(
    body: &[u8],
    content_type: Option<&str>,
    url: &str,
) -> Result<Article, ExtractError> {
    let kind = kind::of(body, content_type)?;
    let decoded = charset::decode(body, content_type);
    match kind {
        Kind::Html => from_html(&decoded, url),
        Kind::Text => from_plain_text(&decoded, url),
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

/// What is made of each block of a page's text, whether there is an article in it or not.
///
/// # Errors
/// Where the page cannot be read at all; see [`ExtractError`].
pub fn explain(
    body: &[u8],
    content_type: Option<&str>,
    url: &str,
) -> Result<Vec<Judged>, ExtractError> {
    kind::of(body, content_type)?;
    let html = charset::decode(body, content_type);
    let read = Read::of(&html, &Address::parse(url)?)?;
    let chances = read.chances();
    let taken = engine::chosen(&read.outline, &chances);
    Ok(explain::blocks(&read.page, &read.outline, &chances, &taken))
}

/// A page that was read, before it is judged.
struct Read {
    page: Html,
    outline: Outline,
    facts: Facts,
    metadata: Metadata,
}

impl Read {
    fn of(html: &str, address: &Address) -> Result<Self, ExtractError> {
        let html = markup::tame(html)?;
        let page = Html::parse_document(&html);
        let outline = Outline::of(&page);
        let facts = Facts::of(&page, &outline);
        let metadata = Metadata::of(&facts, address);
        Ok(Self {
            page,
            outline,
            facts,
            metadata,
        })
    }

    fn said(&self) -> Said<'_> {
        Said::of(&self.metadata, &self.facts)
    }

    fn chances(&self) -> Vec<f32> {
        Judge::standard().chances(&self.outline, self.said())
    }

    /// The text that a browser would find in the page's scripts; `html` is the page as it came.
    fn text_of_scripts(&self, html: &str) -> Option<String> {
        let markup = format!("<article>{}</article>", script_data::article(html)?);
        let page = Html::parse_document(&markup::tame(&markup).ok()?);
        let outline = Outline::of(&page);
        let chances = Judge::standard().chances(&outline, self.said());
        let text = engine::text(&outline, &chances, self.said());
        (text.len() >= SHORT_TEXT).then_some(text)
    }
}

fn from_html(html: &str, url: &str) -> Result<Article, ExtractError> {
    let address = Address::parse(url)?;
    if html.trim().is_empty() {
        return Err(ExtractError::Empty);
    }
    let read = Read::of(html, &address)?;
    let chances = read.chances();
    let text = engine::text(&read.outline, &chances, read.said());
    let letters = read.outline.letters();
    // What is found in a shell is its plea to turn scripts on.
    let is_shell = read.facts.scripts > 0 && letters < SHELL_LETTERS && text.len() < SHORT_TEXT;
    match text.as_str() {
        _ if is_shell => match read.text_of_scripts(html) {
            Some(text) => Ok(article(&address, &read.facts, read.metadata, text)),
            None => Err(ExtractError::NeedsBrowser),
        },
        "" if !read.facts.frames.is_empty() => Err(frameset(&address, &read.facts)),
        "" if letters == 0 => Err(ExtractError::Empty),
        "" => Err(ExtractError::NoArticle),
        _ => {
            let taken = engine::chosen(&read.outline, &chances);
            if let Some(instead) = instead::of(&read, &taken) {
                return Err(instead);
            }
            Ok(Article {
                teaser: instead::is_teaser(&read, &taken, &text),
                ..article(&address, &read.facts, read.metadata, text)
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
