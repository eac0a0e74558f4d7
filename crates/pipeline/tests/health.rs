//! The operator hears once of a source that keeps us out, once of its return, and of nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;
#[path = "../../../tests/program/strict.rs"]
mod strict;

use desk::server::{Mood, Server};
use desk::{DAY, Desk, MINUTE, RULES, site};
use std::sync::{Arc, Mutex};
use tocsin_core::{Source, SourceState};
use tocsin_store::Store;

const FEED: &str = "<rss version=\"2.0\"><channel><title>Council</title></channel></rss>";

/// A source of a site that answers with what `status` says for a path, robots.txt aside.
fn source(status: impl Fn(&str) -> &'static str + Send + Sync + 'static) -> Source {
    let address = site::serve(move |_, path| match path {
        "/robots.txt" => ("404 Not Found", String::new()),
        _ => (status(path), FEED.to_owned()),
    });
    Source {
        name: "The Council <of> Ärzte".to_owned(),
        ..site::feed("xx-council", format!("http://{address}/feed.xml"))
    }
}

#[test]
fn a_change_of_state_is_one_mail() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::with_rules(&server, RULES);
    let status = Arc::new(Mutex::new("200 OK"));
    let shown = Arc::clone(&status);
    let sources = [source(move |_| *shown.lock().unwrap())];
    let mails = |day: i64, now: &'static str| -> Vec<strict::Mail> {
        let before = server.taken().len();
        *status.lock().unwrap() = now;
        desk.poll(&sources, day * DAY);
        let taken = server.taken();
        let new = taken.iter().skip(before);
        new.map(|(to, bytes)| {
            assert!(to.contains("operator@"), "{to}");
            strict::parse(bytes).unwrap()
        })
        .collect()
    };
    assert!(mails(0, "200 OK").is_empty());
    let [blocked] = <[strict::Mail; 1]>::try_from(mails(1, "403 Forbidden"))
        .ok()
        .unwrap();
    assert_eq!(
        blocked.header("Subject"),
        Some("The Council <of> Ärzte: keeping us out")
    );
    for words in [
        "xx-council",
        "answered with status 403",
        "ask the site for access",
    ] {
        assert!(blocked.text.contains(words), "{words}: {}", blocked.text);
    }
    assert!(mails(2, "403 Forbidden").is_empty() && mails(3, "403 Forbidden").is_empty());
    let [well] = <[strict::Mail; 1]>::try_from(mails(4, "200 OK"))
        .ok()
        .unwrap();
    assert_eq!(
        well.header("Subject"),
        Some("The Council <of> Ärzte: well again")
    );
    // A bad hour is not worth a mail; a bad day is.
    assert!(mails(5, "500 Oh no").is_empty());
    assert_eq!(mails(6, "500 Oh no").len(), 1);
    assert!(mails(7, "500 Oh no").is_empty());
}

#[test]
fn a_source_that_moved_is_asked_where_it_is() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::with_rules(&server, RULES);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let has_gone = Arc::new(Mutex::new(false));
    let gone = Arc::clone(&has_gone);
    let sources = [source(move |path| {
        log.lock().unwrap().push(path.to_owned());
        match (path, *gone.lock().unwrap()) {
            ("/feed.xml", false) => "301 Moved Permanently\r\nlocation: /new.xml",
            ("/new.xml", true) => "404 Not Found",
            _ => "200 OK",
        }
    })];
    let polled = |hour: i64| -> Vec<String> {
        desk.poll(&sources, hour * 60 * MINUTE);
        std::mem::take(&mut *asked.lock().unwrap())
    };
    assert_eq!(polled(0), ["/feed.xml", "/new.xml"]);
    assert_eq!(polled(12), ["/new.xml"]);
    assert_eq!(polled(23), ["/new.xml"]);
    assert_eq!(polled(25), ["/feed.xml", "/new.xml"]);
    assert_eq!(polled(40), ["/new.xml"]);
    let health = desk.store.health(&sources[0].id).unwrap().unwrap();
    assert_eq!(health.state, SourceState::Moved);
    // Back where it was, and gone from where it moved to.
    *has_gone.lock().unwrap() = true;
    assert_eq!(polled(48), ["/new.xml"]);
    assert_eq!(polled(72), ["/feed.xml"]);
    assert_eq!(polled(96), ["/feed.xml"]);
    let health = desk.store.health(&sources[0].id).unwrap().unwrap();
    assert!(
        health.moved.is_none() && health.failures == 0 && health.state != SourceState::Moved,
        "{health:?}"
    );
}
