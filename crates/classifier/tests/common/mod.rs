//! The shipped taxonomy, and a few words to ask it with.

use std::sync::LazyLock;
use tocsin_classifier::{Classifier, Gazetteer, Input, Judgement, Taxonomy};

/// The classifier as it is shipped, with a few names of its own.
pub static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| {
    let rules = include_str!("../../../../config/taxonomy.toml");
    let names = "[[entity]]\nid = \"huawei\"\nname = \"Huawei\"\ntype = \"org\"\naliases = [\"华为\"]";
    let taxonomy = Taxonomy::parse("taxonomy.toml", rules).unwrap_or_else(|e| panic!("{e}"));
    let gazetteer = Gazetteer::parse("entities.toml", names).unwrap_or_else(|e| panic!("{e}"));
    Classifier::new(taxonomy, gazetteer)
});

/// Judges a story.
pub fn judge(title: &str, text: &str, lang: Option<&str>) -> Judgement {
    CLASSIFIER.classify(&Input { title, text, lang })
}

/// Whether a tag is given, not only put up for review.
pub fn given(judgement: &Judgement, tag: &str) -> bool {
    judgement.tags.iter().any(|t| t.tag == tag)
}
