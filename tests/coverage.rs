//! Coverage on the sample world, and outside lists in every form.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;

#[test]
fn what_was_seen_and_missed_is_told_whatever_the_form_of_the_list() {
    let program = Program::new();
    program.ok(&["run", "--sample", "--quiet"]);
    let stories = program.json(&["query", "--json", "--limit", "3"]);
    let text = |n: usize, key: &str| stories[n][key].as_str().unwrap().to_owned();
    let (url, title) = (text(0, "url"), text(1, "title"));
    let missing = "https://elsewhere.example/a";
    let forms = [
        format!("{url}\n\n{title}\n{missing}\n"),
        format!(
            "{{\"url\":\"{url}\"}}\n{{\"headline\":{}}}\n{{\"link\":\"{missing}\"}}\n",
            serde_json::json!(title)
        ),
        format!(
            "Title,URL,Date\n,{url},\n{},,2026-10-05\n,{missing},\n",
            csv(&title)
        ),
        format!(
            "<rss version=\"2.0\"><channel><item><link>{url}</link></item><item><title><![CDATA[{title}]]></title></item>\
             <item><link>{missing}</link></item></channel></rss>"
        ),
    ];
    for form in forms {
        let file = program.dir.path().join("list");
        std::fs::write(&file, &form).unwrap();
        let rows = program.json(&["--json", "coverage", "check", file.to_str().unwrap()]);
        let seen: Vec<bool> = rows
            .iter()
            .map(|row| row["seen"].as_bool().unwrap())
            .collect();
        assert_eq!(seen, [true, true, false], "{form}\n{rows:#?}");
        assert_eq!(rows[2]["why"], "no such source");
    }
    let missed = program.answered(
        &["coverage", "check", "--missed"],
        format!("{url}\n{missing}\n").as_bytes(),
    );
    assert_eq!(missed.lines().count(), 1);
    assert!(missed.starts_with("missed"), "{missed}");
    let told = program.fails(&["coverage", "check", "/dev/null"], 2);
    assert!(told.contains("no address and no headline"), "{told}");
}

/// A field of a table.
fn csv(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[test]
fn coverage_sums_up_the_polls() {
    let program = Program::new();
    program.ok(&["run", "--sample", "--quiet"]);
    // The sample world's day.
    let rows = program.json(&["coverage", "--since", "2026-10-01", "--json"]);
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    let wire = row("int-meridian-wire");
    assert_eq!((&wire["polls"], &wire["stories"]), (&1.into(), &4.into()));
    assert_eq!(row("us-closed-courier")["refused"], 1);
    let countries = program.json(&[
        "coverage",
        "--since",
        "2026-10-01",
        "--by",
        "country",
        "--json",
    ]);
    let us = countries.iter().find(|row| row["name"] == "US").unwrap();
    assert!(
        us["sources"].as_u64().unwrap() >= 3 && us["polls"] == us["sources"],
        "{us}"
    );
    assert!(
        program
            .ok(&["coverage", "--since", "2026-10-01", "--by", "lang"])
            .contains("expected")
    );
}
