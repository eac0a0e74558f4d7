//! After a change of the taxonomy: what would differ is said first, and then done.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use serde_json::Value;

#[test]
fn what_would_differ_is_said_before_anything_changes() {
    let program = Program::new();
    program.ok(&["run", "--sample", "--quiet"]);
    assert!(
        program.json(&["reprocess", "--json"]).is_empty(),
        "nothing changed yet"
    );

    // A tag of one's own stands on stored stories; without its file it would go.
    let described = program.answered(
        &[
            "tags",
            "add",
            "state-summits",
            "--describe",
            "Summits of heads of state about AI",
            "--ask",
        ],
        b"y\ny\ny\nn\nn\nq\n",
    );
    let tagged = program.json(&["query", "tag:state-summits", "--json"]);
    assert!(!tagged.is_empty(), "{described}");
    let decided = program.json(&["log", "--json"]);
    let file = program
        .dir
        .path()
        .join(".config/tocsin/tags/state-summits.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();

    let told = program.json(&["reprocess", "--json"]);
    let lost = |record: &Value| record["lost"] == serde_json::json!(["state-summits"]);
    let by_model = tagged.iter().filter(|story| {
        let tags = story["tags"].as_array().unwrap();
        tags.iter()
            .any(|tag| tag["tag"] == "state-summits" && tag["by"] != "analyst")
    });
    assert_eq!(
        told.iter().filter(|r| lost(r)).count(),
        by_model.count(),
        "verdicts stand: {decided:?}"
    );
    let stored = |program: &Program| program.json(&["query", "--json"]);
    let before = stored(&program);
    program.ok(&["reprocess"]);
    assert_eq!(stored(&program), before, "it was only said");

    std::fs::write(&file, text).unwrap();
    assert!(program.json(&["reprocess", "--json"]).is_empty());
    program.ok(&["reprocess", "--apply"]);
    assert!(program.ok(&["log"]).contains("judged anew"));
}
