//! The classifier and described tags: what a story means, and whether it has such a tag.
//!
//! In: a story. Out: its [`Meaning`]; a decision with evidence. Never: fails for want of an encoder: the
//! words' numbers are then used.

use super::{Basis, Described, Meaning, probability};
use crate::concept::ConceptId;
use crate::embedding::Embedding;
use crate::encoder::{Encoder, EncoderError, opening};
use crate::evidence;
use crate::features::{Feature, Origin};
use crate::judge::{Classifier, Decision, Input};
use crate::reading::{Reading, language};
use rayon::prelude::*;
use std::sync::Arc;
use tocsin_core::{Entity, Judge, TagScore};

/// Stories that an encoder reads at a time.
const BATCH: usize = 16;
/// Most stories that an entailment model reads for one description.
const ENTAILED: usize = 60;

/// What meanings are made by.
#[derive(Debug, Clone)]
pub struct Senses {
    /// Vectors of words, concepts and names.
    pub embedding: Arc<Embedding>,
    /// A neural model beside it.
    pub encoder: Option<Arc<dyn Encoder>>,
}

impl Senses {
    /// What tags that are learned with them belong to.
    pub fn basis(&self) -> Basis {
        Basis {
            embedding: self.embedding.checksum(),
            encoder: self.encoder.as_ref().map(|e| e.name().to_owned()),
        }
    }
}

/// Described tags, ready to judge.
#[derive(Debug)]
pub(crate) struct Own {
    senses: Senses,
    tags: Vec<Described>,
}

/// What a story is about, and what that was made of.
pub(crate) struct About {
    meaning: Meaning,
    gist: Vec<Feature>,
}

impl Classifier {
    /// The same with tags that were described. Each has to be in the taxonomy
    /// ([`Taxonomy::with_described`](crate::Taxonomy::with_described)); those that were learned in another embedding judge nothing.
    #[must_use]
    pub fn with_described(mut self, senses: Senses, mut tags: Vec<Described>) -> Self {
        tags.retain(|tag| tag.fits(&senses.embedding));
        let encoder = senses.encoder.as_ref();
        for tag in &mut tags {
            tag.keep_only(encoder.map(|e| e.name()));
        }
        let deep = tags.iter().any(|tag| tag.encoder().is_some());
        if let Some(encoder) = encoder.filter(|_| deep) {
            self.encoder = Some(Arc::clone(encoder));
        }
        self.own = (!tags.is_empty()).then_some(Own { senses, tags });
        self
    }

    /// What a story is about, by its words; `None` where it cannot be about AI.
    pub fn meaning(&self, senses: &Senses, input: &Input<'_>) -> Option<Meaning> {
        let reading = Reading::new(self.taxonomy(), input);
        if !reading.worth_a_look() {
            return None;
        }
        let entities = self.gazetteer().find_in(&reading.document);
        let gist = self.material(&reading, &entities).gist();
        Some(Meaning {
            words: senses.embedding.vector(&gist),
            sentence: None,
        })
    }

    /// What stories are about; `None` for each that cannot be about AI. `progress` is told how many of how
    /// many an encoder has read.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn meanings(
        &self,
        senses: &Senses,
        stories: &[Input<'_>],
        progress: &dyn Fn(usize, usize),
    ) -> Result<Vec<Option<Meaning>>, EncoderError> {
        let by_words: Vec<Option<Meaning>> = stories
            .par_iter()
            .map(|story| self.meaning(senses, story))
            .collect();
        let Some(encoder) = senses.encoder.as_deref() else {
            return Ok(by_words);
        };
        let read = |nth: usize| by_words.get(nth).is_some_and(Option::is_some);
        let sentences = encoded(encoder, stories, read, progress)?;
        let pairs = by_words.into_iter().zip(sentences);
        let meaning = |(words, sentence): (Option<Meaning>, _)| {
            words.map(|meaning| Meaning {
                sentence,
                ..meaning
            })
        };
        Ok(pairs.map(meaning).collect())
    }

    /// An encoder's vector of each story that can be about AI and that it reads. `progress` is told how many
    /// of how many it has read.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn sentences(
        &self,
        encoder: &dyn Encoder,
        stories: &[Input<'_>],
        progress: &dyn Fn(usize, usize),
    ) -> Result<Vec<Option<Vec<f32>>>, EncoderError> {
        let worth = |story: &Input<'_>| Reading::new(self.taxonomy(), story).worth_a_look();
        let worth: Vec<bool> = stories.par_iter().map(worth).collect();
        let read = |nth: usize| worth.get(nth).copied().unwrap_or_default();
        encoded(encoder, stories, read, progress)
    }

    /// What a description is about.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn described(&self, senses: &Senses, description: &str) -> Result<Meaning, EncoderError> {
        let gist = self.gist(&Input {
            title: "",
            text: description,
            lang: None,
        });
        // A few words do not tell their language for sure, so they get the benefit of the doubt.
        let lang = tocsin_core::detect_language(description);
        let reads = |e: &&Arc<dyn Encoder>| lang.is_none() || e.reads(lang);
        let sentence = match senses.encoder.as_ref().filter(reads) {
            Some(encoder) => encoder.encode(&[description.to_owned()])?.pop(),
            None => None,
        };
        Ok(Meaning {
            words: senses.embedding.vector_of_description(&gist),
            sentence,
        })
    }

    /// For the closest stories of an order, the probability that they say what a description says; none
    /// without an entailment model.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn entailed(
        senses: &Senses,
        description: &str,
        stories: &[Input<'_>],
        order: &[usize],
    ) -> Result<Vec<(usize, f32)>, EncoderError> {
        let Some(encoder) = &senses.encoder else {
            return Ok(Vec::new());
        };
        let read = |nth: &usize| {
            let story = stories.get(*nth)?;
            let opening = || opening(story.title, story.text);
            encoder
                .reads(language(story).as_deref())
                .then(|| (*nth, opening()))
        };
        let closest = order.iter().take(ENTAILED).filter_map(read);
        let (stories, texts): (Vec<usize>, Vec<String>) = closest.unzip();
        let said = encoder.entails(&texts, description)?.unwrap_or_default();
        Ok(stories.into_iter().zip(said).collect())
    }

    /// What a described tag says of a story: the tag with its evidence, and whether it is given or only put
    /// to a person; `None` where it is not so.
    pub fn described_tag(&self, name: &str, input: &Input<'_>) -> Option<(TagScore, bool)> {
        let tag = self.own_tag(name)?;
        let reading = Reading::new(self.taxonomy(), input);
        let entities = self.gazetteer().find_in(&reading.document);
        let about = self.about(&reading, &entities, self.sentence(input, &reading))?;
        match self.by_description(tag, &about, &reading) {
            Decision::Yes(tag) => Some((tag, true)),
            Decision::Ask(tag) => Some((tag, false)),
            Decision::No(_) => None,
        }
    }

    /// What any text is about, as the things that have vectors.
    pub(crate) fn gist(&self, input: &Input<'_>) -> Vec<Feature> {
        let reading = Reading::new(self.taxonomy(), input);
        let entities = self.gazetteer().find_in(&reading.document);
        self.material(&reading, &entities).gist()
    }

    /// What a story is about, where a described tag asks for it; `sentence` is its vector by an encoder.
    pub(crate) fn about(
        &self,
        reading: &Reading<'_>,
        entities: &[Entity],
        sentence: Option<Vec<f32>>,
    ) -> Option<About> {
        let own = self.own.as_ref().filter(|_| reading.worth_a_look())?;
        let gist = self.material(reading, entities).gist();
        let words = own.senses.embedding.vector(&gist);
        let meaning = Meaning { words, sentence };
        Some(About { meaning, gist })
    }

    /// The described tag of this name.
    pub(crate) fn own_tag(&self, name: &str) -> Option<&Described> {
        let mut tags = self.own.as_ref()?.tags.iter();
        tags.find(|tag| tag.name == name)
    }

    /// Decides a described tag.
    pub(crate) fn by_description(
        &self,
        tag: &Described,
        about: &About,
        reading: &Reading<'_>,
    ) -> Decision {
        let score = probability(tag.sum(&about.meaning));
        if score < tag.review() {
            return Decision::No(score);
        }
        let concepts = &self.taxonomy().lexicon.concepts;
        let context = |id: ConceptId| concepts.get(id).is_none_or(|c| c.context);
        let points = self.points(tag, about).into_iter();
        let given = TagScore {
            tag: tag.name.clone(),
            score,
            by: Judge::Model,
            evidence: evidence::of(reading, points, context),
        };
        match tag.yes().is_some_and(|yes| score >= yes) {
            _ if given.evidence.is_empty() => Decision::No(score),
            true => Decision::Yes(given),
            false => Decision::Ask(given),
        }
    }

    /// What each thing of a story adds for a described tag.
    pub(crate) fn points(&self, tag: &Described, about: &About) -> Vec<(Origin, f32)> {
        let Some(own) = &self.own else {
            return Vec::new();
        };
        let along = |direction: &[f32]| -> Vec<f32> {
            let keys = about.gist.iter().map(|feature| feature.key);
            keys.map(|key| own.senses.embedding.along(key, direction))
                .collect()
        };
        let length: f32 = about
            .meaning
            .words
            .as_deref()
            .map_or(1.0, |unit| along(unit).iter().sum());
        let origins = about.gist.iter().map(|feature| feature.origin);
        let points = along(tag.direction(&about.meaning)).into_iter();
        origins.zip(points.map(|points| points / length)).collect()
    }
}

impl About {
    /// Log-odds of a described tag.
    pub(crate) fn sum(&self, tag: &Described) -> f32 {
        tag.sum(&self.meaning)
    }
}

/// An encoder's vector of each story that is wanted and that it reads.
fn encoded(
    encoder: &dyn Encoder,
    stories: &[Input<'_>],
    wanted: impl Fn(usize) -> bool,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<Option<Vec<f32>>>, EncoderError> {
    let mut todo: Vec<(usize, &Input<'_>)> = stories
        .iter()
        .enumerate()
        .filter(|(nth, story)| wanted(*nth) && encoder.reads(language(story).as_deref()))
        .collect();
    // Texts of like length fill up one another least.
    todo.sort_by_key(|(_, story)| story.title.len() + story.text.len());
    let mut vectors = vec![None; stories.len()];
    let mut done = 0;
    for batch in todo.chunks(BATCH) {
        let texts = batch.iter().map(|(_, s)| opening(s.title, s.text));
        let texts: Vec<String> = texts.collect();
        for ((nth, _), vector) in batch.iter().zip(encoder.encode(&texts)?) {
            let slot = vectors.get_mut(*nth);
            slot.into_iter()
                .for_each(|slot| *slot = Some(vector.clone()));
        }
        done += batch.len();
        progress(done, todo.len());
    }
    Ok(vectors)
}
