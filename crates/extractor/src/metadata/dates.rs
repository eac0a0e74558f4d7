//! When an article was published, and when it was last changed.
//!
//! The first of these that gives a believable date wins:
//! 1. JSON-LD `datePublished` of the article, unless the next and what is shown below the heading agree on another day
//! 2. `<meta>` names that say published, then JSON-LD of a film or a sound
//! 3. `itemprop=datePublished`, and `<time>` whose names say published
//! 4. the address's path
//! 5. below the heading, `<time>` and elements whose names speak of a date, and lines that are a date
//! 6. `<meta>` names that say only date
//! 7. the first `<time>` of the article, then elements whose names speak of a date
//! 8. a short line with a date, after the heading or before it
//! 9. what is marked as published beside the article, then any other element that speaks of a date
//! 10. a date in the title, in a box below the heading, or in a `<meta>` the name of which says something like published
//! 11. what says modified, for a page that was changed was published

use super::calendar::Calendar;
use super::json_ld::ArticleLd;
use super::moment::{self, Moment};
use crate::facts::{Facts, Line, Stamp, Zone};
use jiff::civil::Time;
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
/// Characters of the longest line that is hardly more than a date and a time.
const BARE_DATE: usize = 40;
/// Hours that a clock may be from UTC.
const FARTHEST: i32 = 14;

/// When it was published; [`Moment`]s are never guessed.
pub(crate) fn published(
    facts: &Facts,
    article: Option<&ArticleLd>,
    path: &str,
    calendar: Calendar,
) -> Option<Moment> {
    let found = declared(facts, article, path, calendar)?;
    Some(by_own_clock(found, facts, path, calendar))
}

/// Programs write UTC; readers, and the address, have the page's own clock. Where these two give another day, the
/// clock is as far from UTC as it takes: to the minute where a time is shown, else by the fewest whole hours that make
/// both true. Of dates without a time that are shown only the day before is believed, for it takes a clock of the
/// Americas, while dates of the day after are mostly those of other things; but for the midnight at which a program puts
/// what has only a day.
fn by_own_clock(found: Moment, facts: &Facts, path: &str, calendar: Calendar) -> Moment {
    let is_utc = found.offset.is_none_or(Offset::is_zero);
    if found.precision == Precision::Day || !is_utc {
        return found;
    }
    // A stamp of the same moment may have the clock with it.
    let mut same = facts.stamps.iter().filter_map(|s| stamp(s, calendar));
    let clock = |m: Moment| m.offset.filter(|o| m.at == found.at && !o.is_zero());
    if let Some(offset) = same.find_map(clock) {
        return Moment {
            offset: Some(offset),
            ..found
        };
    }
    let stamps = facts.stamps.iter().filter(|s| is_shown(s));
    let changed = |line: &str| {
        let mut stamps = facts.stamps.iter().filter(|s| says_modified(s));
        speaks_of_change(&line.to_lowercase()) || stamps.any(|s| s.words == line)
    };
    let lines = lines(facts, |l| l.zone != Zone::Before)
        .filter(|l| l.chars().count() <= DATELINE && !changed(l));
    let shown = stamps
        .map(|s| s.words.as_str())
        .chain(lines)
        .find_map(|words| moment::from_text(words, calendar));
    let (with_time, day) = match shown {
        Some(shown) if shown.precision == Precision::Day => (None, Some(shown)),
        shown => (shown, None),
    };
    let by_time = with_time.and_then(|shown| by_shown_time(found, shown));
    let by_path = || whole_hours(found, moment::from_path(path, calendar)?);
    let by_day = || {
        let hours = whole_hours(found, day?)?;
        (hours.is_negative() || is_midnight(found, hours)).then_some(hours)
    };
    Moment {
        offset: by_time.or_else(by_path).or_else(by_day).or(found.offset),
        ..found
    }
}

/// The offset of a clock that shows a time, to the minute, where it is one: its own, where it names its zone.
fn by_shown_time(utc: Moment, shown: Moment) -> Option<Offset> {
    let minute = |m: Moment| m.at.as_second().div_euclid(60);
    let minutes = i32::try_from(minute(shown) - minute(utc)).ok()?;
    match shown.offset {
        Some(offset) => (minutes == 0).then_some(offset),
        None if minutes % 15 == 0 && minutes.abs() <= FARTHEST * 60 => {
            Offset::from_seconds(minutes * 60).ok()
        }
        None => None,
    }
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

fn is_midnight(at: Moment, offset: Offset) -> bool {
    offset.to_datetime(at.at).time() == Time::midnight()
}

fn declared(
    facts: &Facts,
    article: Option<&ArticleLd>,
    path: &str,
    calendar: Calendar,
) -> Option<Moment> {
    let machine = |v: &str| moment::from_machine(v, calendar);
    let meta = |names: &[&str]| names.iter().find_map(|n| facts.metas(n).find_map(machine));
    let stamps = |says: fn(&Stamp) -> bool| {
        facts
            .stamps
            .iter()
            .filter(|s| says(s))
            .find_map(|s| stamp(s, calendar))
    };
    let near = || {
        let stamp = stamps(|s| s.zone == Zone::Near && is_shown(s));
        stamp.or_else(|| dateline(facts, false, calendar))
    };
    let in_data = article.and_then(|a| machine(a.published.as_deref()?));
    let declared = meta(PUBLISHED);
    // Two that agree outvote one.
    let is_outvoted = || {
        let [a, b] = [in_data, declared].map(|m| m.map(Moment::day));
        b.is_some() && a != b && near().map(Moment::day) == b
    };
    let is_article = article.is_some_and(|a| !a.is_media);
    in_data
        .filter(|_| is_article && !is_outvoted())
        .or(declared)
        .or(in_data)
        .or_else(|| stamps(says_published))
        .or_else(|| moment::from_path(path, calendar))
        .or_else(near)
        .or_else(|| meta(DATE))
        .or_else(|| stamps(|s| s.is_marked && is_shown(s)))
        .or_else(|| stamps(is_shown))
        .or_else(|| line(facts, |l| l.zone != Zone::Before, calendar))
        .or_else(|| line(facts, |l| l.zone == Zone::Before, calendar))
        .or_else(|| stamps(|s| s.is_marked && s.hint.contains("datepublished")))
        .or_else(|| stamps(|s| !is_aside(s)))
        .or_else(|| {
            facts
                .title
                .as_deref()
                .and_then(|t| moment::from_text(t, calendar))
        })
        .or_else(|| dateline(facts, true, calendar))
        .or_else(|| named(facts, calendar))
        .or_else(|| modified(facts, article, calendar))
}

/// When it was last changed, where the page says so.
pub(crate) fn modified(
    facts: &Facts,
    article: Option<&ArticleLd>,
    calendar: Calendar,
) -> Option<Moment> {
    let machine = |v: &str| moment::from_machine(v, calendar);
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
        .or_else(|| stamps().find_map(|s| stamp(s, calendar)))
}

/// The words of lines beside which no other article's stand.
fn lines(facts: &Facts, which: fn(&Line) -> bool) -> impl Iterator<Item = &str> {
    let lines = facts.lines.iter().filter(move |l| !l.is_aside && which(l));
    lines.map(|l| l.words.as_str())
}

/// The date in the first line that is short enough to be no sentence about another day, or that a line begins with.
fn line(facts: &Facts, which: fn(&Line) -> bool, calendar: Calendar) -> Option<Moment> {
    let of_line = lines(facts, which)
        .filter(|l| l.chars().count() <= DATELINE)
        .find_map(|l| moment::from_text(l, calendar));
    let start = |l: &str| l.chars().take(START).collect::<String>();
    of_line.or_else(|| lines(facts, which).find_map(|l| moment::from_text(&start(l), calendar)))
}

/// The date of a line below the heading that says little else; `beside` asks for those in boxes.
fn dateline(facts: &Facts, beside: bool, calendar: Calendar) -> Option<Moment> {
    let is_bare = |l: &&Line| {
        l.zone == Zone::Near
            && l.is_aside == beside
            && l.words.chars().count() <= BARE_DATE
            && !speaks_of_change(&l.words.to_lowercase())
    };
    let mut lines = facts.lines.iter().filter(is_bare);
    lines.find_map(|l| moment::from_text(&l.words, calendar))
}

/// The date in the first `<meta>` the name of which says somehow that something began.
fn named(facts: &Facts, calendar: Calendar) -> Option<Moment> {
    let says = |name: &str| {
        ["publi", "creat", "upload", "posted", "issued"]
            .iter()
            .any(|w| name.contains(w))
    };
    let metas = facts.meta.iter().filter(|(name, _)| says(name));
    metas
        .map(|(_, value)| value)
        .find_map(|v| moment::from_machine(v, calendar))
}

/// The moment that a place gives.
pub(super) fn stamp(stamp: &Stamp, calendar: Calendar) -> Option<Moment> {
    moment::from_either(stamp.machine.as_deref(), &stamp.words, calendar)
}

fn is_aside(stamp: &Stamp) -> bool {
    stamp.hint.contains(" aside")
}

fn says_published(stamp: &Stamp) -> bool {
    is_shown(stamp)
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

fn is_shown(stamp: &Stamp) -> bool {
    !is_aside(stamp) && !says_modified(stamp)
}

fn says_modified(stamp: &Stamp) -> bool {
    speaks_of_change(&stamp.hint)
}

fn speaks_of_change(words: &str) -> bool {
    ["modif", "update", "aktualis", "revised", "revision"]
        .iter()
        .any(|w| words.contains(w))
}
