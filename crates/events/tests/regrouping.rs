//! What later stories show about events: that one holds two, or that two are one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use tocsin_core::{EventId, StoryId};
use tocsin_events::{Assignment, Frequencies, Grouper, Item, Settings};

fn grouper() -> Grouper {
    let known = Frequencies::from_bytes(include_bytes!("../../../models/words.model")).unwrap();
    Grouper::new(Settings::default(), &known)
}

fn item(number: usize, title: &str) -> Item {
    Item {
        id: StoryId::new(number.to_string()),
        title: title.to_owned(),
        text: String::new(),
        published: Some("2026-03-02T08:00:00Z".parse().unwrap()),
        source: number.to_string(),
        lang: None,
        entities: Vec::new(),
    }
}

fn grouped(grouper: &mut Grouper, titles: &[&str]) -> Vec<Assignment> {
    let items = titles.iter().enumerate().map(|(n, title)| item(n, title));
    items.map(|item| grouper.add(&item)).collect()
}

/// A resignation that is told as part of a summit, until it is told a second time.
const SUMMIT: [&str; 8] = [
    "Geneva summit on chip rules opens with forty states",
    "Forty states open Geneva summit on chip rules",
    "Geneva summit on chip rules: forty states meet",
    "Chip rules summit opens in Geneva, forty states attend",
    "Forty states at Geneva summit to agree chip rules",
    "Geneva summit on chip rules opens, forty states attend",
    "Summit delegate Mori resigns over leaked memo",
    "Leaked memo: Mori resigns",
];

#[test]
fn a_happening_that_was_told_as_part_of_another_gets_an_event_of_its_own() {
    let mut grouper = grouper();
    let found = grouped(&mut grouper, &SUMMIT);
    for n in 1..7 {
        assert_eq!(found[n].event, found[0].event, "{n}");
        assert_eq!(found[n].moved, None);
    }
    assert!(found[7].new_event);
    assert_eq!(found[7].moved, Some(StoryId::new("6")));
    let next = grouper.add(&item(8, "Over leaked memo, delegate Mori resigns"));
    assert_eq!(next.event, found[7].event);
    let summit = grouper.add(&item(9, "Summit on chip rules opens in Geneva"));
    assert_eq!(summit.event, found[0].event);
}

#[test]
fn what_was_put_together_by_hand_stays_together() {
    let event = EventId::new("e");
    let mut grouper = grouper();
    for (n, title) in SUMMIT.iter().enumerate().take(7) {
        grouper.restore(&item(n, title), &event, None);
    }
    grouper.keep_whole(&event);
    let found = grouper.add(&item(7, SUMMIT[7]));
    assert_eq!((found.event, found.moved), (event, None));
}

#[test]
fn two_beginnings_of_one_event_are_joined_by_a_story_at_the_heart_of_both() {
    let mut grouper = grouper();
    let found = grouped(
        &mut grouper,
        &[
            "Ministry caps accelerator exports per buyer",
            "Accelerator exports per buyer are capped by ministry",
            "New ceiling on AI chips for foreign customers",
            "AI chips: new ceiling for foreign customers",
            "Ministry caps accelerator exports per buyer: new ceiling on AI chips for foreign customers",
            "Ceiling on AI chips for foreign customers stirs protest",
        ],
    );
    assert_ne!(found[2].event, found[0].event);
    assert_eq!(found[4].merged.as_ref(), Some(&found[2].event));
    assert_eq!(
        found[4].event, found[0].event,
        "the older of two equal ones stays"
    );
    assert_eq!(found[5].event, found[0].event);
}
