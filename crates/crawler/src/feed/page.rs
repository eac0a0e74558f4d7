//! What came when a feed was expected and something else did.

use super::reader::NotAFeed;
use crate::named::Named;

/// What bytes are that are no feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Other {
    /// Nothing.
    Empty,
    /// Text without a tag.
    Text,
    /// A sitemap or an index of them.
    Sitemap,
    /// A web page.
    Page,
    /// JSON that is no JSON Feed; why.
    Json(String),
    /// Another document in XML; the name of its first element.
    Document(String),
}

impl Other {
    pub(super) fn of(found: NotAFeed, text: &str) -> Self {
        match found {
            NotAFeed::NoMarkup if text.trim().is_empty() => Self::Empty,
            NotAFeed::NoMarkup => Self::Text,
            NotAFeed::Root(root) if root == "urlset" || root == "sitemapindex" => Self::Sitemap,
            NotAFeed::Root(_) if is_page(text) => Self::Page,
            NotAFeed::Root(root) => Self::Document(root),
        }
    }

    /// One sentence that names what came and the next step.
    pub(super) fn explain(&self, text: &str, url: &str) -> String {
        match self {
            Self::Empty => "an empty answer where a feed was expected; try again later".to_owned(),
            Self::Text => {
                "plain text where a feed was expected; check the source's address".to_owned()
            }
            Self::Sitemap => {
                "a sitemap where a feed was expected; set the source's kind to `sitemap`".to_owned()
            }
            Self::Page => web_page(text, url),
            Self::Json(why) => {
                format!("JSON that is no JSON Feed ({why}); check the source's address")
            }
            Self::Document(root) => format!(
                "a document of type <{root}> where a feed was expected; check the source's address"
            ),
        }
    }
}

fn is_page(text: &str) -> bool {
    let head: String = text
        .chars()
        .take(2_000)
        .collect::<String>()
        .to_ascii_lowercase();
    ["<html", "<!doctype html", "<head", "<body", "<div", "<p>"]
        .iter()
        .any(|tag| head.contains(tag))
}

fn web_page(text: &str, url: &str) -> String {
    let named = Named::in_page(text, url);
    match named.feeds.first() {
        Some(feed) => {
            format!(
                "a web page where a feed was expected; the page names a feed: {}",
                feed.url
            )
        }
        None => "a web page where a feed was expected; it names no feed; \
                 set the source's kind to `listing` or correct its address"
            .to_owned(),
    }
}
