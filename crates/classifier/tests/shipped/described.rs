//! Described tags, with the embedding as it is shipped and encoders of our own making.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use super::CLASSIFIER;
use std::sync::{Arc, LazyLock};
use tocsin_classifier::learn::{self, Labelled, Plan};
use tocsin_classifier::{
    Answer, Classifier, Described, Embedding, Encoder, EncoderError, Gazetteer, Input, Meaning,
    Ranking, Senses, Taxonomy,
};

#[expect(clippy::expect_used, reason = "a test may stop here")]
static EMBEDDING: LazyLock<Arc<Embedding>> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../../models/embedding.model");
    Arc::new(Embedding::parse(bytes).expect("it is read"))
});

/// Says whether a text has an even number in it.
#[derive(Debug)]
struct Parity {
    fails: bool,
}

impl Encoder for Parity {
    fn name(&self) -> &str {
        "parity"
    }

    fn reads(&self, lang: Option<&str>) -> bool {
        lang == Some("en")
    }

    fn encode(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EncoderError> {
        if self.fails {
            return Err(EncoderError("it fails".to_owned()));
        }
        let even = |text: &String| {
            let last = text.bytes().rfind(u8::is_ascii_digit).unwrap_or(b'1');
            last.is_multiple_of(2)
        };
        let vector = |text| {
            if even(text) {
                vec![1.0, 0.0]
            } else {
                vec![0.0, 1.0]
            }
        };
        Ok(texts.iter().map(vector).collect())
    }

    fn entails(&self, _: &[String], _: &str) -> Result<Option<Vec<f32>>, EncoderError> {
        Ok(None)
    }
}

fn senses(encoder: Option<Parity>) -> Senses {
    Senses {
        embedding: Arc::clone(&EMBEDDING),
        encoder: encoder.map(|e| Arc::new(e) as Arc<dyn Encoder>),
    }
}

fn input(title: &str) -> Input<'_> {
    Input {
        title,
        text: "",
        lang: None,
    }
}

fn meanings(senses: &Senses, titles: &[&str]) -> Vec<Meaning> {
    let inputs: Vec<Input<'_>> = titles.iter().map(|title| input(title)).collect();
    let found = CLASSIFIER.meanings(senses, &inputs, &|_, _| {}).unwrap();
    found.into_iter().map(Option::unwrap_or_default).collect()
}

const TITLES: [&str; 8] = [
    "OpenAI releases a new language model",
    "中国女子因走私英伟达AI芯片在美国被捕",
    "Hospitals try AI for scans",
    "AI 반도체 밀수 조직 적발, 2명 구속",
    "Startup raises $40 million for AI coding tools",
    "Man charged with smuggling Nvidia AI chips through a shell company",
    "Parliament debates a bill on AI in schools",
    "Writers sue an AI firm over training data",
];

#[test]
fn a_description_finds_stories_in_any_language() {
    let senses = senses(None);
    for description in [
        "Smuggling of AI chips and arrests for it",
        "走私人工智能芯片",
    ] {
        let asked = CLASSIFIER.described(&senses, description).unwrap();
        let ranking = Ranking::new(&asked, &meanings(&senses, &TITLES));
        let mut first: Vec<usize> = ranking.order().iter().copied().take(3).collect();
        first.sort_unstable();
        assert_eq!(first, [1, 3, 5], "{description}");
    }
}

#[test]
fn verdicts_outweigh_the_description() {
    let senses = senses(None);
    let stories = meanings(&senses, &TITLES);
    let asked = CLASSIFIER
        .described(&senses, "Smuggling of AI chips")
        .unwrap();
    let answers = [
        (7, true),
        (6, true),
        (5, false),
        (1, false),
        (3, false),
        (4, false),
    ];
    let answers = answers.map(|(story, yes)| Answer { story, yes });
    let tag = Described::learn("x", "…", &senses.basis(), (&asked, &stories), &answers);
    assert!(tag.sum(&stories[7]) > tag.sum(&stories[5]));
    let back = Described::parse("x.toml", &tag.to_toml().unwrap()).unwrap();
    assert_eq!(back, tag);
}

/// The shipped classifier with a tag on chip smuggling that was learned with these senses.
fn with_tag(senses: &Senses, used: Senses) -> Classifier {
    let stories = meanings(senses, &TITLES);
    let asked = CLASSIFIER
        .described(senses, "Smuggling of AI chips")
        .unwrap();
    let answers = [1, 3, 5].map(|story| Answer { story, yes: true });
    let tag = Described::learn(
        "smuggling",
        "…",
        &senses.basis(),
        (&asked, &stories),
        &answers,
    );
    let rules = include_str!("../../../../config/taxonomy.toml");
    let taxonomy = Taxonomy::parse("taxonomy.toml", rules).unwrap();
    let gazetteer = Gazetteer::parse("entities.toml", "").unwrap();
    Classifier::new(taxonomy.with_described("smuggling", "…"), gazetteer)
        .with_described(used, vec![tag])
}

#[test]
fn a_described_tag_is_given_with_its_words_and_says_nothing_of_relevance() {
    let classifier = with_tag(&senses(None), senses(None));
    let got = classifier.classify(&input("Two held over smuggled Nvidia AI chips"));
    let tag = got.tags.iter().find(|t| t.tag == "smuggling").unwrap();
    assert!(!tag.evidence.is_empty());
    let told = classifier.explain(&input("Two held over smuggled Nvidia AI chips"));
    let account = told.tags.iter().find(|a| a.name == "smuggling").unwrap();
    assert_eq!(account.score, got.scores["smuggling"]);
    let points: f64 = account.terms.iter().map(|t| t.points).sum();
    assert!(
        (points - account.raw).abs() < 0.6,
        "{points} {}",
        account.raw
    );
    // Nothing without words on AI, and nothing in an empty text.
    for title in ["Two held over smuggled cigarettes", "", "\u{0}", "🚢🚢"] {
        let got = classifier.classify(&input(title));
        assert!(got.tags.is_empty() && got.review.is_empty(), "{title}");
    }
}

#[test]
fn where_an_encoder_fails_or_is_another_one_words_go_on() {
    let parity = |fails| senses(Some(Parity { fails }));
    let learned = parity(false);
    let by_words = with_tag(&learned, senses(None));
    let failing = with_tag(&learned, parity(true));
    let with = with_tag(&learned, parity(false));
    let story = Input {
        lang: Some("en"),
        ..input("Two held over 8 smuggled Nvidia AI chips")
    };
    let score = |c: &Classifier| c.classify(&story).scores["smuggling"];
    assert_eq!(score(&failing), score(&by_words));
    assert_ne!(score(&with), score(&by_words));
    assert!(CLASSIFIER.described(&parity(true), "chips").is_err());
}

#[test]
fn a_supplement_learns_what_words_do_not_tell() {
    let story = |n: usize| Labelled {
        id: n.to_string(),
        title: format!("AI bill number {} is in the news, page 1{n:02}", n / 10),
        lang: Some("en".to_owned()),
        event: Some(n.to_string()),
        tags: if n.is_multiple_of(2) {
            vec!["regulation".to_owned()]
        } else {
            Vec::new()
        },
        ..Labelled::default()
    };
    let stories: Vec<Labelled> = (0..60).map(story).collect();
    let plan = Plan {
        folds: 5,
        ..Plan::default()
    };
    let trained = learn::train(&CLASSIFIER, &stories, &plan, &|_, _| {});
    let encoder: Arc<dyn Encoder> = Arc::new(Parity { fails: false });
    let inputs: Vec<Input<'_>> = stories
        .iter()
        .map(|s| Input {
            lang: Some("en"),
            ..input(&s.title)
        })
        .collect();
    let sentences = CLASSIFIER
        .sentences(encoder.as_ref(), &inputs, &|_, _| {})
        .unwrap();
    let done = learn::supplement(&trained, &stories, &sentences, encoder.name(), &plan).unwrap();
    let right = |verdicts: &[tocsin_classifier::figures::Verdict]| {
        let given =
            |v: &tocsin_classifier::figures::Verdict| v.given.contains(&"regulation".to_owned());
        let pairs = stories.iter().zip(verdicts);
        pairs.filter(|(s, v)| given(v) != s.tags.is_empty()).count()
    };
    assert_eq!(right(&done.verdicts), 60);
    assert!(right(&trained.verdicts()) < 50);

    // It comes back from its file, and is used with its encoder only.
    let file = done.model.to_bytes().unwrap();
    let back = tocsin_classifier::Model::parse(&file).unwrap();
    assert_eq!(back.supplements().unwrap().encoder, "parity");
    let with = |encoder: Arc<dyn Encoder>| {
        let rules = include_str!("../../../../config/taxonomy.toml");
        let taxonomy = Taxonomy::parse("taxonomy.toml", rules).unwrap();
        let plain = Classifier::new(taxonomy, Gazetteer::parse("entities.toml", "").unwrap());
        let trained = plain.with_model(trained.model.clone());
        let classifier = trained.with_supplement(back.clone(), encoder);
        classifier.classify(&inputs[2]).scores["regulation"]
    };
    let (on, off) = (with(encoder), with(Arc::new(Parity { fails: true })));
    assert!(on > off, "{on:?} {off:?}");
}
