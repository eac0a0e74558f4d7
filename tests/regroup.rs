//! An analyst corrects events: two that are one, and one that is two.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use serde_json::Value;

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// After the first day of the sample world: an event of one story, and one of several.
fn two_events(program: &Program) -> (Value, Value) {
    program.ok(&["run", "--sample", "--quiet"]);
    let events = program.json(&["events", "--json"]);
    let stories = |e: &Value| e["stories"].as_array().unwrap().len();
    let small = events.iter().find(|e| stories(e) == 1).unwrap();
    let large = events.iter().max_by_key(|e| stories(e)).unwrap();
    (small.clone(), large.clone())
}

#[test]
fn merged_events_are_one_under_both_ids_and_split_again() {
    let program = Program::new();
    let (small, large) = two_events(&program);
    let before = program.json(&["events", "--json"]).len();

    let whole = &program.json(&["--json", "events", "merge", id(&large), id(&small)])[0];
    assert_eq!(id(whole), id(&large));
    assert_eq!(whole["merged"], serde_json::json!([id(&small)]));
    assert_eq!(program.json(&["events", "--json"]).len(), before - 1);
    let under_old_id = &program.json(&["show", id(&small), "--json"])[0];
    assert_eq!(id(under_old_id), id(&large));
    let story = small["stories"][0].as_str().unwrap();
    assert_eq!(
        program.json(&["show", story, "--json"])[0]["event"],
        large["id"]
    );
    assert!(program.ok(&["show", id(&large)]).contains("takes in"));

    let alone = &program.json(&["--json", "events", "split", story])[0];
    assert_eq!(id(alone), id(&small), "its id comes from its first story");
    assert_eq!(alone["split_from"], large["id"]);
    let events = program.json(&["events", "--json"]);
    assert_eq!(events.len(), before);
    let rest = events.iter().find(|e| id(e) == id(&large)).unwrap();
    assert_eq!(rest["stories"], large["stories"]);
    assert!(rest["merged"].is_null());
}

#[test]
fn what_cannot_be_corrected_is_said() {
    let program = Program::new();
    let (small, large) = two_events(&program);
    let told = program.fails(&["events", "merge", id(&large), "enowhere"], 2);
    assert!(told.contains("no event is stored under enowhere"), "{told}");
    let told = program.fails(&["events", "merge", id(&large), id(&large)], 2);
    assert!(told.contains("one event already"), "{told}");
    let [alone, several] = [&small, &large].map(|e| e["stories"][0].as_str().unwrap());
    let told = program.fails(&["events", "split", alone], 2);
    assert!(told.contains("nothing to split off"), "{told}");
    let told = program.fails(&["events", "split", alone, several], 2);
    assert!(told.contains("split one event at a time"), "{told}");
    let told = program.fails(&["events", "split", "snowhere"], 2);
    assert!(told.contains("no story of an event"), "{told}");
    let events = program.json(&["events", "--json"]);
    assert!(events.contains(&small) && events.contains(&large));
}
