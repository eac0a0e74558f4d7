//! Which of the ways to follow a site is the best.
//!
//! A feed says most, a sitemap for news nearly as much, a page of links has to be understood, and a whole
//! sitemap is mostly no news. What is empty, stale, of comments only, of sound only, in another language or
//! about other sites falls behind.

use super::{Candidate, How};
use crate::named::NamedFeed;
use jiff::SignedDuration;
use std::cmp::Ordering;
use tocsin_core::{SourceKind, Timestamp};
use url::Url;

/// From here on nothing more is looked for.
const GOOD: f64 = 8.5;
/// News as old as this is still news.
const FRESH: SignedDuration = SignedDuration::from_hours(60 * 24);
/// Sites that say nothing for as long as this have given it up.
const STALE: SignedDuration = SignedDuration::from_hours(240 * 24);

/// What the candidates are compared against.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// The page that was asked about.
    pub(super) start: &'a Url,
    /// Its language.
    pub(super) language: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// Whether it is not worth while to look for a better one.
pub(super) fn is_good(candidate: &Candidate, surroundings: &Surroundings<'_>) -> bool {
    candidate.kind == SourceKind::Feed && points(candidate, surroundings) >= GOOD
}

/// The best first; of equally good ones those that were found first.
pub(super) fn sort(candidates: &mut [Candidate], surroundings: &Surroundings<'_>) {
    let points = |candidate: &Candidate| points(candidate, surroundings);
    candidates.sort_by(|a, b| points(b).partial_cmp(&points(a)).unwrap_or(Ordering::Equal));
}

/// Feeds by what they are called, those first that speak of news, and of nothing else last: not all of a
/// long list are looked at.
pub(super) fn likeliest(mut feeds: Vec<NamedFeed>) -> Vec<NamedFeed> {
    feeds.sort_by_key(|feed| {
        let speaks = |words| says(feed.title.as_deref().unwrap_or_default(), &feed.url, words);
        let other = speaks(COMMENTS) || speaks(OTHER) || speaks(MEDIA);
        (other, !feed.in_head, !speaks(NEWS))
    });
    feeds
}

fn points(candidate: &Candidate, surroundings: &Surroundings<'_>) -> f64 {
    kind(candidate)
        + freshness(candidate, surroundings.now)
        + content(candidate, surroundings.start)
        + place(candidate, surroundings.start)
        + language(candidate, surroundings.language)
        + way(candidate.how)
}

fn kind(candidate: &Candidate) -> f64 {
    match candidate.kind {
        SourceKind::Feed => 10.0,
        SourceKind::Sitemap if candidate.is_news => 8.0,
        SourceKind::Listing => 5.0,
        SourceKind::Sitemap => 2.5,
        SourceKind::Page => 0.0,
    }
}

fn freshness(candidate: &Candidate, now: Timestamp) -> f64 {
    if candidate.entries == 0 {
        return -8.0;
    }
    match candidate.newest.map(|newest| now.duration_since(newest)) {
        None if candidate.kind == SourceKind::Listing => -1.5,
        None => -3.0,
        Some(age) if age <= FRESH => 0.0,
        Some(age) if age <= STALE => -1.5,
        Some(age) if age <= STALE * 4 => -6.0,
        Some(_) => -7.5,
    }
}

fn content(candidate: &Candidate, start: &Url) -> f64 {
    let most = |count: usize| candidate.entries > 0 && count * 2 > candidate.entries;
    let mut points = 0.0;
    if speaks_of(candidate, COMMENTS) {
        points -= 9.0;
    }
    if speaks_of(candidate, OTHER) || is_other_service(candidate, start) {
        points -= 6.0;
    }
    if most(candidate.with_media) || speaks_of(candidate, MEDIA) {
        points -= 4.0;
    }
    if most(candidate.foreign) {
        points -= 4.0;
    }
    if speaks_of(candidate, NEWS) {
        points += 0.7;
    }
    if candidate.kind == SourceKind::Listing {
        points += if candidate.entries < 5 { -1.0 } else { 0.0 };
        points += candidate.dated as f64 / candidate.entries.max(1) as f64;
    }
    points
}

/// Beginnings of words, in many languages.
const COMMENTS: &str =
    "comment kommentar comentario comentário commenti reacties コメント 评论 留言 댓글";
/// Vacancies, tenders, dates to come, weather, sports, changes of products, shares.
const OTHER: &str = "job jobs vacanc career karriere karir kariyer stellen empleo emploi emprego lavoro vacature lediga ledige \
    stilling työpaik praca kariér állás lowongan tender procurement licita ausschreib appels aanbested upphandl \
    udbud anbud przetarg zakazk ihale lelang bandi event agenda calendar kalender kalendar termine veranstaltung \
    evenemang evenement tapahtum wydarzen naptár etkinlik weather wetter meteo sport deporte desporto changelog \
    status incident petition petic petiç recruit 徵才 招聘 采购 招标 天气 体育 採用 入札 調達 채용 입찰 스포츠 وظائف مناقص فعالي ваканс \
    тендер закуп меропр דרוש מכרז אירוע निविदा भर्ती กิจกรรม จัดซื้อ สมัครงาน tuyển đấu";
/// The same as hosts' names.
const OTHER_SERVICES: &str =
    "ir investor investors jobs careers status community forum forums shop events";
const MEDIA: &str = "podcast video photo gallery";
/// All of a site's news, or its press releases.
const NEWS: &str = "news all latest recent press main headline alle aktuell meldung neueste toutes actualit noticia notícia últim \
    ultim notizi nieuws nyhe новост 最新 全部 要闻 新闻 新着 ニュース aktual deltia δελτί 보도 新聞 전체 뉴스";
/// Parts of addresses of what is only a part of a site's news.
const PARTS: &str = "category tag tags topic topics";

fn speaks_of(candidate: &Candidate, beginnings: &str) -> bool {
    // A listing's title is that of its page.
    candidate.kind == SourceKind::Feed
        && says(
            candidate.title.as_deref().unwrap_or_default(),
            &candidate.url,
            beginnings,
        )
}

/// Whether a word of a title or of an address's path begins like one of these.
fn says(title: &str, url: &str, beginnings: &str) -> bool {
    let (title, path) = (title.to_lowercase(), path_of(url).to_lowercase());
    let words = title
        .split(|c: char| !c.is_alphanumeric())
        .chain(path.split(['/', '.', '_', '-']));
    words.filter(|word| !word.is_empty()).any(|word| {
        beginnings
            .split_whitespace()
            .any(|begin| match begin.is_ascii() {
                // Too many words begin with "all".
                true if begin.len() <= 3 => word == begin,
                true => word.starts_with(begin) && word != "commentary",
                false => word.contains(begin),
            })
    })
}

/// Whether it lies on another host of the site, whose name says that it is not for news.
fn is_other_service(candidate: &Candidate, start: &Url) -> bool {
    let host = |url: &Url| url.host_str().unwrap_or_default().to_ascii_lowercase();
    let own = Url::parse(&candidate.url).map_or_else(|_| String::new(), |url| host(&url));
    let name = own.split('.').next().unwrap_or_default();
    own != host(start)
        && OTHER_SERVICES
            .split_whitespace()
            .any(|service| service == name)
}

fn path_of(address: &str) -> String {
    Url::parse(address).map_or_else(|_| String::new(), |url| url.path().to_owned())
}

/// How well it belongs to the page that was asked about.
fn place(candidate: &Candidate, start: &Url) -> f64 {
    let path = path_of(&candidate.url).to_lowercase();
    let has_part = |part: &str| path.split('/').any(|word| word == part);
    let same = |address: &str| {
        Url::parse(address).is_ok_and(|url| {
            url.path().trim_end_matches('/') == start.path().trim_end_matches('/')
                && crate::named::same_site(&url, start)
        })
    };
    let mut points = 0.0;
    if candidate.belongs_to.as_deref().is_some_and(same) {
        points += 1.0;
    }
    // Of one writer, whatever the page.
    if has_part("author") {
        points -= 2.0;
    }
    // The front page lists a bit of everything.
    if candidate.kind == SourceKind::Listing && is_front(&path) {
        points -= 1.5;
    }
    // Of the same folder, which is often one of a language.
    let folder = |path: &str| path.split('/').nth(1).map(str::to_lowercase);
    let first = folder(start.path()).filter(|folder| !folder.is_empty());
    if first.is_some() && first == folder(&path) {
        points += 0.8;
    }
    if fits_section(&path, start) {
        points += 1.5;
    } else if start.path() == "/" && PARTS.split_whitespace().any(has_part) {
        points -= 2.0;
    }
    points
}

fn is_front(path: &str) -> bool {
    let parts = path.split('/').filter(|part| !part.is_empty());
    let tells = |part: &str| {
        let stem = part.split('.').next().unwrap_or_default();
        // `/en/`, `/web/guest/home`, `/ar/Pages/default.aspx`.
        stem.len() > 2
            && !matches!(
                stem,
                "index" | "default" | "home" | "pages" | "web" | "guest"
            )
    };
    !parts.into_iter().any(tells)
}

/// Whether a path lies below the page's, or bears the name of its section: `/it/` and `/rss/it.xml`.
fn fits_section(path: &str, start: &Url) -> bool {
    let section = start.path().trim_end_matches('/').to_lowercase();
    let Some(name) = section.rsplit('/').next().filter(|name| !name.is_empty()) else {
        return false;
    };
    let is_name = |word: &str| word == name || word.split('.').next() == Some(name);
    path.starts_with(&format!("{section}/")) || path.split('/').any(is_name)
}

/// Whether one of them belongs to the page's own section.
pub(super) fn has_of_section(candidates: &[Candidate], start: &Url) -> bool {
    let mut paths = candidates
        .iter()
        .filter(|c| c.kind == SourceKind::Feed)
        .map(|c| path_of(&c.url));
    start.path() == "/" || paths.any(|path| fits_section(&path.to_lowercase(), start))
}

fn language(candidate: &Candidate, page: Option<&str>) -> f64 {
    let primary = |tag: &str| {
        tag.split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    match (candidate.language.as_deref(), page) {
        (Some(own), Some(page)) if primary(own) != primary(page) => -2.5,
        _ => 0.0,
    }
}

fn way(how: How) -> f64 {
    match how {
        How::Given => 1.0,
        How::Head => 0.5,
        How::Link | How::Overview | How::Robots => 0.2,
        How::Usual => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(url: &str) -> Candidate {
        Candidate {
            kind: SourceKind::Feed,
            url: url.to_owned(),
            title: None,
            language: None,
            how: How::Head,
            entries: 10,
            dated: 10,
            newest: Timestamp::from_second(1_790_000_000).ok(),
            about_ai: 0,
            foreign: 0,
            with_media: 0,
            belongs_to: None,
            is_news: false,
        }
    }

    /// The order of two, by the last part of their addresses.
    fn first(start: &str, candidates: [Candidate; 2]) -> String {
        let start = Url::parse(start).unwrap();
        let surroundings = Surroundings {
            start: &start,
            language: Some("en-GB"),
            now: Timestamp::from_second(1_790_100_000).unwrap(),
        };
        let mut candidates = candidates.to_vec();
        sort(&mut candidates, &surroundings);
        candidates[0]
            .url
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    #[test]
    fn what_says_less_falls_behind() {
        let good = || candidate("https://a.example/good");
        let worse: [fn(&mut Candidate); 8] = [
            |c| c.title = Some("Comments for A".to_owned()),
            |c| c.title = Some("Jobs at A".to_owned()),
            |c| c.newest = Timestamp::from_second(1_700_000_000).ok(),
            |c| c.entries = 0,
            |c| c.with_media = 9,
            |c| c.foreign = 8,
            |c| c.language = Some("de".to_owned()),
            |c| c.kind = SourceKind::Listing,
        ];
        for change in worse {
            let mut bad = candidate("https://a.example/bad");
            change(&mut bad);
            assert_eq!(first("https://a.example/", [bad, good()]), "good");
        }
    }

    #[test]
    fn a_section_has_its_own_feed() {
        let of_site = candidate("https://a.example/all");
        let of_section = candidate("https://a.example/press/rss");
        let order = |start| first(start, [of_site.clone(), of_section.clone()]);
        assert_eq!(order("https://a.example/press/"), "rss");
        assert_eq!(order("https://a.example/"), "all");
        let named = candidate("https://a.example/feeds/it.xml");
        let of_site = candidate("https://a.example/all");
        assert_eq!(first("https://a.example/IT/", [of_site, named]), "it.xml");
    }
}
