//! When an article was published, and when it was last changed.
//!
//! The first of these that gives a believable date wins:
//! 1. JSON-LD `datePublished` of the article
//! 2. `<meta>` names that say published
//! 3. `itemprop=datePublished`, and `<time>` whose names say published
//! 4. the address's path
//! 5. `<meta>` names that say only date
//! 6. the first `<time>` of the article, then elements whose names speak of a date
//! 7. a short line with a date, after the heading or before it
//! 8. a date in the title
//! 9. what says modified, for a page that was changed was published

use super::json_ld::ArticleLd;
use super::moment::{self, Moment, Order};
use crate::facts::{Facts, Stamp};
use jiff::tz::Offset;
use tocsin_core::Precision;

const PUBLISHED: &[&str] = &[
    "article:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "og:published_time",
    "og:article:published_time",
    "rnews:datepublished",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_at",
    "published-date",
    "pubdate",
    "publication_date",
    "publication-date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "cxense:publishtime",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.created",
    "article.published",
    "article:post_date",
    "article:publication_date",
    "original-publish-date",
    "originalpublicationdate",
    "dcsext.articlefirstpublished",
    "article_date_original",
    "bt:pubdate",
    "vr:published_time",
    "gentime",
    "prism.publicationdate",
    "citation_publication_date",
    "citation_date",
    "analytics:publishdate",
    "iso-8601-publish-date",
    "article-publication-date",
    "last-published",
    "firstpublished",
];
const DATE: &[&str] = &[
    "date",
    "dc.date",
    "dcterms.date",
    "article:date",
    "article_date",
    "article.date",
    "created",
    "datecreated",
    "date_created",
    "creation_date",
    "displaydate",
    "pub_date",
    "timestamp",
    "doc_date",
    "eomportal-lastupdate",
    "og:pubdate",
    "pdate",
    "release_date",
];
const MODIFIED: &[&str] = &[
    "article:modified_time",
    "article:modified",
    "datemodified",
    "og:updated_time",
    "og:modified_time",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
    "modified",
    "modified_time",
    "article.updated",
    "revised",
    "updated_time",
    "update_time",
    "article:updated_time",
    "utime",
    "lastmodified",
    "last_updated_date",
];

/// Characters of the longest line that is taken for a dateline.
const DATELINE: usize = 100;
/// Characters at the start of a longer line in which one may stand.
const START: usize = 14;
/// Hours that a clock may be from UTC.
const FARTHEST: i32 = 14;

/// When it was published; [`Moment`]s are never guessed.
pub(crate) fn published(
    facts: &Facts,
    article: Option<&ArticleLd>,
    path: &str,
    order: Order,
) -> Option<Moment> {
    let found = declared(facts, article, path, order)?;
    Some(by_own_clock(found, facts, path, order))
}

/// Programs write UTC; readers, and the address, have the page's own clock. Where these two give another day, the
/// clock is as far from UTC as it takes: to the minute where a time is shown, else by the fewest whole hours that make
/// both true. Of dates without a time that are shown only the day before is believed: it takes a clock of the Americas,
/// while dates of the day after are mostly those of other things.
fn by_own_clock(found: Moment, facts: &Facts, path: &str, order: Order) -> Moment {
    let is_utc = found.offset.is_none_or(Offset::is_zero);
    if found.precision == Precision::Day || !is_utc {
        return found;
    }
    let stamps = facts
        .stamps
        .iter()
        .filter(|s| !is_aside(s))
        .map(|s| s.words.as_str());
    let lines = facts
        .lines
        .0
        .iter()
        .map(String::as_str)
        .filter(|l| l.chars().count() <= DATELINE);
    let shown = stamps
        .chain(lines)
        .find_map(|words| moment::from_text(words, order));
    let by_path = moment::from_path(path).and_then(|there| whole_hours(found, there));
    let by_words = shown.and_then(|shown| match shown.precision {
        Precision::Day => whole_hours(found, shown).filter(|o| o.is_negative()),
        _ => minutes(found, shown),
    });
    Moment {
        offset: by_path.or(by_words).or(found.offset),
        ..found
    }
}

/// The offset of a clock that shows a time, where it is one.
fn minutes(utc: Moment, shown: Moment) -> Option<Offset> {
    let minutes = i32::try_from(shown.at.duration_since(utc.at).as_mins()).ok()?;
    let is_clock = shown.offset.is_none() && minutes % 30 == 0 && minutes.abs() <= FARTHEST * 60;
    is_clock.then(|| Offset::from_seconds(minutes * 60).ok())?
}

/// The smallest offset that makes a moment the day before or after.
fn whole_hours(utc: Moment, shown: Moment) -> Option<Offset> {
    let (own, there) = (
        Offset::UTC.to_datetime(shown.at),
        Offset::UTC.to_datetime(utc.at),
    );
    let hours = match own.date().since(there.date()).ok()?.get_days() {
        -1 => -i32::from(there.hour()) - 1,
        1 => 24 - i32::from(there.hour()),
        _ => return None,
    };
    (hours.abs() <= FARTHEST).then(|| Offset::from_seconds(hours * 3_600).ok())?
}

fn declared(
    facts: &Facts,
    article: Option<&ArticleLd>,
    path: &str,
    order: Order,
) -> Option<Moment> {
    let machine = |v: &str| moment::from_machine(v, order);
    let meta = |names: &[&str]| names.iter().find_map(|n| facts.metas(n).find_map(machine));
    let stamps = |says: fn(&Stamp) -> bool| {
        facts
            .stamps
            .iter()
            .filter(|s| says(s))
            .find_map(|s| stamp(s, order))
    };
    article
        .and_then(|a| a.published.as_deref())
        .and_then(machine)
        .or_else(|| meta(PUBLISHED))
        .or_else(|| stamps(says_published))
        .or_else(|| moment::from_path(path))
        .or_else(|| meta(DATE))
        .or_else(|| stamps(|s| s.is_marked && !is_aside(s) && !says_modified(s)))
        .or_else(|| stamps(|s| !is_aside(s) && !says_modified(s)))
        .or_else(|| line(&facts.lines.0, order))
        .or_else(|| line(&facts.lines.1, order))
        .or_else(|| stamps(|s| s.is_marked && s.hint.contains("datepublished")))
        .or_else(|| stamps(|s| !is_aside(s)))
        .or_else(|| {
            facts
                .title
                .as_deref()
                .and_then(|t| moment::from_text(t, order))
        })
        .or_else(|| modified(facts, article, order))
}

/// When it was last changed, where the page says so.
pub(crate) fn modified(facts: &Facts, article: Option<&ArticleLd>, order: Order) -> Option<Moment> {
    let machine = |v: &str| moment::from_machine(v, order);
    let stamps = || {
        facts
            .stamps
            .iter()
            .filter(|s| s.is_marked && !is_aside(s) && says_modified(s))
    };
    article
        .and_then(|a| a.modified.as_deref())
        .and_then(machine)
        .or_else(|| {
            MODIFIED
                .iter()
                .find_map(|n| facts.metas(n).find_map(machine))
        })
        .or_else(|| stamps().find_map(|s| stamp(s, order)))
}

/// The date in the first line that is short enough to be no sentence about another day, or that a line begins with.
fn line(lines: &[String], order: Order) -> Option<Moment> {
    let start = |l: &str| l.chars().take(START).collect::<String>();
    let short = |l: &&String| l.chars().count() <= DATELINE;
    let of_line = lines
        .iter()
        .filter(short)
        .find_map(|l| moment::from_text(l, order));
    of_line.or_else(|| {
        lines
            .iter()
            .find_map(|l| moment::from_text(&start(l), order))
    })
}

fn stamp(stamp: &Stamp, order: Order) -> Option<Moment> {
    let machine = stamp
        .machine
        .as_deref()
        .and_then(|m| moment::from_machine(m, order));
    machine.or_else(|| moment::from_text(&stamp.words, order))
}

fn is_aside(stamp: &Stamp) -> bool {
    stamp.hint.contains(" aside")
}

fn says_published(stamp: &Stamp) -> bool {
    !is_aside(stamp)
        && !says_modified(stamp)
        && stamp.is_marked
        && [
            "publish",
            "pubdate",
            "entry-date",
            "posted",
            "post-date",
            "created",
        ]
        .iter()
        .any(|w| stamp.hint.contains(w))
}

fn says_modified(stamp: &Stamp) -> bool {
    ["modif", "update", "aktualis", "revis"]
        .iter()
        .any(|w| stamp.hint.contains(w))
}

/// Which comes first in `3/2/2026`: the month in American English, the day elsewhere.
pub(crate) fn order(lang: Option<&str>, host: &str) -> Order {
    let lang = lang.unwrap_or("en").to_ascii_lowercase();
    let abroad = [
        ".uk", ".au", ".nz", ".in", ".za", ".ie", ".ng", ".ke", ".sg", ".my", ".pk", ".eu",
    ];
    let american =
        lang == "en-us" || (lang == "en" && !abroad.iter().any(|end| host.ends_with(end)));
    if american {
        Order::MonthFirst
    } else {
        Order::DayFirst
    }
}
