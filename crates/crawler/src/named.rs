//! What a web page names of the ways to follow its site: feeds, pages about feeds, lists of news.
//!
//! In: a page's text and address. Out: addresses, absolute, in the page's order. Never: fetches
//! anything; says whether what is named is there.

mod words;

use crate::address::{is_of_the_web, joined};
use crate::depth::is_too_deep;
use scraper::{ElementRef, Html, Selector};
use std::collections::HashSet;
use tocsin_core::text::one_line;
use url::Url;
use words::{ALL, ALL_CJK, EMPTY_PARTS, NEWS, NEWS_CJK, has, holds};

/// Links of a page that are looked at.
const MAX_LINKS: usize = 3_000;
/// Longest text of a row that says what its feed is, in scalar values.
const MAX_PLACE: usize = 60;
/// Seconds after which a page sends its readers on at once.
const MAX_WAIT: u32 = 10;
/// Feeds, and lists, that are kept.
const MAX_NAMED: usize = 30;

/// What a page names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The page's title.
    pub title: Option<String>,
    /// Its language as it says itself.
    pub language: Option<String>,
    /// Where it sends every reader at once, or what its frames hold.
    pub leads_to: Option<String>,
    /// Feeds: those that its head names come first.
    pub feeds: Vec<NamedFeed>,
    /// Links that ask a program for something: on a page about feeds they may be some.
    pub programs: Vec<NamedFeed>,
    /// Pages that may tell of feeds.
    pub overviews: Vec<String>,
    /// Pages that may list news, the likeliest first.
    pub lists: Vec<String>,
}

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFeed {
    /// Its address, absolute.
    pub url: String,
    /// What the page calls it.
    pub title: Option<String>,
    /// Whether the page's head names it, not a link in its text.
    pub in_head: bool,
}

impl Named {
    /// Reads a page; `url` is its address.
    pub fn in_page(text: &str, url: &str) -> Self {
        if is_too_deep(text) {
            return Self::default();
        }
        let url = Url::parse(url.trim()).ok();
        let url = url.as_ref();
        let page = Html::parse_document(text);
        let base = base_of(&page, url);
        let mut named = Self {
            title: select(&page, "title")
                .next()
                .map(text_of)
                .filter(|t| !t.is_empty()),
            language: select(&page, "html[lang]")
                .next()
                .and_then(|html| Some(html.attr("lang")?.trim().to_owned()))
                .filter(|lang| !lang.is_empty()),
            ..Self::default()
        };
        named.leads_to = leads_to(&page, base.as_ref());
        named.read_head(&page, base.as_ref());
        named.read_links(&page, base.as_ref(), url);
        named
    }

    fn read_head(&mut self, page: &Html, base: Option<&Url>) {
        for link in select(page, "link[href]").filter(|link| names_a_feed(link)) {
            self.add_feed(
                link.attr("href").unwrap_or_default(),
                base,
                link.attr("title"),
                true,
            );
        }
    }

    fn read_links(&mut self, page: &Html, base: Option<&Url>, here: Option<&Url>) {
        let mut lists: Vec<(u32, String)> = Vec::new();
        let mut seen = HashSet::new();
        for link in select(page, "a[href], area[href]").take(MAX_LINKS) {
            let href = link.attr("href").unwrap_or_default();
            let label = label_of(link);
            if is_feed_address(href, base) || speaks_of_feeds(&label) && is_file(href) {
                self.add_feed(href, base, Some(&label_with_place(link, &label)), false);
                continue;
            }
            if asks_a_program(href) && self.programs.len() < MAX_NAMED {
                self.programs
                    .extend(absolute(href, base).map(|url| NamedFeed {
                        url,
                        title: Some(label_with_place(link, &label)),
                        in_head: false,
                    }));
            }
            let Some(url) = absolute(href, base).filter(|url| seen.insert(url.clone())) else {
                continue;
            };
            if speaks_of_feeds(&label) && self.overviews.len() < MAX_NAMED {
                self.overviews.push(url);
            } else if let Some(likely) = likely_list(&url, &label, here) {
                lists.push((likely, url));
            }
        }
        lists.sort_by_key(|(likely, _)| std::cmp::Reverse(*likely));
        self.lists = lists
            .into_iter()
            .take(MAX_NAMED)
            .map(|(_, url)| url)
            .collect();
    }

    fn add_feed(&mut self, href: &str, base: Option<&Url>, title: Option<&str>, in_head: bool) {
        let Some(url) = absolute(href, base) else {
            return;
        };
        if self.feeds.len() < MAX_NAMED && self.feeds.iter().all(|known| known.url != url) {
            self.feeds.push(NamedFeed {
                url,
                title: title.map(one_line).filter(|title| !title.is_empty()),
                in_head,
            });
        }
    }
}

fn select<'p>(page: &'p Html, selector: &str) -> impl Iterator<Item = ElementRef<'p>> {
    let found: Vec<ElementRef<'p>> = match Selector::parse(selector) {
        Ok(selector) => page.select(&selector).collect(),
        Err(_) => Vec::new(),
    };
    found.into_iter()
}

/// A page may move its relative addresses with `<base href>`.
pub(crate) fn base_of(page: &Html, url: Option<&Url>) -> Option<Url> {
    let moved = select(page, "base[href]").next().and_then(|base| {
        let href = base.attr("href")?;
        joined(href, url)
    });
    moved.or_else(|| url.cloned())
}

/// An address of the web, without its fragment; `feed:` stands for `http:` or before a whole address.
fn absolute(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    let is_feed_scheme = |href: &str| {
        href.get(..5)
            .is_some_and(|s| s.eq_ignore_ascii_case("feed:"))
    };
    let rest = is_feed_scheme(href).then(|| href.get(5..).unwrap_or_default());
    let rewritten = rest.map(|rest| match rest.strip_prefix("//") {
        Some(host) => format!("http://{host}"),
        None => rest.to_owned(),
    });
    let href = rewritten.as_deref().unwrap_or(href);
    if href.is_empty() {
        return None;
    }
    let mut url = joined(href, base)?;
    url.set_fragment(None);
    is_of_the_web(&url).then(|| url.into())
}

/// `rel=alternate` with a feed's type, or `rel=feed`.
fn names_a_feed(link: &ElementRef<'_>) -> bool {
    let lower = |name: &str| {
        link.attr(name)
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    let (rel, kind, href) = (lower("rel"), lower("type"), lower("href"));
    let mut words = rel.split_whitespace();
    if words.clone().any(|word| word == "feed") {
        return true;
    }
    // WordPress names its interface and its embeddings the same way.
    let is_interface = href.contains("/wp-json") || href.contains("oembed");
    words.any(|word| word == "alternate")
        && !is_interface
        && [
            "rss",
            "atom",
            "feed+json",
            "rdf",
            "application/json",
            "text/xml",
            "application/xml",
        ]
        .iter()
        .any(|name| kind.contains(name))
}

fn text_of(element: ElementRef<'_>) -> String {
    one_line(&element.text().collect::<String>())
}

/// What a link is called: its text, or what it says of itself, or of its picture.
fn label_of<'l>(link: ElementRef<'l>) -> String {
    let text = text_of(link);
    if !text.is_empty() {
        return text;
    }
    let said = ["title", "aria-label", "alt"]
        .iter()
        .find_map(|name| link.attr(name));
    let inner = || link.descendants().filter_map(ElementRef::wrap);
    let picture = || inner().find_map(|e| e.attr("alt").or_else(|| e.attr("aria-label")));
    // An icon: what it is called in the style sheet or in the file of icons.
    let in_file = |e: ElementRef<'l>| e.attr("href").filter(|href| href.contains('#'));
    let icon = || {
        inner()
            .skip(1)
            .find_map(|e| in_file(e).or_else(|| e.attr("class")))
    };
    let label = said
        .or_else(picture)
        .or_else(icon)
        .or_else(|| link.attr("class"));
    one_line(label.unwrap_or_default())
}

/// Whether an address ends in a file that is no page, or asks a program for something.
fn is_file(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let ending = last
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let is_data = ending.is_some_and(|ending| matches!(ending.as_str(), "xml" | "json"));
    is_data || asks_a_program(href)
}

/// `RssMain.aspx?ModId=6`.
fn asks_a_program(href: &str) -> bool {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let last = path.rsplit('/').next().unwrap_or_default();
    let ending = last.rsplit_once('.').map_or("", |(_, ending)| ending);
    !query.is_empty() && is_program(&ending.to_ascii_lowercase())
}

/// A label, and what stands with it in its row or item: many feeds are called "XML".
fn label_with_place(link: ElementRef<'_>, label: &str) -> String {
    let mut above = link.ancestors().filter_map(ElementRef::wrap).take(4);
    let place = above.find(|e| matches!(e.value().name(), "li" | "tr" | "p" | "dd"));
    let around = place.map(text_of).unwrap_or_default();
    match around.chars().count() {
        1..=MAX_PLACE if !around.contains(label) || label.chars().count() < 6 => {
            format!("{around} {label}")
        }
        _ => label.to_owned(),
    }
}

/// `<meta http-equiv=refresh content="0; url=…">`, or the last of its frames that holds something.
fn leads_to(page: &Html, base: Option<&Url>) -> Option<String> {
    let refresh = select(page, "meta[http-equiv][content]").find_map(|meta| {
        let is_refresh = meta.attr("http-equiv")?.eq_ignore_ascii_case("refresh");
        let (seconds, rest) = meta.attr("content")?.split_once(';')?;
        let soon = seconds
            .trim()
            .parse::<u32>()
            .is_ok_and(|seconds| seconds <= MAX_WAIT);
        let (name, address) = rest.split_once('=')?;
        let is_address = name.trim().eq_ignore_ascii_case("url");
        (is_refresh && soon && is_address)
            .then(|| address.trim_matches([' ', '"', '\'']).to_owned())
    });
    let frames = || {
        select(page, "frameset frame[src]")
            .filter_map(|frame| frame.attr("src"))
            .map(str::to_owned)
    };
    let href = refresh.or_else(|| frames().filter(|src| !src.starts_with("about:")).last())?;
    absolute(&href, base)
}

fn is_program(ending: &str) -> bool {
    matches!(
        ending,
        "php" | "asp" | "aspx" | "ashx" | "jsp" | "do" | "cgi"
    )
}

/// Whether an address is one that feeds have.
fn is_feed_address(href: &str, base: Option<&Url>) -> bool {
    let scheme = href.trim().get(..5);
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("feed:")) {
        return true;
    }
    let Some(url) = absolute(href, base).and_then(|url| Url::parse(&url).ok()) else {
        return false;
    };
    let path = url.path().to_ascii_lowercase();
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let ending = last.rsplit_once('.').map_or("", |(_, ending)| ending);
    let query = url.query().unwrap_or_default().to_ascii_lowercase();
    let host = url.host_str().unwrap_or_default();
    matches!(ending, "rss" | "atom" | "rdf")
        || ending == "xml"
            && ["rss", "feed", "atom"]
                .iter()
                .any(|word| path.contains(word))
        || ending == "json" && last.contains("feed")
        || matches!(last, "feed" | "atom")
        || last == "rss2"
        || is_program(ending) && (last.contains("rss") || last.contains("feed"))
        || last == "rss" && path.ends_with("rss")
        || is_below_feeds(&path)
        || query.split('&').any(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            name == "feed" && !value.is_empty()
                || matches!(name, "format" | "type" | "output")
                    && matches!(value, "rss" | "feed" | "atom" | "rss2")
        })
        || ["feeds.", "rss."]
            .iter()
            .any(|begin| host.starts_with(begin))
            && path.len() > 1
}

/// `/rss/news/`, where no page about feeds lies.
fn is_below_feeds(path: &str) -> bool {
    let mut parts = path.trim_matches('/').rsplit('/');
    let last = parts.next().unwrap_or_default();
    let is_page = last.contains(".htm") || last.starts_with("index") || last.starts_with("about");
    !is_page && parts.any(|part| matches!(part, "rss" | "feeds" | "rssfeed" | "rssfeeds"))
}

/// Whether a link leads to a page about feeds.
fn speaks_of_feeds(label: &str) -> bool {
    let lower = label.to_lowercase();
    // In `RSSについて` the word ends where another script begins.
    let latin = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| {
            matches!(
                word,
                "rss" | "feeds" | "feed" | "atom" | "syndication" | "newsfeed" | "newsfeeds"
            )
        });
    label.chars().count() <= 60
        && (latin
            || ["フィード", "订阅", "訂閱", "구독", "聚合"]
                .iter()
                .any(|word| label.contains(word)))
}

/// How likely a link leads to a list of news; `None` where nothing speaks for it.
fn likely_list(url: &str, label: &str, here: Option<&Url>) -> Option<u32> {
    let url = Url::parse(url).ok()?;
    let is_here = |here: &Url| here.host() == url.host() && here.path() == url.path();
    if here.is_some_and(|here| !same_site(&url, here) || is_here(here)) {
        return None;
    }
    let is_news = |word: &str| has(NEWS, word);
    let path = url.path().to_lowercase();
    let stem = |part: &str| part.split('.').next().unwrap_or_default().to_owned();
    let parts: Vec<String> = path
        .split('/')
        .map(stem)
        .filter(|part| !part.is_empty())
        .collect();
    let telling = parts.iter().rev().find(|part| !has(EMPTY_PARTS, part));
    let last = telling.map(String::as_str).unwrap_or_default();
    let host = url
        .host_str()
        .and_then(|host| host.split('.').next())
        .unwrap_or_default();
    let is_called = |part: &str| is_news(part) || part.split(['-', '_']).any(is_news);
    let in_address = is_called(last) || parts.is_empty() && is_called(host);
    let above = parts.iter().any(|part| is_called(part));
    let (of_news, of_all) = label_tells(label);
    let points = u32::from(is_news(last)) * 2
        + u32::from(in_address) * 2
        + u32::from(above)
        + u32::from(of_news) * 3
        + u32::from(of_all);
    let is_list = in_address || of_news || above && of_all;
    // Lists lie high in a site, articles deep, and under a number.
    let depth = u32::try_from(parts.len()).unwrap_or(u32::MAX).min(8);
    let is_article =
        last.chars().filter(char::is_ascii_digit).count() >= 4 || last.matches('-').count() >= 4;
    (is_list && depth <= 6 && !is_article).then(|| points * 10 + (8 - depth))
}

/// Whether a link is called news, and whether it is called all of something.
fn label_tells(label: &str) -> (bool, bool) {
    if label.chars().count() > 40 {
        return (false, false);
    }
    let lower = label.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let tells =
        |spaced: &str, cjk: &str| words.iter().any(|word| has(spaced, word)) || holds(label, cjk);
    (tells(NEWS, NEWS_CJK), tells(ALL, ALL_CJK))
}

/// The same host, or one a part of the other; `www.` aside.
pub(crate) fn same_site(a: &Url, b: &Url) -> bool {
    let host = |url: &Url| {
        url.host_str()
            .map(|host| host.trim_start_matches("www.").to_owned())
    };
    match (host(a), host(b)) {
        (Some(a), Some(b)) => {
            a == b || a.ends_with(&format!(".{b}")) || b.ends_with(&format!(".{a}"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(html: &str) -> Named {
        Named::in_page(html, "https://a.example/en/")
    }

    fn feeds(html: &str) -> Vec<String> {
        named(html).feeds.into_iter().map(|feed| feed.url).collect()
    }

    #[test]
    fn a_head_names_feeds_in_many_forms() {
        for html in [
            "<link rel=alternate type=application/rss+xml href=/rss>",
            "<LINK REL=\"Alternate feed\" TYPE=\"application/atom+xml\" HREF=\"https://a.example/rss\">",
            "<link rel=alternate type='application/feed+json' href='//a.example/rss'>",
            "<link rel=feed href=feed:https://a.example/rss>",
            "<base href='https://a.example/'><link rel='alternate' type='text/xml' href=' rss '>",
            "<a href='/rss'>Follow</a>",
        ] {
            assert_eq!(feeds(html), ["https://a.example/rss"], "{html}");
        }
        assert!(feeds("<link rel=alternate type=application/rss+xml>").is_empty());
        assert!(feeds("<link rel=alternate type=application/rss+xml href=''>").is_empty());
        assert!(feeds("<link rel=alternate hreflang=de href=/de/>").is_empty());
        assert!(
            feeds("<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/1>")
                .is_empty()
        );
    }

    #[test]
    fn links_to_feeds_and_to_pages_about_them_are_told_apart() {
        let found = named(
            "<html lang=de><title> A  B </title><a href='/rss/'><img alt='RSS-Feeds'></a>\
             <a href='/x?format=rss'>Feed</a><a href='/releases.xml'><i class=i-rss></i></a><a href='/map.xml'>Map</a><a href=/aktuelles/>Aktuelles</a><a href='/kontakt'>Kontakt</a>\
             <a href='/en/news/2026/10/a-long-story'>A long story</a><a href='https://b.example/news'>News</a>",
        );
        assert_eq!(found.title.as_deref(), Some("A B"));
        assert_eq!(found.language.as_deref(), Some("de"));
        assert_eq!(found.overviews, ["https://a.example/rss/"]);
        let feeds: Vec<&str> = found.feeds.iter().map(|feed| feed.url.as_str()).collect();
        assert_eq!(
            feeds,
            [
                "https://a.example/x?format=rss",
                "https://a.example/releases.xml"
            ]
        );
        assert_eq!(found.lists, ["https://a.example/aktuelles/"]);
    }
}
