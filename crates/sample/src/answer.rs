//! What a site of the sample world answers to a request. Pure: the same request on the same day
//! gets the same answer.

use crate::day::Day;
use crate::feed;
use crate::item::Item;
use crate::page;
use crate::site::{Manner, Site};
use crate::world::World;
use jiff::fmt::rfc2822;
use tocsin_core::{Timestamp, digest_hex};

const HTML: &str = "text/html; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// How long the busy site asks to be left alone, in seconds.
const RETRY_AFTER: u32 = 3_600;

/// The parts of a request that matter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Request<'a> {
    /// The `Host` header; a port is ignored.
    pub(crate) host: &'a str,
    /// The path without the query.
    pub(crate) path: &'a str,
    pub(crate) if_none_match: Option<&'a str>,
    pub(crate) if_modified_since: Option<&'a str>,
}

/// The parts of an answer that matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<Timestamp>,
    pub(crate) retry_after: Option<u32>,
    pub(crate) body: String,
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: String) -> Self {
        Self {
            status,
            content_type,
            etag: None,
            last_modified: None,
            retry_after: None,
            body,
        }
    }

    /// An answer that can be asked for again on condition.
    fn lasting(content_type: &'static str, changed: Option<Timestamp>, body: String) -> Self {
        Self {
            etag: Some(format!("\"{}\"", digest_hex(&[&body], 16))),
            last_modified: changed,
            ..Self::new(200, content_type, body)
        }
    }
}

/// Answers a request as the world stands on a day.
pub(crate) fn answer(world: &World, day: Day, request: &Request<'_>) -> Answer {
    let host = request.host.split(':').next().unwrap_or_default();
    match world.site_at(host) {
        None => Answer::new(421, PLAIN, format!("no site `{host}` in this world\n")),
        Some(site) if request.path == "/robots.txt" => robots(site),
        Some(site) if site.look.manner == Manner::Late && day == Day::First => busy(),
        Some(site) => revalidate(content(world, site, day, request.path), request),
    }
}

fn robots(site: &Site) -> Answer {
    let rules = match site.look.manner {
        Manner::Bare => return missing(site),
        Manner::Closed => "User-agent: *\nDisallow: /\n",
        Manner::Open | Manner::Late => {
            "User-agent: *\nDisallow: /comment\nDisallow: /letters\nDisallow: /share\n"
        }
    };
    Answer::new(200, PLAIN, rules.to_owned())
}

fn busy() -> Answer {
    Answer {
        retry_after: Some(RETRY_AFTER),
        ..Answer::new(503, PLAIN, "We are moving house. Back soon.\n".to_owned())
    }
}

fn missing(site: &Site) -> Answer {
    Answer::new(404, HTML, page::not_found(site))
}

fn content(world: &World, site: &Site, day: Day, path: &str) -> Answer {
    let items = world.items(site, day);
    let changed = items.iter().map(Item::changed).max();
    let front = || page::front(world.template("front"), site, &items);
    if path == site.list_path() {
        let list = feed::render(site, &items).unwrap_or_else(front);
        return Answer::lasting(site.look.format.content_type(), changed, list);
    }
    if path == "/" {
        return Answer::lasting(HTML, changed, front());
    }
    let mut from_here = items
        .iter()
        .enumerate()
        .filter(|(_, item)| site.path(&item.piece.slug, item.piece.published) == path);
    let Some((at, item)) = from_here.next() else {
        return missing(site);
    };
    let earlier = items.get(at + 1..).unwrap_or_default();
    let body = page::article(world.template(&site.look.template), item, earlier);
    Answer::lasting(HTML, Some(item.changed()), body)
}

/// Turns an answer into 304 where the asker has it already (RFC 9110, section 13.2.2: the entity
/// tag decides where both conditions are given).
fn revalidate(answer: Answer, request: &Request<'_>) -> Answer {
    let same = match (request.if_none_match, request.if_modified_since) {
        (Some(tags), _) => answer.etag.as_deref().is_some_and(|tag| {
            tags.split(',')
                .any(|t| t.trim().trim_start_matches("W/") == tag)
        }),
        (None, Some(date)) => answer
            .last_modified
            .zip(rfc2822::parse(date).ok())
            .is_some_and(|(changed, since)| changed <= since.timestamp()),
        (None, None) => false,
    };
    if same {
        Answer {
            status: 304,
            body: String::new(),
            ..answer
        }
    } else {
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(world: &World, day: Day, url: &str) -> Answer {
        let (host, path) = url.split_once('/').unwrap();
        let path = format!("/{path}");
        let request = Request {
            host,
            path: &path,
            ..Request::default()
        };
        answer(world, day, &request)
    }

    /// Asks for a source's list again on the second day with the first day's entity tag.
    fn again(world: &World, host: &str, list: &str) -> u16 {
        let first = get(world, Day::First, &format!("{host}{list}"));
        let request = Request {
            host,
            path: list,
            if_none_match: first.etag.as_deref(),
            ..Request::default()
        };
        answer(world, Day::Second, &request).status
    }

    #[test]
    fn robots_txt_is_open_absent_or_closed() {
        let world = World::load().unwrap();
        let robots = |host: &str| get(&world, Day::First, &format!("{host}/robots.txt"));
        let closed = robots("closed-courier.example");
        assert_eq!(
            (closed.status, closed.body.as_str()),
            (200, "User-agent: *\nDisallow: /\n")
        );
        assert!(
            !robots("meridian-wire.example")
                .body
                .contains("Disallow: /\n")
        );
        assert_eq!(robots("fenland-echo.example").status, 404);
    }

    #[test]
    fn the_busy_site_asks_for_time_on_the_first_day_and_works_on_the_second() {
        let world = World::load().unwrap();
        let first = get(&world, Day::First, "straits-circuit.example/atom");
        assert_eq!((first.status, first.retry_after), (503, Some(3_600)));
        // A robots.txt that cannot be read would forbid everything (RFC 9309, section 2.3.1.4).
        assert_eq!(
            get(&world, Day::First, "straits-circuit.example/robots.txt").status,
            200
        );
        let second = get(&world, Day::Second, "straits-circuit.example/atom");
        assert_eq!((second.status, second.retry_after), (200, None));
    }

    #[test]
    fn only_the_source_without_news_answers_304_on_the_second_day() {
        let world = World::load().unwrap();
        assert_eq!(again(&world, "minato-review.example", "/index.rdf"), 304);
        assert_eq!(again(&world, "lequai.example", "/une.xml"), 200);
    }

    #[test]
    fn every_list_answers_304_to_whoever_has_it() {
        let world = World::load().unwrap();
        for source in world.sources() {
            let site = world
                .site_at(&tocsin_core::host_of(&source.url).unwrap())
                .unwrap();
            let url = format!("{}{}", site.host, site.list_path());
            let fresh = get(&world, Day::Second, &url);
            assert_eq!(fresh.status, 200, "{url}");
            let weak = format!("\"other\", W/{}", fresh.etag.unwrap());
            for tags in [weak.as_str(), "\"other\""] {
                let request = Request {
                    host: &site.host,
                    path: site.list_path(),
                    if_none_match: Some(tags),
                    ..Request::default()
                };
                let status = answer(&world, Day::Second, &request).status;
                assert_eq!(status, if tags == weak { 304 } else { 200 }, "{url}");
            }
        }
    }

    #[test]
    fn a_date_is_a_condition_too() {
        let world = World::load().unwrap();
        let status = |since: &str| {
            let request = Request {
                host: "lequai.example:8080",
                path: "/une.xml",
                if_modified_since: Some(since),
                ..Request::default()
            };
            answer(&world, Day::First, &request).status
        };
        assert_eq!(status("Mon, 05 Oct 2026 16:05:00 GMT"), 304);
        assert_eq!(status("Mon, 05 Oct 2026 16:04:59 GMT"), 200);
        assert_eq!(status("yesterday"), 200);
    }

    #[test]
    fn every_article_is_at_its_address_and_not_before_its_day() {
        let world = World::load().unwrap();
        for piece in world.pieces(Day::Second) {
            let url = world.url_of(&piece.slug).unwrap();
            let url = url.strip_prefix("http://").unwrap();
            assert_eq!(get(&world, Day::Second, url).status, 200, "{url}");
            if piece.published > Day::First.now() {
                assert_ne!(get(&world, Day::First, url).status, 200, "{url}");
            }
        }
        assert_eq!(get(&world, Day::Second, "lequai.example/no").status, 404);
        assert_eq!(get(&world, Day::Second, "nowhere.example/").status, 421);
    }

    #[test]
    fn an_article_that_was_not_edited_is_the_same_on_both_days() {
        let world = World::load().unwrap();
        let url = world.url_of("wire-compute-ceiling").unwrap();
        let url = url.strip_prefix("http://").unwrap();
        assert_eq!(get(&world, Day::First, url), get(&world, Day::Second, url));
    }
}
