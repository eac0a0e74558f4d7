//! The outbox against a mail server in all its moods, by an injected clock: each reader gets each mail once,
//! nothing is lost, and one bad address or server holds up nobody else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;
#[path = "../../../tests/program/strict.rs"]
mod strict;

use desk::server::{Mood, Server};
use desk::{DAY, Desk, MINUTE, RULES, at, links};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tocsin_alerts::unsubscribe::Wishes;
use tocsin_alerts::{Rules, Target};
use tocsin_core::Deed;
use tocsin_core::text::{one_line, shorten};
use tocsin_pipeline::{Actor, acts, subscribers};
use tocsin_store::Store;

/// How often each reader got each mail, by its id.
fn taken(server: &Server) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for (_, bytes) in server.taken() {
        let text = String::from_utf8(bytes).unwrap();
        let id = text
            .lines()
            .find_map(|line| line.strip_prefix("Message-ID: <"));
        let id = id.unwrap().split('@').next().unwrap().to_owned();
        *taken.entry(id).or_default() += 1;
    }
    taken
}

fn counts(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    let counts = expected
        .iter()
        .map(|(id, count)| ((*id).to_owned(), *count));
    counts.collect()
}

#[test]
fn one_refused_reader_of_three_is_stopped_and_the_operator_is_told() {
    let server = Server::open(|number| match number {
        // The second conversation, about bob; the third is the question whether it is us.
        1 => Mood::Reader("550 5.1.1 no such reader"),
        _ => Mood::Good,
    });
    let desk = Desk::new(&server);
    let report = desk.pass(0);
    assert_eq!((report.mails_sent, report.mails_waiting), (3, 1));
    let told = taken(&server);
    let note = told.keys().find(|id| !id.starts_with("first.")).unwrap();
    assert_eq!(
        told,
        counts(&[("first.ann", 1), ("first.cem", 1), (note, 1)])
    );
    let to_operator = server
        .taken()
        .into_iter()
        .find(|(to, _)| to.contains("operator"));
    let words = String::from_utf8(to_operator.unwrap().1).unwrap();
    assert!(words.contains("tocsin subscribers resume"), "{words}");

    // More for bob waits untried; the others get theirs; the operator hears of it once.
    desk.queue("second");
    let report = desk.pass(DAY);
    assert_eq!((report.mails_sent, report.mails_waiting), (2, 2));
    assert!(report.mail_problem.unwrap().contains("no such reader"));
    assert_eq!(server.taken().len(), 5);
    let acts = acts::list(desk.store.as_ref(), 9).unwrap();
    assert!(matches!(&acts[0].deed, Deed::Stop { to, .. } if to == "mailto:bob@desk.example"));

    let bob: Target = "mailto:bob@desk.example".parse().unwrap();
    let actor = Actor {
        by: "operator".to_owned(),
        at: at(DAY),
    };
    assert_eq!(
        subscribers::resume(desk.store.as_ref(), &bob, &actor).unwrap(),
        Some(2)
    );
    assert_eq!(
        subscribers::resume(desk.store.as_ref(), &bob, &actor).unwrap(),
        None
    );
    desk.pass(2 * DAY);
    assert_eq!(desk.waiting(), 0);
    assert!(taken(&server).values().all(|times| *times == 1));
}

#[test]
fn what_may_not_be_the_readers_fault_stops_nobody_at_once() {
    let server = Server::open(|_| Mood::Reader("554 5.7.1 relay access denied"));
    let desk = Desk::new(&server);
    let stopped = |desk: &Desk| {
        let readers = subscribers::list(desk.store.as_ref(), &desk.pass.rules).unwrap();
        readers
            .iter()
            .filter(|reader| reader.stopped.is_some())
            .count()
    };
    let mut now = 0;
    for _ in 0..4 {
        desk.pass(now);
        assert_eq!((stopped(&desk), desk.waiting()), (0, 3));
        now += 3 * 60 * MINUTE;
    }
    desk.pass(now);
    assert_eq!(stopped(&desk), 3);
    assert_eq!(
        desk.waiting(),
        6,
        "three mails, and three notes to the operator"
    );
}

#[test]
fn an_outbox_of_several_pages_is_emptied_past_those_who_unsubscribed() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::new(&server);
    for number in 0..40 {
        desk.queue(&format!("mail{number}"));
    }
    let bob: Target = "mailto:bob@desk.example".parse().unwrap();
    let actor = Actor {
        by: "operator".to_owned(),
        at: at(0),
    };
    subscribers::unsubscribe(desk.store.as_ref(), "chips", &bob, &actor).unwrap();
    let report = desk.pass(0);
    assert_eq!((report.mails_sent, desk.waiting()), (82, 0));
    let told = taken(&server);
    assert!(told.values().all(|times| *times == 1));
    assert!(told.keys().all(|id| !id.ends_with(".bob")));
}

#[test]
fn odd_headlines_reach_the_reader_as_good_mails() {
    let server = Server::open(|_| Mood::Good);
    let rule = RULES.replace("new-event", "every-story");
    let rule = rule.replace(
        ", \"mailto:bob@desk.example\", \"mailto:cem@desk.example\"",
        "",
    );
    let desk = Desk::with_rules(&server, &rule);
    let titles = [
        "AI regulation\r\nBcc: all@desk.example\r\n\r\nbody".to_owned(),
        format!("AI regulation {}", "of chips ".repeat(1_200)),
        "AI regulation \u{202e}desrever\u{202c} وزارة التجارة".to_owned(),
        "<script>alert(1)</script> AI regulation =?utf-8?q?=0D=0ABcc:_x?=".to_owned(),
    ];
    for (number, title) in titles.iter().enumerate() {
        let text = format!(
            "{title}\n\nThe law on artificial intelligence of city {number} was published."
        );
        desk.comes_in(number, title, &text, at(0));
    }
    desk.pass(0);
    let subjects: BTreeSet<String> = server
        .taken()
        .iter()
        .map(|(to, bytes)| {
            assert_eq!(to, "RCPT TO:<ann@desk.example>");
            let mail = strict::parse(bytes).unwrap();
            assert!(mail.header("Bcc").is_none() && !mail.html.contains("<script"));
            mail.header("Subject").unwrap().to_owned()
        })
        .collect();
    let expected = titles
        .iter()
        .map(|title| shorten(&one_line(title), 140).into_owned());
    assert_eq!(subjects, expected.collect());
}

#[test]
fn a_rule_that_matches_everything_becomes_one_mail_of_the_rest() {
    let server = Server::open(|_| Mood::Good);
    let rule = "[[rule]]\nname = \"all\"\nquery = \"\"\nwhen = \"every-story\"\nmax_per_hour = 3\n\
        to = [\"mailto:ann@desk.example\"]\n";
    let desk = Desk::with_rules(&server, rule);
    let places: Vec<String> = (0..40).map(|n| format!("Place{n}x{}", n * n)).collect();
    for (number, place) in places.iter().enumerate() {
        let title = format!("{place} parliament passes AI law {number}");
        let text = format!("{place} passed a law on artificial intelligence and {place}{number}.");
        desk.comes_in(number, &title, &text, at(0));
    }
    assert_eq!(desk.pass(0).mails_sent, 3);
    assert_eq!(desk.pass(59 * MINUTE).mails_sent, 0);
    assert_eq!(desk.pass(61 * MINUTE).mails_sent, 1);
    assert_eq!(desk.pass(DAY).mails_sent, 0);
    let texts: Vec<String> = server
        .taken()
        .iter()
        .map(|(_, bytes)| strict::parse(bytes).unwrap().text)
        .collect();
    for place in &places {
        let title = format!("{place} parliament passes");
        assert!(texts.iter().any(|text| text.contains(&title)), "{place}");
    }
}

#[test]
fn a_server_that_hangs_costs_one_wait_and_loses_nothing() {
    let asked = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&asked);
    let server = Server::open(move |number| {
        *counted.lock().unwrap() += 1;
        if number == 0 { Mood::Hangs } else { Mood::Good }
    });
    let desk = Desk::new(&server);
    let report = desk.pass(0);
    assert_eq!((report.mails_sent, report.mails_waiting), (0, 3));
    assert_eq!(
        *asked.lock().unwrap(),
        1,
        "the others are not tried in vain"
    );
    assert!(report.mail_problem.unwrap().contains("no answer within"));
    desk.pass(2 * MINUTE);
    assert_eq!(
        taken(&server),
        counts(&[("first.ann", 1), ("first.bob", 1), ("first.cem", 1)])
    );
    assert_eq!(desk.waiting(), 0);
}

#[test]
fn greylisting_defers_one_mail_and_not_the_others() {
    let server = Server::open(|number| match number {
        0 => Mood::Reader("450 4.2.0 come again"),
        _ => Mood::Good,
    });
    let desk = Desk::new(&server);
    let report = desk.pass(0);
    assert_eq!((report.mails_sent, report.mails_waiting), (2, 1));
    assert_eq!(desk.pass(MINUTE / 2).mails_sent, 0, "too early");
    assert_eq!(desk.pass(MINUTE).mails_sent, 1);
    assert!(taken(&server).values().all(|times| *times == 1));
}

#[test]
fn a_server_that_hangs_up_after_the_mail_makes_an_equal_second_one() {
    let server = Server::open(|number| match number {
        0 => Mood::DropsAfterData,
        _ => Mood::Good,
    });
    let desk = Desk::new(&server);
    desk.pass(0);
    desk.pass(MINUTE);
    let told = taken(&server);
    assert_eq!(
        told,
        counts(&[("first.ann", 2), ("first.bob", 1), ("first.cem", 1)])
    );
    let twice: Vec<Vec<u8>> = server
        .taken()
        .into_iter()
        .filter(|(to, _)| to.contains("ann@"))
        .map(|(_, bytes)| bytes)
        .collect();
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn a_clock_that_was_wrong_does_not_hold_mails_back() {
    let server = Server::open(|number| match number {
        0 => Mood::Greeting("421 later"),
        _ => Mood::Good,
    });
    let desk = Desk::new(&server);
    // Ten years ahead, then put right.
    desk.pass(3_650 * DAY);
    assert_eq!(desk.waiting(), 3);
    desk.pass(0);
    assert_eq!(desk.waiting(), 0);
}

#[test]
fn who_unsubscribed_gets_nothing_more_not_even_what_waits() {
    let server = Server::open(|number| match number {
        0 => Mood::Greeting("421 later"),
        _ => Mood::Good,
    });
    let desk = Desk::new(&server);
    desk.pass(0);
    let link = links().of("chips", "mailto:bob@desk.example").unwrap();
    let wishes = Wishes::of(desk.dir.path());
    wishes.add(link.rsplit('/').next().unwrap()).unwrap();
    // A link that no reader has any more; perhaps the rules changed while the pass ran.
    wishes.add(&"0".repeat(40)).unwrap();
    desk.queue("second");
    desk.pass(MINUTE);
    assert_eq!(
        taken(&server),
        counts(&[
            ("first.ann", 1),
            ("first.cem", 1),
            ("second.ann", 1),
            ("second.cem", 1)
        ])
    );
    assert_eq!(desk.waiting(), 0);
    assert!(wishes.all().unwrap().is_empty());
    let readers = subscribers::list(desk.store.as_ref(), &desk.pass.rules).unwrap();
    let off: Vec<bool> = readers
        .iter()
        .map(|reader| reader.unsubscribed.is_some())
        .collect();
    assert_eq!(off, [false, true, false]);
    // It stands in the log and can be taken back.
    let acts = acts::list(desk.store.as_ref(), 9).unwrap();
    assert_eq!(
        (acts.len(), acts[0].by.as_str()),
        (1, "mailto:bob@desk.example")
    );
    let actor = Actor {
        by: "operator".to_owned(),
        at: at(DAY),
    };
    let undo = acts::undo(desk.store.as_ref(), 1, &actor).unwrap();
    desk.store.commit(&undo.changes).unwrap();
    desk.queue("third");
    desk.pass(DAY);
    assert_eq!(taken(&server).get("third.bob"), Some(&1));
    assert!(
        acts::undo(desk.store.as_ref(), 1, &actor).is_err(),
        "only once"
    );
}

#[test]
fn rules_are_known_by_their_text() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::new(&server);
    let actor = |second| Actor {
        by: "operator".to_owned(),
        at: at(second),
    };
    let note = |text: &str| subscribers::note_rules(desk.store.as_ref(), text, &actor(0)).unwrap();
    assert_eq!(note(RULES), None, "the first time");
    assert_eq!(note(RULES), None);
    let changed = RULES.replace("new-event", "every-story");
    assert_eq!(note(&changed), Some(1));
    let acts = acts::list(desk.store.as_ref(), 9).unwrap();
    let Deed::Rules { before, after } = &acts[0].deed else {
        unreachable!("{acts:?}")
    };
    assert_eq!(Rules::differences(before, after), ["changed chips: when"]);
    let undo = acts::undo(desk.store.as_ref(), 1, &actor(1)).unwrap();
    assert_eq!(undo.rules, Some((changed, RULES.to_owned())));
    desk.store.commit(&undo.changes).unwrap();
    assert_eq!(note(RULES), None, "the next run finds what it knows");
}
