//! The sample world: two days and a quiet one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use serde_json::Value;
use std::collections::BTreeMap;

/// Of the tags that a careful reader gives over both days, so many have to be found: a floor that only
/// rises.
const FLOOR: usize = 46;

/// Of the pairs of stories of one happening, so many have to share an event: a floor that only rises.
const PAIRS_FLOOR: usize = 35;

fn by_url(stories: &[Value]) -> BTreeMap<String, &Value> {
    stories
        .iter()
        .map(|s| (s["url"].as_str().unwrap().to_owned(), s))
        .collect()
}

fn tags(story: &Value) -> Vec<&str> {
    story["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["tag"].as_str().unwrap())
        .collect()
}

/// Three passes over one directory, looked at after each.
#[test]
fn two_days_and_a_quiet_one() {
    let program = Program::new();
    let first_report = &program.json(&["run", "--sample", "--json"])[0];
    assert_eq!(first_report["sources"].as_array().unwrap().len(), 12);
    let first = program.json(&["query", "", "--json"]);
    let first_mails = program.mails();
    assert_eq!(first.len(), 26, "{first_report:#}");
    assert!(!first_mails.is_empty());

    program.ok(&["run", "--sample"]);
    let second = program.json(&["query", "", "--json"]);
    assert_eq!(second.len(), 47);
    for (url, story) in by_url(&first) {
        let later = by_url(&second)[&url];
        assert_eq!(story["first_seen"], later["first_seen"], "{url}");
        assert_eq!(story["event"], later["event"], "{url}");
    }
    let second_mails = program.mails();
    assert!(second_mails.len() > first_mails.len());
    assert!(
        first_mails.iter().all(|m| second_mails.contains(m)),
        "a mail of the first day changed"
    );

    let third = &program.json(&["run", "--sample", "--json"])[0];
    assert_eq!(third["new_stories"], 0);
    assert_eq!(third["mails_sent"], 0);
    assert_eq!(program.json(&["query", "", "--json"]), second);
    assert_eq!(program.mails(), second_mails);
    expectations(&second);
    events(&second);
    questions(&program);
}

/// What `expected.toml` of the world says of each article.
fn expectations(stories: &[Value]) {
    let world = tocsin_sample::World::load().unwrap();
    let known = by_url(stories);
    let (mut wrong, mut misjudged) = (Vec::new(), Vec::new());
    let (mut wanted_tags, mut found_tags) = (0, 0);
    for expectation in world.expected() {
        let url = world.url_of(&expectation.slug).unwrap();
        let Some(story) = known.get(&url) else {
            continue;
        };
        if story["relevant"] != expectation.relevant {
            misjudged.push(format!(
                "{}: relevant is {}",
                expectation.slug, story["relevant"]
            ));
        }
        if !expectation.relevant && !tags(story).is_empty() {
            wrong.push(format!("{}: tagged {:?}", expectation.slug, tags(story)));
        }
        wanted_tags += expectation.tags.len();
        found_tags += expectation
            .tags
            .iter()
            .filter(|t| tags(story).contains(&t.as_str()))
            .count();
        let copy = expectation
            .copy_of
            .as_ref()
            .map(|of| known[&world.url_of(of).unwrap()]["id"].clone());
        if copy.is_some() != story["duplicate_of"].is_string() {
            wrong.push(format!(
                "{}: duplicate_of is {}",
                expectation.slug, story["duplicate_of"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(misjudged.is_empty(), "{misjudged:#?}");
    assert!(
        found_tags >= FLOOR,
        "{found_tags} of {wanted_tags} expected tags"
    );
}

/// Which articles report one happening, in whatever language.
fn events(stories: &[Value]) {
    let world = tocsin_sample::World::load().unwrap();
    let known = by_url(stories);
    let told: Vec<_> = world
        .expected()
        .iter()
        .filter(|e| e.event.is_some())
        .filter_map(|e| Some((e, known.get(&world.url_of(&e.slug).unwrap())?)))
        .collect();
    let (mut one, mut missed, mut strangers) = (0, Vec::new(), Vec::new());
    for (at, (a, story)) in told.iter().enumerate() {
        for (b, other) in &told[at + 1..] {
            let together = story["event"] == other["event"];
            let pair = format!("{} and {}", a.slug, b.slug);
            // What follows from an event may be told as part of it.
            let of = |follows: &Option<String>, event| follows.is_some() && follows == event;
            let akin =
                of(&a.follows, &b.event) || of(&b.follows, &a.event) || of(&a.follows, &b.follows);
            if a.event == b.event {
                one += 1;
                missed.extend((!together).then_some(pair));
            } else if together && !akin {
                strangers.push(pair);
            }
        }
    }
    assert!(strangers.is_empty(), "{strangers:#?}");
    assert!(
        one - missed.len() >= PAIRS_FLOOR,
        "of {one} pairs: {missed:#?}"
    );
}

/// The questions that the program itself proposes.
fn questions(program: &Program) {
    let about_huawei = program.json(&["query", "tag:chip-restrictions entity:华为", "--json"]);
    let mut languages: Vec<&str> = about_huawei
        .iter()
        .map(|s| s["language"].as_str().unwrap())
        .collect();
    languages.sort_unstable();
    languages.dedup();
    assert!(
        languages.contains(&"zh") && languages.len() >= 3,
        "{languages:?}"
    );
    let smuggling = program.json(&["events", "tag:export-enforcement", "--json"]);
    assert!(!smuggling.is_empty());
    let suggest = ["entities", "suggest", "--least", "2", "--json"];
    let institute = &program.json(&suggest)[0];
    assert_eq!(institute["name"], "Northfield Institute");
    assert_eq!(
        (&institute["type"], &institute["stories"]),
        (&"org".into(), &2.into())
    );
    let by_name = program.json(&["query", "entity:\"Northfield Institute\"", "--json"]);
    assert_eq!(by_name.len(), 2);
    let id = smuggling[0]["id"].as_str().unwrap();
    assert!(
        program
            .ok(&["show", id])
            .contains(smuggling[0]["title"].as_str().unwrap())
    );
    let csv = program.ok(&["query", "is:relevant", "--csv", "--limit", "3"]);
    assert_eq!(csv.lines().count(), 4);
    assert_eq!(
        program
            .ok(&["query", "is:relevant", "--count", "--json"])
            .trim(),
        "{\"count\":40}"
    );
}
