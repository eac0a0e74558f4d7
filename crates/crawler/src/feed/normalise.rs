//! What feed-rs read, as our [`Document`]: absolute addresses, sanitised HTML, one link.

use super::parse::ReadFeed;
use super::repair::BY_ID;
use super::sanitise::sanitise;
use super::{Document, Entry, FeedMeta, MAX_ENTRIES, Person};
use feed_rs::model;
use tocsin_core::{Enclosure, Timestamp};
use url::Url;

/// A document of a feed's pieces.
pub(super) fn document(read: &ReadFeed, base: Option<&Url>) -> Document {
    let feed = read.feed.as_ref().map(|feed| {
        let base = feed.base.as_ref().or(base);
        let mut meta = meta(&feed.model, base);
        meta.language = feed.language.clone();
        meta
    });
    let entries = read.entries.iter().map(|read| {
        let mut entry = entry(&read.model, read.base.as_ref().or(base));
        entry.language = read.language.clone();
        entry
    });
    Document {
        feed: feed.unwrap_or_default(),
        entries: entries.collect(),
        error: read.lost.as_ref().map(|(lost, reason)| {
            format!("{lost} entries of the feed could not be read, the first because: {reason}; the others are kept")
        }),
    }
}

/// A document of a JSON Feed.
pub(super) fn json(read: Result<model::Feed, String>, base: Option<&Url>) -> Document {
    match read {
        Ok(feed) => Document {
            feed: meta(&feed, base),
            entries: feed
                .entries
                .iter()
                .take(MAX_ENTRIES)
                .map(|e| entry(e, base))
                .collect(),
            error: None,
        },
        Err(reason) => Document {
            error: Some(format!(
                "JSON that is no JSON Feed ({reason}); check the source's address"
            )),
            ..Document::default()
        },
    }
}

/// A text field, and whether it is plain text.
fn text(text: &model::Text, base: Option<&Url>) -> (String, bool) {
    body(&text.content, text.content_type.as_str(), base)
}

fn body(content: &str, kind: &str, base: Option<&Url>) -> (String, bool) {
    match kind {
        "text/html" | "application/xhtml+xml" => (sanitise(content, base), false),
        _ => (content.to_owned(), true),
    }
}

fn meta(feed: &model::Feed, base: Option<&Url>) -> FeedMeta {
    let field = |found: &Option<model::Text>| found.as_ref().map(|found| text(found, base).0);
    FeedMeta {
        title: field(&feed.title),
        link: best_link(&feed.links, base),
        id: own_id(&feed.id),
        subtitle: field(&feed.description),
        language: feed.language.clone(),
        updated: feed.updated.and_then(moment),
        published: feed.published.and_then(moment),
        authors: feed.authors.iter().map(person).collect(),
        categories: categories(&feed.categories),
    }
}

fn entry(entry: &model::Entry, base: Option<&Url>) -> Entry {
    let content = entry.content.as_ref().and_then(|content| {
        Some(body(
            content.body.as_ref()?,
            content.content_type.as_str(),
            base,
        ))
    });
    let summary = entry.summary.as_ref().map(|summary| text(summary, base));
    let summary = summary.or_else(|| content.clone());
    Entry {
        title: entry.title.as_ref().map(|title| text(title, base).0),
        link: best_link(&entry.links, base),
        id: own_id(&entry.id),
        plain_summary: summary.as_ref().is_some_and(|(_, plain)| *plain),
        plain_content: content.as_ref().is_some_and(|(_, plain)| *plain),
        summary: summary.map(|(value, _)| value),
        content: content.map(|(value, _)| value),
        published: entry.published.and_then(moment),
        updated: entry.updated.and_then(moment),
        language: entry.language.clone(),
        authors: entry.authors.iter().map(person).collect(),
        categories: categories(&entry.categories),
        enclosures: enclosures(&entry.links, base),
    }
}

/// feed-rs makes an id up where there is none: 32 hexadecimal digits or a UUID. A made-up id would
/// change with the title, so it is worse than none.
fn own_id(id: &str) -> Option<String> {
    (!id.is_empty() && !is_made_up(id)).then(|| id.to_owned())
}

fn is_made_up(id: &str) -> bool {
    let digits = id.bytes().filter(u8::is_ascii_hexdigit).count();
    let hyphens = id.bytes().filter(|b| *b == b'-').count();
    digits + hyphens == id.len()
        && (digits == 32 && hyphens == 4 || hyphens == 0 && (26..=32).contains(&digits))
}

/// The alternate page, an HTML one before others; else the id where it is an address.
fn best_link(links: &[model::Link], base: Option<&Url>) -> Option<String> {
    let is_alternate =
        |link: &&model::Link| matches!(link.rel.as_deref(), None | Some("alternate"));
    let is_page = |link: &&model::Link| {
        link.media_type
            .as_deref()
            .is_none_or(|t| t.contains("html"))
    };
    let pages = links.iter().filter(is_alternate);
    pages
        .clone()
        .find(is_page)
        .or_else(|| pages.clone().next())
        .or_else(|| links.iter().find(|link| link.rel.as_deref() == Some(BY_ID)))
        .map(|link| absolute(&link.href, base))
}

fn absolute(href: &str, base: Option<&Url>) -> String {
    match (Url::parse(href), base) {
        (Err(_), Some(base)) => base.join(href).map_or_else(|_| href.to_owned(), Into::into),
        _ => href.to_owned(),
    }
}

fn enclosures(links: &[model::Link], base: Option<&Url>) -> Vec<Enclosure> {
    let attached = links.iter().filter(|link| match link.rel.as_deref() {
        Some(rel) => rel == "enclosure",
        // JSON Feed's attachments have no relation, but always a type.
        None => link.media_type.is_some(),
    });
    attached
        .map(|link| Enclosure {
            url: absolute(&link.href, base),
            media_type: link.media_type.clone(),
            length: link.length,
        })
        .collect()
}

fn person(person: &model::Person) -> Person {
    let given = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
    Person {
        name: given(&person.name),
        email: given(&person.email),
        uri: given(&person.uri),
    }
}

fn categories(categories: &[model::Category]) -> Vec<String> {
    categories.iter().map(|c| c.term.clone()).collect()
}

/// feed-rs counts in chrono; we take the seconds over.
fn moment<T: Into<std::time::SystemTime>>(time: T) -> Option<Timestamp> {
    Timestamp::try_from(time.into()).ok()
}
