//! Pages are kept as they came and read back: by another installation, to the same stories.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "program/council.rs"]
mod council;
mod program;

use program::{Program, serve};
use serde_json::Value;
use std::fs;

/// What an article is, whenever it was read.
fn articles(program: &Program) -> Vec<(Value, Value, Value)> {
    let mut stories: Vec<(Value, Value, Value)> = program
        .json(&["query", "--json"])
        .iter()
        .map(|story| {
            (
                story["id"].clone(),
                story["title"].clone(),
                story["text"].clone(),
            )
        })
        .collect();
    stories.sort_by_key(|story| story.0.to_string());
    stories
}

#[test]
fn what_was_kept_is_read_back() {
    let program = council::installed(serve(council::site));
    let settings = program.dir.path().join(".config/tocsin/tocsin.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{text}[archive]\npages = true\n")).unwrap();
    program.ok(&["run", "--quiet"]);
    assert_eq!(articles(&program).len(), 2);
    let files: Vec<_> = fs::read_dir(program.data().join("archive"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    let [file] = files.as_slice() else {
        unreachable!("{files:?}")
    };
    assert!(file.to_string_lossy().ends_with("-0.warc.gz"));

    let other = Program::new();
    other.ok(&["init", "--quiet"]);
    let told = other.run(&["ingest", file.to_str().unwrap()]);
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("2 pages, 2 new; 0 known"), "{told}");
    assert_eq!(articles(&other), articles(&program));
    let again = other.run(&["ingest", file.to_str().unwrap()]);
    let again = String::from_utf8(again.stderr).unwrap();
    assert!(again.contains("2 pages, 0 new; 2 known"), "{again}");

    // Read once more: nothing differs, until a rule for the site changes what its titles are.
    let reread = |more: &[&str]| {
        let args = [
            &["--json", "reprocess", "--pages", file.to_str().unwrap()],
            more,
        ]
        .concat();
        other.json(&args)[0]["reread"].clone()
    };
    assert_eq!(reread(&[])["titles"], 0);
    let rules = "[[publisher]]\nsite = \"127.0.0.1\"\ntitle = [\"p\"]\n";
    fs::write(
        other.dir.path().join(".config/tocsin/publishers.toml"),
        rules,
    )
    .unwrap();
    assert_eq!(
        (&reread(&[])["pages"], &reread(&[])["titles"]),
        (&2.into(), &2.into())
    );
    assert_eq!(articles(&other), articles(&program), "it was only said");
    reread(&["--apply"]);
    let titles: Vec<String> = articles(&other)
        .iter()
        .map(|story| story.1.to_string())
        .collect();
    assert!(
        titles
            .iter()
            .all(|title| title.contains("The council adopted a regulation")),
        "{titles:?}"
    );
    assert_eq!(reread(&[])["titles"], 0);
    assert!(other.ok(&["log"]).contains("2 stories judged anew"));

    // A file that breaks off gives what was whole; one that is none says so.
    let bytes = fs::read(file).unwrap();
    let cut = other.dir.path().join("cut.warc.gz");
    fs::write(&cut, &bytes[..bytes.len() - 30]).unwrap();
    let third = Program::new();
    third.ok(&["init", "--quiet"]);
    third.run(&["ingest", cut.to_str().unwrap()]);
    assert_eq!(articles(&third).len(), 1);
    fs::write(
        third.dir.path().join(".config/tocsin/publishers.toml"),
        rules,
    )
    .unwrap();
    let cut = cut.to_str().unwrap();
    let told = third.fails(&["reprocess", "--pages", cut, "--apply"], 1);
    assert!(told.contains("not read on"), "{told}");
    assert!(third.ok(&["log"]).contains("1 story judged anew"));
    let none = other.dir.path().join("none.warc");
    fs::write(&none, "<html>").unwrap();
    let told = third.fails(&["ingest", none.to_str().unwrap()], 1);
    assert!(
        told.contains("none.warc: cannot be read") && told.contains("no WARC file"),
        "{told}"
    );
}
