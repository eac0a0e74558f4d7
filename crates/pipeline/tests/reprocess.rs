//! Stored stories under another taxonomy: what would differ is said, then done, and what became relevant is
//! grouped and told by the next pass.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod desk;

use desk::server::{Mood, Server};
use desk::{Desk, at};
use std::sync::Arc;
use tocsin_classifier::Classifier;
use tocsin_pipeline::config::DEFAULTS;
use tocsin_pipeline::{Actor, Config, acts, reprocess};
use tocsin_search::{Query, Vocabulary};
use tocsin_store::{Range, Store};

const RULES: &str = "[[rule]]\nname = \"chips\"\nquery = \"tag:chip-restrictions\"\nwhen = \"new-event\"\n\
    to = [\"mailto:ann@desk.example\"]\n[[rule]]\nname = \"all\"\nquery = \"\"\nwhen = \"new-event\"\n\
    to = [\"mailto:ann@desk.example\"]\n";

const CHIPS: (&str, &str) = (
    "US tightens export controls on AI chips for Huawei",
    "The US Commerce Department published an export rule that limits the sale of AI chips to Huawei. The export \
     controls on advanced AI chips need a licence.",
);

/// What lets a story in at all.
const GATE: &str = "gate = [\"@ai\", \"@ai-firm\", \"@ai-model-name\", \"@chip\", \"@ai-chip-name\", \"@deepfake\", \
    \"@compute-word\", \"@face\", \"@near-ai\"]";

/// The judge by rules, with one number of the taxonomy changed.
fn judge(tag: &str, from: &str, to: &str) -> Classifier {
    let (_, text) = DEFAULTS
        .iter()
        .find(|(name, _)| *name == "taxonomy.toml")
        .unwrap();
    let place = text.find(tag).unwrap();
    let (before, behind) = text.split_at(place);
    assert!(behind.contains(from), "{tag} has no {from}");
    let changed = format!("{before}{}", behind.replacen(from, to, 1));
    let config = Config::new(None).with_file("taxonomy.toml", changed);
    config.rules_alone().unwrap()
}

struct NoNames;

impl Vocabulary for NoNames {
    fn tags(&self) -> Vec<String> {
        Vec::new()
    }

    fn entities(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn sources_in(&self, _: &str) -> Vec<tocsin_core::SourceId> {
        Vec::new()
    }
}

fn differences(desk: &Desk, classifier: &Classifier) -> reprocess::Differences {
    let all = Query::parse("", &NoNames, at(0)).unwrap();
    let (store, rules) = (desk.store.as_ref(), &desk.pass.rules);
    reprocess::differences(store, classifier, rules, &all, &|_| {}).unwrap()
}

fn actor() -> Actor {
    Actor {
        by: "Ann".to_owned(),
        at: at(60),
    }
}

#[test]
fn a_tag_that_goes_takes_its_alerts_with_it() {
    let server = Server::open(|_| Mood::Good);
    let desk = Desk::with_rules(&server, RULES);
    desk.comes_in(0, CHIPS.0, CHIPS.1, at(0));
    assert_eq!(desk.pass(0).mails_sent, 2, "by both rules");
    let same = judge("name = \"chip-restrictions\"", "yes = 0.31", "yes = 0.31");
    let nothing = differences(&desk, &same);
    assert_eq!((nothing.judged, nothing.changed()), (1, 0));
    assert_eq!(
        reprocess::apply(desk.store.as_ref(), &nothing, &actor()).unwrap(),
        None
    );

    let strict = judge(
        "name = \"chip-restrictions\"",
        "bias = -7.34",
        "bias = -30.0",
    );
    let found = differences(&desk, &strict);
    assert_eq!(found.stories.len(), 1);
    assert!(
        found.stories[0]
            .lost
            .contains(&"chip-restrictions".to_owned()),
        "{found:?}"
    );
    assert_eq!(found.by_tag().get("chip-restrictions"), Some(&(0, 1)));
    let fewer: Vec<&str> = found
        .fewer_alerts
        .iter()
        .map(|alert| alert.rule.as_str())
        .collect();
    assert_eq!((fewer, found.more_alerts.len()), (vec!["chips"], 0));
    // It was only said.
    let event = |desk: &Desk| {
        desk.store
            .events(&Range::default())
            .unwrap()
            .items
            .remove(0)
    };
    assert!(event(&desk).tags.contains(&"chip-restrictions".to_owned()));
    assert_eq!(
        reprocess::apply(desk.store.as_ref(), &found, &actor()).unwrap(),
        Some(1)
    );
    assert!(!event(&desk).tags.contains(&"chip-restrictions".to_owned()));
    assert!(desk.store.verify().unwrap().is_sound());
    assert_eq!(desk.pass(60).mails_sent, 0);

    // And back: nothing is told twice.
    let found = differences(&desk, &same);
    assert_eq!(found.more_alerts.len(), 1);
    reprocess::apply(desk.store.as_ref(), &found, &actor()).unwrap();
    assert_eq!(desk.pass(120).mails_sent, 0);
    assert_eq!(acts::list(desk.store.as_ref(), 9).unwrap().len(), 2);
}

#[test]
fn what_becomes_relevant_is_grouped_and_told() {
    let server = Server::open(|_| Mood::Good);
    let mut desk = Desk::with_rules(&server, RULES);
    desk.pass.classifier = Arc::new(judge("gate = [\"@ai\"", GATE, "gate = [\"@face\"]"));
    desk.comes_in(0, CHIPS.0, CHIPS.1, at(0));
    let report = desk.pass(0);
    assert_eq!((report.relevant, report.mails_sent), (0, 0));
    let usual = judge("gate = [\"@ai\"", GATE, GATE);
    let found = differences(&desk, &usual);
    assert_eq!(found.stories[0].relevant, Some(true));
    reprocess::apply(desk.store.as_ref(), &found, &actor()).unwrap();
    let report = desk.pass(60);
    assert_eq!((report.new_events, report.mails_sent), (1, 2));
    assert!(desk.store.verify().unwrap().is_sound());
    assert_eq!(desk.store.counts().unwrap().pending, 0);
    assert_eq!(differences(&desk, &usual).changed(), 0);
}
