//! What the crates must not know of one another, held by their manifests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::path::Path;

fn dependencies(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(name)
        .join("Cargo.toml");
    let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    manifest["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

fn ours(name: &str) -> Vec<String> {
    dependencies(name)
        .into_iter()
        .filter_map(|d| d.strip_prefix("tocsin-").map(str::to_owned))
        .collect()
}

#[test]
fn the_core_knows_nothing() {
    assert_eq!(ours("core"), [""; 0]);
}

#[test]
fn stages_know_the_nouns_alone() {
    for stage in [
        "crawler",
        "extractor",
        "classifier",
        "events",
        "store",
        "search",
    ] {
        assert_eq!(ours(stage), ["core"], "{stage}");
    }
    assert_eq!(ours("alerts"), ["core", "search"]);
}

#[test]
fn pure_stages_have_no_network_and_no_clock_of_their_own() {
    for stage in ["core", "extractor", "classifier", "events", "search"] {
        let forbidden = ["tokio", "reqwest", "axum", "sled", "lettre"];
        let found: Vec<String> = dependencies(stage)
            .into_iter()
            .filter(|d| forbidden.contains(&d.as_str()))
            .collect();
        assert_eq!(found, [""; 0], "{stage}");
    }
}

#[test]
fn only_the_program_knows_the_sample_world() {
    for name in [
        "crawler",
        "extractor",
        "classifier",
        "events",
        "store",
        "search",
        "alerts",
        "pipeline",
    ] {
        assert!(!ours(name).contains(&"sample".to_owned()), "{name}");
    }
}
