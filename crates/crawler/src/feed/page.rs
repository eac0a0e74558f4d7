//! What to say when a feed was expected and something else came.

use super::reader::NotAFeed;
use scraper::{Html, Selector};
use url::Url;

/// Bytes of a page that are searched for a feed: links stand in its head.
const SEARCHED: usize = 256 * 1024;

/// One sentence that names what came and the next step.
pub(super) fn explain(found: &NotAFeed, text: &str, url: &str) -> String {
    match found {
        NotAFeed::NoMarkup if text.trim().is_empty() => {
            "an empty answer where a feed was expected; try again later".to_owned()
        }
        NotAFeed::NoMarkup => {
            "plain text where a feed was expected; check the source's address".to_owned()
        }
        NotAFeed::Root(root) if root == "urlset" || root == "sitemapindex" => {
            "a sitemap where a feed was expected; set the source's kind to `sitemap`".to_owned()
        }
        NotAFeed::Root(_) if is_page(text) => web_page(text, url),
        NotAFeed::Root(root) => {
            format!(
                "a document of type <{root}> where a feed was expected; check the source's address"
            )
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
    let named = match alternate(text, url) {
        Some(feed) => format!("the page names a feed: {feed}"),
        None => {
            "it names no feed; set the source's kind to `listing` or correct its address".to_owned()
        }
    };
    format!("a web page where a feed was expected; {named}")
}

/// The first feed that a page names, absolute where it can be made so.
fn alternate(text: &str, url: &str) -> Option<String> {
    let mut end = text.len().min(SEARCHED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let page = Html::parse_document(text.get(..end)?);
    let links = Selector::parse("link[rel~=alternate][href]").ok()?;
    let feed = page.select(&links).find(|link| {
        let kind = link.attr("type").unwrap_or_default().to_ascii_lowercase();
        ["rss", "atom", "feed+json", "rdf"]
            .iter()
            .any(|name| kind.contains(name))
    })?;
    let href = feed.attr("href")?;
    let absolute = Url::parse(url).ok().and_then(|base| base.join(href).ok());
    Some(absolute.map_or_else(|| href.to_owned(), Into::into))
}
