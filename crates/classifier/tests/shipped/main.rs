//! The taxonomy as it is shipped, asked with stories of our own writing.

mod analysis;
mod any_text;
mod described;
mod languages;
mod lookalikes;
mod trained;

use std::sync::LazyLock;
use tocsin_classifier::{Classifier, Gazetteer, Input, Judgement, Model, Taxonomy};

/// The shipped rules, with a few names of their own.
#[expect(clippy::expect_used, reason = "a test may stop here")]
static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| {
    let rules = include_str!("../../../../config/taxonomy.toml");
    let names =
        "[[entity]]\nid = \"huawei\"\nname = \"Huawei\"\ntype = \"org\"\naliases = [\"华为\"]";
    let taxonomy = Taxonomy::parse("taxonomy.toml", rules).expect("it is read");
    let gazetteer = Gazetteer::parse("entities.toml", names).expect("it is read");
    Classifier::new(taxonomy, gazetteer)
});

/// The shipped rules, names and model.
#[expect(clippy::expect_used, reason = "a test may stop here")]
static TRAINED: LazyLock<Classifier> = LazyLock::new(|| {
    let rules = include_str!("../../../../config/taxonomy.toml");
    let names = include_str!("../../../../config/entities.toml");
    let model = include_bytes!("../../../../models/tagger.model");
    let taxonomy = Taxonomy::parse("taxonomy.toml", rules).expect("it is read");
    let gazetteer = Gazetteer::parse("entities.toml", names).expect("it is read");
    Classifier::new(taxonomy, gazetteer).with_model(Model::parse(model).expect("it is read"))
});

fn judge(title: &str, text: &str, lang: Option<&str>) -> Judgement {
    CLASSIFIER.classify(&Input { title, text, lang })
}

/// Whether a tag is given, not only put up for review.
fn given(judgement: &Judgement, tag: &str) -> bool {
    judgement.tags.iter().any(|t| t.tag == tag)
}

fn names(judgement: &Judgement) -> Vec<&str> {
    judgement.tags.iter().map(|t| t.tag.as_str()).collect()
}

#[test]
fn all_tags_are_there_and_described() {
    let tags: Vec<(&str, &str)> = CLASSIFIER.taxonomy().tags().collect();
    assert_eq!(tags.len(), 23);
    assert!(tags.iter().all(|(_, description)| description.len() > 30));
}

#[test]
fn common_tags_are_given_to_plain_headlines() {
    for (tag, title) in [
        (
            "regulation",
            "Parliament passes AI Act with fines for unlabelled chatbots",
        ),
        (
            "copyright-litigation",
            "Authors sue AI firm over training on pirated books",
        ),
        (
            "investment-business",
            "AI startup raises $400 million at a $3 billion valuation",
        ),
        (
            "compute-infrastructure",
            "Utility warns that AI data centers strain the power grid",
        ),
        (
            "labour-society",
            "Union says AI will cost thousands of jobs at call centres",
        ),
        (
            "deepfakes-disinformation",
            "Deepfake video of mayor spreads before election",
        ),
        (
            "privacy-data",
            "Watchdog fines retailer over facial recognition in shops",
        ),
        (
            "military-security",
            "Army tests AI drones for battlefield targeting",
        ),
        (
            "lobbying-influence",
            "AI firms fund super PAC to fight state rules, lobbying records show",
        ),
        (
            "semiconductor-industry",
            "Chipmaker to double output of HBM memory for AI chips",
        ),
        (
            "open-models",
            "Lab releases open-weight language model under free licence",
        ),
        (
            "model-release",
            "Lab releases open-weight language model under free licence",
        ),
        (
            "research-statistics",
            "Study finds AI chatbots err in a third of medical answers",
        ),
        (
            "safety-risk",
            "AI safety institute warns that models evade safeguards",
        ),
        (
            "geopolitics",
            "US and China trade barbs over lead in AI race",
        ),
        ("conference", "World leaders gather for AI summit in Geneva"),
    ] {
        let got = judge(title, "", Some("en"));
        assert!(
            given(&got, tag),
            "{tag} not in {:?} for {title}",
            names(&got)
        );
    }
}
