//! A story stays one, whatever its source makes of its address, id and title from one day to the next.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;

use desk::server::{Mood, Server};
use desk::{DAY, Desk, RULES};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use tocsin_core::{Source, SourceId, SourceKind};
use tocsin_store::Store;

/// The items of the feed, and the pages that were asked for.
type Shared = Arc<Mutex<(String, Vec<String>)>>;

fn site(shared: &Shared) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut request = String::new();
            let _ = reader.read_line(&mut request);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
                line.clear();
            }
            let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
            let mut shared = shared.lock().unwrap();
            let body = match path.as_str() {
                "/feed.xml" => format!(
                    "<rss version=\"2.0\"><channel><title>Council</title>{}</channel></rss>",
                    shared.0
                ),
                "/robots.txt" => String::new(),
                _ => {
                    shared.1.push(path);
                    let text =
                        "The council adopted the regulation on artificial intelligence on Monday. "
                            .repeat(8);
                    format!(
                        "<html><head><title>Council adopts rule</title></head><body><article><h1>Council adopts rule</h1><p>{text}</p></article></body></html>"
                    )
                }
            };
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}")
}

#[test]
fn a_story_keeps_its_identity() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.max_pages_per_source = 100;
    let shared = Shared::default();
    let base = site(&shared);
    let sources = [Source {
        id: SourceId::new("xx-council"),
        name: "Council".to_owned(),
        kind: SourceKind::Feed,
        url: format!("{base}/feed.xml"),
        site: String::new(),
        country: String::new(),
        lang: "en".to_owned(),
        category: String::new(),
        topics: Vec::new(),
        enabled: true,
        keyword_filter: false,
        link_selector: None,
    }];
    let item = |guid: &str, title: &str, path: &str| {
        format!("<item><guid>{guid}</guid><title>{title}</title><link>{base}{path}</link></item>")
    };
    let days = [
        item("1", "Council adopts rule", "/story/1"),
        item("other-guid", "Council adopts rule", "/story/1"),
        item("1", "Updated: council adopts rule on AI", "/story/1"),
        item(
            "1",
            "Council adopts rule",
            "/story/1?utm_source=feed&amp;fbclid=7",
        ),
        item("1", "Council adopts rule", "/story/1/"),
        item("1", "Council adopts rule", "/story/1/amp"),
        item("1", "Council adopts rule", "/amp/story/1"),
        item("1", "Council adopts rule", "/story/1?amp=1#top"),
    ];
    for (day, items) in (0..).zip(days) {
        shared.lock().unwrap().0 = items;
        desk.poll(&sources, day * DAY);
        assert_eq!(
            shared.lock().unwrap().1,
            ["/story/1"],
            "day {day}: nothing is asked for twice"
        );
        assert_eq!(desk.store.counts().unwrap().stories, 1, "day {day}");
    }
    shared.lock().unwrap().0 = item("1", "Council adopts rule", "/story/2");
    desk.poll(&sources, 9 * DAY);
    assert_eq!(
        desk.store.counts().unwrap().stories,
        2,
        "the same guid is no other story's"
    );
}
