//! `watch`: passes by themselves, other commands in between, a change of the config taken in, a start after an end.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "program/council.rs"]
mod council;
mod program;

use council::{ASKED, installed};
use program::serve;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

fn end(mut child: Child) {
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn it_polls_by_itself_and_lets_others_in_between() {
    let program = installed(serve(council::site));
    let mut child = program
        .command(&["watch", "--json", "--at-most", "3"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut report = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut report).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        (&report["new_stories"], &report["relevant"]),
        (&2.into(), &2.into())
    );
    // The pass is over, so the store is free.
    let found = program.json(&["query", "council", "--json"]);
    assert_eq!(found.len(), 2);
    // A mistake in the config leaves what is there, and ends nothing.
    let rules = program.dir.path().join(".config/tocsin/alerts.toml");
    let text = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, "[[rule]]\nnaem = 1\n").unwrap();
    let mut told = String::new();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    while !told.contains("going on as before") {
        assert!(errors.read_line(&mut told).unwrap() > 0, "{told}");
    }
    std::fs::write(&rules, text.replace("chip-rules", "chips")).unwrap();
    end(child);
    assert!(
        told.contains("did you mean `name`?") || told.contains("alerts.toml:2"),
        "{told}"
    );
    let once = |path: &str| {
        ASKED
            .lock()
            .unwrap()
            .iter()
            .filter(|asked| *asked == path)
            .count()
    };
    assert_eq!(
        (once("/feed.xml"), once("/story/1"), once("/story/2")),
        (1, 1, 1)
    );

    // Started again it knows what it has: nothing is due, and no page is asked for twice.
    assert_eq!(program.ok(&["watch", "--passes", "1"]), "");
    assert_eq!((once("/feed.xml"), once("/story/1")), (1, 1));
    let list = program.json(&["sources", "list", "--json"]);
    assert!(
        list[0]["next_poll"].is_string() && list[0]["state"] == "healthy",
        "{list:?}"
    );
    let told = program.fails(&["watch", "--config", "nowhere"], 2);
    assert!(told.contains("no config directory"), "{told}");
}
