//! Makes `config/sources.toml` out of a longer list of candidates.
//!
//! `cargo run -p tocsin-crawler --example pick_sources -- candidates.jsonl > config/sources.toml`
//!
//! A candidate is a JSON object a line: the keys of a source, `verified` (whether somebody is known
//! to poll exactly this address) and `note` (cautions in words). Those barred by terms or robots.txt
//! or seen to fail are left out; of the rest the categories take turns, and within a category its
//! countries do, up to a limit for each country. The same list always gives the same file.

use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use tocsin_core::{Source, SourceKind};
use tocsin_crawler::Sources;

/// Sources that are picked.
const WANTED: usize = 330;
/// Sources of one country; larger ones would crowd the others out.
const COUNTRY_LIMIT: usize = 45;
/// Words of a note that bar a candidate: it may not be read, was seen to fail, or cannot be read
/// without a browser.
const BARRED: &[&str] = &[
    "terms exclude",
    "robots.txt disallows",
    "allows no modified",
    "needs a browser",
    "client-rendered",
    "bot protection",
    "bot blocking",
    "cloudflare",
    "http 403",
    "http 500",
    "retired or blocked",
    "html came back",
    "html answers",
    "parse error",
    "no working feed",
    "found no feed",
    "refuses some",
    "lists disagree",
    "not json feed",
    "untested",
    "high volume",
    "dead",
    "home page",
    "worked on retest",
];
/// Categories whose sources write of everything.
const GENERAL: &[&str] = &["press", "government", "parliament"];
/// Parts of an address or a name that tell that a source writes of AI only.
const OF_AI: &[&str] = &[
    "artificial",
    "/ai/",
    "/ai-",
    "tag/ai",
    " ai ",
    "keywords=",
    "aisi",
];

const HEADING: &str = "\
# The sources that Tocsin reads.
#
# One [[source]] a table. Keys:
#   id              unique; lower case, country first. Stories keep it, so do not rename it
#   name            as a reader knows it
#   kind            feed (RSS, Atom, JSON Feed), sitemap, listing (an HTML page of links) or page (one that
#                   is watched: each change of its text is a story)
#   url             what is polled
#   site            the front page
#   country         ISO 3166 alpha-2, EU or INT: where the publisher sits
#   lang            BCP 47
#   category        what kind of publisher it is
#   topics          what it mostly writes about
#   enabled         false keeps the table without polling it
#   keyword_filter  true fetches only entries whose title or summary speaks of AI or chips:
#                   for general press and for feeds of a whole government
#   link_selector   CSS selector of the article links, for a listing that the general method misreads
#   min_gap_s       seconds between two requests to its site at least, for one that wishes to be asked more slowly
#                   than usual; at most 30
#   min_interval_min  minutes between two polls at least; at most 1440
#
# Nobody has promised that an address answers today; `tocsin sources check` tells. robots.txt and the
# gap between two visits to a host are obeyed whatever stands here.
#
# Made by crates/crawler/examples/pick_sources.rs; change it by hand as you like.
";

#[derive(Deserialize)]
struct Candidate {
    #[serde(flatten)]
    source: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    verified: bool,
    #[serde(default)]
    note: String,
}

struct Ranked {
    source: Source,
    rank: (bool, bool, bool),
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args()
        .nth(1)
        .context("name the file of candidates")?;
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let mut candidates = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let found = candidate(line).with_context(|| format!("{path}, line {}", index + 1))?;
        candidates.extend(found);
    }
    let mut picked = pick(candidates);
    picked.sort_by(|a, b| (&a.category, &a.id).cmp(&(&b.category, &b.id)));
    let file = file(&picked);
    if Sources::parse("sources.toml", &file)? != picked {
        bail!("the file does not read back as it was picked");
    }
    std::io::stdout().write_all(file.as_bytes())?;
    Ok(())
}

/// A candidate that is not barred, with how gladly it is taken.
fn candidate(line: &str) -> anyhow::Result<Option<Ranked>> {
    let mut candidate: Candidate = serde_json::from_str(line)?;
    let note = candidate.note.to_lowercase();
    if BARRED.iter().any(|word| note.contains(word)) {
        return Ok(None);
    }
    candidate.source.remove("evidence");
    let mut source: Source = serde_json::from_value(serde_json::to_value(candidate.source)?)?;
    source.keyword_filter = is_general(&source);
    let rank = (
        !candidate.verified,
        note.contains("paywalled"),
        source.kind != SourceKind::Feed,
    );
    Ok(Some(Ranked { source, rank }))
}

fn is_general(source: &Source) -> bool {
    let told = format!("{} {} ", source.url, source.name).to_lowercase();
    GENERAL.contains(&source.category.as_str()) && !OF_AI.iter().any(|word| told.contains(word))
}

type ByCountry = BTreeMap<String, VecDeque<Source>>;

fn pick(mut candidates: Vec<Ranked>) -> Vec<Source> {
    candidates.sort_by(|a, b| (a.rank, &a.source.id).cmp(&(b.rank, &b.source.id)));
    let mut waiting: BTreeMap<String, ByCountry> = BTreeMap::new();
    for Ranked { source, .. } in candidates {
        let countries = waiting.entry(source.category.clone()).or_default();
        countries
            .entry(source.country.clone())
            .or_default()
            .push_back(source);
    }
    let mut picked = Vec::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    while picked.len() < WANTED {
        let before = picked.len();
        for countries in waiting.values_mut() {
            picked.extend(next(countries, &mut taken));
        }
        if picked.len() == before {
            break;
        }
    }
    picked.truncate(WANTED);
    picked
}

/// The next source of a category: of the country with the fewest so far, within the limit.
fn next(countries: &mut ByCountry, taken: &mut BTreeMap<String, usize>) -> Option<Source> {
    let count = |country: &str| taken.get(country).copied().unwrap_or(0);
    let open = countries.iter().filter(|(_, queue)| !queue.is_empty());
    let country = open
        .map(|(c, _)| c)
        .min_by_key(|c| count(c))
        .filter(|c| count(c) < COUNTRY_LIMIT)?
        .clone();
    *taken.entry(country.clone()).or_insert(0) += 1;
    countries.get_mut(&country)?.pop_front()
}

fn file(sources: &[Source]) -> String {
    let mut file = HEADING.to_owned();
    let mut category = "";
    for source in sources {
        if source.category != category {
            category = &source.category;
            file.push_str(&format!("\n# ---- {category} ----\n"));
        }
        file.push('\n');
        file.push_str(&table(source));
    }
    file
}

/// One table, without the keys that have their default.
fn table(source: &Source) -> String {
    let kind = match source.kind {
        SourceKind::Feed => "feed",
        SourceKind::Sitemap => "sitemap",
        SourceKind::Listing => "listing",
        SourceKind::Page => "page",
    };
    let texts = [
        ("id", source.id.as_str()),
        ("name", &source.name),
        ("kind", kind),
        ("url", &source.url),
        ("site", &source.site),
        ("country", &source.country),
        ("lang", &source.lang),
        ("category", &source.category),
    ];
    let mut table = String::from("[[source]]\n");
    for (key, value) in texts {
        table.push_str(&format!(
            "{key} = {}\n",
            toml::Value::String(value.to_owned())
        ));
    }
    let topics = source
        .topics
        .iter()
        .cloned()
        .map(toml::Value::String)
        .collect();
    table.push_str(&format!("topics = {}\n", toml::Value::Array(topics)));
    if source.keyword_filter {
        table.push_str("keyword_filter = true\n");
    }
    table
}
