//! Rules for single publishers, through the public door.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{STORY, page, sent};
use tocsin_core::Article;
use tocsin_extractor::{Page, Publishers, explain, extract};

const RULES: &str = r##"
[[publisher]]
site = "chipdaily.example"
text = [".gone", "#story"]
drop = [".quiz"]
title = [".none", ".real-title"]
byline = ["[data-qa=writer]"]
date = [".stand"]
"##;

/// What the rules of the test say of a page.
fn with_rules(html: &str, rules: &Publishers) -> Article {
    extract(&Page {
        publishers: rules,
        ..sent(html.as_bytes(), None)
    })
    .unwrap()
}

fn full_page() -> String {
    page(
        "<title>A title for search engines</title><meta property='article:published_time' content='2026-03-09'>",
        &format!(
            "<h1>Chips: all you need to know</h1><span class=real-title>Ministry puts chips under licence</span>\
             <i data-qa=writer>By Ann Example</i><i data-qa=writer>Bo Sample</i><b class=stand>Stand: 2 March 2026</b>\
             <div id=story>{STORY}<div class=quiz><p>How well do you know the rules for the export of chips? \
             Twelve questions for readers who think that they know all there is to know of it.</p></div></div>\
             <p>The museum of computing opens a new wing on Sunday, with machines from seven decades, many \
             of which still run, and a café.</p>"
        ),
    )
}

#[test]
fn a_rule_says_where_things_stand() {
    let rules = Publishers::parse("publishers.toml", RULES).unwrap();
    let article = with_rules(&full_page(), &rules);
    assert_eq!(article.title, "Ministry puts chips under licence");
    assert_eq!(article.byline, ["Ann Example", "Bo Sample"]);
    assert_eq!(
        article.published.unwrap().to_string(),
        "2026-03-02T12:00:00Z"
    );
    assert!(article.text.starts_with("The ministry of trade"));
    assert!(!article.text.contains("Twelve questions") && !article.text.contains("museum"));
}

#[test]
fn without_a_match_the_general_engine_decides() {
    let rules = Publishers::parse("publishers.toml", RULES).unwrap();
    let emptied = page(
        "<title>Chip rule</title>",
        &format!("<div id=story></div><h1>Chip rule</h1>{STORY}"),
    );
    assert_eq!(
        with_rules(&emptied, &rules),
        with_rules(&emptied, Publishers::none())
    );
    let redesigned = page(
        "<title>Chip rule</title>",
        &format!("<h1>Chip rule</h1>{STORY}"),
    );
    let ruled = with_rules(&redesigned, &rules);
    assert_eq!(ruled, with_rules(&redesigned, Publishers::none()));
    assert!(ruled.text.contains("puts twelve kinds of chips"));
}

#[test]
fn an_explanation_names_the_rule_and_what_was_believed() {
    let rules = Publishers::parse("publishers.toml", RULES).unwrap();
    let html = full_page();
    let told = |publishers| {
        explain(&Page {
            publishers,
            ..sent(html.as_bytes(), None)
        })
        .unwrap()
    };
    let ruled = told(&rules);
    assert_eq!(ruled.rule.as_deref(), Some("chipdaily.example"));
    let general = told(Publishers::none());
    assert_eq!(general.rule, None);
    let claims: Vec<String> = general
        .claims
        .iter()
        .map(|c| format!("{} {} {} {}", c.what, c.believed, c.place, c.value))
        .collect();
    assert!(
        claims.contains(&"title true <title> A title for search engines".to_owned()),
        "{claims:#?}"
    );
    assert!(
        claims.contains(&"day true meta article:published_time 2026-03-09".to_owned()),
        "{claims:#?}"
    );
    assert!(
        claims
            .iter()
            .any(|c| c.starts_with("day false line below the heading 2026-03-02")),
        "{claims:#?}"
    );
}
