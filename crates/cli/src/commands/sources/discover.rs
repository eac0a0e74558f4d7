//! `sources discover`: how a site can be followed.

use crate::args::{Global, SourcesDiscover};
use crate::commands::run::Surroundings;
use crate::output::{BOLD, DIM, Output, counted};
use crate::progress::Spinner;
use crate::{Ended, batch, installation};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tocsin_core::{Source, SourceKind, Timestamp};
use tocsin_crawler::discover::{self, Candidate, Found};
use tocsin_crawler::{Fetcher, Named, Sources, listing};

/// One line of the filter's input.
#[derive(Deserialize)]
struct Line {
    url: String,
    html: String,
}

/// A candidate as JSON, with the source that it would be.
#[derive(Serialize)]
struct Row<'a> {
    kind: SourceKind,
    url: &'a str,
    title: Option<&'a str>,
    entries: usize,
    newest: Option<Timestamp>,
    about_ai: usize,
    found: &'static str,
    source: Source,
}

pub(in crate::commands) fn discover(
    global: &Global,
    args: &SourcesDiscover,
    out: &mut Output,
) -> Result<Ended> {
    if args.batch {
        batch::parallel(|line: Line| batch::object(named(&line)))?;
        return Ok(Ended::Done);
    }
    let url = args.url.as_deref().unwrap_or_default();
    let found = search(global, url)?;
    for problem in &found.problems {
        out.note(format!("{DIM}{problem}{DIM:#}"));
    }
    if out.json {
        for candidate in &found.candidates {
            out.json_line(&row(&found, candidate))?;
        }
    } else {
        show(&found, out)?;
    }
    if found.candidates.is_empty() {
        out.note(format!(
            "{url}: no feed, sitemap or list of articles was found; try the page that lists its news"
        ));
        return Ok(Ended::WithFindings);
    }
    Ok(Ended::Done)
}

/// Asks the site.
///
/// # Errors
/// Where the address cannot be read, or the config cannot be used.
pub(super) fn search(global: &Global, url: &str) -> Result<Found> {
    let settings = installation::config(global)?.settings()?;
    let Surroundings {
        clock, resolver, ..
    } = Surroundings::real();
    let now = clock.now();
    let fetcher = Fetcher::new(settings.fetch, resolver, clock)?;
    let spinner = Spinner::new(
        !global.no_progress && !global.quiet,
        format!("looking at {url} and what it names"),
    );
    let runtime = installation::runtime()?;
    let found = installation::as_known_guest(global, &fetcher, || {
        runtime.block_on(discover::discover(&fetcher, url, now))
    })?;
    spinner.clear();
    found.with_context(|| format!("{url} cannot be read"))
}

fn row<'a>(found: &Found, candidate: &'a Candidate) -> Row<'a> {
    Row {
        kind: candidate.kind,
        url: &candidate.url,
        title: candidate.title.as_deref(),
        entries: candidate.entries,
        newest: candidate.newest,
        about_ai: candidate.about_ai,
        found: candidate.how.words(),
        source: discover::draft_source(found, candidate),
    }
}

fn show(found: &Found, out: &mut Output) -> Result<()> {
    for (index, candidate) in found.candidates.iter().enumerate() {
        out.line(format!(
            "{BOLD}{:>2}  {:<8}{BOLD:#} {}\n    {DIM}{}{DIM:#}",
            index + 1,
            candidate.kind.word(),
            candidate.url,
            told(candidate)
        ))?;
    }
    if let Some(best) = found.candidates.first() {
        let table = Sources::table(&discover::draft_source(found, best));
        out.line(format!("\n{}", table.trim_end()))?;
        out.note(format!(
            "\n`tocsin sources add {}` puts the first into sources.toml, --pick N another one",
            found.url
        ));
    }
    Ok(())
}

/// What is known of a candidate, in a line.
pub(super) fn told(candidate: &Candidate) -> String {
    let mut parts = Vec::new();
    if let Some(title) = &candidate.title {
        parts.push(format!("“{}”", tocsin_core::text::one_line(title)));
    }
    let newest = candidate
        .newest
        .map(|newest| format!(", the newest of {}", newest.strftime("%Y-%m-%d")));
    parts.push(format!(
        "{}{}",
        counted(candidate.entries, "entry"),
        newest.unwrap_or_else(|| ", without days".to_owned())
    ));
    if candidate.about_ai > 0 {
        parts.push(format!("{} about AI", candidate.about_ai));
    }
    parts.push(candidate.how.words().to_owned());
    parts.join("; ")
}

/// What a page names, without a look at it.
fn named(line: &Line) -> serde_json::Value {
    let named = Named::in_page(&line.html, &line.url);
    let in_head = named.feeds.iter().any(|feed| feed.in_head);
    // What the head names is meant for readers; links are taken only where it names nothing.
    let named_feeds = named.feeds.iter().filter(|feed| feed.in_head == in_head);
    let mut feeds: Vec<String> = named_feeds.map(|feed| feed.url.clone()).collect();
    let known = discover::feed_of_known_site(&line.url).filter(|known| !feeds.contains(known));
    feeds.extend(known);
    let listed = listing::parse(line.html.as_bytes(), &line.url, None, None).unwrap_or_default();
    json!({
        "title": named.title,
        "language": named.language,
        "feeds": feeds,
        "overviews": named.overviews,
        "lists": named.lists,
        "listed": listed.len(),
    })
}
