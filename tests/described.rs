//! A tag from a description: ranked, asked about, learned, put on stories, taken off again; and what a
//! neural model that is not there changes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod program;

use program::Program;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The parts of a tag's stories, among those that 20 places hold, that the first 20 must hold on stories
/// of our own: by a description alone, and after 20 verdicts.
const FLOOR: (f64, f64) = (0.65, 0.78);

const SMUGGLING: &str = "Smugglers of AI chips are arrested, charged or fined";

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

/// The lines of standard output that are the ranking.
fn titles(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|l| l["title"].as_str().unwrap()).collect()
}

#[test]
fn a_description_finds_its_stories_and_verdicts_make_it_a_tag() {
    let program = Program::new();
    program.ok(&["run", "--sample", "--quiet"]);
    let add = ["tags", "add", "chip-smuggling"];
    let told = program.fails(&add, 2);
    assert!(told.contains("--describe"), "{told}");

    // A look changes nothing.
    let described = [&add[..], &["--describe", SMUGGLING]].concat();
    let look = [&["--json"], &described[..], &["--dry-run"]].concat();
    let ranked = program.json(&look);
    let about = |title: &str| title.contains("arrested") || title.contains("Indictment");
    assert!(about(titles(&ranked)[0]), "{:#?}", titles(&ranked));
    let closeness = |line: &Value| line["closeness"].as_f64().unwrap();
    assert!(
        ranked
            .windows(2)
            .all(|pair| closeness(&pair[0]) >= closeness(&pair[1]))
    );
    assert!(!program.ok(&["tags", "list"]).contains("chip-smuggling"));

    // Without verdicts it is kept, but nothing is sure.
    program.ok(&described);
    assert!(program.ok(&["tags", "list"]).contains("chip-smuggling"));
    let query = ["query", "tag:chip-smuggling", "--count"];
    assert_eq!(program.ok(&query).trim(), "0");

    // Verdicts: yes to what our own tag says, too.
    let ask = [&add[..], &["--ask", "--verdicts", "12"]].concat();
    let answers: String = ranked
        .iter()
        .take(8)
        .map(|line| {
            if about(line["title"].as_str().unwrap()) {
                "y\n"
            } else {
                "n\n"
            }
        })
        .chain(["n\n"; 4])
        .collect();
    program.answered(&ask, answers.as_bytes());
    let given: usize = program.ok(&query).trim().parse().unwrap();
    assert!(given > 0);
    let stories = program.json(&["query", "tag:chip-smuggling", "--json"]);
    let tag = |story: &Value| {
        let mut tags = story["tags"].as_array().unwrap().iter();
        tags.find(|t| t["tag"] == "chip-smuggling").unwrap().clone()
    };
    for story in &stories {
        assert!(
            !tag(story)["evidence"].as_array().unwrap().is_empty(),
            "{story:#}"
        );
    }

    // New text gets it as well, with the words that earned it.
    let text = "Two men charged with smuggling AI chips\n\nCustoms officers seized 400 Nvidia GPUs that a shell company had \
        labelled as toys; two men were arrested and charged with breaking export controls.";
    let file = program.dir.path().join("story.txt");
    fs::write(&file, text).unwrap();
    let judged = &program.json(&["--json", "classify", file.to_str().unwrap()])[0];
    let score = judged["scores"]["chip-smuggling"].as_f64().unwrap();
    assert!(score > 0.25, "{score}");
    let told = program.ok(&["classify", file.to_str().unwrap(), "--explain"]);
    assert!(told.contains("chip-smuggling"));

    // A verdict outlives the tag: adding it again brings both back.
    let analyst = |stories: &[Value]| stories.iter().filter(|s| tag(s)["by"] == "analyst").count();
    let by_analyst = analyst(&stories);
    assert!(by_analyst > 0);
    program.ok(&["tags", "remove", "chip-smuggling"]);
    program.ok(&described);
    let again = program.json(&["query", "tag:chip-smuggling", "--json"]);
    assert_eq!(analyst(&again), by_analyst);

    // Stories of a file bring no verdicts: what was learned is not written over.
    let lines = format!(
        "{}\n",
        serde_json::json!({ "id": "a", "title": "AI chips smuggled", "text": "" })
    );
    let from = program.dir.path().join("from.jsonl");
    fs::write(&from, lines).unwrap();
    let told = program.fails(&[&add[..], &["--from", from.to_str().unwrap()]].concat(), 2);
    assert!(told.contains("nothing is written"), "{told}");

    // Doing it again changes nothing; taking it away takes it off every story.
    program.ok(&add);
    assert_eq!(program.ok(&query).trim(), given.to_string());
    program.ok(&["tags", "remove", "chip-smuggling"]);
    assert!(!program.ok(&["tags", "list"]).contains("chip-smuggling"));
    let told = program.fails(&["query", "tag:chip-smuggling"], 2);
    assert!(told.contains("chip-smuggling"), "{told}");
    let config = program.dir.path().join(".config/tocsin/tocsin.toml");
    fs::write(&config, "").unwrap();
    program.fails(&["tags", "remove", "../tocsin"], 2);
    assert!(config.exists());
    let told = program.fails(&["tags", "remove", "conference"], 2);
    assert!(told.contains("no tag of your own"), "{told}");
}

#[test]
fn mistakes_are_told_and_a_broken_file_names_its_line() {
    let program = Program::new();
    let told = program.fails(&["tags", "add", "x", "--describe", "chips"], 2);
    assert!(told.contains("there is no store"), "{told}");
    program.ok(&["run", "--sample", "--quiet"]);
    for (name, says) in [
        ("Big Name", "small letters"),
        ("relevant", "small letters"),
        ("conference", "already"),
    ] {
        let told = program.fails(&["tags", "add", name, "--describe", "chips"], 2);
        assert!(told.contains(says), "{told}");
    }
    let told = program.fails(&["tags", "add", "x", "--describe", "qzxv wvvq"], 2);
    assert!(
        told.contains("no word of the description is known"),
        "{told}"
    );

    let tags = program.dir.path().join(".config/tocsin/tags");
    program.ok(&["tags", "add", "x", "--describe", "chips that are smuggled"]);
    let file = tags.join("x.toml");
    let good = fs::read_to_string(&file).unwrap();
    // Learned in another embedding: said, and left out; the rest goes on.
    let line = good.lines().find(|l| l.starts_with("embedding")).unwrap();
    fs::write(&file, good.replace(line, "embedding = 1")).unwrap();
    let output = program.run(&["query", "tag:conference", "--count"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && told.contains("`tocsin tags add x` learns it anew"),
        "{told}"
    );
    fs::write(&file, "name = \"x\"\nverdicts = 3\n").unwrap();
    let told = program.fails(&["tags", "list"], 2);
    assert!(told.contains("x.toml") && told.contains(":2"), "{told}");
    fs::write(&file, good.replace("\"x\"", "\"y\"")).unwrap();
    let told = program.fails(&["tags", "list"], 2);
    assert!(told.contains("rename the file"), "{told}");
}

#[test]
fn a_neural_model_that_cannot_be_used_is_told_and_words_go_on() {
    let program = Program::new();
    program.ok(&["run", "--sample", "--quiet"]);
    let config = program.dir.path().join("config");
    fs::create_dir(&config).unwrap();
    fs::write(
        config.join("tocsin.toml"),
        "[models.bert]\ndir = \"nowhere\"\n",
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let told = String::from_utf8(program.run(&["--config", config, "doctor"]).stdout).unwrap();
    assert!(
        told.contains("nowhere") && told.contains("docs/bert.md"),
        "{told}"
    );
    let stories = program.dir.path().join("stories.jsonl");
    let line = |id: &str, title: &str| {
        format!(
            "{}\n",
            serde_json::json!({ "id": id, "title": title, "text": "" })
        )
    };
    let lines = [
        line("a", "AI chips smuggled through a shell company"),
        line("b", "An AI model writes poems"),
        line("c", "Hospital tries an AI tool for scans"),
    ];
    fs::write(&stories, lines.concat()).unwrap();
    let add = [
        "--json",
        "--config",
        config,
        "tags",
        "add",
        "x",
        "--describe",
        "Smuggling of AI chips",
    ];
    let ranked = program.json(
        &[
            &add[..],
            &["--dry-run", "--from", stories.to_str().unwrap()],
        ]
        .concat(),
    );
    assert_eq!(ranked[0]["id"], "a");
}

#[test]
fn described_tags_are_found_on_stories_of_our_own() {
    let program = Program::new();
    let (stories, described) = (
        models().join("held-out.jsonl"),
        models().join("described.toml"),
    );
    let args = [
        "--json",
        "eval",
        stories.to_str().unwrap(),
        "--described",
        described.to_str().unwrap(),
    ];
    let figures = &program.json(&args)[0];
    let of = |name: &str| figures[name].as_f64().unwrap();
    assert!(
        of("described") >= FLOOR.0 && of("after_verdicts") >= FLOOR.1,
        "{figures:#}"
    );
}
