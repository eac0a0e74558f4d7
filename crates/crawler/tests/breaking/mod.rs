//! Broken input made of the kept corpus, and what must hold of whatever is made of it.

use scraper::{Html, Node};
use std::collections::HashSet;
use std::path::Path;
use tocsin_core::{SourceId, Timestamp};
use tocsin_crawler::{Named, RobotsTxt, feed, listing, opml, sitemap};

/// Longest input that is made, in bytes.
const LONGEST: usize = 200_000;
/// Pieces that mean something to one parser or another.
const TOKENS: &[&str] = &[
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version='1.0' encoding='utf-16'?>",
    "<!DOCTYPE a [<!ENTITY b \"&b;&b;\">]>",
    "&b;",
    "&#0;",
    "&#x110000;",
    "&nosuch;",
    "&",
    "<",
    ">",
    "\"",
    "'",
    "\0",
    "\u{feff}",
    "\u{fffe}",
    "<item>",
    "</item>",
    "<entry xml:base='::'>",
    "<rss>",
    "<feed>",
    "<urlset>",
    "<sitemap><loc>",
    "<outline xmlUrl='//['>",
    "<a href='//['>",
    "<script>",
    "<svg><a xlink:href='javascript:x()'>",
    "<img src=x onerror=y>",
    "<p style='width:expression(x)'>",
    "<table><a href='javascript:x'><td>",
    "{\"items\":[",
    "Disallow: *$",
    "Sitemap:",
    "2026-10-05",
    "\u{661}\u{662}",
    "99999999999999999999",
    "-",
    "\r",
    "\n\n",
    "xmlns:a='http://purl.org/dc/elements/1.1/'",
    "<math><mtext><style>",
];

/// A corpus file.
#[derive(Debug)]
pub(crate) struct Seed {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// All files of the corpus, in the order of their names.
pub(crate) fn corpus() -> Vec<Seed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut seeds = Vec::new();
    for folder in std::fs::read_dir(&root).unwrap() {
        let folder = folder.unwrap().path();
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            seeds.push(Seed {
                name: path.strip_prefix(&root).unwrap().display().to_string(),
                bytes: std::fs::read(&path).unwrap(),
            });
        }
    }
    seeds.sort_by(|a, b| a.name.cmp(&b.name));
    seeds
}

/// Numbers that are the same in each run (xorshift64*, Vigna 2016).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, 0 where that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap() % end.max(1)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length);
        let longest = if self.below(4) == 0 {
            length - start
        } else {
            40.min(length - start)
        };
        start..start + self.below(longest + 1)
    }
}

/// A seed broken in one to six ways.
pub(crate) fn broken(seeds: &[Seed], at: usize, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[at].bytes.clone();
    for _ in 0..=dice.below(6) {
        break_once(&mut bytes, seeds, dice);
        bytes.truncate(LONGEST);
    }
    bytes
}

fn break_once(bytes: &mut Vec<u8>, seeds: &[Seed], dice: &mut Dice) {
    let range = dice.range(bytes.len());
    let piece = bytes[range.clone()].to_vec();
    let to = dice.below(bytes.len() + 1);
    let insert = |bytes: &mut Vec<u8>, piece: Vec<u8>| {
        bytes.splice(to..to, piece);
    };
    match dice.below(8) {
        0 => bytes
            .iter_mut()
            .skip(to)
            .take(1)
            .for_each(|byte| *byte = dice.below(256) as u8),
        1 => bytes.truncate(to),
        2 => drop(bytes.drain(range)),
        3 => insert(bytes, piece),
        4 => {
            let times = [2, 8, 64, 2_000][dice.below(4)].min(LONGEST / piece.len().max(1));
            insert(bytes, piece.repeat(times));
        }
        5 | 6 => {
            let token = TOKENS[dice.below(TOKENS.len())];
            let times = if dice.below(8) == 0 { 500 } else { 1 };
            insert(bytes, token.repeat(times).into_bytes());
        }
        _ => {
            let other = &seeds[dice.below(seeds.len())].bytes;
            let part = other[dice.range(other.len())].to_vec();
            insert(bytes, part);
        }
    }
}

/// Gives the bytes to every parser.
///
/// # Panics
/// Where one panics, or what it gives breaks a promise.
pub(crate) fn read_as_everything(bytes: &[u8]) {
    const URL: &str = "https://a.example/dir/";
    let read_at = Timestamp::from_second(1_791_500_000).ok();
    let document = feed::parse(bytes, Some("text/xml"), URL);
    assert!(document.entries.len() <= feed::MAX_ENTRIES);
    let source = SourceId::new("xx-a");
    for entry in document.entries {
        let entry = entry.into_feed_entry(&source);
        let texts = [entry.summary, entry.content_html];
        texts
            .into_iter()
            .flatten()
            .for_each(|text| assert_harmless(&text));
    }
    if let Ok(sitemap) = sitemap::parse(bytes, URL) {
        assert!(sitemap.entries.len() <= sitemap::MAX_ENTRIES);
        assert!(sitemap.children.len() <= sitemap::MAX_CHILDREN);
    }
    if let Ok(entries) = listing::parse(bytes, URL, None, read_at) {
        assert!(!entries.is_empty() && entries.len() <= listing::MAX_ENTRIES);
        let is_web = |url: &Option<String>| url.as_ref().is_some_and(|url| url.starts_with("http"));
        assert!(entries.iter().all(|entry| is_web(&entry.url)));
    }
    if let Ok(imported) = opml::parse(bytes, &HashSet::new()) {
        assert!(imported.sources.len() <= opml::MAX_SOURCES);
        let ids: HashSet<&str> = imported
            .sources
            .iter()
            .map(|source| source.id.as_str())
            .collect();
        assert_eq!(ids.len(), imported.sources.len());
    }
    let robots = RobotsTxt::parse(bytes);
    let _ = robots.allowed("tocsin", URL);
    let _ = robots.crawl_delay("tocsin");
    let _ = Named::in_page(&String::from_utf8_lossy(bytes), URL);
}

/// What a browser must not find in HTML of others.
fn assert_harmless(html: &str) {
    const FORBIDDEN: &[&str] = &[
        "script", "style", "iframe", "object", "embed", "applet", "meta", "link", "base", "frame",
        "frameset",
    ];
    if !html.contains('<') {
        return;
    }
    for node in Html::parse_fragment(html).tree.nodes() {
        let Node::Element(element) = node.value() else {
            continue;
        };
        assert!(
            !FORBIDDEN.contains(&element.name()),
            "<{}> in {html}",
            element.name()
        );
        for (name, value) in element.attrs() {
            let hidden = |c: char| c.is_whitespace() || c.is_control();
            let flat = value.replace(hidden, "").to_ascii_lowercase();
            let leads = matches!(name, "href" | "src" | "action" | "data" | "poster" | "cite");
            let acts = ["javascript:", "vbscript:", "data:text"]
                .iter()
                .any(|begin| flat.starts_with(begin));
            assert!(
                !(name.starts_with("on") || leads && acts),
                "{name}={value} in {html}"
            );
        }
    }
}
