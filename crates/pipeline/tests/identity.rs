//! A story stays one, whatever its source makes of its address, id and title from one day to the next.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;

use desk::server::{Mood, Server};
use desk::{DAY, Desk, RULES, site};
use std::sync::{Arc, Mutex};
use tocsin_store::Store;

/// The items of the feed, and the pages that were asked for.
type Shared = Arc<Mutex<(String, Vec<String>)>>;

fn serve(shared: &Shared) -> String {
    let shared = Arc::clone(shared);
    let address = site::serve(move |_, path| {
        let mut shared = shared.lock().unwrap();
        let body = match path {
            "/feed.xml" => format!(
                "<rss version=\"2.0\"><channel><title>Council</title>{}</channel></rss>",
                shared.0
            ),
            "/robots.txt" => String::new(),
            _ => {
                shared.1.push(path.to_owned());
                let text =
                    "The council adopted the regulation on artificial intelligence on Monday. "
                        .repeat(8);
                format!(
                    "<html><head><title>Council adopts rule</title></head><body><article><h1>Council adopts rule</h1><p>{text}</p></article></body></html>"
                )
            }
        };
        ("200 OK", body)
    });
    format!("http://{address}")
}

#[test]
fn a_story_keeps_its_identity() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.max_pages_per_source = 100;
    let shared = Shared::default();
    let base = serve(&shared);
    let sources = [site::feed("xx-council", format!("{base}/feed.xml"))];
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
