//! The article that the product was conceived from, by `ingest`, with the default config.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod program;

use program::{Program, shared};

const TAGS: [&str; 9] = [
    "conference",
    "chip-restrictions",
    "export-enforcement",
    "model-release",
    "open-models",
    "sovereign-ai",
    "international-governance",
    "national-strategy",
    "geopolitics",
];

const NAMES: [&str; 8] = [
    "WAIC",
    "DeepSeek",
    "Zhipu",
    "Huawei",
    "OpenAI",
    "Epoch AI",
    "Li Qiang",
    "Brad Smith",
];

#[test]
fn the_seed_article_gets_its_tags_and_names() {
    let Some(shared) = shared() else {
        println!("skipped: needs ../shared");
        return;
    };
    let file = shared.join("data/seed/waic.txt");
    let program = Program::new();
    program.ok(&["ingest", file.to_str().unwrap()]);
    let stories = program.json(&["query", "", "--json"]);
    assert_eq!(stories.len(), 1);
    let story = &stories[0];
    let tags: Vec<&str> = story["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["tag"].as_str().unwrap())
        .collect();
    let missing: Vec<&&str> = TAGS.iter().filter(|t| !tags.contains(t)).collect();
    assert!(missing.is_empty(), "missing {missing:?} of {tags:?}");
    let text = story["text"].as_str().unwrap();
    assert!(
        !text.contains("Post a Comment"),
        "the comment box is no text"
    );
    assert_names(story);
}

/// Every name is a mention of some entity, in the words of the article or in the gazetteer's.
fn assert_names(story: &serde_json::Value) {
    let field = |name: &str| story[name].as_str().unwrap().chars().collect::<Vec<char>>();
    let (title, text) = (field("title"), field("text"));
    let mut named: Vec<String> = Vec::new();
    for entity in story["entities"].as_array().unwrap() {
        named.push(entity["name"].as_str().unwrap().to_owned());
        for mention in entity["mentions"].as_array().unwrap() {
            let chars = if mention["field"] == "title" {
                &title
            } else {
                &text
            };
            let at = |key: &str| usize::try_from(mention[key].as_u64().unwrap()).unwrap();
            named.push(chars[at("start")..at("end")].iter().collect());
        }
    }
    for name in NAMES {
        assert!(
            named.iter().any(|n| n == name),
            "{name} is not among {named:?}"
        );
    }
}
