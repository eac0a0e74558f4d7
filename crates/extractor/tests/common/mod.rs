//! Pages of invented news, as a server might send them.
#![allow(dead_code, reason = "each test program uses its part")]

use tocsin_core::Article;
use tocsin_extractor::{ExtractError, Page};

pub(crate) const URL: &str = "https://www.chipdaily.example/world/export-rule?utm_source=mail";

/// Three paragraphs of invented news, long enough for any judge of what an article is.
pub(crate) const STORY: &str = "<p>The ministry of trade published a rule on Monday that puts twelve kinds of chips \
    under licence, the third such step in two years.</p><p>Makers will have to name the buyer and the use of \
    each shipment, and the ministry may refuse it within sixty days, according to the text of the rule.</p>\
    <p>Two trade bodies said that they would study the rule before they decide whether to go to court, \
    while a group of smaller makers asked for a longer period of transition.</p>";

/// The page as a server might send it.
pub(crate) fn sent<'a>(body: &'a [u8], content_type: Option<&'a str>) -> Page<'a> {
    Page {
        content_type,
        ..Page::new(body, URL)
    }
}

pub(crate) fn extract(body: &[u8], content_type: Option<&str>) -> Result<Article, ExtractError> {
    tocsin_extractor::extract(&sent(body, content_type))
}

pub(crate) fn page(head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head>{head}</head><body><nav><a href=/>Home</a> <a href=/w>World</a></nav>\
         <main><article>{body}</article></main><footer>All rights reserved 2026</footer></body></html>"
    )
}

pub(crate) fn read(head: &str, body: &str) -> Article {
    extract(
        page(head, body).as_bytes(),
        Some("text/html; charset=utf-8"),
    )
    .unwrap()
}

pub(crate) fn published(head: &str, body: &str) -> String {
    let article = read(head, body);
    let precision = article
        .published_precision
        .map(|p| format!("{p:?}"))
        .unwrap_or_default();
    article
        .published
        .map_or_else(|| "-".to_owned(), |at| format!("{at} {precision}"))
}
