//! Reads schema.org JSON-LD: what a page says about its article to programs.

use super::byline;
use serde_json::{Map, Value};
use tocsin_core::text::one_line;

/// Objects that are looked at in one page; graphs of whole sites are longer.
const MOST: usize = 2_000;

/// What JSON-LD tells of the article.
#[derive(Debug, Default)]
pub(crate) struct ArticleLd {
    pub(crate) headline: Option<String>,
    pub(crate) authors: Vec<String>,
    pub(crate) published: Option<String>,
    pub(crate) modified: Option<String>,
    pub(crate) section: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) site_name: Option<String>,
    /// Its type says news.
    pub(crate) is_news: bool,
    /// Its type says article, of any sort.
    pub(crate) is_article: bool,
    /// Its type says a film or a sound.
    pub(crate) is_media: bool,
    /// It is not accessible for free.
    pub(crate) is_paid: bool,
    pub(crate) body: Option<String>,
}

/// The article among all scripts of a page; of several the one with the most telling type, then the
/// one that gives most.
pub(crate) fn article(scripts: &[String]) -> Option<ArticleLd> {
    let roots: Vec<Value> = scripts.iter().filter_map(|s| parse(s)).collect();
    let mut objects = Vec::new();
    for root in &roots {
        collect(root, &mut objects);
    }
    let rank = |o: &&Map<String, Value>| {
        (
            type_rank(o),
            ["headline", "author", "datePublished"]
                .iter()
                .filter(|k| o.contains_key(**k))
                .count(),
        )
    };
    // max_by_key gives the last of equals; the page's own article comes first.
    let best = objects
        .iter()
        .copied()
        .rev()
        .filter(|o| type_rank(o) > 0)
        .max_by_key(rank)?;
    Some(read(best, &objects))
}

/// Scripts are written by templates: comment marks, trailing semicolons and raw line breaks within
/// strings are usual.
fn parse(script: &str) -> Option<Value> {
    let script = script
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[");
    let script = script
        .trim_end_matches("-->")
        .trim_end()
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim_end()
        .trim_end_matches(';');
    let strict = serde_json::from_str(script).ok();
    strict.or_else(|| {
        let tame: String = script
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let mut values = serde_json::Deserializer::from_str(&tame).into_iter::<Value>();
        values.next()?.ok().or_else(|| salvage(&tame))
    })
}

/// The plain texts of a script that is no JSON; one unescaped quote in a summary is enough for that.
fn salvage(script: &str) -> Option<Value> {
    let mut object = Map::new();
    for key in ["headline", "datePublished", "dateModified"] {
        let after = script
            .split_once(&format!("\"{key}\""))
            .map(|(_, after)| after.trim_start());
        let text = after.and_then(|a| {
            a.strip_prefix(':')?
                .trim_start()
                .strip_prefix('"')?
                .split('"')
                .next()
        });
        if let Some(text) = text {
            object.insert(key.to_owned(), Value::from(text));
        }
    }
    object.contains_key("datePublished").then(|| {
        object.insert("@type".to_owned(), Value::from("Article"));
        Value::Object(object)
    })
}

/// Every object of the graph, outer ones first. serde_json bounds the depth at 128.
fn collect<'a>(value: &'a Value, objects: &mut Vec<&'a Map<String, Value>>) {
    if objects.len() >= MOST {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, objects)),
        Value::Object(object) => {
            objects.push(object);
            for key in [
                "@graph",
                "mainEntity",
                "mainEntityOfPage",
                "hasPart",
                "subjectOf",
                "author",
                "creator",
                "publisher",
            ] {
                if let Some(inner) = object.get(key) {
                    collect(inner, objects);
                }
            }
        }
        _ => {}
    }
}

/// How surely an object is the article; 0 for what is none.
fn type_rank(object: &Map<String, Value>) -> u8 {
    let types = match object.get("@type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => return 0,
    };
    let rank = |name: &str| match name.rsplit(['/', ':']).next().unwrap_or(name) {
        "LiveBlogPosting" => 5,
        name if name.ends_with("NewsArticle") => 5,
        "BlogPosting" | "Report" | "Review" | "SocialMediaPosting" => 3,
        name if name.ends_with("Article") => 4,
        "VideoObject" | "AudioObject" | "PodcastEpisode" => 2,
        "WebPage" | "ItemPage" | "CreativeWork" => 1,
        _ => 0,
    };
    types.into_iter().map(rank).max().unwrap_or(0)
}

fn read(object: &Map<String, Value>, all: &[&Map<String, Value>]) -> ArticleLd {
    let text = |key: &str| {
        object
            .get(key)
            .and_then(|v| first_text(v, &["name", "@value"]))
    };
    let authors = object.get("author").or_else(|| object.get("creator"));
    ArticleLd {
        headline: text("headline").or_else(|| text("name")),
        authors: authors.map(|a| names(a, all)).unwrap_or_default(),
        published: text("datePublished")
            .or_else(|| text("dateCreated"))
            .or_else(|| text("uploadDate")),
        modified: text("dateModified"),
        section: text("articleSection"),
        image: object
            .get("image")
            .and_then(|v| first_text(v, &["url", "contentUrl", "@id"])),
        site_name: object
            .get("publisher")
            .and_then(|p| names(p, all).into_iter().next()),
        is_news: type_rank(object) >= 5,
        is_article: type_rank(object) >= 3,
        is_media: type_rank(object) == 2,
        is_paid: object.get("isAccessibleForFree").is_some_and(says_no),
        body: object
            .get("articleBody")
            .and_then(Value::as_str)
            .map(str::to_owned),
    }
}

/// Templates write `false` as a word as often.
fn says_no(value: &Value) -> bool {
    value.as_bool() == Some(false)
        || value
            .as_str()
            .is_some_and(|v| v.trim().eq_ignore_ascii_case("false"))
}

/// The text of a value, of its first item, or of one of its own keys.
fn first_text(value: &Value, keys: &[&str]) -> Option<String> {
    match value {
        Value::String(text) => Some(plain(text)).filter(|t| !t.is_empty()),
        Value::Array(items) => items.iter().find_map(|item| first_text(item, keys)),
        Value::Object(object) => keys
            .iter()
            .find_map(|k| object.get(*k).and_then(|v| first_text(v, &[]))),
        _ => None,
    }
}

/// Names of persons and bodies; `@id` is looked up in the graph.
fn names(value: &Value, all: &[&Map<String, Value>]) -> Vec<String> {
    match value {
        Value::String(name) => byline::names(&plain(name)),
        Value::Array(items) => {
            let mut list = Vec::new();
            for name in items.iter().take(MOST).flat_map(|item| names(item, all)) {
                byline::add(&mut list, name);
            }
            list
        }
        Value::Object(object) => object_names(object, all),
        _ => Vec::new(),
    }
}

fn object_names(object: &Map<String, Value>, all: &[&Map<String, Value>]) -> Vec<String> {
    if let Some(name) = object.get("name") {
        // One level only: a name that is an object again is a mistake of the site.
        return first_text(name, &["name"])
            .map(|n| byline::names(&n))
            .unwrap_or_default();
    }
    let id = object.get("@id").and_then(Value::as_str);
    let same = all
        .iter()
        .find(|o| o.get("@id").and_then(Value::as_str) == id && o.contains_key("name"));
    match (id, same) {
        (Some(_), Some(found)) => found
            .get("name")
            .and_then(|n| first_text(n, &[]))
            .map(|n| byline::names(&n))
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Text with the character references resolved that templates leave in JSON.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return one_line(text);
    }
    let fragment = scraper::Html::parse_fragment(&text.replace('<', "&lt;"));
    one_line(&fragment.root_element().text().collect::<String>())
}
