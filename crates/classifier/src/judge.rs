//! The classifier: puts places, sums, the trained model, thresholds and names together.
//!
//! In: a title, a text, perhaps a language. Out: a [`Judgement`].
//! Never: gives a tag without words to show for it.

use crate::concept::ConceptId;
use crate::described::Own;
use crate::encoder::{Encoder, opening};
use crate::evidence;
use crate::features::{Feature, Material};
use crate::gazetteer::Gazetteer;
use crate::model::Model;
use crate::names;
use crate::opinion::{Learned, Opinion, Trained};
use crate::reading::Reading;
use crate::score::{Sum, Term};
use crate::taxonomy::{Tag, Taxonomy};
use crate::words::{SEED, hash};
use std::collections::BTreeMap;
use std::sync::Arc;
use tocsin_core::{Entity, Judge, Score, TagScore};

/// What is judged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The headline.
    pub title: &'a str,
    /// The text, plain; may be empty.
    pub text: &'a str,
    /// ISO 639-1, where it is known; else it is read from the text.
    pub lang: Option<&'a str>,
}

/// What is said about a story.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Judgement {
    /// The probability that a policy analyst wants it.
    pub relevance: Score,
    /// Whether it passes the gate.
    pub relevant: bool,
    /// Tags above their upper threshold, the likeliest first; each has evidence.
    pub tags: Vec<TagScore>,
    /// Tags between the two thresholds, the likeliest first; each has evidence.
    pub review: Vec<TagScore>,
    /// The score of every tag of the taxonomy.
    pub scores: BTreeMap<String, Score>,
    /// Known names, in order of appearance.
    pub entities: Vec<Entity>,
    /// ISO 639-1.
    pub language: Option<String>,
}

/// Taxonomy, names and perhaps a trained model, ready to judge any number of stories.
#[derive(Debug)]
pub struct Classifier {
    taxonomy: Taxonomy,
    gazetteer: Gazetteer,
    /// For each concept that a model may see, a number that stands for its name.
    names: Vec<Option<u64>>,
    trained: Option<Trained>,
    /// Tags that an analyst described.
    pub(crate) own: Option<Own>,
    /// Only where something was learned from its vectors.
    pub(crate) encoder: Option<Arc<dyn Encoder>>,
}

impl Classifier {
    /// A classifier by these rules and names alone.
    pub fn new(taxonomy: Taxonomy, gazetteer: Gazetteer) -> Self {
        let concepts = taxonomy.lexicon.concepts.iter();
        Self {
            names: concepts
                .map(|c| (!c.part).then(|| hash(SEED, c.name.as_bytes())))
                .collect(),
            taxonomy,
            gazetteer,
            trained: None,
            own: None,
            encoder: None,
        }
    }

    /// The same with a trained model, which judges every tag that it has learned; the rules judge the
    /// others, such as those that an analyst has added.
    #[must_use]
    pub fn with_model(mut self, model: Model) -> Self {
        self.trained = Some(Trained::new(model, &self.taxonomy.tags));
        self
    }

    /// The same with what an encoder's vectors add to the model; nothing changes where the supplement was
    /// learned with another encoder or for another model.
    #[must_use]
    pub fn with_supplement(mut self, supplement: Model, encoder: Arc<dyn Encoder>) -> Self {
        let ours = self.trained.as_ref().and_then(Trained::checksum);
        let belongs = supplement.supplements();
        if belongs.is_some_and(|s| s.encoder == encoder.name() && Some(s.model) == ours) {
            self.trained = self.trained.map(|trained| trained.supplemented(supplement));
            self.encoder = Some(encoder);
        }
        self
    }

    /// The rules it judges by.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// The names it knows.
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// Judges a story. Takes time linear in its length; never fails.
    pub fn classify(&self, input: &Input<'_>) -> Judgement {
        let reading = Reading::new(&self.taxonomy, input);
        let entities = self.gazetteer.find_in(&reading.document);
        let sentence = self.sentence(input, &reading);
        let opinion = self.opinion(&reading, &entities, sentence.as_deref());
        let about = self.about(&reading, &entities, sentence);
        let (mut tags, mut review) = (Vec::new(), Vec::new());
        let mut scores = Vec::with_capacity(self.taxonomy.tags.len());
        for (index, tag) in self.taxonomy.tags.iter().enumerate() {
            let decision = match about.as_ref().zip(self.own_tag(&tag.name)) {
                Some((about, own)) => self.by_description(own, about, &reading),
                None => self.decide(index, tag, &reading, opinion.as_ref()),
            };
            scores.push(decision.score());
            match decision {
                Decision::Yes(tag) => tags.push(tag),
                Decision::Ask(tag) => review.push(tag),
                Decision::No(_) => {}
            }
        }
        likeliest_first(&mut tags);
        likeliest_first(&mut review);
        let (relevance, relevant) = self.relevance(&reading, opinion.as_ref(), &scores, &tags);
        let labels = self.taxonomy.tags.iter().map(|t| t.name.clone());
        Judgement {
            relevance,
            relevant,
            tags,
            review,
            entities: names::with_new(&reading.document, reading.language.as_deref(), entities),
            language: reading.language,
            scores: labels.zip(scores).collect(),
        }
    }

    /// What a model looks at in a story, and whether the story speaks of AI by name; `None` where it
    /// cannot be about AI.
    pub(crate) fn features(&self, input: &Input<'_>) -> Option<(Vec<Feature>, bool)> {
        let reading = Reading::new(&self.taxonomy, input);
        let entities = self.gazetteer.find_in(&reading.document);
        let material = self.material(&reading, &entities);
        reading
            .worth_a_look()
            .then(|| (material.features(), material.named))
    }

    pub(crate) fn material<'a>(
        &'a self,
        reading: &'a Reading<'_>,
        entities: &'a [Entity],
    ) -> Material<'a> {
        Material {
            document: &reading.document,
            places: &reading.places,
            concepts: &self.names,
            entities,
            language: reading.language.as_deref(),
            named: reading.gate_opens(),
        }
    }

    /// `None` without a model, and where the story cannot be about AI.
    pub(crate) fn opinion(
        &self,
        reading: &Reading<'_>,
        entities: &[Entity],
        sentence: Option<&[f32]>,
    ) -> Option<Opinion> {
        let trained = self.trained.as_ref().filter(|_| reading.worth_a_look())?;
        Some(trained.opinion(&self.material(reading, entities).features(), sentence))
    }

    /// A story's vector by the encoder, where there is one that is used and reads it. Where it fails, words
    /// alone go on; whoever handed it in tells of it.
    pub(crate) fn sentence(&self, input: &Input<'_>, reading: &Reading<'_>) -> Option<Vec<f32>> {
        let encoder = self.encoder.as_ref().filter(|_| reading.worth_a_look())?;
        if !encoder.reads(reading.language.as_deref()) {
            return None;
        }
        encoder
            .encode(&[opening(input.title, input.text)])
            .ok()?
            .pop()
    }

    /// What the model holds of a tag; `None` where it has not learned it, or does not look at the story.
    pub(crate) fn learned<'a>(
        &'a self,
        tag: usize,
        opinion: Option<&'a Opinion>,
    ) -> Option<Learned<'a>> {
        self.trained.as_ref()?.tag(tag, opinion?)
    }

    /// What it holds of relevance.
    pub(crate) fn learned_relevance<'a>(
        &'a self,
        opinion: Option<&'a Opinion>,
    ) -> Option<Learned<'a>> {
        self.trained.as_ref()?.relevance(opinion?)
    }

    /// Decides a tag.
    pub(crate) fn decide(
        &self,
        index: usize,
        tag: &Tag,
        reading: &Reading<'_>,
        opinion: Option<&Opinion>,
    ) -> Decision {
        let Some(learned) = self.learned(index, opinion) else {
            return tag.by_rules(reading);
        };
        let decision = self.by_model(tag, &learned, reading);
        match decision {
            Decision::Yes(_) => decision,
            decision => tag.late(index, reading).map_or(decision, Decision::Yes),
        }
    }

    fn by_model(&self, tag: &Tag, learned: &Learned<'_>, reading: &Reading<'_>) -> Decision {
        let score = learned.score();
        if score < learned.output.review {
            return Decision::No(score);
        }
        let concepts = &self.taxonomy.lexicon.concepts;
        let context = |id: ConceptId| concepts.get(id).is_none_or(|c| c.context);
        let points = learned.points().map(|(origin, _, points)| (origin, points));
        let given = TagScore {
            tag: tag.name.clone(),
            score,
            by: Judge::Model,
            evidence: evidence::of(reading, points, context),
        };
        match given.evidence.is_empty() {
            true => Decision::No(score),
            false if score >= learned.output.yes => Decision::Yes(given),
            false => Decision::Ask(given),
        }
    }

    fn relevance(
        &self,
        reading: &Reading<'_>,
        opinion: Option<&Opinion>,
        scores: &[Score],
        given: &[TagScore],
    ) -> (Score, bool) {
        let gate = &self.taxonomy.relevance;
        let (score, yes) = match self.learned_relevance(opinion) {
            Some(learned) => (learned.score(), learned.output.yes),
            None if reading.gate_opens() => (
                gate.curve.score(self.relevance_sum(reading, scores).raw),
                gate.yes,
            ),
            None => return (Score::ZERO, false),
        };
        // A tag of policy is relevant by definition, so relevance is at least as sure as the tag.
        let business = |t: &TagScore| {
            let mut tags = self.taxonomy.tags.iter();
            tags.any(|k| k.business && k.name == t.tag)
        };
        let policy = given.iter().filter(|t| !business(t)).map(|t| t.score.get());
        match policy.reduce(f64::max) {
            Some(p) => (Score::new(score.get().max(p).max(yes.get())), true),
            None => (score, score >= yes),
        }
    }

    /// The sum of relevance: concepts in the head, and the tags' scores.
    pub(crate) fn relevance_sum(&self, reading: &Reading<'_>, scores: &[Score]) -> Sum {
        let gate = &self.taxonomy.relevance;
        let mut sum = reading.sum(&gate.weights);
        let points =
            |(tag, weight): &(usize, f64)| scores.get(*tag).map_or(0.0, |s| s.get() * weight);
        sum.raw += gate.tags.iter().map(points).sum::<f64>();
        sum
    }
}

/// What is decided about a tag.
pub(crate) enum Decision {
    /// It is given.
    Yes(TagScore),
    /// It is put to a person.
    Ask(TagScore),
    /// It is not given.
    No(Score),
}

impl Decision {
    /// The probability.
    pub(crate) fn score(&self) -> Score {
        match self {
            Self::Yes(tag) | Self::Ask(tag) => tag.score,
            Self::No(score) => *score,
        }
    }
}

impl Tag {
    /// Decides it by its rules.
    fn by_rules(&self, reading: &Reading<'_>) -> Decision {
        if !reading.gate_opens() {
            return Decision::No(Score::ZERO);
        }
        let sum = reading.sum(&self.weights);
        match self.given(reading, &sum) {
            Some(given) if given.score >= self.yes => Decision::Yes(given),
            Some(given) => Decision::Ask(given),
            None => Decision::No(self.curve.score(sum.raw)),
        }
    }

    /// The tag, where a later passage of a long story earns it by the rules. The model was taught by
    /// stories' beginnings, so it cannot tell.
    fn late(&self, index: usize, reading: &Reading<'_>) -> Option<TagScore> {
        if !(reading.is_long() && reading.gate_opens() && reading.has_passage_on(index)) {
            return None;
        }
        let given = self.given(reading, &reading.sum(&self.weights))?;
        (given.score >= self.yes).then_some(given)
    }

    /// The tag with its evidence, from the review threshold on; `None` where no words speak for it.
    fn given(&self, reading: &Reading<'_>, sum: &Sum) -> Option<TagScore> {
        let score = self.curve.score(sum.raw);
        if score < self.review {
            return None;
        }
        let mut terms: Vec<&Term> = sum.terms.iter().filter(|t| t.weight.telling).collect();
        terms.sort_by(|a, b| b.points.total_cmp(&a.points));
        let evidence = reading.evidence_of(&terms);
        (!evidence.is_empty()).then(|| TagScore {
            tag: self.name.clone(),
            score,
            by: Judge::Rule,
            evidence,
        })
    }
}

fn likeliest_first(tags: &mut [TagScore]) {
    tags.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
[scoring]
title = 1
lead = 1
fade = 0.4
lead_width = 600
passage_width = 500
passage = 1
floor_short = 4
floor_long = 1
short_width = 3000
long_width = 4000

[concept.ai]
context = true
en = ["AI"]

[concept.law]
en = ["law", "bill"]

[concept.sport]
en = ["football"]

[relevance]
gate = ["@ai"]
bias = -4
yes = 0.5
weights = { ai = 0.5 }
tags = { regulation = 1 }

[[tag]]
name = "regulation"
description = "Laws"
bias = -3
yes = 0.6
review = 0.2
weights = { ai = 1.5, law = 2, sport = -3 }

[[tag]]
name = "release"
description = "Only context speaks for it"
business = true
bias = 1
yes = 0.5
review = 0.2
weights = { ai = 1 }
"#;

    fn classifier() -> Classifier {
        let taxonomy = Taxonomy::parse("taxonomy.toml", RULES).unwrap();
        Classifier::new(taxonomy, Gazetteer::parse("entities.toml", "").unwrap())
    }

    fn judge(title: &str, text: &str) -> Judgement {
        let lang = Some("en");
        classifier().classify(&Input { title, text, lang })
    }

    #[test]
    fn between_the_thresholds_a_tag_is_put_to_a_person() {
        let sure = judge("AI law", "");
        assert_eq!(sure.tags[0].tag, "regulation");
        assert_eq!(sure.tags[0].evidence[0].text, "law");
        let unsure = judge("AI football law", "");
        assert!(unsure.tags.is_empty());
        let lead = "A law on AI, said at length, so that the text is more than a headline would be by itself.";
        let half = judge("A meeting", lead);
        assert_eq!(half.review.len(), 1, "{half:?}");
    }

    #[test]
    fn without_the_subject_there_is_nothing() {
        let got = judge("Law on football", "");
        assert!(got.tags.is_empty() && got.review.is_empty() && !got.relevant);
        assert_eq!(got.relevance, Score::ZERO);
        assert!(got.scores.values().all(|s| *s == Score::ZERO));
    }

    #[test]
    fn context_alone_is_no_evidence() {
        let got = judge("AI", "");
        assert!(got.scores["release"] > Score::new(0.5));
        assert!(got.tags.is_empty());
    }

    #[test]
    fn a_tag_of_policy_makes_a_story_relevant() {
        let got = judge("AI law", "");
        assert!(got.relevant && got.relevance >= got.tags[0].score);
        assert!(!judge("AI", "").relevant);
    }

    #[test]
    fn an_explanation_accounts_for_the_score() {
        let input = Input {
            title: "AI bill",
            text: "",
            lang: None,
        };
        let told = classifier().explain(&input);
        let got = classifier().classify(&input);
        let account = told.tags.iter().find(|a| a.name == "regulation").unwrap();
        assert_eq!(account.score, got.scores["regulation"]);
        let points: f64 = account.terms.iter().map(|r| r.points).sum();
        assert!((points - account.raw).abs() < 1e-9);
        assert_eq!(told.gate[0].text, "AI");
        assert_eq!(account.terms[0].evidence[0].text, "bill");
    }
}
