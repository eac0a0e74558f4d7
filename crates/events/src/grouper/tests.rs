//! The grouper as a whole.

use super::*;

fn item(id: &str, time: &str, title: &str, text: &str) -> Item {
    Item {
        id: StoryId::new(id),
        title: title.to_owned(),
        text: text.to_owned(),
        published: (!time.is_empty()).then(|| time.parse().unwrap()),
        source: id.to_owned(),
        lang: None,
        entities: Vec::new(),
    }
}

const REPORT: &str = "The ministry said on Monday that 3,400 chips were shipped in March under the new licences, \
    most of them to buyers in two countries, and that it would publish such figures each month from now on.";

fn grouped(items: &[Item]) -> Vec<Assignment> {
    let mut grouper = Grouper::new(Settings::default(), &Frequencies::default());
    items.iter().map(|i| grouper.add(i)).collect()
}

#[test]
fn a_rewrite_joins_its_event_and_a_later_ruling_opens_one() {
    let found = grouped(&[
        item(
            "a",
            "2026-03-02T08:00:00Z",
            "Ministry publishes chip export rule",
            "",
        ),
        item(
            "b",
            "2026-03-02T09:30:00Z",
            "Chip export rule published by ministry",
            "",
        ),
        item(
            "c",
            "2026-03-09T10:00:00Z",
            "Court suspends chip export rule",
            "",
        ),
    ]);
    assert_eq!(found[1].event, found[0].event);
    assert!(!found[1].new_event && found[1].duplicate_of.is_none());
    assert_ne!(found[2].event, found[0].event);
    let follows = "follows “Ministry publishes chip export rule” of 2 March";
    assert!(found[1].novelty.reason.starts_with(follows));
    assert!(found[2].novelty.reason.contains(follows));
}

#[test]
fn one_text_under_ten_titles_is_one_story_and_nine_copies() {
    let titles = (0..10).map(|n| {
        item(
            &n.to_string(),
            "2026-03-02T08:00:00Z",
            &format!("Headline number {n}"),
            REPORT,
        )
    });
    let found = grouped(&titles.collect::<Vec<_>>());
    assert!(
        found[1..]
            .iter()
            .all(|a| a.duplicate_of == Some(StoryId::new("0")))
    );
}

#[test]
fn next_months_figures_in_the_same_words_are_no_copy() {
    let april = REPORT.replace("3,400", "5,150").replace("March", "April");
    let found = grouped(&[
        item(
            "a",
            "2026-04-06T08:00:00Z",
            "Chips shipped in March",
            REPORT,
        ),
        item(
            "b",
            "2026-05-04T08:00:00Z",
            "Chips shipped in April",
            &april,
        ),
    ]);
    assert_eq!(found[1].duplicate_of, None);
}

#[test]
fn empty_headline_only_future_and_late_stories_are_placed() {
    let found = grouped(&[
        item("a", "", "", ""),
        item("b", "2999-01-01T00:00:00Z", "Summit opens", ""),
        item("c", "2026-03-02T08:00:00Z", "Summit opens in Geneva", ""),
        item("d", "2026-02-20T08:00:00Z", "华为发布新芯片", ""),
    ]);
    assert!(found.iter().all(|a| a.new_event));
}

#[test]
fn a_story_that_comes_a_week_late_joins_its_event() {
    let title = "Ministry publishes chip export rule";
    let found = grouped(&[
        item("a", "2026-03-02T08:00:00Z", title, ""),
        item(
            "b",
            "2026-03-09T08:00:00Z",
            "Parliament opens data centre inquiry",
            "",
        ),
        item(
            "c",
            "2026-03-02T09:00:00Z",
            "Chip export rule published by ministry",
            "",
        ),
        item(
            "d",
            "2999-01-01T00:00:00Z",
            "Ministry publishes chip export rule today",
            "",
        ),
        item(
            "e",
            "2026-03-03T09:00:00Z",
            "The ministry's chip export rule is published",
            "",
        ),
    ]);
    assert_eq!(found[2].event, found[0].event);
    assert_ne!(found[3].event, found[0].event, "a date in the future");
    assert_eq!(found[4].event, found[0].event, "and what comes after it");
}

#[test]
fn a_flood_of_copies_takes_the_room_of_one() {
    let mut grouper = Grouper::new(Settings::default(), &Frequencies::default());
    for n in 0..2_000 {
        let title = format!("Headline {n}");
        grouper.add(&item(
            &n.to_string(),
            "2026-03-02T08:00:00Z",
            &title,
            REPORT,
        ));
    }
    assert_eq!(grouper.events.len(), 1);
    let terms: usize = grouper.stories.iter().map(|s| s.terms.len()).sum();
    assert!(
        terms < 100,
        "only the original is compared by its words: {terms}"
    );
}

#[test]
fn a_copy_with_a_new_sentence_is_a_development() {
    let more = format!("{REPORT} On Friday a court in the capital suspended the licences.");
    let found = grouped(&[
        item(
            "a",
            "2026-03-02T08:00:00Z",
            "Chips shipped in March",
            REPORT,
        ),
        item(
            "b",
            "2026-03-02T09:00:00Z",
            "Chips shipped in March",
            REPORT,
        ),
        item("c", "2026-03-06T18:00:00Z", "Chips shipped in March", &more),
    ]);
    assert!(found[1].development.is_none());
    assert_eq!(found[2].duplicate_of, Some(StoryId::new("a")));
    let fact = "On Friday a court in the capital suspended the licences";
    assert_eq!(found[2].development.as_deref(), Some(fact));
    assert!(
        found[2]
            .novelty
            .reason
            .starts_with("new fact in “Chips shipped in March”")
    );
}

#[test]
fn a_grouper_that_was_restored_decides_as_one_that_lived_on() {
    let items: Vec<Item> = (0..60)
        .map(|n| {
            let subject = ["chip export rule", "model summit", "data centre vote"][n % 3];
            item(
                &n.to_string(),
                &format!("2026-03-{:02}T08:00:00Z", 1 + n / 6),
                &format!("Report {n} on the {subject}"),
                "",
            )
        })
        .collect();
    let whole = grouped(&items);
    let mut restored = Grouper::new(Settings::default(), &Frequencies::default());
    for (item, known) in items.iter().zip(&whole).take(40) {
        restored.restore(item, &known.event, known.duplicate_of.as_ref());
    }
    let rest: Vec<Assignment> = items.iter().skip(40).map(|i| restored.add(i)).collect();
    assert_eq!(rest, whole[40..]);
}

#[test]
fn what_is_forgotten_takes_no_room() {
    let settings = Settings {
        memory_items: 50,
        ..Settings::default()
    };
    let mut grouper = Grouper::new(settings, &Frequencies::default());
    for n in 0..500 {
        grouper.add(&item(
            &n.to_string(),
            "2026-03-02T08:00:00Z",
            &format!("Word{n} alone"),
            "",
        ));
    }
    assert_eq!(grouper.stories.len(), 50);
    assert_eq!((grouper.events.len(), grouper.number_of.len()), (50, 50));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_is_survived(title in "\\PC{0,80}", text in "\\PC{0,400}") {
        let found = grouped(&[item("a", "", &title, &text), item("b", "", &title, &text)]);
        proptest::prop_assert_eq!(&found[0].event, &EventId::of_first_story(&StoryId::new("a")));
    }
}
