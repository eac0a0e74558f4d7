//! Whatever the text: no panic, evidence that is there, bounded time.

use crate::{CLASSIFIER, TRAINED, judge};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use tocsin_classifier::{Input, Judgement};
use tocsin_core::{Field, text::slice};

/// Pieces that the rules react to, so that random stories earn tags.
const PIECES: &[&str] = &[
    "AI chips",
    "export controls",
    "China",
    "U.S.",
    "smuggling",
    "华为",
    "人工智能",
    "出口管制",
    "🙂",
    "e\u{301}",
    "Ｈuawei",
    "\n\n",
    ". ",
    "반도체 수출통제",
    "生成AI規制",
    "lawsuit",
    "’s",
    "\u{ad}",
    "The",
    "-",
    "open",
    "weight",
    "model",
    "ﬁne",
];

fn check(title: &str, text: &str, got: &Judgement) {
    let tags = got.tags.iter().chain(&got.review);
    for tag in tags {
        assert!((1..=3).contains(&tag.evidence.len()), "{}", tag.tag);
        for e in &tag.evidence {
            let whole = if e.field == Field::Title { title } else { text };
            assert_eq!(slice(whole, e.start, e.end), Some(e.text.as_str()));
        }
    }
    for mention in got.entities.iter().flat_map(|e| &e.mentions) {
        let whole = if mention.field == Field::Title {
            title
        } else {
            text
        };
        assert!(slice(whole, mention.start, mention.end).is_some_and(|s| !s.is_empty()));
    }
    assert!(got.tags.is_sorted_by(|a, b| a.score.get() >= b.score.get()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn evidence_is_what_stands_there(
        title in proptest::collection::vec(proptest::sample::select(PIECES), 0..12),
        text in proptest::collection::vec(proptest::sample::select(PIECES), 0..120),
        gap in proptest::sample::select(&["", " ", "  "][..]),
    ) {
        let (title, text) = (title.join(gap), text.join(gap));
        for classifier in [&CLASSIFIER, &TRAINED] {
            let got = classifier.classify(&Input { title: &title, text: &text, lang: None });
            check(&title, &text, &got);
        }
    }

    #[test]
    fn any_text_is_survived(title in "\\PC{0,60}", text in "(?s).{0,300}") {
        let input = Input { title: &title, text: &text, lang: None };
        for classifier in [&CLASSIFIER, &TRAINED] {
            check(&title, &text, &classifier.classify(&input));
            prop_assert!(serde_json::to_string(&classifier.explain(&input)).is_ok());
        }
    }
}

#[test]
fn evidence_counts_scalar_values_around_emoji_and_han() {
    let title = "🙂 美国收紧对华人工智能芯片出口管制";
    let got = judge(title, "", None);
    check(title, "", &got);
    let tag = got.tags.iter().find(|t| t.tag == "chip-restrictions");
    let words: Vec<&str> = tag
        .iter()
        .flat_map(|t| &t.evidence)
        .map(|e| e.text.as_str())
        .collect();
    assert!(words.iter().any(|w| w.contains("出口管制")), "{words:?}");
}

#[test]
fn one_sentence_of_a_megabyte_takes_no_more_than_its_share() {
    let text = "AI chips China export controls smuggling ".repeat(25_000);
    let start = Instant::now();
    let got = judge("AI chips", &text, Some("en"));
    // A quadratic step would take minutes; the bound is wide enough for a slow machine in debug mode.
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "{:?}",
        start.elapsed()
    );
    check("AI chips", &text, &got);
}
