//! What must hold of the invented world's content.

use super::*;
use std::collections::{BTreeSet, HashSet};
use tocsin_core::{detect_language, text::is_cjk};

/// The tags that the default taxonomy knows.
const TAGS: &[&str] = &[
    "conference",
    "chip-restrictions",
    "model-restrictions",
    "export-enforcement",
    "semiconductor-industry",
    "model-release",
    "open-models",
    "national-strategy",
    "regulation",
    "international-governance",
    "geopolitics",
    "sovereign-ai",
    "safety-risk",
    "military-security",
    "compute-infrastructure",
    "investment-business",
    "research-statistics",
    "copyright-litigation",
    "privacy-data",
    "labour-society",
    "deepfakes-disinformation",
    "public-sector-use",
    "lobbying-influence",
];

fn world() -> World {
    World::load().unwrap()
}

fn piece<'a>(world: &'a World, slug: &str) -> &'a Piece {
    let mut pieces = world.pieces(Day::Second);
    pieces.find(|piece| piece.slug == slug).unwrap()
}

/// Words, where a CJK character counts as half a word.
fn words(text: &str) -> usize {
    let dense = text.chars().filter(|c| is_cjk(*c)).count();
    let spaced = text.split_whitespace().filter(|w| !w.contains(is_cjk));
    dense / 2 + spaced.count()
}

/// How much of `copy` stands in `original`, by runs of five words.
fn taken_over(copy: &Piece, original: &Piece) -> f64 {
    let runs = |piece: &Piece| -> HashSet<Vec<String>> {
        let text = piece.text();
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        words.windows(5).map(<[String]>::to_vec).collect()
    };
    let (copy, original) = (runs(copy), runs(original));
    copy.intersection(&original).count() as f64 / copy.len() as f64
}

#[test]
fn there_are_twelve_sources_and_some_four_dozen_articles() {
    let world = world();
    assert_eq!(world.sources().count(), 12);
    assert_eq!(world.hosts().len(), 12);
    assert!(world.hosts().iter().all(|host| host.ends_with(".example")));
    assert_eq!(world.pieces(Day::First).count(), 29);
    assert_eq!(world.pieces(Day::Second).count(), 48);
    assert_eq!(world.pieces.len(), 48, "nothing after the second day");
}

#[test]
fn every_article_has_a_known_source_and_every_site_a_template() {
    let world = world();
    for piece in &world.pieces {
        assert!(world.site(&piece.source).is_some(), "{}", piece.slug);
    }
    for site in &world.sites {
        assert_ne!(world.template(&site.look.template), "", "{}", site.host);
        assert!(world.pieces.iter().any(|p| p.source == site.source.id));
    }
}

#[test]
fn the_bundled_files_are_those_on_disk_and_their_names_tell_the_day() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/world/articles");
    let names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    // Red after a new file was added without a rebuild of this crate: touch `world.rs`.
    assert_eq!(names.len(), world().pieces.len());
    for piece in &world().pieces {
        let day = 1 + u8::from(piece.published > Day::First.now());
        assert!(names.contains(&format!("{day}-{}.md", piece.slug)));
    }
}

#[test]
fn every_moment_lies_in_october_2026_because_words_toml_knows_no_other_month() {
    for piece in &world().pieces {
        for moment in [Some(piece.published), piece.modified]
            .into_iter()
            .flatten()
        {
            assert!(
                moment.to_string().starts_with("2026-10-0"),
                "{}",
                piece.slug
            );
        }
        assert_eq!(piece.modified.is_some(), piece.retitled.is_some());
    }
}

#[test]
fn the_expectations_cover_each_article_once_and_name_only_what_exists() {
    let world = world();
    let slugs: Vec<&str> = world.pieces.iter().map(|p| p.slug.as_str()).collect();
    let unique: BTreeSet<&str> = slugs.iter().copied().collect();
    let judged: Vec<&str> = world.expected().iter().map(|e| e.slug.as_str()).collect();
    assert_eq!((unique.len(), judged.len()), (slugs.len(), slugs.len()));
    assert_eq!(unique, judged.into_iter().collect());
    let events: HashSet<_> = world.expected().iter().flat_map(|e| &e.event).collect();
    for e in world.expected() {
        assert!(
            e.tags.iter().all(|tag| TAGS.contains(&tag.as_str())),
            "{}",
            e.slug
        );
        assert_eq!(e.relevant, !e.tags.is_empty(), "{}", e.slug);
        assert_eq!(e.relevant, e.event.is_some(), "{}", e.slug);
        assert!(
            e.follows.iter().all(|event| events.contains(event)),
            "{}",
            e.slug
        );
    }
    let strangers = world.expected().iter().filter(|e| !e.relevant).count();
    assert_eq!(strangers, 7);
}

#[test]
fn copies_take_the_text_over_and_rewrites_do_not() {
    let world = world();
    let original = piece(&world, "wire-compute-ceiling");
    for e in world.expected() {
        let other = piece(&world, &e.slug);
        let share = taken_over(other, original);
        match e.copy_of.as_deref() {
            Some(slug) => {
                assert_eq!(slug, original.slug);
                assert!(
                    share > 0.75 && other.published > original.published,
                    "{}",
                    e.slug
                );
                assert_ne!(other.title, original.title);
            }
            None => assert!(share < 0.1 || e.slug == original.slug, "{} {share}", e.slug),
        }
    }
    let copies = world.expected().iter().filter(|e| e.copy_of.is_some());
    assert_eq!(copies.count(), 3);
}

#[test]
fn chip_rules_that_name_huawei_are_told_in_four_languages() {
    let world = world();
    let names = ["Huawei", "华为", "華為", "ファーウェイ"];
    let langs: BTreeSet<&str> = world
        .expected()
        .iter()
        .filter(|e| e.tags.iter().any(|tag| tag == "chip-restrictions"))
        .map(|e| piece(&world, &e.slug))
        .filter(|piece| names.iter().any(|name| piece.text().contains(name)))
        .filter_map(|piece| detect_language(&piece.text()))
        .collect();
    assert_eq!(langs, BTreeSet::from(["en", "fr", "ja", "zh"]));
}

#[test]
fn every_text_is_in_its_language_and_of_a_newspaper_s_length() {
    let world = world();
    for piece in &world.pieces {
        let site = world.site(&piece.source).unwrap();
        let lang = piece.lang.as_deref().unwrap_or(&site.source.lang);
        let text = piece.text();
        assert_eq!(detect_language(&text), Some(lang), "{}", piece.slug);
        let words = words(&text);
        // Korean joins particles to words, so it needs fewer of them.
        let least = if lang == "ko" { 110 } else { 150 };
        assert!((least..=450).contains(&words), "{} has {words}", piece.slug);
    }
}

#[test]
fn the_texts_speak_of_roles_not_of_named_persons() {
    let world = world();
    let titles = [
        "Mr ", "Mr. ", "Mrs ", "Ms ", "Ms. ", "Dr ", "Dr. ", "Mme ", "Herr ", "Frau ", "Sr. ",
    ];
    let names: BTreeSet<&String> = world.pieces.iter().flat_map(|p| &p.authors).collect();
    for piece in &world.pieces {
        let text = piece.text();
        for title in titles {
            assert!(!text.contains(title), "{}: {title}", piece.slug);
        }
        for name in &names {
            assert!(!text.contains(*name), "{}: {name}", piece.slug);
        }
        assert_eq!(speaker(&text), None, "{}", piece.slug);
    }
}

/// A capitalised first name and surname after "said", as in a quotation of a person.
fn speaker(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let upper = |word: &str| word.starts_with(char::is_uppercase);
    words
        .windows(3)
        .find(|w| w[0] == "said" && upper(w[1]) && upper(w[2]))
        .map(|w| w.join(" "))
}

#[test]
fn a_named_speaker_would_be_noticed() {
    assert!(speaker("\"No,\" said Jane Doe on Monday").is_some());
    assert!(speaker("\"No,\" said the minister").is_none());
}

#[test]
fn the_words_round_an_article_are_there_in_every_language() {
    let world = world();
    let names = |site: &Site| site.words.keys().cloned().collect::<Vec<_>>();
    let first = names(&world.sites[0]);
    assert!(world.sites.iter().all(|site| names(site) == first));
}

#[test]
fn sources_toml_is_one_that_the_program_reads() {
    #[derive(serde::Deserialize)]
    struct File {
        source: Vec<Source>,
    }
    let world = world();
    let file: File = tocsin_core::parse_toml("sources.toml", world.sources_toml()).unwrap();
    assert_eq!(file.source, world.sources().cloned().collect::<Vec<_>>());
}
