//! All that a page says of its title, its day and its authors, and which of it was believed: for people who wonder.

use super::byline;
use super::calendar::Calendar;
use super::moment::{self, Moment};
use super::{Metadata, dates, json_ld};
use crate::facts::{Facts, Mark, Zone};
use serde::Serialize;

/// Claims of one sort that are told; a page repeats itself.
const MOST: usize = 12;

/// What one place of a page says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// `title`, `day` or `byline`.
    pub what: &'static str,
    /// Where it stands.
    pub place: String,
    /// What it says, as it was understood.
    pub value: String,
    /// Whether it is what the article got.
    pub believed: bool,
}

/// The claims of a page, with what was made of them.
pub(crate) fn of(facts: &Facts, metadata: &Metadata, calendar: Calendar, path: &str) -> Vec<Claim> {
    let article = json_ld::article(&facts.json_ld);
    let in_data = |place: &str, value: Option<&String>| {
        value.map(|v| (format!("JSON-LD {place}"), v.clone()))
    };
    let article = article.as_ref();
    let metas = |speaks: fn(&str) -> bool| {
        let metas = facts.meta.iter().filter(move |(name, _)| speaks(name));
        metas.map(|(name, value)| (format!("meta {name}"), value.clone()))
    };

    let titles = in_data("headline", article.and_then(|a| a.headline.as_ref()))
        .into_iter()
        .chain(metas(|n| n.contains("title") || n.contains("headline")))
        .chain(facts.headings.iter().map(|h| ("h1".to_owned(), h.clone())))
        .chain(
            facts
                .title
                .iter()
                .map(|t| ("<title>".to_owned(), t.clone())),
        );
    let title = metadata.title.as_deref().unwrap_or_default();
    let titles = titles.map(|(place, value)| Claim {
        what: "title",
        believed: !title.is_empty() && value.contains(title),
        place,
        value,
    });

    let days = days(
        facts,
        article.and_then(|a| a.published.as_ref()),
        calendar,
        path,
    );
    let believed = metadata.published.map(Moment::day);
    let is_elsewhere = days
        .iter()
        .all(|(_, moment)| Some(moment.day()) != believed);
    let elsewhere = believed.filter(|_| is_elsewhere).map(|day| Claim {
        what: "day",
        place: "a rule, or a script's data".to_owned(),
        value: day.to_string(),
        believed: true,
    });
    let days = days.into_iter().map(|(place, moment)| Claim {
        what: "day",
        place,
        value: moment.day().to_string(),
        believed: Some(moment.day()) == believed,
    });
    let days = elsewhere.into_iter().chain(days);

    let credits = facts.credits.iter().map(|credit| {
        let place = match credit.mark {
            Mark::ItemProp => "itemprop=author",
            Mark::Rel => "rel=author",
            Mark::Class => "class of a byline",
        };
        (place.to_owned(), byline::names(&credit.words))
    });
    let authors = article.map(|a| ("JSON-LD author".to_owned(), a.authors.clone()));
    let metas = metas(|n| n.contains("author") || n.contains("creator"));
    let bylines = authors
        .into_iter()
        .chain(metas.map(|(place, value)| (place, byline::names(&value))))
        .chain(credits)
        .filter(|(_, names)| !names.is_empty());
    let bylines = bylines.map(|(place, names)| Claim {
        what: "byline",
        place,
        value: names.join(", "),
        believed: names == metadata.byline,
    });

    titles
        .take(MOST)
        .chain(days.take(MOST))
        .chain(bylines.take(MOST))
        .collect()
}

fn days(
    facts: &Facts,
    in_data: Option<&String>,
    calendar: Calendar,
    path: &str,
) -> Vec<(String, Moment)> {
    let machine = |v: &str| moment::from_machine(v, calendar);
    let zone = |zone: Zone| match zone {
        Zone::Before => "above the heading",
        Zone::Near => "below the heading",
        Zone::After => "farther down",
    };
    let data = in_data.and_then(|v| Some(("JSON-LD datePublished".to_owned(), machine(v)?)));
    let metas = facts
        .meta
        .iter()
        .filter_map(|(name, value)| Some((format!("meta {name}"), machine(value)?)));
    let address = moment::from_path(path, calendar).map(|m| ("address".to_owned(), m));
    let stamps = facts.stamps.iter().filter_map(|s| {
        let found = dates::stamp(s, calendar)?;
        let mark = if s.is_marked { "time" } else { "element" };
        Some((format!("{mark} {}:{}", zone(s.zone), s.hint), found))
    });
    let lines = facts.lines.iter().filter_map(|l| {
        let found = moment::from_text(&l.words, calendar)?;
        Some((format!("line {}", zone(l.zone)), found))
    });
    data.into_iter()
        .chain(metas)
        .chain(address)
        .chain(stamps)
        .chain(lines)
        .collect()
}
