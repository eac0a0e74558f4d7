//! `watch`: passes by themselves, other commands in between, a change of the config taken in, a kill gone on
//! from.

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
        .command(&["watch", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
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
    end(child);
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
