//! The filters: a line out for each line in, in order, whatever the lines are.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use serde_json::json;

const FILTERS: [&[&str]; 5] = [
    &["extract", "--batch"],
    &["classify", "--batch"],
    &["cluster", "--batch"],
    &["feed", "parse", "--batch"],
    &["robots", "check", "--batch"],
];

#[test]
fn bad_lines_are_answered_in_their_place() {
    let program = Program::new();
    let input = b"{\"id\":\"a\"}\nno json\n\n[1,2]\n{\"id\":4,\"title\":\"x\",\"url\":7}\n\xff\xfe\n{\"id\":\"z\"}";
    for filter in FILTERS {
        let answers = program.filter(filter, input);
        let ids: Vec<String> = answers.iter().map(|a| a["id"].to_string()).collect();
        assert_eq!(
            ids,
            ["\"a\"", "null", "null", "4", "null", "\"z\""],
            "{filter:?}"
        );
        assert!(answers[1]["error"].is_string(), "{filter:?}");
    }
}

#[test]
fn a_page_is_read_whatever_its_address_and_told_of_where_it_has_no_article() {
    let program = Program::new();
    let story = "<h1>Chip rule</h1><p>The ministry of trade published a rule on the export of chips on Monday, and said \
        that it would apply from May to every maker in the country.</p>";
    let shell = "<title>Chip rule</title><meta property=article:published_time content=2026-03-02><script src=a></script>";
    let lines = [
        json!({"id": 1, "url": "archive::chips.html", "html": story}),
        json!({"id": 2, "url": "https://news.example/chips", "html": shell}),
    ];
    let input: String = lines.iter().map(|l| format!("{l}\n")).collect();
    let answers = program.filter(&["extract", "--batch"], input.as_bytes());
    assert_eq!(answers[0]["title"], "Chip rule");
    assert!(answers[0].get("error").is_none());
    assert!(
        answers[1]["error"]
            .as_str()
            .unwrap()
            .contains("needs a browser")
    );
    assert_eq!(answers[1]["title"], "Chip rule");
    assert_eq!(answers[1]["published"], "2026-03-02T12:00:00Z");
    assert_eq!(answers[1]["text"], "");

    let dated = format!("{story}<p class=date>12/03/2026</p>");
    let lines = [
        json!({"id": 1, "html": dated}),
        json!({"id": 2, "html": dated, "read_at": "2026-03-15T08:00:00Z"}),
    ];
    let input: String = lines.iter().map(|l| format!("{l}\n")).collect();
    let answers = program.filter(&["extract", "--batch"], input.as_bytes());
    assert_eq!(answers[0]["published"], "2026-12-03T12:00:00Z");
    assert_eq!(answers[1]["published"], "2026-03-12T12:00:00Z");
}

#[test]
fn many_lines_stay_in_order() {
    let program = Program::new();
    let input: String = (0..700)
        .map(|n| format!("{}\n", json!({"id": n, "title": "EU lawmakers vote on the AI Act", "text": "x".repeat(n % 7 * 500)})))
        .collect();
    let answers = program.filter(&["classify", "--batch"], input.as_bytes());
    assert!(answers.iter().enumerate().all(|(n, a)| a["id"] == n));
    assert_eq!(answers.len(), 700);
}

#[test]
fn every_tag_has_evidence_that_equals_its_slice() {
    let program = Program::new();
    let title = "US tightens export rules on AI chips to China 🙂";
    let text = "商务部周一公布了针对人工智能芯片的出口管制。The Commerce Department will require licences for advanced AI chips.";
    let input = json!({"id": 1, "title": title, "text": text}).to_string();
    let answer = &program.filter(&["classify", "--batch"], input.as_bytes())[0];
    let tags = answer["tags"].as_array().unwrap();
    assert!(
        tags.iter().any(|t| t["tag"] == "chip-restrictions"),
        "{answer}"
    );
    for tag in tags.iter().chain(answer["review"].as_array().unwrap()) {
        let evidence = tag["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "{tag}");
        for span in evidence {
            let chars: Vec<char> = if span["field"] == "title" {
                title
            } else {
                text
            }
            .chars()
            .collect();
            let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
            let slice: String = chars[at("start")..at("end")].iter().collect();
            assert_eq!(span["text"], slice, "{tag}");
        }
    }
}

#[test]
fn a_pipe_that_closes_early_is_no_failure() {
    let program = Program::new();
    let mut child = program
        .command(&["robots", "check", "--batch"])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
