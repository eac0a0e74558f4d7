//! Pages that list articles, for sites without a feed.
//!
//! In: a page's bytes, its address and, where the general method is not enough, a CSS selector.
//! Out: entries with address, title and, where the page tells it, a day.
//!
//! The general method: links of the same site are grouped by the shape of what they stand in; the
//! group with the most to read wins, and dates near its links count for it. What stands in
//! navigation, footers, forms and pagers is left out. `link` says which links count, `date_near`
//! finds the day.
//!
//! Never: fetches anything, runs a script, invents a date.

mod date_near;
mod link;

use crate::charset;
use crate::depth::is_too_deep;
use crate::named::base_of;
use date_near::Days;
use ego_tree::NodeId;
use link::Link;
use scraper::{ElementRef, Html, Selector};
use std::collections::{BTreeMap, HashMap, HashSet};
use tocsin_core::{FeedEntry, Timestamp};
use url::Url;

/// Links of a page that are looked at.
const MAX_LINKS: usize = 5_000;
/// Entries that are kept, in the page's order.
pub const MAX_ENTRIES: usize = 500;
/// Fewest links of one shape that make a list.
const LEAST: usize = 3;
/// A title counts for its length up to here, in scalar values: a headline is longer than a button.
const LONG_TITLE: usize = 60;
/// A link with a day beside it counts this many times.
const DATED: usize = 3;
/// Groups that have this part of the winner's weight belong to the list too: sites set their first
/// articles in a larger shape.
const ALSO: f64 = 0.4;

/// Reads a page's list of articles.
///
/// `selector` selects the articles' links, or elements that hold one each. `read_at` is when the page was
/// read: no article is of a later day, and a date without a year is of the last one that fits.
///
/// # Errors
/// A sentence with the next step: the address or the selector cannot be read, the page is nested too
/// deep, or no list was found.
pub fn parse(
    html: &[u8],
    url: &str,
    selector: Option<&str>,
    read_at: Option<Timestamp>,
) -> Result<Vec<FeedEntry>, String> {
    let page_url = Url::parse(url).map_err(|e| format!("`{url}` is no web address: {e}"))?;
    let text = charset::text_of(html);
    if is_too_deep(&text) {
        return Err("the page is nested too deep to be read; remove the source".to_owned());
    }
    let page = Html::parse_document(&text);
    let base = base_of(&page, Some(&page_url)).unwrap_or_else(|| page_url.clone());
    let days = Days::of(&page, read_at);
    let links = match selector {
        Some(selector) => selected(&page, selector, &base)?,
        None => best(links_of(&page, &page_url, &base), &days),
    };
    if links.is_empty() {
        let next = match selector {
            Some(selector) => {
                format!("the selector `{selector}` matches no link; correct link_selector")
            }
            None => {
                "the page shows no list of articles; set link_selector for this source".to_owned()
            }
        };
        return Err(next);
    }
    Ok(entries(&links, &days))
}

fn selected<'a>(page: &'a Html, selector: &str, base: &Url) -> Result<Vec<Link<'a>>, String> {
    let mistake = |e| format!("link_selector `{selector}` cannot be read ({e}); correct it");
    let wanted = Selector::parse(selector).map_err(mistake)?;
    let anchor = Selector::parse("a[href]").map_err(mistake)?;
    let anchors = page.select(&wanted).filter_map(|found| {
        let is_anchor = found.value().name() == "a";
        if is_anchor {
            Some(found)
        } else {
            found.select(&anchor).next()
        }
    });
    Ok(anchors
        .take(MAX_LINKS)
        .filter_map(|a| Link::of(a, base))
        .collect())
}

/// The links that may lead to articles, one for each address: of several the longest title.
fn links_of<'a>(page: &'a Html, url: &Url, base: &Url) -> Vec<Link<'a>> {
    let Ok(anchor) = Selector::parse("a[href]") else {
        return Vec::new();
    };
    let mut links: Vec<Link<'a>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for element in page.select(&anchor).take(MAX_LINKS) {
        let Some(found) = Link::of(element, base).filter(|found| found.may_be_article(url)) else {
            continue;
        };
        match places.get(&found.url).and_then(|at| links.get_mut(*at)) {
            Some(known) if known.title.len() < found.title.len() => *known = found,
            Some(_) => {}
            None => {
                places.insert(found.url.clone(), links.len());
                links.push(found);
            }
        }
    }
    let boxes = Boxes::of(&links);
    for link in &mut links {
        let around = page.tree.get(boxes.around(link)).and_then(ElementRef::wrap);
        if let Some(around) = around {
            link.take_heading_of(around);
        }
    }
    links.retain(Link::has_title);
    links
}

/// The links of the heaviest shape and of those that come near it.
fn best<'a>(links: Vec<Link<'a>>, days: &Days<'_>) -> Vec<Link<'a>> {
    let boxes = Boxes::of(&links);
    let mut weights: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for found in &links {
        let (count, weight) = weights.entry(found.shape.clone()).or_default();
        *count += 1;
        let dated = days.near(found, boxes.around(found)).is_some();
        let title = found.title.chars().count().min(LONG_TITLE);
        *weight += title * if dated { DATED } else { 1 };
    }
    weights.retain(|_, (count, _)| *count >= LEAST);
    let heaviest = weights
        .values()
        .map(|(_, weight)| *weight)
        .max()
        .unwrap_or(0);
    let is_kept = |shape: &String| {
        weights
            .get(shape)
            .is_some_and(|(_, weight)| *weight as f64 >= heaviest as f64 * ALSO)
    };
    links
        .into_iter()
        .filter(|found| is_kept(&found.shape))
        .collect()
}

fn entries(links: &[Link<'_>], days: &Days<'_>) -> Vec<FeedEntry> {
    let boxes = Boxes::of(links);
    let mut seen = HashSet::new();
    let fresh = links.iter().filter(|found| seen.insert(found.url.as_str()));
    fresh
        .take(MAX_ENTRIES)
        .map(|found| FeedEntry {
            guid: Some(found.url.clone()),
            url: Some(found.url.clone()),
            title: Some(found.title.clone()),
            published: days.near(found, boxes.around(found)),
            ..FeedEntry::default()
        })
        .collect()
}

/// Which elements hold exactly one of the links: what stands in them belongs to that link.
struct Boxes(HashMap<NodeId, usize>);

impl Boxes {
    /// Levels above a link that can be its box.
    const LEVELS: usize = 6;

    fn of(links: &[Link<'_>]) -> Self {
        let mut counts = HashMap::new();
        for found in links {
            for node in found.element.ancestors().take(Self::LEVELS) {
                *counts.entry(node.id()).or_insert(0) += 1;
            }
        }
        Self(counts)
    }

    /// The outermost element that holds this link alone; the link itself where there is none.
    fn around(&self, found: &Link<'_>) -> NodeId {
        let own = found.element.ancestors().take(Self::LEVELS);
        let alone = own.take_while(|node| self.0.get(&node.id()) == Some(&1));
        alone.last().map_or(found.element.id(), |node| node.id())
    }
}

#[cfg(test)]
mod tests;
