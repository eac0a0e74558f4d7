//! What a person took out is told to nobody: not by a mail that waits, not by a digest, and not under the name of
//! an event that follows it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;

use desk::server::{Mood, Server};
use desk::{DAY, Desk, MINUTE, at};
use std::collections::BTreeMap;
use tocsin_core::{StoryId, Verdict};
use tocsin_pipeline::{Actor, acts, find, verdicts};
use tocsin_store::{Range, Store};

const HOUR: i64 = 60 * MINUTE;

fn rules(when: &str) -> String {
    format!(
        "[[rule]]\nname = \"all\"\nquery = \"\"\nwhen = \"{when}\"\nto = [\"mailto:ann@desk.example\"]\n"
    )
}

const FIRST: (&str, &str) = (
    "Ministry adopts AI regulation with fines for model makers",
    "The ministry adopted the regulation on artificial intelligence on Monday. Makers of large models pay fines of up to \
     10 million euro where they break the rules on training data, the minister said after the vote in the capital.",
);
const OTHER: (&str, &str) = (
    "Chip export controls extended to Malaysia",
    "The United States extended its export controls on AI chips to Malaysia on Tuesday. Shipments of accelerators need a \
     licence from the Bureau of Industry and Security from next month, a notice in the register says.",
);

fn remove(desk: &Desk, number: usize, second: i64) -> StoryId {
    let id = StoryId::of_url(&format!("https://site{number}.example/{number}"));
    let story = desk.store.story(&id).unwrap().unwrap();
    let verdict = Verdict {
        story: id.clone(),
        tags: BTreeMap::new(),
        relevant: None,
        removed: Some(true),
        at: at(second),
    };
    verdicts::give(desk.store.as_ref(), story, verdict, "ann").unwrap();
    id
}

fn text(mail: &(String, Vec<u8>)) -> String {
    String::from_utf8_lossy(&mail.1).into_owned()
}

#[test]
fn a_mail_that_waits_is_withdrawn() {
    let server = Server::open(|number| match number {
        0 | 1 => Mood::Reader("450 4.2.0 come again"),
        _ => Mood::Good,
    });
    let desk = Desk::with_rules(&server, &rules("every-story"));
    desk.comes_in(1, FIRST.0, FIRST.1, at(0));
    desk.comes_in(2, OTHER.0, OTHER.1, at(0));
    desk.pass(HOUR);
    assert_eq!(desk.waiting(), 2);
    remove(&desk, 1, HOUR);
    assert_eq!(desk.waiting(), 1);
    desk.pass(9 * HOUR);
    let mails = server.taken();
    assert_eq!(mails.len(), 1);
    assert!(text(&mails[0]).contains("Malaysia"));
    assert!(desk.store.verify().unwrap().is_sound());
}

#[test]
fn a_digest_leaves_it_out() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::with_rules(&server, &rules("daily 08:00"));
    desk.comes_in(1, FIRST.0, FIRST.1, at(0));
    desk.comes_in(2, OTHER.0, OTHER.1, at(0));
    desk.pass(HOUR);
    let id = remove(&desk, 1, HOUR);
    desk.pass(2 * DAY);
    let mails = server.taken();
    assert_eq!(mails.len(), 1);
    let mail = text(&mails[0]);
    assert!(
        mail.contains("Malaysia") && mail.contains("1 new event"),
        "{mail}"
    );
    assert!(!mail.contains("model makers"), "{mail}");
    let sent = desk.store.sent(None, 9).unwrap();
    assert!(!sent[0].alert.stories.contains(&id));
    // A digest of nothing but what was taken out is none.
    desk.comes_in(3, "AI act: council votes on Friday", FIRST.1, at(2 * DAY));
    desk.pass(2 * DAY + HOUR);
    remove(&desk, 3, 2 * DAY + HOUR);
    desk.pass(4 * DAY);
    assert_eq!(server.taken().len(), 1);
}

#[test]
fn its_event_is_known_and_not_shown() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::with_rules(&server, &rules("every-story"));
    desk.comes_in(1, FIRST.0, FIRST.1, at(0));
    desk.pass(HOUR);
    let id = remove(&desk, 1, HOUR);
    let events = desk
        .store
        .events(&Range {
            limit: 9,
            ..Range::default()
        })
        .unwrap()
        .items;
    assert!(events.len() == 1 && events[0].removed);
    let before = server.taken().len();
    // The same again is a copy of it; its event is shown by the copy alone.
    desk.comes_in(4, FIRST.0, FIRST.1, at(2 * HOUR));
    desk.pass(3 * HOUR);
    let event = desk.store.event(&events[0].id).unwrap().unwrap();
    assert_eq!(event.stories.len(), 2);
    assert!(!event.removed && event.sources == 1);
    let shown = find::shown_stories_of(desk.store.as_ref(), &event).unwrap();
    assert!(shown.len() == 1 && shown[0].duplicate_of.as_ref() == Some(&id));
    assert_eq!(server.taken().len() - before, 0, "a copy is no news");
    let actor = Actor {
        by: "ann".to_owned(),
        at: at(4 * HOUR),
    };
    let undo = acts::undo(desk.store.as_ref(), 1, &actor).unwrap();
    desk.store.commit(&undo.changes).unwrap();
    let event = desk.store.event(&events[0].id).unwrap().unwrap();
    assert!(!event.removed && event.sources == 2);
}
