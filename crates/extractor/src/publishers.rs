//! Rules for single publishers, from `config/publishers.toml`: where on their pages text, title, names and day stand.
//!
//! A rule is optional; where its selectors find nothing, as after a redesign, the general engine decides.

use crate::facts::short_text;
use crate::metadata::calendar::Calendar;
use crate::metadata::title::letters;
use crate::metadata::{Metadata, byline, moment};
use crate::outline::{Block, Outline};
use ego_tree::NodeId;
use rustc_hash::{FxHashMap, FxHashSet};
use scraper::{ElementRef, Html, Selector};
use serde::Deserialize;
use std::sync::LazyLock;
use tocsin_core::{ConfigError, parse_toml};

static STANDARD: LazyLock<Publishers> = LazyLock::new(|| {
    let text = include_str!("../../../config/publishers.toml");
    Publishers::parse("publishers.toml", text).unwrap_or_default()
});

/// The rules of all publishers.
#[derive(Debug, Default)]
pub struct Publishers {
    by_site: FxHashMap<String, Rule>,
}

/// What is known of one publisher's pages.
#[derive(Debug, Default)]
pub(crate) struct Rule {
    text: Vec<Selector>,
    drop: Vec<Selector>,
    title: Vec<Selector>,
    byline: Vec<Selector>,
    date: Vec<Selector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    publisher: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    site: String,
    #[serde(default)]
    text: Vec<String>,
    #[serde(default)]
    drop: Vec<String>,
    #[serde(default)]
    title: Vec<String>,
    #[serde(default)]
    byline: Vec<String>,
    #[serde(default)]
    date: Vec<String>,
}

impl Publishers {
    /// The rules that the program comes with.
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// No rules: what the general engine is measured with.
    pub fn none() -> &'static Self {
        static NONE: LazyLock<Publishers> = LazyLock::new(Publishers::default);
        &NONE
    }

    /// Reads a file of rules; `file` is its name in errors.
    ///
    /// # Errors
    /// A typo, a site that stands twice, what is no selector.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let File { publisher } = parse_toml(file, text)?;
        let mut rules = Self::default();
        for entry in publisher {
            let site = entry.site.to_lowercase();
            let rule = entry.rule(file)?;
            if rules.by_site.insert(site.clone(), rule).is_some() {
                let message = format!("publisher `{site}` stands twice");
                return Err(ConfigError::new(file, message).hint("join the two rules"));
            }
        }
        Ok(rules)
    }

    /// How many publishers there are rules for.
    pub fn count(&self) -> usize {
        self.by_site.len()
    }

    /// The rule for a host, or for the nearest domain that it is part of, with that domain.
    pub(crate) fn of<'a>(&self, host: &'a str) -> Option<(&'a str, &Rule)> {
        let mut parents = std::iter::successors(Some(host), |h| Some(h.split_once('.')?.1));
        parents.find_map(|site| Some((site, self.by_site.get(site)?)))
    }
}

impl Entry {
    fn rule(self, file: &str) -> Result<Rule, ConfigError> {
        let selectors = |texts: Vec<String>| {
            let read = |text: String| {
                Selector::parse(&text).map_err(|_| {
                    let message = format!("publisher `{}`: `{text}` is no selector", self.site);
                    ConfigError::new(file, message)
                        .hint("write it as in CSS, such as `div.story p`")
                })
            };
            texts.into_iter().map(read).collect::<Result<Vec<_>, _>>()
        };
        Ok(Rule {
            text: selectors(self.text)?,
            drop: selectors(self.drop)?,
            title: selectors(self.title)?,
            byline: selectors(self.byline)?,
            date: selectors(self.date)?,
        })
    }
}

impl Rule {
    /// Puts what the rule finds in the place of what the page says of itself.
    pub(crate) fn correct(&self, page: &Html, calendar: Calendar, metadata: &mut Metadata) {
        let words = |element: ElementRef<'_>| Some(short_text(element)).filter(|w| !w.is_empty());
        let first = |selectors: &[Selector]| {
            let mut found = selectors.iter().flat_map(|s| page.select(s));
            found.find_map(words)
        };
        if let Some(title) = first(&self.title) {
            // Its parts may be put together by style alone; the same letters elsewhere are spelled better.
            let is_known = metadata
                .title
                .as_deref()
                .is_some_and(|t| letters(t) == letters(&title));
            if !is_known {
                metadata.title = Some(title);
            }
        }
        let names = self.byline.iter().map(|selector| {
            let mut list = Vec::new();
            let words = page.select(selector).filter_map(words);
            words
                .flat_map(|w| byline::names(&w))
                .for_each(|name| byline::add(&mut list, name));
            list
        });
        if let Some(names) = names.into_iter().find(|list| !list.is_empty()) {
            metadata.byline = names;
        }
        let day = |element: ElementRef<'_>| {
            let machine = element.attr("datetime").or(element.attr("content"));
            moment::from_either(machine, &short_text(element), calendar)
        };
        let mut dates = self.date.iter().flat_map(|s| page.select(s));
        if let Some(day) = dates.find_map(day) {
            // Of the same moment the page's own clock is known already.
            let known = metadata.published.filter(|known| known.at == day.at);
            metadata.published = known.or(Some(day));
        }
    }

    /// What the rule is certain of, for each block: whether it is text. `None` leaves it to the general engine.
    pub(crate) fn verdicts(&self, page: &Html, outline: &Outline) -> Vec<Option<bool>> {
        let nodes = |selectors: &[Selector]| -> FxHashSet<NodeId> {
            let found = selectors.iter().flat_map(|s| page.select(s));
            found.map(|element| element.id()).collect()
        };
        let (text, drop) = (nodes(&self.text), nodes(&self.drop));
        let is_in = |block: &Block, nodes: &FxHashSet<NodeId>| {
            !nodes.is_empty()
                && outline
                    .upwards(block.place)
                    .any(|p| nodes.contains(&p.node))
        };
        // A place without words is none: the page is built otherwise by now.
        let has_text = outline.blocks.iter().any(|b| is_in(b, &text));
        let verdict = |block: &Block| match (is_in(block, &drop), has_text) {
            (true, _) => Some(false),
            (false, true) => Some(is_in(block, &text)),
            (false, false) => None,
        };
        outline.blocks.iter().map(verdict).collect()
    }
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "a test that is skipped says so")]
mod tests {
    use super::*;
    use std::io::BufRead;

    #[test]
    fn the_rules_that_the_program_comes_with_are_read() {
        let text = include_str!("../../../config/publishers.toml");
        let rules = Publishers::parse("publishers.toml", text).unwrap();
        assert!(rules.by_site.len() >= 40);
        let is_empty = |r: &Rule| {
            [&r.text, &r.drop, &r.title, &r.byline, &r.date]
                .iter()
                .all(|s| s.is_empty())
        };
        let empty: Vec<&String> = rules
            .by_site
            .iter()
            .filter(|(_, r)| is_empty(r))
            .map(|(s, _)| s)
            .collect();
        assert!(empty.is_empty(), "{empty:?}");
    }

    /// The pages of known publishers, by their domain.
    fn known_pages(data: &std::path::Path, rules: &Publishers) -> Vec<(String, Html)> {
        let mut pages = Vec::new();
        for set in [
            "fundus",
            "scrapinghub",
            "wcxb",
            "trafilatura",
            "htmldate",
            "mozilla",
        ] {
            let file = std::fs::File::open(data.join(format!("{set}.jsonl.gz"))).unwrap();
            for line in std::io::BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
                let line = line.unwrap();
                // Most lines are of other sites, and long.
                let start = line.get(..line.floor_char_boundary(400)).unwrap();
                if !rules
                    .by_site
                    .keys()
                    .any(|site| start.contains(site.as_str()))
                {
                    continue;
                }
                let page: serde_json::Value =
                    serde_json::from_str(&line.replace(": NaN", ": null")).unwrap_or_default();
                let (Some(url), Some(html)) = (page["url"].as_str(), page["html"].as_str()) else {
                    continue;
                };
                let host = url::Url::parse(url).ok();
                let host = host.as_ref().and_then(|u| u.host_str()).unwrap_or_default();
                if let Some((site, _)) = rules.of(host) {
                    pages.push((site.to_owned(), crate::markup::tree(html).unwrap()));
                }
            }
        }
        pages
    }

    #[test]
    fn every_selector_finds_something_on_a_page_of_its_site() {
        let data =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/extract");
        if !data.exists() {
            println!("skipped: needs ../shared");
            return;
        }
        let rules = Publishers::standard();
        let pages = known_pages(&data, rules);
        for (site, rule) in &rules.by_site {
            let selectors = [
                &rule.text,
                &rule.drop,
                &rule.title,
                &rule.byline,
                &rule.date,
            ];
            for selector in selectors.into_iter().flatten() {
                let mut own = pages.iter().filter(|(s, _)| s == site);
                let is_found = own.any(|(_, page)| page.select(selector).next().is_some());
                assert!(is_found, "{site}: {selector:?} finds nothing");
            }
        }
    }

    #[test]
    fn a_rule_holds_for_a_domain_and_what_is_below_it() {
        let rules = Publishers::parse(
            "p",
            "[[publisher]]\nsite = \"news.example\"\ntitle = [\"h2\"]",
        )
        .unwrap();
        for (host, is_known) in [
            ("news.example", true),
            ("www.news.example", true),
            ("oldnews.example", false),
            ("example", false),
        ] {
            assert_eq!(rules.of(host).is_some(), is_known, "{host}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str| Publishers::parse("p.toml", text).unwrap_err().to_string();
        let rule = "[[publisher]]\nsite = \"a.example\"\n";
        assert!(error(&format!("{rule}txt = []")).contains("did you mean `text`"));
        assert!(error(&format!("{rule}text = [\"div..a\"]")).contains("`div..a` is no selector"));
        assert!(error(&format!("{rule}{rule}")).contains("stands twice"));
    }
}
