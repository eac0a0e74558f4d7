//! A simulated year, undisturbed and disturbed: sources that fail for days, stories that come late and out of
//! order, people who write notes, correct events and unsubscribe, a clock that is set back or is days ahead, a
//! store that fails before or after it wrote, a program that is killed and started again, and a mail server
//! that refuses, hangs up and takes mails without saying so. Both years have to end alike.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds the unexpected has to fail"
)]

mod faulty;
mod postbox;
mod world;

use faulty::Faulty;
use postbox::Postbox;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tocsin_alerts::{DeliveryConfig, MailConfig, Outlets};
use tocsin_core::{Event, Outgoing, Story, StoryId, Timestamp};
use tocsin_crawler::{FetchConfig, Fetcher, SystemResolver};
use tocsin_pipeline::replay::replay;
use tocsin_pipeline::{Actor, Config, Pass, PassReport, Silent, acts, notes, regroup, subscribers};
use tocsin_store::{Change, MemoryStore, Range, Store};
use world::{Deed, Dice, Hand, Step, year};

/// Years that are simulated where `TOCSIN_YEARS` does not say how many; CI lives two hundred.
const YEARS: u64 = 1;
/// Passes after the year, twelve hours apart, in which the last mails go out.
const AFTERWARDS: usize = 60;
/// Of so many commits one fails.
const FAILS: usize = 12;

/// The reader who unsubscribes now and then.
const WAVERING: &str = "mailto:other@desk.example";

/// What a year left.
#[derive(Debug, PartialEq)]
struct Left {
    stories: Vec<Story>,
    events: Vec<Event>,
    /// Mails that were sent, by their id: to whom, subject, text.
    mails: BTreeMap<String, Told>,
}

/// One year's program and surroundings.
struct Life {
    memory: Arc<MemoryStore>,
    store: Arc<Faulty>,
    clock: Arc<Hand>,
    postbox: Postbox,
    pass: Pass,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl Life {
    fn new(seed: u64, is_disturbed: bool) -> Self {
        let memory = Arc::new(MemoryStore::default());
        let odds = if is_disturbed { FAILS } else { usize::MAX };
        let store = Arc::new(Faulty::new(
            Arc::clone(&memory),
            Dice::new(seed ^ 0xfa),
            odds,
        ));
        let postbox = Postbox::open(Dice::new(seed ^ 0x90), is_disturbed);
        let clock = Arc::new(Hand::default());
        let folder = folder();
        let config = Config::new(None).with_file("alerts.toml", world::RULES.to_owned());
        let vocabulary = tocsin_pipeline::Vocab {
            classifier: Arc::new(config.rules_alone().unwrap()),
            sources: Arc::default(),
        };
        let delivery = DeliveryConfig {
            mail: MailConfig {
                smtp: Some(postbox.address()),
                ..MailConfig::default()
            },
            ..DeliveryConfig::default()
        };
        let pass = Pass {
            store: Arc::clone(&store) as Arc<dyn Store>,
            fetcher: Arc::new(
                Fetcher::new(
                    FetchConfig::default(),
                    Arc::new(SystemResolver),
                    clock.clone(),
                )
                .unwrap(),
            ),
            clock: clock.clone(),
            archive: None,
            rules: config.rules(&vocabulary, world::dawn()).unwrap(),
            classifier: vocabulary.classifier,
            publishers: Arc::default(),
            outlets: Some(Outlets::new(&delivery, folder.path()).unwrap()),
            // Shorter than usual: each pass reads again what is remembered.
            events: tocsin_events::Settings {
                memory_hours: 14 * 24,
                ..tocsin_events::Settings::default()
            },
            parallel_sources: 1,
            max_pages_per_source: 1,
            host_patience: std::time::Duration::from_secs(300),
            rest: tocsin_pipeline::poll::Rest::default(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self {
            memory,
            store,
            clock,
            postbox,
            pass,
            runtime,
            _folder: folder,
        }
    }

    /// One pass; where the store fails, the program dies, and is started again at once.
    fn step(&self, step: &Step) {
        self.clock.set(step.now);
        let arrived: Vec<Change> = step
            .stories
            .iter()
            .cloned()
            .map(Change::PutPending)
            .collect();
        while self.store.commit(&arrived).is_err() {}
        let finish = || {
            let mut report = PassReport::default();
            self.runtime
                .block_on(self.pass.finish(&mut report, &Silent))
        };
        while finish().is_err() {}
        if let Some(deed) = step.act {
            self.act(deed, step.now);
        }
    }

    /// What a person does, who would see a failure and do it once more: by the store that does not fail.
    fn act(&self, deed: Deed, now: Timestamp) {
        let store = self.memory.as_ref();
        let actor = Actor {
            by: "Ann".to_owned(),
            at: now,
        };
        let latest = Range {
            newest_first: true,
            limit: 2,
            ..Range::default()
        };
        let events = store.events(&latest).unwrap().items;
        let [first, second] = events.as_slice() else {
            return;
        };
        match deed {
            Deed::Note => {
                let words = format!("a note of {now}");
                notes::write(store, &self.pass.rules, &first.id, &words, &actor).unwrap();
            }
            Deed::Merge | Deed::MergeAndUndo => {
                let other = std::slice::from_ref(&second.id);
                regroup::merge(store, &first.id, other, &actor).unwrap();
                if matches!(deed, Deed::MergeAndUndo) {
                    let act = &acts::list(store, 1).unwrap()[0];
                    let undo = acts::undo(store, act.number, &actor).unwrap();
                    store.commit(&undo.changes).unwrap();
                }
            }
            Deed::Subscription => {
                let to = WAVERING.parse().unwrap();
                if subscribers::subscribe(store, "week", &to, &actor)
                    .unwrap()
                    .is_none()
                {
                    subscribers::unsubscribe(store, "week", &to, &actor).unwrap();
                }
            }
        }
    }

    fn live(seed: u64, is_disturbed: bool) -> (Left, BTreeSet<String>, Self) {
        let life = Self::new(seed, is_disturbed);
        let steps = year(seed);
        steps.iter().for_each(|step| life.step(step));
        life.postbox.calm();
        let last = steps.last().unwrap().now;
        for n in 1..=AFTERWARDS {
            life.step(&Step::empty(last, n));
        }
        let found = life.memory.verify().unwrap();
        assert!(found.is_sound(), "{:#?}", found.problems);
        assert_eq!(life.memory.counts().unwrap().waiting_mails, 0);
        (left(&life.memory), life.postbox.received(), life)
    }
}

/// A preview by id, without the mails that were due and were dropped, since their reader unsubscribed before
/// the server took them.
fn without_withdrawn(life: &Life, mails: Vec<Outgoing>) -> BTreeMap<String, Told> {
    let was_sent = |mail: &Outgoing| life.memory.is_known_mail(&mail.alert.message_id).unwrap();
    let is_kept = |mail: &Outgoing| mail.alert.to != WAVERING || was_sent(mail);
    mails.into_iter().filter(is_kept).map(told).collect()
}

/// The mails to readers who stay, and those to the one who unsubscribes now and then.
fn by_reader(mails: &BTreeMap<String, Told>) -> (BTreeMap<String, Told>, BTreeMap<String, Told>) {
    let stays = |(_, (to, ..)): &(String, Told)| to != WAVERING;
    mails.clone().into_iter().partition(stays)
}

/// To whom, subject, text.
type Told = (String, String, String);

/// A mail by its id.
fn told(mail: Outgoing) -> (String, Told) {
    let Outgoing {
        alert,
        subject,
        text,
        ..
    } = mail;
    (alert.message_id, (alert.to, subject, text))
}

fn left(store: &MemoryStore) -> Left {
    let all = Range {
        limit: usize::MAX,
        ..Range::default()
    };
    let sent = store.sent(None, usize::MAX).unwrap();
    Left {
        stories: store.stories(&all).unwrap().items,
        events: store.events(&all).unwrap().items,
        mails: sent.into_iter().map(told).collect(),
    }
}

/// In memory, where the system has such a place: each mail is written through to the disk.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

fn years() -> u64 {
    std::env::var("TOCSIN_YEARS").map_or(YEARS, |years| years.parse().unwrap())
}

#[test]
fn a_disturbed_year_ends_like_an_undisturbed_one() {
    let (years, lived) = (years(), AtomicU64::new(0));
    let live = || {
        loop {
            let seed = lived.fetch_add(1, Ordering::Relaxed) + 1;
            if seed > years {
                return;
            }
            both_years(seed);
        }
    };
    // A mail takes the time of a late acknowledgement, in which another year can go on.
    let threads = 4 * std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(live))));
}

fn both_years(seed: u64) {
    let (calm, read_calmly, _) = Life::live(seed, false);
    let (rough, read_roughly, life) = Life::live(seed, true);
    assert!(
        calm.stories.len() > 200 && calm.mails.len() > 100,
        "{} mails",
        calm.mails.len()
    );
    assert!(life.store.failures() > 50 && life.postbox.troubles() > 10);
    assert_eq!(calm.events, rough.events, "seed {seed}");
    assert_eq!(calm.stories, rough.stories, "seed {seed}");
    // Who unsubscribes before a server that failed took the mail does not get it.
    let (faithful, wavering) = by_reader(&calm.mails);
    let (faithful_roughly, wavering_roughly) = by_reader(&rough.mails);
    assert_eq!(faithful, faithful_roughly, "seed {seed}");
    let is_due = |(id, mail): (&String, &Told)| wavering.get(id) == Some(mail);
    assert!(wavering_roughly.iter().all(is_due), "seed {seed}");
    // What the reader has, by Message-ID, is what was sent, and what the other reader has.
    let to_reader = faithful
        .iter()
        .filter(|(_, (to, ..))| to.starts_with("mailto:"));
    let expected: BTreeSet<&String> = to_reader.map(|(id, _)| id).collect();
    for read in [&read_calmly, &read_roughly] {
        let read = read.iter().filter(|id| !wavering.contains_key(*id));
        assert_eq!(read.collect::<BTreeSet<_>>(), expected, "seed {seed}");
    }
    // A preview of the past is what was sent.
    let again = replay(life.memory.as_ref(), &life.pass.rules, None).unwrap();
    assert_eq!(rough.mails, without_withdrawn(&life, again), "seed {seed}");
}

#[test]
fn each_event_is_told_once_by_each_rule() {
    let (calm, _, life) = Life::live(1_000, false);
    let mut told: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for mail in life.memory.sent(None, usize::MAX).unwrap() {
        if let (Some(event), true) = (&mail.alert.event, mail.alert.rule == "new") {
            let key = (mail.alert.rule, mail.alert.to, event.to_string());
            *told.entry(key).or_default() += 1;
        }
    }
    assert!(told.len() > 40, "{}", told.len());
    assert!(told.values().all(|times| *times == 1), "{told:#?}");
    let titles: usize = calm
        .mails
        .values()
        .filter(|(_, subject, _)| subject.contains("new event"))
        .count();
    assert!(titles > 100, "{titles} digests");
}

#[test]
fn no_story_is_missed() {
    for (seed, is_disturbed) in [(4_000, false), (4_001, true)] {
        let (left, _, life) = Life::live(seed, is_disturbed);
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        let mut listed: BTreeSet<String> = BTreeSet::new();
        let mut in_digests: BTreeSet<StoryId> = BTreeSet::new();
        for mail in life.memory.sent(None, usize::MAX).unwrap() {
            let ids = mail.alert.stories.iter().map(ToString::to_string);
            if mail.alert.rule == "morning" {
                in_digests.extend(mail.alert.stories.iter().cloned());
            }
            match (
                mail.alert.rule.as_str(),
                mail.subject.contains("more event"),
            ) {
                ("all", false) => ids.for_each(|id| *told.entry(id).or_default() += 1),
                ("all", true) => listed.extend(ids),
                _ => {}
            }
        }
        assert!(told.values().all(|times| *times == 1), "{told:#?}");
        let news: Vec<&Story> = left.stories.iter().filter(|story| is_news(story)).collect();
        assert!(news.len() > 200, "{}", news.len());
        for story in news {
            let id = story.id().to_string();
            let is_told = told.contains_key(&id) || listed.contains(&id);
            assert!(is_told, "seed {seed}: {}", story.article.title);
        }
        for event in &left.events {
            let is_told = event.stories.iter().any(|id| in_digests.contains(id));
            let stories = left
                .stories
                .iter()
                .filter(|s| event.stories.contains(s.id()));
            let is_all_news = stories.clone().all(is_news);
            assert!(is_told || !is_all_news, "seed {seed}: {}", event.title);
        }
    }
}

/// Neither a copy, nor older than a rule that meets it for the first time takes for news.
fn is_news(story: &Story) -> bool {
    let hours = story.first_seen.duration_since(story.time()).as_hours();
    story.duplicate_of.is_none() && hours < 24
}

#[test]
fn a_preview_of_ninety_days_is_what_was_sent_in_them() {
    let (_, _, life) = Life::live(3_000, true);
    let since = world::at(world::dusk().as_second() - 130 * 24 * 3_600);
    let mut sent = life.memory.sent(None, usize::MAX).unwrap();
    sent.retain(|mail| mail.queued_at >= since);
    let sent: BTreeMap<_, _> = sent.into_iter().map(told).collect();
    let again = replay(life.memory.as_ref(), &life.pass.rules, Some(since)).unwrap();
    let again = without_withdrawn(&life, again);
    assert!(sent.len() > 30, "{} mails", sent.len());
    assert_eq!(sent, again);
}
