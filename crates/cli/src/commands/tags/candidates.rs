//! The stories that a description is compared with: those of the store, or of a file.

use crate::args::TagsAdd;
use crate::commands::{labelled, query};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use tocsin_classifier::learn::Hand;
use tocsin_classifier::{Answer, Classifier, EncoderError, Input, Meaning, Senses};
use tocsin_core::StoryId;
use tocsin_pipeline::{Vocab, find, verdicts};
use tocsin_store::Store;

/// Most stories that are compared; the newest ones.
const MOST: usize = 50_000;
/// Characters of a text that are kept: more than any part that counts.
const KEPT: usize = 4_000;

/// A story, as far as it is compared and shown.
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) lang: Option<String>,
}

impl Candidate {
    pub(super) fn new(id: String, title: String, text: &str, lang: Option<String>) -> Self {
        Self {
            id,
            title,
            text: text.chars().take(KEPT).collect(),
            lang,
        }
    }

    fn input(&self) -> Input<'_> {
        Input {
            title: &self.title,
            text: &self.text,
            lang: self.lang.as_deref(),
        }
    }
}

/// The stories of the store that match, copies left out.
pub(super) fn of_store(
    store: &dyn Store,
    args: &TagsAdd,
    vocabulary: &Vocab,
) -> Result<Vec<Candidate>> {
    let query = query::parse(&args.expression, None, vocabulary)?;
    let mut found = Vec::new();
    find::for_each_story(store, &query, |story| {
        if story.duplicate_of.is_none() {
            let id = story.id().to_string();
            let article = story.article;
            found.push(Candidate::new(
                id,
                article.title,
                &article.text,
                article.language,
            ));
        }
        match found.len() >= MOST {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    Ok(found)
}

/// The stories of files of JSON lines.
pub(super) fn of_files(args: &TagsAdd) -> Result<Vec<Candidate>> {
    let stories = labelled::read(&args.from, Hand::Nobody)?.into_iter();
    let stories = stories.map(|s| Candidate::new(s.id, s.title, &s.text, s.lang));
    Ok(stories.take(MOST).collect())
}

/// Adds those stories with a verdict on the tag that are not among the candidates.
pub(super) fn with_answered(
    store: &dyn Store,
    name: &str,
    candidates: &mut Vec<Candidate>,
) -> Result<BTreeMap<String, bool>> {
    let mut answers = BTreeMap::new();
    let known: BTreeSet<String> = candidates.iter().map(|c| c.id.clone()).collect();
    for story in verdicts::labelled(store, &[name.to_owned()])? {
        let Some(yes) = story.answer(name) else {
            continue;
        };
        let known_story = store.story(&StoryId::new(&story.id))?;
        if known_story.is_some_and(|story| story.removed) {
            continue;
        }
        answers.insert(story.id.clone(), yes);
        if !known.contains(&story.id) {
            candidates.push(Candidate::new(
                story.id,
                story.title,
                &story.text,
                story.lang,
            ));
        }
    }
    Ok(answers)
}

/// The verdicts by the candidates' places.
pub(super) fn answered(answers: &BTreeMap<String, bool>, candidates: &[Candidate]) -> Vec<Answer> {
    let answer = |(story, candidate): (usize, &Candidate)| {
        let yes = *answers.get(&candidate.id)?;
        Some(Answer { story, yes })
    };
    candidates.iter().enumerate().filter_map(answer).collect()
}

/// What each description is about, and each candidate; `None` for one that cannot be about AI.
type Compared = (Vec<Meaning>, Vec<Option<Meaning>>);

/// Finds out what descriptions and candidates are about. Where the encoder fails (it tells of
/// that), the senses lose it: words go on alone.
pub(super) fn compared(
    classifier: &Classifier,
    senses: &mut Senses,
    descriptions: &[&str],
    candidates: &[Candidate],
    progress: &dyn Fn(usize, usize),
) -> Result<Compared, EncoderError> {
    let inputs: Vec<Input<'_>> = candidates.iter().map(Candidate::input).collect();
    let compare = |senses: &Senses| -> Result<Compared, EncoderError> {
        let asked = descriptions.iter().map(|d| classifier.described(senses, d));
        let asked = asked.collect::<Result<_, _>>()?;
        let meanings = classifier.meanings(senses, &inputs, progress)?;
        let kept = |meaning: Option<Meaning>| meaning.filter(|m| !m.is_empty());
        Ok((asked, meanings.into_iter().map(kept).collect()))
    };
    compare(senses).or_else(|_| {
        senses.encoder = None;
        compare(senses)
    })
}

/// Those candidates of which it is known what they are about.
pub(super) fn known(
    candidates: Vec<Candidate>,
    meanings: Vec<Option<Meaning>>,
) -> (Vec<Candidate>, Vec<Meaning>) {
    let pairs = candidates.into_iter().zip(meanings);
    pairs
        .filter_map(|(candidate, meaning)| Some((candidate, meaning?)))
        .unzip()
}

/// The closest candidates' probabilities by an entailment model; none without one, and where it fails.
pub(super) fn entailed(
    senses: &Senses,
    description: &str,
    candidates: &[Candidate],
    order: &[usize],
) -> Vec<(usize, f32)> {
    let inputs: Vec<Input<'_>> = candidates.iter().map(Candidate::input).collect();
    let said = Classifier::entailed(senses, description, &inputs, order);
    said.unwrap_or_default()
}
