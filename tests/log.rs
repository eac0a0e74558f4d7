//! The log: who did what, when, and its undo; an analyst's words on their way to the reader.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use serde_json::Value;

fn text<'a>(record: &'a Value, key: &str) -> &'a str {
    record[key].as_str().unwrap()
}

/// All stories and events, in one comparable piece.
fn everything(program: &Program) -> (Vec<Value>, Vec<Value>) {
    let events = program.json(&["events", "--json"]);
    (program.json(&["query", "--json"]), events)
}

#[test]
fn every_act_is_logged_and_taken_back() {
    let program = Program::new();
    program.ok(&["run", "--sample", "--quiet"]);
    let before = everything(&program);
    let events = &before.1;
    let size = |event: &&Value| event["stories"].as_array().unwrap().len();
    let large = events.iter().max_by_key(size).unwrap();
    let small = events.iter().find(|event| size(event) == 1).unwrap();
    let (large, small) = (text(large, "id"), text(small, "id"));
    let story = before
        .0
        .iter()
        .find(|story| !story["tags"].as_array().unwrap().is_empty());
    let story = story.unwrap();
    let tag = text(&story["tags"][0], "tag");

    let ann = |args: &[&str]| {
        let output = program
            .command(args)
            .env("TOCSIN_USER", "Ann")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
    };
    ann(&[
        "tag",
        text(story, "id"),
        &format!("-{tag}"),
        "+conference",
        "-relevant",
    ]);
    ann(&["tag", text(story, "id"), "-conference"]);
    ann(&[
        "note",
        large,
        "Not before May:",
        "the council has to agree.",
    ]);
    ann(&["events", "merge", large, small]);
    let moved = events.iter().find(|event| size(event) >= 3).unwrap();
    let last = moved["stories"].as_array().unwrap().last().unwrap();
    ann(&["events", "split", last.as_str().unwrap()]);
    assert_ne!(everything(&program), before);

    let log = program.json(&["log", "--json"]);
    let did: Vec<(u64, &str, &str)> = log
        .iter()
        .map(|act| {
            (
                act["number"].as_u64().unwrap(),
                text(act, "by"),
                text(act, "did"),
            )
        })
        .collect();
    let expected = [
        (5, "Ann", "split"),
        (4, "Ann", "merge"),
        (3, "Ann", "note"),
        (2, "Ann", "verdict"),
        (1, "Ann", "verdict"),
    ];
    assert_eq!(did, expected);
    assert!(
        program
            .ok(&["show", large])
            .contains("note Not before May: the council")
    );

    // What came later has to be taken back first.
    let told = program.fails(&["log", "undo", "1"], 2);
    assert!(told.contains("tocsin log undo 2"), "{told}");
    for number in ["5", "4", "3", "2", "1"] {
        program.ok(&["log", "undo", number]);
    }
    let (stories, events) = everything(&program);
    assert_eq!(stories, before.0);
    // A split that was taken back leaves a trace: the id of the short-lived event leads on.
    let without_traces = |events: &[Value]| -> Vec<Value> {
        let mut events = events.to_vec();
        events.sort_by_key(|event| text(event, "id").to_owned());
        for event in &mut events {
            event.as_object_mut().unwrap().remove("merged");
        }
        events
    };
    for (now, then) in without_traces(&events)
        .iter()
        .zip(without_traces(&before.1))
    {
        assert_eq!(*now, then);
    }
    assert_eq!(events.len(), before.1.len());
    let told = program.fails(&["log", "undo", "3"], 2);
    assert!(told.contains("taken back already, by number 8"), "{told}");
    let told = program.fails(&["log", "undo", "6"], 2);
    assert!(told.contains("do once more"), "{told}");
    let told = program.fails(&["log", "undo", "99"], 2);
    assert!(told.contains("no number 99"), "{told}");
    let log = program.ok(&["log"]);
    assert!(
        log.contains("taken back by 6") && log.contains("took 5 back"),
        "{log}"
    );
}

#[test]
fn a_note_comes_with_the_next_mail_of_its_event_and_once() {
    let program = Program::new();
    program.ok(&["init", "--quiet"]);
    let rules = "[[rule]]\nname = \"each\"\nquery = \"\"\nwhen = \"every-story\"\nto = [\"file:mail\"]\n\
        [[rule]]\nname = \"morning\"\nquery = \"\"\nwhen = \"daily 08:00\"\nto = [\"file:mail\"]\n";
    std::fs::write(program.dir.path().join(".config/tocsin/alerts.toml"), rules).unwrap();
    let tell = |number: usize, title: &str| {
        let file = program.dir.path().join(format!("{number}.txt"));
        let lead =
            "Parliament in Oslo voted 61 to 40 for the law on artificial intelligence in schools";
        std::fs::write(
            &file,
            format!("{title}\n\n{lead}, reading {number}, on Monday.\n"),
        )
        .unwrap();
        program.ok(&["ingest", file.to_str().unwrap(), "--quiet"]);
    };
    let with_note = || {
        let mails = program.mails().into_iter();
        mails
            .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("wait and see"))
            .count()
    };
    tell(
        0,
        "Oslo parliament votes for law on artificial intelligence in schools",
    );
    program.ok(&["alerts", "send-digest", "--rule", "morning"]);
    let event = program.json(&["events", "--json"]).remove(0);
    let id = text(&event, "id");
    let told = program.fails(&["note", id, " "], 2);
    assert!(told.contains("between 1 and"), "{told}");
    assert!(
        program
            .fails(&["note", "e0", "x"], 2)
            .contains("no event is stored under e0")
    );
    let mails = program.mails().len();
    program.ok(&["note", id, "Our view: wait and see"]);
    assert_eq!(program.mails().len(), mails, "a note alone is no alert");
    tell(
        1,
        "Law on artificial intelligence in schools: Oslo parliament votes yes",
    );
    assert_eq!(program.json(&["events", "--json"]).len(), 1);
    assert_eq!((program.mails().len(), with_note()), (mails + 1, 1));
    tell(
        2,
        "Oslo votes: parliament passes law on artificial intelligence in schools",
    );
    assert_eq!(
        (program.mails().len(), with_note()),
        (mails + 2, 1),
        "not told twice"
    );
    // The digest tells of it though nothing else is new.
    program.ok(&["alerts", "send-digest", "--rule", "morning"]);
    assert_eq!((program.mails().len(), with_note()), (mails + 3, 2));
    let preview = program.json(&["alerts", "preview", "--json"]);
    assert_eq!(preview.len(), program.mails().len());
}

#[test]
fn a_change_of_the_rules_is_logged_and_taken_back() {
    let program = Program::new();
    program.ok(&["init", "--quiet"]);
    let file = program.dir.path().join(".config/tocsin/alerts.toml");
    let first = std::fs::read_to_string(&file).unwrap();
    let note = program.dir.path().join("note.txt");
    std::fs::write(
        &note,
        "A page\n\nA page about artificial intelligence and regulation.",
    )
    .unwrap();
    let note = note.to_str().unwrap();
    program.ok(&["ingest", note, "--quiet"]);
    std::fs::write(&file, first.replace("model-rules", "models")).unwrap();
    program.ok(&["ingest", note, "--quiet"]);
    let log = program.ok(&["log"]);
    assert!(
        log.contains("alerts.toml: removed model-rules; added models"),
        "{log}"
    );
    program.ok(&["log", "undo", "1"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    program.ok(&["ingest", note, "--quiet"]);
    assert_eq!(
        program.json(&["log", "--json"]).len(),
        2,
        "the old text is no new change"
    );
}

#[test]
fn what_is_removed_stays_out_until_that_is_taken_back() {
    let program = Program::new();
    program.ok(&["run", "--sample", "--quiet"]);
    let before = everything(&program);
    let (first, second) = (text(&before.0[0], "id"), text(&before.0[1], "id"));
    let told = program.ok(&["remove", first, second]);
    assert!(
        told.contains("tocsin log undo 1") && told.contains("tocsin log undo 2"),
        "{told}"
    );
    let left = program.json(&["query", "--json"]);
    assert_eq!(left.len(), before.0.len() - 2);
    assert!(
        left.iter()
            .all(|story| ![first, second].contains(&text(story, "id")))
    );
    assert_eq!(program.json(&["query", "is:removed", "--json"]).len(), 2);
    // The world's second day lists the same pages again.
    program.ok(&["run", "--sample", "--quiet"]);
    assert_eq!(program.json(&["query", "is:removed", "--json"]).len(), 2);
    program.ok(&["log", "undo", "1"]);
    let removed = program.json(&["query", "is:removed", "--json"]);
    assert_eq!(
        removed
            .iter()
            .map(|story| text(story, "id"))
            .collect::<Vec<_>>(),
        [second]
    );
    // Either all of them or none.
    let output = program
        .command(&["remove", first, "s0000000000000000"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(program.json(&["query", "is:removed", "--json"]).len(), 1);
}
