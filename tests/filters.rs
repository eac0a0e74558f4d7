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
