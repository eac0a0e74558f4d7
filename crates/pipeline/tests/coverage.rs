//! An outside list of two hundred links, of which forty were missed, each for a reason that is named.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;

use desk::server::{Mood, Server};
use desk::{Desk, MINUTE, RULES, at, site};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tocsin_core::Source;
use tocsin_pipeline::coverage::{self, Found, Item, Tally};
use tocsin_store::Store;

/// How many articles a site's feed lists, by the last number of its address.
fn listed(site: u8) -> usize {
    match site {
        1 => 100,
        2 => 60,
        5 => 18,
        _ => 8,
    }
}

/// Of the fifth site only the first ten speak of artificial intelligence.
fn title(site: u8, n: usize) -> String {
    match (site, n) {
        (5, 10..) => format!("Council opens swimming pool number {n} in district {n}"),
        _ => {
            format!("Ministry {site} publishes rule {n} on artificial intelligence in district {n}")
        }
    }
}

fn answer(site: u8, path: &str, port: u16) -> (&'static str, String) {
    let link = |n: usize| format!("http://127.0.1.{site}:{port}/story/{n}");
    match path {
        "/robots.txt" if site == 3 => ("200 OK", "User-agent: *\nDisallow: /\n".to_owned()),
        "/feed.xml" => {
            let entry = |n: usize| match (site, n) {
                // Nothing but an address, and nothing behind it.
                (2, 50..) => format!("<item><link>{}</link></item>", link(n)),
                _ => format!(
                    "<item><title>{}</title><link>{}</link></item>",
                    title(site, n),
                    link(n)
                ),
            };
            let entries: String = (0..listed(site)).map(entry).collect();
            (
                "200 OK",
                format!(
                    "<rss version=\"2.0\"><channel><title>Site</title>{entries}</channel></rss>"
                ),
            )
        }
        _ => match path
            .strip_prefix("/story/")
            .and_then(|n| n.parse::<usize>().ok())
        {
            Some(n) if site != 2 || n < 50 => {
                let title = title(site, n);
                let text =
                    format!("{title}, said the head of office {n} of site {site} on Monday. ")
                        .repeat(6);
                (
                    "200 OK",
                    format!(
                        "<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
                    ),
                )
            }
            _ => ("410 Gone", String::new()),
        },
    }
}

/// Every address of 127.0.1.0/24 is a site of its own.
fn sites() -> u16 {
    let answered = |address: SocketAddr, path: &str| {
        let site = match address {
            SocketAddr::V4(address) => address.ip().octets()[3],
            SocketAddr::V6(_) => 0,
        };
        answer(site, path, address.port())
    };
    site::serve(answered).port()
}

fn source(site: u8, port: u16) -> Source {
    let url = format!("http://127.0.1.{site}:{port}/feed.xml");
    Source {
        country: "BE".to_owned(),
        enabled: site != 4,
        keyword_filter: site == 5,
        ..site::feed(&format!("xx-site-{site}"), url)
    }
}

#[test]
fn forty_of_two_hundred_are_missed_and_each_is_told_why() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.max_pages_per_source = 1_000;
    desk.pass.parallel_sources = 8;
    let port = sites();
    let sources: Vec<Source> = (1..=5).map(|site| source(site, port)).collect();
    let enabled: Vec<Source> = sources.iter().filter(|s| s.enabled).cloned().collect();
    desk.poll(&enabled, 60 * MINUTE);

    let item = |site: u8, path: String| Item {
        url: Some(format!("http://127.0.1.{site}:{port}{path}")),
        ..Item::default()
    };
    let stories = |site: u8, from: usize, until: usize| {
        (from..until).map(move |n| (site, format!("/story/{n}"), title(site, n)))
    };
    let mut items: Vec<Item> = Vec::new();
    for (site, path, title) in stories(1, 0, 100)
        .chain(stories(2, 0, 60))
        .chain(stories(3, 0, 8))
        .chain(stories(4, 0, 6))
        .chain(stories(5, 0, 18))
        .chain(stories(9, 0, 4))
    {
        let mut one = item(site, path);
        // Every other one with its headline, and with what mail programs hang on.
        if items.len().is_multiple_of(2) {
            one.title = Some(title);
            one.url = one.url.map(|url| format!("{url}?utm_source=mail"));
        } else if site == 5 {
            one.title = Some(title);
        }
        items.push(one);
    }
    items.push(Item {
        published: Some(at(-60 * MINUTE)),
        ..item(1, "/story/900".to_owned())
    });
    items.extend((901..904).map(|n| item(1, format!("/story/{n}"))));
    assert_eq!(items.len(), 200);

    let found = coverage::check(desk.store.as_ref(), &sources, &items).unwrap();
    let mut why: BTreeMap<&str, usize> = BTreeMap::new();
    for (item, found) in items.iter().zip(&found) {
        let url = item.url.as_deref().unwrap();
        let site = url.split(['.', ':']).nth(4).unwrap();
        let reason = match found {
            Found::Stored { .. } | Found::Met => "seen",
            Found::Failed { .. } => "failed",
            Found::SourceFailed { .. } => "source",
            Found::Off { .. } => "off",
            Found::Filtered { .. } => "filtered",
            Found::NoSource | Found::NotFound => "none",
            Found::TooEarly { .. } => "early",
            Found::NotYet { .. } => "not yet",
            Found::TooLate { .. } => "too late",
            Found::NotListed { .. } => "not listed",
        };
        let expected = match (
            site,
            url.rsplit('/').next().unwrap().split('?').next().unwrap(),
        ) {
            ("1", "900") => "early",
            ("1", "901" | "902" | "903") => "not listed",
            ("1", _) => "seen",
            ("2", n) if n.parse::<usize>().unwrap() >= 50 => "failed",
            ("2", _) => "seen",
            ("3", _) => "source",
            ("4", _) => "off",
            ("5", n) if n.parse::<usize>().unwrap() >= 10 => "filtered",
            ("5", _) => "seen",
            _ => "none",
        };
        assert_eq!(reason, expected, "{url}: {found:?}");
        *why.entry(reason).or_default() += 1;
    }
    let missed: usize = why
        .iter()
        .filter(|(reason, _)| **reason != "seen")
        .map(|(_, n)| n)
        .sum();
    assert_eq!((missed, why["seen"]), (40, 160));
    let told: Vec<String> = found.iter().map(Found::words).collect();
    assert!(
        told.iter()
            .any(|words| words.contains("answered with status 410")),
        "{told:#?}"
    );
    assert!(
        told.iter()
            .any(|words| words.contains("the robots.txt of 127.0.1.3"))
    );

    // Each poll left its record.
    let tally = |site: usize| {
        let days = (at(-1), at(120 * MINUTE));
        let days = coverage::tallies(desk.store.as_ref(), &sources[site - 1].id, days).unwrap();
        days.into_iter()
            .fold(Tally::default(), |mut sum, (_, day)| {
                sum += day;
                sum
            })
    };
    assert_eq!(
        (tally(1).polls, tally(1).stories, tally(1).failed),
        (1, 100, 0)
    );
    assert_eq!((tally(3).refused, tally(4).polls), (1, 0));
}

const HOUR: i64 = 60 * MINUTE;

#[test]
fn what_left_a_list_before_it_was_read_came_too_late() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.max_pages_per_source = 1_000;
    // The list holds the last six of stories that come every half hour.
    let now = Arc::new(AtomicI64::new(0));
    let shown = Arc::clone(&now);
    let port = site::serve(move |_, path| {
        let latest = shown.load(Ordering::Relaxed) / (30 * MINUTE);
        match path {
            "/robots.txt" => ("404 Not Found", String::new()),
            "/feed.xml" => {
                let items: String = (latest - 5..=latest)
                    .map(|n| {
                        format!(
                            "<item><title>Ministry presents rule {n} on artificial intelligence</title>\
                             <link>/story/{n}</link><pubDate>{}</pubDate></item>",
                            at(n * 30 * MINUTE).strftime("%a, %d %b %Y %H:%M:%S GMT")
                        )
                    })
                    .collect();
                ("200 OK", format!("<rss version=\"2.0\"><channel>{items}</channel></rss>"))
            }
            _ => ("410 Gone", String::new()),
        }
    })
    .port();
    let source = site::feed("xx-fast", format!("http://127.0.4.1:{port}/feed.xml"));
    let poll = |hour: i64| {
        now.store(hour * HOUR, Ordering::Relaxed);
        desk.poll(std::slice::from_ref(&source), hour * HOUR)
            .sources[0]
            .has_gap
    };
    let item = |n: i64| Item {
        url: Some(format!("http://127.0.4.1:{port}/story/{n}")),
        title: None,
        published: Some(at(n * 30 * MINUTE)),
    };
    let check = |n: i64| {
        let sources = std::slice::from_ref(&source);
        coverage::check(desk.store.as_ref(), sources, &[item(n)])
            .unwrap()
            .remove(0)
    };
    let interval = || desk.store.health(&source.id).unwrap().unwrap().interval_s;
    assert_eq!((poll(0), poll(2)), (false, false));
    assert!(matches!(check(3), Found::Stored { .. }));
    assert!(matches!(check(5), Found::NotYet { .. }));
    // From two to nine o'clock fourteen stories came, of which six are left.
    assert!(poll(9));
    assert!(interval() <= 7 * 1_800, "{}", interval());
    assert!(matches!(check(14), Found::Stored { .. }));
    let lost = check(8);
    assert!(matches!(lost, Found::TooLate { .. }), "{lost:?}");
    let words = lost.words();
    assert!(
        words.contains("no longer reached back to the poll before"),
        "{words}"
    );
    let days = (at(0), at(9 * HOUR));
    let days = coverage::tallies(desk.store.as_ref(), &source.id, days).unwrap();
    assert_eq!(days.iter().map(|(_, day)| day.gaps).sum::<usize>(), 1);
}
