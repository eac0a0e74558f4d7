//! Rules on the past: a preview shows what the runs sent, and a digest can be asked for.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use std::collections::BTreeSet;

#[test]
fn a_preview_of_the_sample_world_is_what_its_runs_sent() {
    let program = Program::new();
    for _ in 0..3 {
        program.ok(&["run", "--sample"]);
    }
    let sent: BTreeSet<String> = program
        .mails()
        .into_iter()
        .map(|(name, _)| name.trim_end_matches(".eml").to_owned())
        .collect();
    let shown: BTreeSet<String> = program
        .json(&["alerts", "preview", "--json"])
        .iter()
        .map(|alert| {
            alert["message_id"]
                .as_str()
                .unwrap()
                .split('@')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(sent.len() >= 8, "{sent:?}");
    assert_eq!(sent, shown);
    // The sample world's days lie far back.
    assert!(
        program
            .json(&["alerts", "preview", "--since", "7d", "--json"])
            .is_empty()
    );
    let error = program.fails(&["alerts", "preview", "--since", "yesteryear"], 2);
    assert!(error.contains("--since yesteryear is no time"), "{error}");
}

#[test]
fn only_a_known_rule_can_be_asked_for_its_digest() {
    let program = Program::new();
    program.ok(&["run", "--sample"]);
    let error = program.fails(&["alerts", "send-digest", "--rule", "nobody"], 2);
    assert!(error.contains("no rule is named `nobody`"), "{error}");
    program.ok(&["alerts", "send-digest", "--rule", "chip-rules", "--dry-run"]);
}
