//! What each source gave against what was to be expected of it, and what of an outside list was seen.

use crate::find;
use crate::report::{Outcome, SourceReport};
use crate::twins;
use crate::value;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use tocsin_core::text::one_line;
use tocsin_core::{
    Health, Source, SourceId, SourceState, StoryId, Timestamp, canonical_url, digest_hex, twin_url,
};
use tocsin_store::{Change, Range, Store, StoreError};

/// Stories read at a time.
const PAGE: usize = 500;
/// A headline with fewer characters is no headline that two pages share by chance only.
const SHORTEST_TITLE: usize = 20;

/// What the polls of a source gave in a day, or in several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Polls.
    pub polls: usize,
    /// Those that failed: no answer, a broken one, none that could be read.
    pub failed: usize,
    /// Those that the site refused: robots.txt, 401, 403, 451.
    pub refused: usize,
    /// Polls that did not read all that the list held: it was too long, or there was no time.
    pub cut: usize,
    /// Polls whose list held nothing from before the last one, so that entries between may have been missed.
    #[serde(default)]
    pub gaps: usize,
    /// When the last of them was.
    #[serde(default)]
    pub last_gap: Option<Timestamp>,
    /// Entries that its rhythm promised.
    pub expected: f64,
    /// Stories stored.
    pub stories: usize,
    /// Of these, the relevant ones.
    pub relevant: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.polls += other.polls;
        self.failed += other.failed;
        self.refused += other.refused;
        self.cut += other.cut;
        self.gaps += other.gaps;
        self.last_gap = self.last_gap.max(other.last_gap);
        self.expected += other.expected;
        self.stories += other.stories;
        self.relevant += other.relevant;
    }
}

/// The change that adds a poll to the tally of its day.
///
/// # Errors
/// Where the store fails.
pub(crate) fn record(
    store: &dyn Store,
    report: &SourceReport,
    (before, is_good): (&Health, bool),
    now: Timestamp,
) -> Result<Change, StoreError> {
    let is = |yes: bool| usize::from(yes);
    let poll = Tally {
        polls: 1,
        failed: is(matches!(
            report.outcome,
            Outcome::Failed(_) | Outcome::Unreachable(_) | Outcome::Later(_)
        )),
        refused: is(matches!(report.outcome, Outcome::Forbidden(_))),
        cut: is(report.is_cut),
        gaps: is(report.has_gap),
        last_gap: report.has_gap.then_some(now),
        // A poll that failed leaves what was to be expected to the next good one.
        expected: match is_good {
            true => tocsin_crawler::expected(&before.rhythm, before.last_ok, now),
            false => 0.0,
        },
        stories: report.stories,
        relevant: report.relevant,
    };
    added(store, &report.source, poll, now)
}

/// The change that adds what reading on gave, where a poll had been left for want of time.
///
/// # Errors
/// Where the store fails.
pub(crate) fn more(
    store: &dyn Store,
    report: &SourceReport,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let rest = Tally {
        cut: usize::from(report.is_cut),
        stories: report.stories,
        relevant: report.relevant,
        ..Tally::default()
    };
    added(store, &report.source, rest, now)
}

/// The change that adds to the tally of the day.
fn added(
    store: &dyn Store,
    source: &SourceId,
    more: Tally,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let day = day_of(now);
    let mut tally = of_day(store, source, day)?;
    tally += more;
    Ok(value::put(key(source, day), &tally))
}

fn of_day(store: &dyn Store, source: &SourceId, day: Date) -> Result<Tally, StoreError> {
    Ok(value::get(store, &key(source, day))?.unwrap_or_default())
}

fn key(source: &SourceId, day: Date) -> String {
    format!("polls/{source}/{day}")
}

/// The day of a moment, in UTC.
fn day_of(time: Timestamp) -> Date {
    time.to_zoned_datetime(TimeZone::UTC).date()
}

/// What a source gave on each day from the one to the other, both included.
///
/// # Errors
/// Where the store fails.
pub fn tallies(
    store: &dyn Store,
    source: &SourceId,
    (since, until): (Timestamp, Timestamp),
) -> Result<Vec<(Date, Tally)>, StoreError> {
    let (first, last) = (day_of(since), day_of(until));
    let days = first.series(1.day()).take_while(|day| *day <= last);
    days.map(|day| Ok((day, of_day(store, source, day)?)))
        .collect()
}

/// Days for which a source's next good poll is looked for.
const LONGEST_AWAY: usize = 30;

/// One thing that somebody else saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
}

/// What became of it here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "found", rename_all = "kebab-case")]
pub enum Found {
    /// It is stored.
    Stored {
        /// The story.
        story: StoryId,
        /// Whether it passed the gate.
        relevant: bool,
    },
    /// It was met under another address, or as a copy of one.
    Met,
    /// No story has its headline, and there is no address to go by.
    NotFound,
    /// No source reads its site.
    NoSource,
    /// The source of its site is switched off.
    Off {
        /// The source.
        source: SourceId,
    },
    /// Its page was asked for and gave nothing.
    Failed {
        /// Why.
        why: String,
    },
    /// Its source cannot be read.
    SourceFailed {
        /// The source.
        source: SourceId,
        /// Why.
        why: String,
    },
    /// Its source reads only what speaks of AI by its headline.
    Filtered {
        /// The source.
        source: SourceId,
    },
    /// It was published before its source was read for the first time.
    TooEarly {
        /// The source.
        source: SourceId,
    },
    /// It was published after its source was read for the last time.
    NotYet {
        /// The source.
        source: SourceId,
    },
    /// It left its source's list before that was read.
    TooLate {
        /// The source.
        source: SourceId,
        /// What happened in the days when it was to be seen.
        why: String,
    },
    /// Its source was read, and never listed it while it was.
    NotListed {
        /// The source.
        source: SourceId,
    },
}

impl Found {
    /// Whether it was seen.
    pub fn is_seen(&self) -> bool {
        matches!(self, Self::Stored { .. } | Self::Met)
    }

    /// The answer in words.
    pub fn words(&self) -> String {
        match self {
            Self::Stored {
                story,
                relevant: true,
            } => format!("stored as {story}"),
            Self::Stored { story, .. } => format!("stored as {story}, not about AI policy"),
            Self::Met => "met under another address".to_owned(),
            Self::NotFound => "no story has this headline, and no address is given".to_owned(),
            Self::NoSource => "no such source".to_owned(),
            Self::Off { source } => format!("{source} is switched off"),
            Self::Failed { why } => format!("its page gave nothing: {why}"),
            Self::SourceFailed { source, why } => format!("{source} could not be read: {why}"),
            Self::Filtered { source } => format!("filtered: {source} is read by keywords alone"),
            Self::TooEarly { source } => format!("older than the first look at {source}"),
            Self::NotYet { source } => format!("newer than the last look at {source}"),
            Self::TooLate { source, why } => format!("too late for {source}: {why}"),
            Self::NotListed { source } => {
                format!("{source} was read and did not list it: perhaps another part of the site")
            }
        }
    }
}

/// Keeps why a page gave nothing.
pub(crate) fn missed(url: &str, why: &str) -> Change {
    Change::SetMeta {
        key: missed_key(&twin_url(url)),
        value: one_line(why),
    }
}

/// Whether a page gave nothing the last time that it was asked for.
///
/// # Errors
/// Where the store fails.
pub(crate) fn was_missed(store: &dyn Store, url: &str) -> Result<bool, StoreError> {
    let why = store.meta(&missed_key(&twin_url(url)))?;
    Ok(why.is_some_and(|why| !why.is_empty()))
}

/// The change that forgets why a page gave nothing, since it gave something later.
pub(crate) fn found(store: &dyn Store, url: &str) -> Result<Option<Change>, StoreError> {
    Ok(was_missed(store, url)?.then(|| Change::SetMeta {
        key: missed_key(&twin_url(url)),
        value: String::new(),
    }))
}

fn missed_key(twin: &str) -> String {
    format!("missed/{}", digest_hex(&[twin], 32))
}

/// Compares an outside list with what is stored.
///
/// # Errors
/// Where the store fails.
pub fn check(
    store: &dyn Store,
    sources: &[Source],
    items: &[Item],
) -> Result<Vec<Found>, StoreError> {
    let titles = match items.iter().any(|item| item.title.is_some()) {
        true => stored_titles(store)?,
        false => HashMap::new(),
    };
    let sites = Sites::of(sources);
    let judge = Judge {
        store,
        titles,
        sites,
    };
    items.iter().map(|item| judge.item(item)).collect()
}

/// Which source reads which site.
struct Sites<'a> {
    by_host: HashMap<String, Vec<&'a Source>>,
}

impl<'a> Sites<'a> {
    fn of(sources: &'a [Source]) -> Self {
        let mut by_host: HashMap<String, Vec<&Source>> = HashMap::new();
        for source in sources {
            let hosts = [&source.url, &source.site].map(|url| tocsin_crawler::site_of(url));
            let hosts: HashSet<String> = hosts.into_iter().flatten().collect();
            for host in hosts {
                by_host.entry(host).or_default().push(source);
            }
        }
        Self { by_host }
    }

    fn at(&self, url: &str) -> &[&'a Source] {
        let found = tocsin_crawler::site_of(url).and_then(|host| self.by_host.get(&host));
        found.map_or(&[], Vec::as_slice)
    }
}

struct Judge<'a> {
    store: &'a dyn Store,
    titles: HashMap<String, (StoryId, bool)>,
    sites: Sites<'a>,
}

impl Judge<'_> {
    fn item(&self, item: &Item) -> Result<Found, StoreError> {
        let url = item.url.as_deref().and_then(canonical_url);
        if let Some(found) = self.stored(item, url.as_deref())? {
            return Ok(found);
        }
        let Some(url) = url else {
            return Ok(Found::NotFound);
        };
        let missed = self.store.meta(&missed_key(&twin_url(&url)))?;
        if let Some(why) = missed.filter(|why| !why.is_empty()) {
            return Ok(Found::Failed { why });
        }
        match twins::is_seen(self.store, &url)? {
            true => Ok(Found::Met),
            false => self.of_source(item, &url),
        }
    }

    fn stored(&self, item: &Item, url: Option<&str>) -> Result<Option<Found>, StoreError> {
        let story = url.map(|url| self.store.story(&StoryId::of_url(url)));
        if let Some(story) = story.transpose()?.flatten() {
            return Ok(Some(Found::Stored {
                story: story.id().clone(),
                relevant: story.relevant,
            }));
        }
        let title = item.title.as_deref().and_then(title_key);
        let known = title.and_then(|title| self.titles.get(&title));
        Ok(known.map(|(story, relevant)| Found::Stored {
            story: story.clone(),
            relevant: *relevant,
        }))
    }

    /// Why the source of its site did not bring it: the first that is polled answers.
    fn of_source(&self, item: &Item, url: &str) -> Result<Found, StoreError> {
        let sources = self.sites.at(url);
        let Some(source) = sources.iter().find(|s| s.enabled).or(sources.first()) else {
            return Ok(Found::NoSource);
        };
        let id = source.id.clone();
        if !source.enabled {
            return Ok(Found::Off { source: id });
        }
        let health = self.store.health(&id)?.unwrap_or_default();
        let speaks = |title: &str| tocsin_crawler::speaks_of_ai(title, "");
        Ok(match (&health.state, &health.last_error) {
            (SourceState::New, _) => Found::SourceFailed {
                source: id,
                why: "never polled".to_owned(),
            },
            (SourceState::Failing | SourceState::Blocked | SourceState::Gone, Some(error)) => {
                Found::SourceFailed {
                    source: id,
                    why: error.clone(),
                }
            }
            _ if source.keyword_filter && !item.title.as_deref().is_none_or(speaks) => {
                Found::Filtered { source: id }
            }
            _ if is_before(item.published, health.first_ok) => Found::TooEarly { source: id },
            _ if is_before(health.last_ok, item.published) => Found::NotYet { source: id },
            _ => match self.too_late(&id, item.published.zip(health.last_ok))? {
                Some(why) => Found::TooLate { source: id, why },
                None => Found::NotListed { source: id },
            },
        })
    }

    /// What kept a source from being read in time, in the days from when something was published until the next
    /// good poll, at most the last one.
    fn too_late(
        &self,
        source: &SourceId,
        span_of_it: Option<(Timestamp, Timestamp)>,
    ) -> Result<Option<String>, StoreError> {
        let Some((published, last_ok)) = span_of_it else {
            return Ok(None);
        };
        let (first, end) = (day_of(published), day_of(last_ok));
        let (mut sum, mut last) = (Tally::default(), first);
        let days = first.series(1.day()).take_while(|day| *day <= end);
        for day in days.take(LONGEST_AWAY) {
            let tally = of_day(self.store, source, day)?;
            sum += tally;
            last = day;
            // What is published behind the last good poll of a day is seen on the next one.
            if tally.polls > tally.failed + tally.refused && day != first {
                break;
            }
        }
        let what = match sum {
            Tally { polls: 0, .. } => "nothing was polled",
            Tally { cut: 1.., .. } => "not all that its list held was read",
            Tally { last_gap, .. } if last_gap > Some(published) => {
                "its list no longer reached back to the poll before"
            }
            _ => return Ok(None),
        };
        let failed = match sum.failed + sum.refused {
            0 => String::new(),
            failed => format!("; {failed} of {} polls failed", sum.polls),
        };
        Ok(Some(format!("{what} {}{failed}", span(first, last))))
    }
}

/// "on 2 March", "from 2 to 5 March"
fn span(first: Date, last: Date) -> String {
    let day = |day: Date| day.strftime("%-d %B").to_string();
    match first == last {
        true => format!("on {}", day(first)),
        false => format!("from {} to {}", day(first), day(last)),
    }
}

fn is_before(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one < other)
}

fn stored_titles(store: &dyn Store) -> Result<HashMap<String, (StoryId, bool)>, StoreError> {
    let mut titles = HashMap::new();
    let range = Range {
        limit: PAGE,
        ..Range::default()
    };
    for page in find::pages(store, range) {
        for story in page? {
            if let Some(title) = title_key(&story.article.title) {
                titles.insert(title, (story.id().clone(), story.relevant));
            }
        }
    }
    Ok(titles)
}

/// What headlines are compared by: letters and digits alone; `None` for those that say too little.
fn title_key(title: &str) -> Option<String> {
    let key: String = title
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let length = key.chars().count();
    let is_cjk = key.chars().any(tocsin_core::text::is_cjk);
    (length >= SHORTEST_TITLE || (is_cjk && length >= SHORTEST_TITLE / 2)).then_some(key)
}
