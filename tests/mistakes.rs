//! What goes wrong at a user's, and what the program says: one clear line with the next step, and
//! the right exit status.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use std::fs;

#[test]
fn a_typo_in_a_config_file_is_named_with_its_line() {
    let program = Program::new();
    program.ok(&["init", "--config", "conf"]);
    let file = program.dir.path().join("conf/tocsin.toml");
    let text = fs::read_to_string(&file)
        .unwrap()
        .replace("host_gap_ms", "host_gap_sm");
    fs::write(&file, text).unwrap();
    let error = program.fails(&["run", "--config", "conf"], 2);
    assert!(error.contains("tocsin.toml:"), "{error}");
    assert!(
        error.contains("host_gap_sm") && error.contains("did you mean `host_gap_ms`?"),
        "{error}"
    );
}

#[test]
fn a_wrong_query_gets_a_caret_and_a_suggestion() {
    let program = Program::new();
    program.ok(&["run", "--sample"]);
    let error = program.fails(&["query", "tag:chip-restriction"], 2);
    assert!(
        error.contains('^') && error.contains("chip-restrictions"),
        "{error}"
    );
}

#[test]
fn without_a_store_a_query_says_how_to_get_one() {
    let program = Program::new();
    let error = program.fails(&["query", "x"], 2);
    assert!(
        error.contains("there is no store in") && error.contains("tocsin run"),
        "{error}"
    );
}

#[test]
fn a_data_directory_that_is_a_file_is_named() {
    let program = Program::new();
    fs::write(program.data(), "x").unwrap();
    let error = program.fails(&["run", "--sample"], 1);
    assert!(error.contains("data"), "{error}");
    assert_eq!(error.matches("error:").count(), 1, "{error}");
}

#[test]
fn an_unknown_source_rule_and_id_are_told() {
    let program = Program::new();
    assert!(
        program
            .fails(&["run", "--source", "nowhere"], 2)
            .contains("no source is named `nowhere`")
    );
    assert!(
        program
            .fails(&["alerts", "test", "--rule", "none"], 2)
            .contains("no rule is named `none`")
    );
}

#[test]
fn a_file_without_an_article_does_not_stop_the_others() {
    let program = Program::new();
    let path = |name: &str| program.dir.path().join(name);
    fs::write(path("bad.html"), [0_u8, 159, 146, 150]).unwrap();
    fs::write(
        path("good.txt"),
        "Ministry publishes chip export rule\n\nThe rule on AI chips applies from May.\n",
    )
    .unwrap();
    let output = program.run(&["ingest", "bad.html", "good.txt", "missing.txt"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("bad.html") && told.contains("missing.txt"),
        "{told}"
    );
    assert_eq!(program.ok(&["query", "", "--count"]).trim(), "1");
}

#[test]
fn deep_nesting_is_bounded() {
    let program = Program::new();
    let page = format!(
        "{}text{}",
        "<div>".repeat(100_000),
        "</div>".repeat(100_000)
    );
    fs::write(program.dir.path().join("deep.html"), page).unwrap();
    let output = program.run(&["extract", "deep.html"]);
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{:?}",
        output.status
    );
}

#[test]
fn a_feed_that_is_a_page_or_empty_says_so() {
    let program = Program::new();
    for (body, word) in [
        (
            "<!DOCTYPE html><html><body><p>hello</p></body></html>",
            "page",
        ),
        ("", "empty"),
    ] {
        fs::write(program.dir.path().join("feed.xml"), body).unwrap();
        let output = program.run(&["feed", "parse", "feed.xml"]);
        assert_eq!(output.status.code(), Some(1), "{word}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(answer["error"].as_str().unwrap().contains(word), "{answer}");
    }
}
