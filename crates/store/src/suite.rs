//! One list of checks for every store: what the trait's documentation promises.

mod random;

use crate::fixture::{at, event, event_id, grouped, mail, mail_id, story, story_id, url, verdict};
use crate::{Batch, Change, Counts, MemoryStore, Range, SledStore, Store, StoreError};
use tocsin_core::{Event, Health, Outgoing, SourceId, SourceState, Story, StoryId};

/// Runs a check over every store; a new engine is added here and nowhere else.
fn each_store(check: impl Fn(&dyn Store)) {
    println!("over MemoryStore");
    check(&MemoryStore::default());
    println!("over SledStore");
    let dir = tempfile::tempdir().unwrap();
    check(&SledStore::open(dir.path()).unwrap());
}

fn ids(stories: &[Story]) -> Vec<StoryId> {
    stories.iter().map(|s| s.id().clone()).collect()
}

fn mail_ids(mails: &[Outgoing]) -> Vec<&str> {
    mails.iter().map(|m| m.alert.message_id.as_str()).collect()
}

/// All pages of a range, two records each.
fn all<T>(range: &Range, read: impl Fn(&Range) -> Batch<T>) -> Vec<T> {
    let mut range = Range {
        limit: 2,
        ..range.clone()
    };
    let mut found = Vec::new();
    loop {
        let batch = read(&range);
        assert!(batch.items.len() <= 2);
        found.extend(batch.items);
        match batch.next {
            Some(next) => range.after = Some(next),
            None => return found,
        }
    }
}

fn all_stories(store: &dyn Store, range: &Range) -> Vec<Story> {
    all(range, |r| store.stories(r).unwrap())
}

fn all_events(store: &dyn Store, range: &Range) -> Vec<Event> {
    all(range, |r| store.events(r).unwrap())
}

#[test]
fn an_empty_store_knows_nothing() {
    each_store(|store| {
        assert_eq!(store.story(&story_id(1)).unwrap(), None);
        assert_eq!(store.event(&event_id(1)).unwrap(), None);
        assert_eq!(store.health(&SourceId::new("xx")).unwrap(), None);
        assert_eq!(store.meta("key").unwrap(), None);
        assert!(!store.seen(&url(1)).unwrap());
        assert!(!store.is_known_mail(&mail_id(1)).unwrap());
        assert!(store.pending(None, 9).unwrap().is_empty());
        assert!(store.outbox(None, 9).unwrap().is_empty());
        assert_eq!(store.counts().unwrap(), Counts::default());
        assert!(store.verify().unwrap().is_sound());
        store.commit(&[]).unwrap();
    });
}

#[test]
fn a_story_waits_until_it_is_grouped() {
    each_store(|store| {
        store.commit(&[Change::PutPending(story(1, 10))]).unwrap();
        assert_eq!(store.pending(None, 9).unwrap(), [story(1, 10)]);
        assert_eq!(store.story(&story_id(1)).unwrap(), None);
        assert!(store.seen(&url(1)).unwrap());
        assert_eq!(store.story_at(&url(1)).unwrap(), Some(story_id(1)));

        let changes = [
            Change::PutStory(grouped(1, 10)),
            Change::PutEvent(event(1, 10, &[1])),
        ];
        store.commit(&changes).unwrap();
        assert!(store.pending(None, 9).unwrap().is_empty());
        assert_eq!(store.story(&story_id(1)).unwrap(), Some(grouped(1, 10)));
        assert_eq!(store.event(&event_id(1)).unwrap(), Some(event(1, 10, &[1])));
        assert!(store.verify().unwrap().is_sound());
    });
}

#[test]
fn pending_stories_come_by_id_in_pages() {
    each_store(|store| {
        let changes: Vec<Change> = (0..5).map(|n| Change::PutPending(story(n, 0))).collect();
        store.commit(&changes).unwrap();
        let mut expected: Vec<StoryId> = (0..5).map(story_id).collect();
        expected.sort();
        let first = ids(&store.pending(None, 3).unwrap());
        let second = ids(&store.pending(first.last(), 3).unwrap());
        assert_eq!([first, second.clone()].concat(), expected);
        assert!(store.pending(second.last(), 3).unwrap().is_empty());
    });
}

#[test]
fn the_last_verdict_on_a_story_counts() {
    each_store(|store| {
        store
            .commit(&[
                Change::PutStory(story(1, 10)),
                Change::PutStory(story(2, 10)),
            ])
            .unwrap();
        store
            .commit(&[
                Change::PutVerdict(verdict(1, 1)),
                Change::PutVerdict(verdict(2, 2)),
            ])
            .unwrap();
        store.commit(&[Change::PutVerdict(verdict(1, 4))]).unwrap();
        assert_eq!(store.verdict(&story_id(1)).unwrap(), Some(verdict(1, 4)));
        assert_eq!(store.verdict(&story_id(3)).unwrap(), None);
        let mut expected = vec![verdict(1, 4), verdict(2, 2)];
        expected.sort_by(|a, b| a.story.cmp(&b.story));
        assert_eq!(store.verdicts(None, 9).unwrap(), expected);
        assert_eq!(
            store.verdicts(Some(&expected[0].story), 9).unwrap(),
            expected[1..]
        );
        assert_eq!(store.counts().unwrap().verdicts, 2);
        assert!(store.verify().unwrap().is_sound());
        store.commit(&[Change::PutVerdict(verdict(7, 1))]).unwrap();
        let problems = store.verify().unwrap().problems;
        let expected = format!("verdict on story {}: its story is missing", story_id(7));
        assert_eq!(
            problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [expected]
        );
    });
}

#[test]
fn stories_come_by_time_both_ways_within_bounds() {
    each_store(|store| {
        // Two at the same moment, and one before 1970.
        let times = [30, 10, 20, 20, -5];
        let stories = times.iter().enumerate().map(|(n, t)| story(n, *t));
        let mut expected: Vec<Story> = stories.collect();
        let changes: Vec<Change> = expected.iter().cloned().map(Change::PutStory).collect();
        store.commit(&changes).unwrap();
        expected.sort_by(|a, b| (a.time(), a.id()).cmp(&(b.time(), b.id())));

        let mut range = Range::default();
        assert_eq!(all_stories(store, &range), expected);
        expected.reverse();
        range.newest_first = true;
        assert_eq!(all_stories(store, &range), expected);
        (range.from, range.until) = (Some(at(10)), Some(at(30)));
        assert_eq!(
            all_stories(store, &range),
            expected[1..4],
            "from is in, until is out"
        );
        (range.from, range.until) = (Some(at(30)), Some(at(10)));
        assert!(all_stories(store, &range).is_empty());
        range.limit = 0;
        assert_eq!(store.stories(&range).unwrap().next, None);
    });
}

#[test]
fn a_record_that_moves_in_time_is_found_at_its_new_place_alone() {
    each_store(|store| {
        store.commit(&[Change::PutStory(story(1, 10))]).unwrap();
        store
            .commit(&[Change::PutEvent(event(1, 10, &[]))])
            .unwrap();
        // Twice in one batch, so the second has to see the first.
        let moves = [
            Change::PutStory(story(1, 500)),
            Change::PutStory(story(1, 50)),
            Change::PutEvent(event(1, 50, &[])),
        ];
        store.commit(&moves).unwrap();
        assert_eq!(all_stories(store, &Range::default()), [story(1, 50)]);
        assert_eq!(all_events(store, &Range::default()), [event(1, 50, &[])]);
        let early = Range {
            until: Some(at(50)),
            ..Range::default()
        };
        assert!(all_stories(store, &early).is_empty());
        assert!(store.verify().unwrap().is_sound());
    });
}

#[test]
fn a_mail_is_queued_once_and_sent_once() {
    each_store(|store| {
        let again = Outgoing {
            subject: "again".to_owned(),
            ..mail(1, 99)
        };
        store
            .commit(&[Change::Enqueue(mail(1, 10)), Change::Enqueue(again.clone())])
            .unwrap();
        assert_eq!(store.outbox(None, 9).unwrap(), [mail(1, 10)]);

        let delivered = |second| Change::Delivered {
            message_id: mail_id(1),
            at: at(second),
        };
        store.commit(&[delivered(20)]).unwrap();
        // Whatever comes late: the mail was sent, at the first moment, as it was.
        store
            .commit(&[
                delivered(30),
                Change::Enqueue(again.clone()),
                Change::Deferred(again),
            ])
            .unwrap();
        assert!(store.outbox(None, 9).unwrap().is_empty());
        let sent = store.sent(None, 9).unwrap();
        assert_eq!(mail_ids(&sent), [mail_id(1)]);
        assert_eq!(sent[0].alert.sent_at, Some(at(20)));
        assert_eq!(sent[0].subject, mail(1, 10).subject);
        assert!(store.is_known_mail(&mail_id(1)).unwrap());
    });
}

#[test]
fn a_mail_is_withdrawn_unless_it_was_sent() {
    each_store(|store| {
        let withdraw = |n| Change::Withdraw {
            message_id: mail_id(n),
        };
        let delivered = Change::Delivered {
            message_id: mail_id(2),
            at: at(20),
        };
        store
            .commit(&[
                Change::Enqueue(mail(1, 10)),
                Change::Enqueue(mail(2, 10)),
                delivered,
            ])
            .unwrap();
        store
            .commit(&[withdraw(1), withdraw(2), withdraw(3)])
            .unwrap();
        assert!(store.outbox(None, 9).unwrap().is_empty());
        assert_eq!(mail_ids(&store.sent(None, 9).unwrap()), [mail_id(2)]);
        assert!(store.verify().unwrap().is_sound());
    });
}

#[test]
fn a_verdict_can_be_taken_back() {
    each_store(|store| {
        store
            .commit(&[
                Change::PutStory(story(1, 10)),
                Change::PutVerdict(verdict(1, 1)),
            ])
            .unwrap();
        store
            .commit(&[
                Change::RemoveVerdict(story_id(1)),
                Change::RemoveVerdict(story_id(2)),
            ])
            .unwrap();
        assert_eq!(store.verdict(&story_id(1)).unwrap(), None);
        assert_eq!(store.counts().unwrap().verdicts, 0);
    });
}

#[test]
fn a_deferred_mail_keeps_its_place_in_the_outbox() {
    each_store(|store| {
        store
            .commit(&[Change::Enqueue(mail(1, 10)), Change::Enqueue(mail(2, 20))])
            .unwrap();
        let later = Outgoing {
            attempts: 1,
            next_try: Some(at(600)),
            last_error: Some("server busy".to_owned()),
            ..mail(1, 99)
        };
        store.commit(&[Change::Deferred(later.clone())]).unwrap();
        let waiting = store.outbox(None, 9).unwrap();
        assert_eq!(mail_ids(&waiting), [mail_id(1), mail_id(2)]);
        assert_eq!(
            waiting[0],
            Outgoing {
                queued_at: at(10),
                ..later
            }
        );
        assert!(store.verify().unwrap().is_sound());
    });
}

#[test]
fn the_outbox_is_read_on_behind_a_mail_that_was_sent_meanwhile() {
    each_store(|store| {
        // Ids run against the order of time, so neither can stand in for the other.
        let changes: Vec<Change> = (0..4)
            .map(|n| Change::Enqueue(mail(9 - n, 10 * n as i64)))
            .collect();
        store.commit(&changes).unwrap();
        let first = store.outbox(None, 2).unwrap();
        assert_eq!(mail_ids(&first), [mail_id(9), mail_id(8)]);
        let last = first[1].alert.message_id.clone();
        for n in [8, 9] {
            let change = Change::Delivered {
                message_id: mail_id(n),
                at: at(1_000 - n as i64),
            };
            store.commit(&[change]).unwrap();
        }
        let second = store.outbox(Some(&last), 9).unwrap();
        assert_eq!(mail_ids(&second), [mail_id(7), mail_id(6)]);
        assert_eq!(
            mail_ids(&store.sent(None, 1).unwrap()),
            [mail_id(9)],
            "sent at 991"
        );
        assert_eq!(
            mail_ids(&store.sent(Some(&mail_id(9)), 9).unwrap()),
            [mail_id(8)]
        );
    });
}

#[test]
fn an_unknown_mail_refuses_its_whole_batch() {
    each_store(|store| {
        let delivered = Change::Delivered {
            message_id: mail_id(1),
            at: at(0),
        };
        for unknown in [delivered.clone(), Change::Deferred(mail(1, 0))] {
            let error = store
                .commit(&[Change::PutStory(story(1, 0)), unknown])
                .unwrap_err();
            assert!(matches!(error, StoreError::UnknownMail { .. }), "{error}");
        }
        assert_eq!(store.story(&story_id(1)).unwrap(), None);
        assert!(store.outbox(Some(&mail_id(1)), 9).is_err());
        assert!(store.sent(Some(&mail_id(1)), 9).is_err());
        store
            .commit(&[Change::Enqueue(mail(1, 0)), delivered])
            .unwrap();
        assert_eq!(store.counts().unwrap().sent_mails, 1);
    });
}

#[test]
fn health_marks_and_values_are_kept() {
    each_store(|store| {
        let health = Health {
            state: SourceState::Quiet,
            failures: 3,
            ..Health::default()
        };
        let value = |v: &str| Change::SetMeta {
            key: "key".to_owned(),
            value: v.to_owned(),
        };
        let changes = [
            Change::PutHealth(SourceId::new("xx-daily"), health.clone()),
            Change::MarkSeen {
                url: "https://news.example/no-article".to_owned(),
                story: None,
            },
            value("first"),
            value("second"),
        ];
        store.commit(&changes).unwrap();
        assert_eq!(
            store.health(&SourceId::new("xx-daily")).unwrap(),
            Some(health)
        );
        assert!(store.seen("https://news.example/no-article").unwrap());
        assert!(!store.seen("https://news.example/no-articl").unwrap());
        assert_eq!(
            store.story_at("https://news.example/no-article").unwrap(),
            None
        );
        assert_eq!(store.meta("key").unwrap().as_deref(), Some("second"));
    });
}

#[test]
fn a_mail_that_is_withdrawn_does_not_come_back() {
    each_store(|store| {
        store.commit(&[Change::Enqueue(mail(1, 10))]).unwrap();
        let withdraw = Change::Withdraw {
            message_id: mail_id(1),
        };
        store
            .commit(&[withdraw, Change::Deferred(mail(1, 20))])
            .unwrap();
        assert!(store.outbox(None, 9).unwrap().is_empty());
        assert!(store.verify().unwrap().is_sound());
    });
}

#[test]
fn a_merged_event_is_found_as_the_one_that_it_became_part_of() {
    each_store(|store| {
        let events = [1, 2, 3].map(|n| Change::PutEvent(event(n, 10, &[])));
        store.commit(&events).unwrap();
        let merges = [(1, 2), (2, 3)].map(|(from, into)| Change::MergeEvent {
            from: event_id(from),
            into: event_id(into),
        });
        store.commit(&merges).unwrap();
        store.commit(&merges).unwrap();
        let third = Some(event(3, 10, &[]));
        for n in 1..=3 {
            assert_eq!(store.event(&event_id(n)).unwrap(), third, "{n}");
        }
        assert_eq!(all_events(store, &Range::default()), [event(3, 10, &[])]);
        assert!(store.verify().unwrap().is_sound());
        store
            .commit(&[Change::PutEvent(event(1, 20, &[]))])
            .unwrap();
        let first = store.event(&event_id(1)).unwrap();
        assert_eq!(first, Some(event(1, 20, &[])), "a later split");
    });
}

#[test]
fn counts_tell_each_kind_apart() {
    each_store(|store| {
        let changes = [
            Change::PutStory(grouped(1, 0)),
            Change::PutPending(story(2, 0)),
            Change::PutPending(story(3, 0)),
            Change::PutEvent(event(1, 0, &[1])),
            Change::PutHealth(SourceId::new("xx"), Health::default()),
            Change::MarkSeen {
                url: url(9),
                story: None,
            },
            Change::Enqueue(mail(1, 0)),
            Change::Enqueue(mail(2, 0)),
            Change::Enqueue(mail(3, 0)),
            Change::Delivered {
                message_id: mail_id(3),
                at: at(1),
            },
        ];
        store.commit(&changes).unwrap();
        let expected = Counts {
            stories: 1,
            pending: 2,
            events: 1,
            verdicts: 0,
            sources: 1,
            seen: 4,
            waiting_mails: 2,
            sent_mails: 1,
        };
        assert_eq!(store.counts().unwrap(), expected);
    });
}

#[test]
fn verify_names_every_reference_that_leads_nowhere() {
    each_store(|store| {
        let mut about = mail(1, 0);
        about.alert.stories = vec![story_id(8)];
        about.alert.event = Some(event_id(8));
        let copy = Story {
            duplicate_of: Some(story_id(7)),
            ..grouped(1, 0)
        };
        let changes = [
            Change::PutStory(copy),
            Change::PutStory(grouped(2, 0)),
            Change::PutEvent(event(2, 0, &[1, 3])),
            Change::MarkSeen {
                url: "https://x.example/".to_owned(),
                story: Some(story_id(6)),
            },
            Change::Enqueue(about),
            Change::MergeEvent {
                from: event_id(4),
                into: event_id(5),
            },
        ];
        store.commit(&changes).unwrap();
        let report = store.verify().unwrap();
        let mut found: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
        let (s, e) = (story_id, event_id);
        let mut expected = vec![
            format!(
                "event {}: it lists {}, which does not belong to it",
                e(2),
                s(1)
            ),
            format!("event {}: its story {} is missing", e(2), s(3)),
            format!(
                "merged event {}: the event {} that it became part of is missing",
                e(4),
                e(5)
            ),
            format!(
                "mark of address https://x.example/: its story {} is missing",
                s(6)
            ),
            format!("story {}: its event {} does not list it", s(2), e(2)),
            format!("story {}: its event {} is missing", s(1), e(1)),
            format!(
                "story {}: the story {} that it copies is missing",
                s(1),
                s(7)
            ),
            format!("waiting mail {}: its event {} is missing", mail_id(1), e(8)),
            format!("waiting mail {}: its story {} is missing", mail_id(1), s(8)),
        ];
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    });
}

#[test]
fn many_threads_may_read_and_write() {
    each_store(|store| {
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    for n in 0..20 {
                        let n = 100 * thread + n;
                        store
                            .commit(&[Change::PutStory(story(n, n as i64))])
                            .unwrap();
                        assert!(store.story(&story_id(n)).unwrap().is_some());
                        store.stories(&Range::default()).unwrap();
                    }
                });
            }
        });
        assert_eq!(store.counts().unwrap().stories, 80);
        assert!(store.verify().unwrap().is_sound());
    });
}
