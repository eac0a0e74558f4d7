//! What keeps us out is named, the honest other way is looked for, and a site with many sources holds up nobody.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;
#[path = "../../../tests/program/strict.rs"]
mod strict;

use desk::server::{Mood, Server};
use desk::{DAY, Desk, RULES, site};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tocsin_core::{Barrier, Health, Source, SourceKind, SourceState};
use tocsin_store::Store;

const LOGIN: &str = "<!DOCTYPE html><html><head><title>Members</title></head><body><h1>Members</h1>\
    <form><p>Please log in to read on.</p><input name=user><input type=password name=word></form></body></html>";
const CHALLENGE: &str = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>\
    <p>Checking your browser before you read on.</p></body></html>";

fn feed_of(host: &str) -> String {
    let items: String = (1..=5)
        .map(|n| {
            format!(
                "<item><title>Minister presents part {n} of the AI act</title><link>http://{host}/{n}</link>\
                 <pubDate>Mon, 05 Oct 2026 0{n}:00:00 GMT</pubDate></item>"
            )
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>News</title>{items}</channel></rss>")
}

/// Six sites, each at an address of its own, each with another barrier before `/feed.xml`.
fn answer(asked: SocketAddr, path: &str) -> (&'static str, String) {
    let site = match asked.ip() {
        std::net::IpAddr::V4(v4) => v4.octets()[3],
        std::net::IpAddr::V6(_) => 0,
    };
    match (path, site) {
        ("/robots.txt", 1) => ("200 OK", "User-agent: *\nDisallow: /feed.xml".to_owned()),
        ("/robots.txt", _) => ("404 Not Found", String::new()),
        ("/feed.xml", 2) => ("403 Forbidden", "No.".to_owned()),
        ("/feed.xml", 3) => ("403 Forbidden\r\ncf-mitigated: challenge", String::new()),
        ("/feed.xml", 4) => ("200 OK", LOGIN.to_owned()),
        ("/feed.xml", 5) => ("402 Payment Required", String::new()),
        ("/feed.xml", 6) => ("200 OK", CHALLENGE.to_owned()),
        ("/", 2) => (
            "200 OK",
            "<html><head><link rel=alternate type=\"application/rss+xml\" href=\"/open.xml\"></head></html>"
                .to_owned(),
        ),
        ("/open.xml", 2) => ("200 OK", feed_of(&asked.to_string())),
        _ => ("404 Not Found", String::new()),
    }
}

fn source(site: u8, port: u16) -> Source {
    let host = format!("http://127.0.2.{site}:{port}");
    Source {
        site: format!("{host}/"),
        ..site::feed(&format!("xx-site-{site}"), format!("{host}/feed.xml"))
    }
}

/// A site without a robots.txt, and the paths that it was asked for.
fn serve(
    answer: impl Fn(SocketAddr, &str) -> (&'static str, String) + Send + Sync + 'static,
) -> (u16, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let address = site::serve(move |address, path| {
        if path == "/robots.txt" {
            return ("404 Not Found", String::new());
        }
        log.lock().unwrap().push(path.to_owned());
        answer(address, path)
    });
    (address.port(), asked)
}

#[test]
fn a_barrier_is_named_and_the_way_round_it_that_the_site_offers() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.parallel_sources = 6;
    let port = site::serve(answer).port();
    let sources: Vec<Source> = (1..=6).map(|site| source(site, port)).collect();
    desk.poll(&sources, 0);
    let health = |site: usize| -> Health {
        let id = &sources[site - 1].id;
        desk.store.health(id).unwrap().unwrap()
    };
    let found: Vec<_> = (1..=6).map(|site| health(site).barrier).collect();
    let expected = [
        Barrier::Robots,
        Barrier::Refusal,
        Barrier::BotWall,
        Barrier::Login,
        Barrier::Terms,
        Barrier::BotWall,
    ];
    assert_eq!(found, expected.map(Some));
    assert!((1..=6).all(|site| health(site).state == SourceState::Blocked));

    let way = |site: usize| health(site).other_way.unwrap().found;
    let offered = way(2).unwrap();
    assert_eq!(
        (offered.kind, offered.url.as_str()),
        (
            SourceKind::Feed,
            format!("http://127.0.2.2:{port}/open.xml").as_str()
        )
    );
    assert!([1, 3, 4, 5, 6].into_iter().all(|site| way(site).is_none()));

    let mails = server.taken();
    let [(_, mail)] = mails.as_slice() else {
        unreachable!("one mail, not {}", mails.len());
    };
    let mail = strict::parse(mail).unwrap();
    let command = format!("tocsin sources add {}", offered.url);
    assert!(mail.text.contains(&command), "{}", mail.text);

    // Looked for once in a while, not in each pass.
    let before = health(2).other_way;
    desk.poll(&sources, DAY);
    assert_eq!(health(2).other_way, before);
    desk.poll(&sources, 8 * DAY);
    assert_ne!(health(2).other_way, before);
}

#[test]
fn a_site_with_many_sources_holds_up_no_other() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.parallel_sources = 2;
    // Its time is up as soon as one source was read.
    desk.pass.host_patience = Duration::ZERO;
    let (port, asked) =
        serve(|_, _| ("200 OK", "<rss version=\"2.0\"><channel/></rss>".to_owned()));
    let of_one = |n: usize| {
        let url = format!("http://127.0.3.1:{port}/{n}.xml");
        site::feed(&format!("xx-many-{n:03}"), url)
    };
    let mut sources: Vec<Source> = (0..100).map(of_one).collect();
    sources.push(site::feed(
        "xx-other",
        format!("http://127.0.3.2:{port}/other.xml"),
    ));
    let taken = |second: i64| -> (Vec<String>, usize) {
        let report = desk.poll(&sources, second);
        let left: usize = report.left.values().sum();
        assert!(
            report
                .left
                .keys()
                .all(|site| *site == format!("127.0.3.1:{port}"))
        );
        let mut asked = std::mem::take(&mut *asked.lock().unwrap());
        asked.sort();
        (asked, left)
    };
    assert_eq!(
        taken(0),
        (vec!["/0.xml".to_owned(), "/other.xml".to_owned()], 99)
    );
    // Whoever waited longest comes first.
    assert_eq!(
        taken(1),
        (vec!["/1.xml".to_owned(), "/other.xml".to_owned()], 99)
    );
    assert_eq!(
        taken(2),
        (vec!["/2.xml".to_owned(), "/other.xml".to_owned()], 99)
    );
}

#[test]
fn what_there_was_no_time_for_is_read_on_without_asking_for_the_list_again() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.host_patience = Duration::ZERO;
    desk.pass.max_pages_per_source = 100;
    let (port, asked) = serve(|address, path| match path {
        "/feed.xml" => ("200 OK\r\netag: \"7\"", feed_of(&address.to_string())),
        _ => ("410 Gone", String::new()),
    });
    let source = source(9, port);
    let sources = std::slice::from_ref(&source);
    let taken = || std::mem::take(&mut *asked.lock().unwrap());
    let etag = || desk.store.health(&source.id).unwrap().unwrap().etag;
    desk.poll(sources, 0);
    assert_eq!(taken(), ["/feed.xml", "/1"]);
    assert_eq!((etag(), desk.pass.rest.is_empty()), (None, false));
    for page in ["/2", "/3", "/4", "/5"] {
        desk.poll(sources, 1);
        assert_eq!(taken(), [page]);
    }
    assert!(desk.pass.rest.is_empty());
    assert_eq!(etag().as_deref(), Some("\"7\""), "all of it was read");
    assert_eq!(desk.store.counts().unwrap().stories, 5);
}

#[test]
fn a_site_whose_pages_all_fail_is_left_alone_until_its_next_poll() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.max_pages_per_source = 100;
    let (port, asked) = serve(|_, path| match path {
        "/feed.xml" => {
            let items: String = (0..500)
                .map(|n| format!("<item><title>Rule {n} on AI</title><link>/{n}</link></item>"))
                .collect();
            (
                "200 OK",
                format!("<rss version=\"2.0\"><channel>{items}</channel></rss>"),
            )
        }
        _ => ("502 Bad Gateway", String::new()),
    });
    let source = source(9, port);
    let report = desk.poll(std::slice::from_ref(&source), 0);
    let pages = asked
        .lock()
        .unwrap()
        .iter()
        .filter(|path| *path != "/feed.xml")
        .count();
    assert_eq!(pages, 8);
    assert!(report.sources[0].is_cut && desk.pass.rest.is_empty());
}

#[test]
fn who_cannot_be_had_stands_in_nobodys_way() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.max_pages_per_source = 100;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let port = site::serve(move |address, path| {
        if path == "/robots.txt" {
            return ("404 Not Found", String::new());
        }
        let item = |host: u8, page: &str| {
            let link = format!("http://127.0.6.{host}:{}/{page}", address.port());
            format!("<item><title>Rule {host} {page} on AI</title><link>{link}</link></item>")
        };
        if path == "/feed.xml" {
            // One host that wants a pause, one whose first pages are broken, and all the others behind them.
            let mut items: String = (1..=3).map(|n| item(1, &format!("busy{n}"))).collect();
            items.extend((1..=8).map(|n| item(2, &format!("broken{n}"))));
            items.extend((1..=2).map(|n| item(2, &format!("good{n}"))));
            items.extend((1..=2).map(|n| item(3, &format!("good{n}"))));
            return (
                "200 OK",
                format!("<rss version=\"2.0\"><channel>{items}</channel></rss>"),
            );
        }
        let host = address.ip().to_string();
        log.lock()
            .unwrap()
            .push(format!("{} {path}", host.rsplit('.').next().unwrap()));
        match path {
            _ if path.starts_with("/busy") => {
                ("429 Too Many Requests\r\nretry-after: 9000", String::new())
            }
            _ if path.starts_with("/broken") => ("502 Bad Gateway", String::new()),
            _ => ("410 Gone", String::new()),
        }
    })
    .port();
    let source = site::feed("xx-many", format!("http://127.0.6.9:{port}/feed.xml"));
    let sources = std::slice::from_ref(&source);
    let taken = || std::mem::take(&mut *asked.lock().unwrap());
    desk.poll(sources, 0);
    let mut expected = vec!["1 /busy1".to_owned()];
    expected.extend((1..=8).map(|n| format!("2 /broken{n}")));
    expected.extend(["3 /good1", "3 /good2"].map(str::to_owned));
    assert_eq!(taken(), expected);
    // What gave nothing the last time comes behind what was not asked for yet.
    desk.poll(sources, 60);
    let mut expected = vec!["2 /good1".to_owned(), "2 /good2".to_owned()];
    expected.extend((1..=8).map(|n| format!("2 /broken{n}")));
    assert_eq!(taken(), expected);
    assert_eq!(desk.store.counts().unwrap().stories, 4);
}
