//! JSON Feed 1.x, also one whose end is missing or whose values are of another type than they should.

use super::draft::{absolute, moment};
use super::sanitise::Sanitiser;
use super::{Document, Entry, FeedMeta, MAX_ENTRIES, Person, person};
use serde_json::{Deserializer, Value};
use tocsin_core::{Enclosure, MAX_ADDRESS, text};
use url::Url;

/// The member that holds the entries.
const ITEMS: &str = "items";

/// Reads a JSON Feed; `text` begins with its brace. Where it is none, why.
pub(super) fn read(text: &str, base: Option<&Url>) -> Result<Document, String> {
    let (feed, items, error) = parse(text)?;
    let meta = meta(&feed, base);
    let mut sanitiser = Sanitiser::default();
    let entries = items
        .iter()
        .take(MAX_ENTRIES)
        .filter(|item| item.is_object());
    let entries = entries.map(|item| {
        let mut entry = entry(item, base, &mut sanitiser);
        // An item without authors has the feed's.
        if entry.authors.is_empty() {
            entry.authors.clone_from(&meta.authors);
        }
        entry
    });
    Ok(Document {
        entries: entries.collect(),
        feed: meta,
        error,
    })
}

/// The feed's members, its items, and what was lost.
type Parsed = (Value, Vec<Value>, Option<String>);

fn parse(text: &str) -> Result<Parsed, String> {
    // A control character may not stand in a string, but it does.
    let text = text.replace(|c: char| c.is_ascii_control(), " ");
    let mut values = Deserializer::from_str(&text).into_iter::<Value>();
    let (mut feed, error) = match values.next() {
        Some(Ok(feed)) => (feed, None),
        Some(Err(error)) => (
            in_part(&text).ok_or_else(|| error.to_string())?,
            Some(error),
        ),
        None => return Err("nothing in it".to_owned()),
    };
    let is_versioned = string(&feed, "version").is_some_and(|v| v.contains("jsonfeed.org"));
    match feed.get_mut(ITEMS).map(Value::take) {
        Some(Value::Array(items)) => {
            let lost = error.map(|error| {
                format!(
                    "the feed breaks off ({error}); {} entries were whole and are kept",
                    items.len()
                )
            });
            Ok((feed, items, lost))
        }
        _ if is_versioned => Ok((feed, Vec::new(), None)),
        _ => Err("it has no list of items".to_owned()),
    }
}

/// What was whole of a document that breaks off: the members before its items, and items.
fn in_part(text: &str) -> Option<Value> {
    let (before, after) = text.split_once("\"items\"")?;
    let list = after.trim_start().strip_prefix(':')?.trim_start();
    let mut rest = list.strip_prefix('[')?;
    let mut feed: Value = serde_json::from_str(&format!("{before}\"items\":null}}")).ok()?;
    let mut items = Vec::new();
    while items.len() < MAX_ENTRIES {
        rest = rest.trim_start_matches([' ', ',']);
        let mut values = Deserializer::from_str(rest).into_iter::<Value>();
        let Some(Ok(item)) = values.next() else {
            break;
        };
        rest = rest.get(values.byte_offset()..)?;
        items.push(item);
    }
    *feed.get_mut(ITEMS)? = Value::Array(items);
    Some(feed)
}

/// A string, or a number where a string should be.
fn string(object: &Value, name: &str) -> Option<String> {
    let text = match object.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn array<'v>(object: &'v Value, name: &str) -> &'v [Value] {
    object
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn meta(feed: &Value, base: Option<&Url>) -> FeedMeta {
    let link = string(feed, "home_page_url").or_else(|| string(feed, "feed_url"));
    FeedMeta {
        title: string(feed, "title"),
        link: link.map(|link| absolute(&link, base)),
        subtitle: string(feed, "description"),
        language: string(feed, "language"),
        authors: authors(feed, base),
        ..FeedMeta::default()
    }
}

fn entry(item: &Value, base: Option<&Url>, sanitiser: &mut Sanitiser) -> Entry {
    let html = string(item, "content_html").map(|html| sanitiser.clean(&html, base));
    let plain = string(item, "content_text");
    let plain_content = html.is_none();
    let content = html.or_else(|| plain.clone());
    let own = string(item, "summary").or_else(|| plain.filter(|_| !plain_content));
    let link = string(item, "url").or_else(|| string(item, "external_url"));
    let link = link.filter(|link| link.len() <= MAX_ADDRESS);
    Entry {
        title: string(item, "title").map(|title| text::one_line(&title)),
        link: link.map(|link| absolute(&link, base)),
        id: string(item, "id"),
        plain_summary: own.is_some() || plain_content,
        plain_content,
        summary: own.or_else(|| content.clone()),
        content,
        published: string(item, "date_published").and_then(|date| moment(&date)),
        updated: string(item, "date_modified").and_then(|date| moment(&date)),
        language: string(item, "language"),
        authors: authors(item, base),
        categories: labels(item),
        enclosures: attachments(item, base),
    }
}

/// `authors`, and the one `author` of version 1.0.
fn authors(object: &Value, base: Option<&Url>) -> Vec<Person> {
    let mut found: Vec<Person> = Vec::new();
    let listed = object.get("author").into_iter();
    for author in listed.chain(array(object, "authors")) {
        let mut author_of = match author {
            Value::String(line) => person::parse(line),
            object => person::parse(&string(object, "name").unwrap_or_default()),
        };
        author_of.uri = string(author, "url").map(|url| absolute(&url, base));
        if author_of.name.is_some() && found.iter().all(|known| known.name != author_of.name) {
            found.push(author_of);
        }
    }
    found
}

fn labels(item: &Value) -> Vec<String> {
    let tags = array(item, "tags").iter();
    tags.filter_map(|tag| Some(tag.as_str()?.trim().to_owned()))
        .filter(|tag| !tag.is_empty())
        .collect()
}

fn attachments(item: &Value, base: Option<&Url>) -> Vec<Enclosure> {
    let attached = array(item, "attachments").iter();
    let enclosure = |attachment: &Value| {
        Some(Enclosure {
            url: absolute(&string(attachment, "url")?, base),
            media_type: string(attachment, "mime_type"),
            length: attachment.get("size_in_bytes").and_then(Value::as_u64),
        })
    };
    attached.filter_map(enclosure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = r#"{"version":"https://jsonfeed.org/version/1","title":"A","author":{"name":"Ada Bell"},"items":[
        {"id":7,"url":"/1","content_text":"1 < 2","tags":["AI",3]},
        {"id":"8","external_url":"https://b.example/8","content_html":"<p onclick='x'>Whole</p>","authors":[{"name":"Max"}]},"#;

    #[test]
    fn values_of_other_types_are_taken_or_left_out() {
        let base = Url::parse("https://a.example/feed").ok();
        let found = read(&format!("{FEED} 5]}}"), base.as_ref()).unwrap();
        assert_eq!(found.error, None);
        let [one, two] = found.entries.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(one.id.as_deref(), Some("7"));
        assert_eq!(one.link.as_deref(), Some("https://a.example/1"));
        assert_eq!(one.categories, ["AI"]);
        assert_eq!(one.authors[0].name.as_deref(), Some("Ada Bell"));
        assert!(one.plain_content);
        assert_eq!(two.content.as_deref(), Some("<p>Whole</p>"));
        assert_eq!(two.authors[0].name.as_deref(), Some("Max"));
    }

    #[test]
    fn a_feed_that_breaks_off_keeps_what_was_whole() {
        let found = read(&format!("{FEED} {{\"id\":\"9\",\"tit"), None).unwrap();
        assert_eq!(found.entries.len(), 2);
        assert_eq!(found.feed.title.as_deref(), Some("A"));
        assert!(found.error.unwrap().contains("2 entries were whole"));
    }

    #[test]
    fn a_raw_line_break_in_a_string_is_a_space() {
        let found = read("{\"items\":[{\"title\":\"a\nb\"}]}", None).unwrap();
        assert_eq!(found.entries[0].title.as_deref(), Some("a b"));
    }

    #[test]
    fn other_json_is_refused() {
        for text in ["{\"a\":1}", "{", "{\"items\":3}"] {
            assert!(read(text, None).is_err(), "{text}");
        }
    }
}
