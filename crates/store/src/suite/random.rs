//! Any changes in any order: every store answers as the plain maps do.

use super::{all_events, all_stories};
use crate::fixture::{at, event, event_id, mail, mail_id, story, story_id, url, verdict};
use crate::{Change, MemoryStore, Range, SledStore, Store};
use proptest::prelude::*;
use tocsin_core::{Health, Outgoing, SourceId, Story};

/// Everything that can be asked of a store about the few ids that the property test uses.
fn everything(store: &dyn Store) -> String {
    let forth = Range::default();
    let back = Range {
        from: Some(at(3)),
        newest_first: true,
        ..Range::default()
    };
    let answers = (
        (all_stories(store, &forth), all_stories(store, &back)),
        (all_events(store, &forth), all_events(store, &back)),
        (
            store.pending(None, 99),
            store.outbox(None, 99),
            store.sent(None, 99),
        ),
        (0..FEW)
            .map(|n| store.story(&story_id(n)))
            .collect::<Vec<_>>(),
        (0..FEW)
            .map(|n| store.event(&event_id(n)))
            .collect::<Vec<_>>(),
        (0..FEW)
            .map(|n| (store.seen(&url(n)), store.meta(&url(n))))
            .collect::<Vec<_>>(),
        (0..FEW)
            .map(|n| {
                (
                    store.is_known_mail(&mail_id(n)),
                    store.verdict(&story_id(n)),
                )
            })
            .collect::<Vec<_>>(),
        (0..FEW)
            .map(|n| store.outbox(Some(&mail_id(n)), 2).ok())
            .collect::<Vec<_>>(),
        (store.counts(), store.verify()),
    );
    format!("{answers:#?}")
}

/// Ids and times in the property test: few, so that changes meet.
const FEW: usize = 5;

fn change() -> impl Strategy<Value = Change> {
    let (n, second) = (0..FEW, 0..6_i64);
    (0..13, n.clone(), n, second).prop_map(|(kind, n, m, second)| match kind {
        0 => Change::PutPending(story(n, second)),
        1 => Change::PutStory(Story {
            event: Some(event_id(m)),
            ..story(n, second)
        }),
        2 => Change::PutEvent(event(n, second, &[n, m])),
        3 => Change::PutHealth(SourceId::new(url(n)), Health::default()),
        4 => Change::MarkSeen {
            url: url(n),
            story: Some(story_id(m)),
        },
        5 => Change::Enqueue(mail(n, second)),
        6 => Change::Delivered {
            message_id: mail_id(n),
            at: at(second),
        },
        7 => Change::Deferred(Outgoing {
            attempts: m as u32,
            ..mail(n, second)
        }),
        8 => Change::MergeEvent {
            from: event_id(n),
            into: event_id(m),
        },
        9 => Change::PutVerdict(verdict(n, second)),
        10 => Change::RemoveVerdict(story_id(n)),
        11 => Change::Withdraw {
            message_id: mail_id(n),
        },
        _ => Change::SetMeta {
            key: url(n),
            value: url(m),
        },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn sled_answers_as_the_plain_maps_do(
        batches in prop::collection::vec(prop::collection::vec(change(), 0..8), 0..8),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (sled, memory) = (SledStore::open(dir.path()).unwrap(), MemoryStore::default());
        for batch in &batches {
            let (a, b) = (sled.commit(batch), memory.commit(batch));
            prop_assert_eq!(format!("{a:?}"), format!("{b:?}"));
            prop_assert_eq!(everything(&sled), everything(&memory));
        }
        drop(sled);
        let sled = SledStore::open(dir.path()).unwrap();
        prop_assert_eq!(everything(&sled), everything(&memory), "opened again");
    }
}
