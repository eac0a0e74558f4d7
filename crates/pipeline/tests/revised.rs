//! A page that changes after it was read: the story stays one, and what it said before is kept. What a person took
//! out stays out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;

use desk::server::{Mood, Server};
use desk::{Desk, MINUTE, at, site};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tocsin_core::{Story, Verdict};
use tocsin_pipeline::revision::revisions;
use tocsin_pipeline::{Vocab, acts, find, verdicts};
use tocsin_search::Query;
use tocsin_store::Store;

const HOUR: i64 = 60 * MINUTE;
const RULES: &str = "[[rule]]\nname = \"all\"\nquery = \"\"\nwhen = \"every-story\"\nto = [\"mailto:ann@desk.example\"]\n";

/// What the site shows: the time that its feed gives the story, and the paragraphs of the page.
#[derive(Default)]
struct Site {
    changed: i64,
    paragraphs: Vec<String>,
    asked: usize,
}

fn serve(site: &Arc<Mutex<Site>>) -> String {
    let site = Arc::clone(site);
    let address = site::serve(move |_, path| {
        let mut site = site.lock().unwrap();
        let body = match path {
            "/feed.xml" => format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Council</title><entry><id>1</id>\
                 <title>Council adopts AI regulation</title><link href=\"/story/1\"/>\
                 <updated>{}</updated></entry></feed>",
                at(site.changed)
            ),
            "/robots.txt" => String::new(),
            _ => {
                site.asked += 1;
                let paragraphs: String = site
                    .paragraphs
                    .iter()
                    .map(|words| format!("<p>{words}</p>"))
                    .collect();
                format!(
                    "<html><head><title>Council adopts AI regulation</title></head><body><article>\
                     <h1>Council adopts AI regulation</h1>{paragraphs}</article></body></html>"
                )
            }
        };
        ("200 OK", body)
    });
    format!("http://{address}/feed.xml")
}

#[test]
fn a_changed_page_is_a_revision_and_what_was_taken_out_stays_out() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::with_rules(&server, RULES);
    let shown = Arc::new(Mutex::new(Site::default()));
    let sources = [site::feed("xx-council", serve(&shown))];
    let first = [
        "The council adopted the regulation on artificial intelligence on Monday, the ministry said, after two years of talks.",
        "Providers of general-purpose AI models pay fines of up to 10 million euro where they break the rules on training data.",
        "The minister for digital affairs welcomed the vote and said that the AI office would publish guidance in autumn.",
    ]
    .map(str::to_owned);
    shown.lock().unwrap().paragraphs = first.to_vec();
    let poll = |hour: i64, changed: i64| {
        shown.lock().unwrap().changed = changed * HOUR;
        let report = desk.poll(&sources, hour * HOUR);
        (report.sources[0].revised, shown.lock().unwrap().asked)
    };
    let query = |words: &str| {
        let vocabulary = Vocab {
            classifier: Arc::clone(&desk.pass.classifier),
            sources: Arc::default(),
        };
        let query = Query::parse(words, &vocabulary, at(0)).unwrap();
        find::stories(desk.store.as_ref(), &query, 9).unwrap()
    };
    let story = || -> Story { query("is:removed OR -is:removed").remove(0) };

    assert_eq!(poll(1, 0), (0, 1));
    assert!(story().relevant && story().article.text.contains("10 million"));
    let mails = server.taken().len();
    assert_eq!(mails, 1);

    // A figure changes and a paragraph comes.
    {
        let mut site = shown.lock().unwrap();
        site.paragraphs[1] = site.paragraphs[1].replace("10 million", "35 million");
        site.paragraphs.push(
            "Correction: an earlier version of this story gave a lower figure for the highest fine of the regulation.".to_owned(),
        );
    }
    assert_eq!(poll(3, 2), (1, 2));
    assert!(story().article.text.contains("35 million"));
    let kept = revisions(desk.store.as_ref(), story().id()).unwrap();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].text.contains("10 million"));
    assert_eq!(
        (kept[0].changes.added.len(), kept[0].changes.changed.len()),
        (1, 1)
    );
    assert_eq!(desk.store.counts().unwrap().stories, 1);
    assert_eq!(server.taken().len(), mails, "no new story, no mail");
    let event = desk.store.event(&story().event.unwrap()).unwrap().unwrap();
    assert_eq!(event.stories.len(), 1);

    // The same time again asks for nothing; a new one with the same words is no revision.
    assert_eq!(poll(4, 2), (0, 2));
    assert_eq!(poll(9, 8), (0, 3));
    assert_eq!(
        revisions(desk.store.as_ref(), story().id()).unwrap().len(),
        1
    );

    // Taken out, it stays out, though its page changes and its source lists it.
    let verdict = Verdict {
        story: story().id().clone(),
        tags: BTreeMap::new(),
        relevant: None,
        removed: Some(true),
        at: at(10 * HOUR),
    };
    verdicts::give(desk.store.as_ref(), story(), verdict, "ann").unwrap();
    shown.lock().unwrap().paragraphs.truncate(2);
    assert_eq!(poll(40, 39), (1, 4));
    assert!(query("").is_empty());
    assert_eq!(query("is:removed").len(), 1);
    let all = Query::parse(
        "",
        &Vocab {
            classifier: Arc::clone(&desk.pass.classifier),
            sources: Arc::default(),
        },
        at(0),
    )
    .unwrap();
    assert!(
        find::events(desk.store.as_ref(), &all, 9)
            .unwrap()
            .is_empty()
    );
    assert_eq!(server.taken().len(), mails);

    // And comes back as it is today, where that is taken back.
    let actor = tocsin_pipeline::Actor {
        by: "ann".to_owned(),
        at: at(41 * HOUR),
    };
    let undo = acts::undo(desk.store.as_ref(), 1, &actor).unwrap();
    desk.store.commit(&undo.changes).unwrap();
    assert_eq!(query("").len(), 1);
    assert!(!story().article.text.contains("autumn"));
}
