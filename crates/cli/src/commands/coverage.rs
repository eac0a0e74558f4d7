//! `coverage`: what each source gave against what it should, and what of an outside list was missed.

use super::{alerts, input};
use crate::args::{By, Coverage, CoverageCheck, Each, Global};
use crate::output::{BAD, BOLD, DIM, GOOD, Output, counted};
use crate::{Ended, Usage, installation};
use anyhow::Result;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tocsin_core::{Source, SourceId, Timestamp};
use tocsin_pipeline::coverage::{self, Found, Item, Tally};

/// Of a list so many lines are read.
const MOST: usize = 100_000;

pub(super) fn coverage(global: &Global, args: &Coverage, out: &mut Output) -> Result<Ended> {
    if let Some(CoverageCheck::Check { file, missed }) = &args.check {
        let text = input::read_text(file.as_deref())?;
        let name = file
            .as_ref()
            .map_or("standard input".to_owned(), |f| f.display().to_string());
        return check(global, &items(&text, &name)?, *missed, out);
    }
    let (store, vocabulary) = installation::store_and_vocabulary(global)?;
    let now = Timestamp::now();
    let since = alerts::moment(&args.since, &vocabulary, now)?;
    let mut rows = Rows::new();
    for source in vocabulary.sources.iter().filter(|source| source.enabled) {
        for (day, tally) in coverage::tallies(store.as_ref(), &source.id, (since, now))? {
            let period = args.each.map(|each| beginning(each, day));
            for name in names(source, args.by) {
                let row = rows.entry((name, period)).or_default();
                row.0.insert(&source.id);
                row.1 += tally;
            }
        }
    }
    print(&rows, out)
}

/// By name and period: the sources, and what they gave together.
type Rows<'a> = BTreeMap<(String, Option<Date>), (BTreeSet<&'a SourceId>, Tally)>;

/// The first day of the period that a day lies in.
fn beginning(each: Each, day: Date) -> Date {
    match each {
        Each::Day => day,
        Each::Week => {
            let back = day.weekday().to_monday_zero_offset();
            day.saturating_sub(i64::from(back).days())
        }
        Each::Month => day.first_of_month(),
    }
}

/// The rows that a source counts in.
fn names(source: &Source, by: By) -> Vec<String> {
    let or_none = |word: &str| match word {
        "" => "–".to_owned(),
        word => word.to_owned(),
    };
    match by {
        By::Source => vec![source.id.to_string()],
        By::Country => vec![or_none(&source.country)],
        By::Lang => vec![or_none(source.lang.split('-').next().unwrap_or_default())],
        By::Topic if source.topics.is_empty() => vec![or_none("")],
        By::Topic => source.topics.clone(),
    }
}

fn print(rows: &Rows<'_>, out: &mut Output) -> Result<Ended> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "", "from", "sources", "polls", "failed", "refused", "cut", "gaps", "expected", "stories",
        "relevant",
    ]);
    for ((name, from), (sources, tally)) in rows {
        if out.json {
            let mut row = serde_json::to_value(tally)?;
            if let Some(map) = row.as_object_mut() {
                map.insert("name".to_owned(), json!(name));
                map.extend(from.map(|from| ("from".to_owned(), json!(from))));
                map.insert("sources".to_owned(), json!(sources.len()));
            }
            out.json_line(&row)?;
        } else {
            table.add_row(cells(name, *from, sources.len(), tally));
        }
    }
    if rows.keys().all(|(_, from)| from.is_none())
        && let Some(column) = table.column_mut(1)
    {
        column.set_constraint(ColumnConstraint::Hidden);
    }
    if !out.json {
        out.line(table)?;
    }
    Ok(Ended::Done)
}

fn cells(name: &str, from: Option<Date>, sources: usize, tally: &Tally) -> Vec<Cell> {
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    let count = |number: usize| right(number.to_string());
    let from = from.map(|from| from.to_string()).unwrap_or_default();
    vec![
        Cell::new(name),
        Cell::new(from),
        count(sources),
        count(tally.polls),
        count(tally.failed),
        count(tally.refused),
        count(tally.cut),
        count(tally.gaps),
        right(format!("{:.0}", tally.expected)),
        count(tally.stories),
        count(tally.relevant),
    ]
}

fn check(global: &Global, items: &[Item], missed: bool, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    let sources = installation::config_for(global, store.as_ref())?.sources()?;
    let found = coverage::check(store.as_ref(), &sources, items)?;
    for (item, found) in items.iter().zip(&found) {
        if missed && found.is_seen() {
            continue;
        }
        if out.json {
            let mut row = serde_json::to_value(item)?;
            let (answer, seen) = (serde_json::to_value(found)?, json!(found.is_seen()));
            if let (Some(row), Some(answer)) = (row.as_object_mut(), answer.as_object()) {
                row.insert("seen".to_owned(), seen);
                row.insert("why".to_owned(), json!(found.words()));
                row.extend(answer.clone());
            }
            out.json_line(&row)?;
        } else {
            let mark = match found.is_seen() {
                true => format!("{GOOD}seen{GOOD:#}  "),
                false => format!("{BAD}missed{BAD:#}"),
            };
            let what = item.title.as_ref().or(item.url.as_ref());
            let what = what.map_or("", String::as_str);
            out.line(format!("{mark}  {what}  {DIM}{}{DIM:#}", found.words()))?;
        }
    }
    summary(&found, out)
}

fn summary(found: &[Found], out: &mut Output) -> Result<Ended> {
    let seen = found.iter().filter(|found| found.is_seen()).count();
    out.flush()?;
    out.note(format!(
        "{BOLD}{seen} of {}{BOLD:#} seen, {} missed",
        counted(found.len(), "item"),
        found.len() - seen
    ));
    Ok(Ended::Done)
}

/// A line of a list, whatever its author called the columns.
#[derive(Debug, Default, Deserialize)]
struct Line {
    #[serde(default, alias = "link", alias = "href")]
    url: Option<String>,
    #[serde(default, alias = "headline")]
    title: Option<String>,
    #[serde(default, alias = "date")]
    published: Option<String>,
}

impl From<Line> for Item {
    fn from(line: Line) -> Self {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let published = given(line.published).and_then(|text| {
            let day = || format!("{}T00:00:00Z", text.trim()).parse().ok();
            text.trim().parse().ok().or_else(day)
        });
        Self {
            url: given(line.url),
            title: given(line.title),
            published,
        }
    }
}

/// The items of a list: a feed, lines of JSON, a table with headings, or an address or headline a line.
fn items(text: &str, name: &str) -> Result<Vec<Item>> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let first = start.lines().next().unwrap_or_default().to_lowercase();
    let found = if start.starts_with('<') || first.contains("jsonfeed.org") {
        feed(text, name)?
    } else if start.starts_with('{') {
        lines(start, name)?
    } else if is_heading(&first) {
        let rest = start.split_once('\n').map_or("", |(_, rest)| rest);
        let lower = format!("{first}\n{rest}");
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(if first.contains(';') { b';' } else { b',' })
            .from_reader(lower.as_bytes());
        let rows = reader.deserialize::<Line>().take(MOST);
        rows.map(|row| Ok(row.map_err(|e| Usage(format!("{name}: {e}")))?.into()))
            .collect::<Result<Vec<Item>>>()?
    } else {
        start
            .lines()
            .take(MOST)
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(plain)
            .collect()
    };
    if found.is_empty() {
        return Err(Usage(format!("{name}: no address and no headline in it")).into());
    }
    Ok(found)
}

fn is_heading(first: &str) -> bool {
    let mut names = first
        .split([',', ';'])
        .map(|name| name.trim().trim_matches('"'));
    names.any(|name| matches!(name, "url" | "link" | "href" | "title" | "headline"))
}

fn plain(line: &str) -> Item {
    match line.starts_with("http://") || line.starts_with("https://") {
        true => Item {
            url: Some(line.to_owned()),
            ..Item::default()
        },
        false => Item {
            title: Some(line.to_owned()),
            ..Item::default()
        },
    }
}

fn lines(text: &str, name: &str) -> Result<Vec<Item>> {
    let lines = text.lines().take(MOST).enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| match serde_json::from_str::<Line>(line) {
            Ok(line) => Ok(line.into()),
            Err(e) => Err(Usage(format!("{name}:{}: {e}", number + 1)).into()),
        })
        .collect()
}

fn feed(text: &str, name: &str) -> Result<Vec<Item>> {
    let document = tocsin_crawler::feed::parse(text.as_bytes(), None, "http://list.invalid/");
    if let (true, Some(error)) = (document.entries.is_empty(), document.error) {
        return Err(Usage(format!("{name}: {error}")).into());
    }
    let entries = document.entries.into_iter().take(MOST);
    Ok(entries
        .map(|entry| Item {
            url: entry.link,
            title: entry.title,
            published: entry.published.or(entry.updated),
        })
        .collect())
}
