//! The outbox against a mail server in all its moods, by an injected clock: each reader gets each mail once,
//! nothing is lost, and one bad address or server holds up nobody else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../../alerts/tests/delivery/server.rs"]
mod server;

use server::{Mood, Server};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tocsin_alerts::unsubscribe::{Links, Wishes};
use tocsin_alerts::{DeliveryConfig, MailConfig, Outlets, Rules, Target};
use tocsin_core::{Alert, Deed, Outgoing, Timestamp};
use tocsin_crawler::{Clock, FetchConfig, Fetcher, SystemResolver};
use tocsin_pipeline::{Actor, Config, Pass, PassReport, Silent, Vocab, acts, subscribers};
use tocsin_store::{Change, MemoryStore, Store};

const RULES: &str = "[[rule]]\nname = \"chips\"\nquery = \"\"\nwhen = \"new-event\"\n\
    to = [\"mailto:ann@desk.example\", \"mailto:bob@desk.example\", \"mailto:cem@desk.example\"]\n";
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

#[derive(Default)]
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::Relaxed))
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_791_223_200 + second).unwrap()
}

/// A program with mails to three readers in its outbox.
struct Desk {
    store: Arc<MemoryStore>,
    clock: Arc<Hand>,
    pass: Pass,
    runtime: tokio::runtime::Runtime,
    dir: tempfile::TempDir,
}

impl Desk {
    fn new(server: &Server) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(Hand::default()));
        let config = Config::new(None).with_file("alerts.toml", RULES.to_owned());
        let vocabulary = Vocab {
            classifier: Arc::new(config.rules_alone().unwrap()),
            sources: Arc::default(),
        };
        let delivery = DeliveryConfig {
            mail: MailConfig {
                smtp: Some(server.url()),
                operator: Some("mailto:operator@desk.example".to_owned()),
                timeout_s: 1,
                ..MailConfig::default()
            },
            links: Some(links()),
            ..DeliveryConfig::default()
        };
        let fetch = FetchConfig::default();
        let fetcher = Fetcher::new(fetch, Arc::new(SystemResolver), clock.clone()).unwrap();
        let pass = Pass {
            store: store.clone(),
            fetcher: Arc::new(fetcher),
            clock: clock.clone(),
            rules: config.rules(&vocabulary, at(0)).unwrap(),
            classifier: vocabulary.classifier,
            publishers: Arc::default(),
            outlets: Some(Outlets::new(&delivery, dir.path()).unwrap()),
            events: tocsin_events::Settings::default(),
            parallel_sources: 1,
            max_pages_per_source: 1,
        };
        let desk = Self {
            store,
            clock,
            pass,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            dir,
        };
        desk.queue("first");
        desk
    }

    /// One more mail to each reader.
    fn queue(&self, name: &str) {
        let mails = ["ann", "bob", "cem"].map(|reader| Change::Enqueue(mail(name, reader)));
        self.store.commit(&mails).unwrap();
    }

    /// A pass so many seconds after the beginning.
    fn pass(&self, second: i64) -> PassReport {
        self.clock.0.store(second, Ordering::Relaxed);
        let mut report = PassReport::default();
        let finish = self.pass.finish(&mut report, &Silent);
        self.runtime.block_on(finish).unwrap();
        report
    }

    fn waiting(&self) -> usize {
        self.store.counts().unwrap().waiting_mails
    }
}

fn links() -> Links {
    Links::new("https://news.example", b"a key of this installation").unwrap()
}

fn mail(name: &str, reader: &str) -> Outgoing {
    Outgoing {
        alert: Alert {
            rule: "chips".to_owned(),
            event: None,
            stories: Vec::new(),
            reason: "it fits".to_owned(),
            to: format!("mailto:{reader}@desk.example"),
            sent_at: None,
            message_id: format!("{name}.{reader}@tocsin.invalid"),
        },
        subject: name.to_owned(),
        text: "text".to_owned(),
        html: "<p>text</p>".to_owned(),
        references: Vec::new(),
        queued_at: at(0),
        attempts: 0,
        next_try: None,
        last_error: None,
    }
}

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
    // A link that no reader has any more.
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
