//! The classifier: puts places, sums, the trained model, thresholds and names together.
//!
//! In: a title, a text, perhaps a language. Out: a [`Judgement`], or on request its [`Explanation`].
//! Never: gives a tag without words to show for it.

use crate::concept::{ConceptId, Hit};
use crate::evidence;
use crate::explain::{Account, Explanation, Reason};
use crate::features::{Feature, Material, Origin};
use crate::gazetteer::Gazetteer;
use crate::layout::{Cut, Document};
use crate::model::{Model, Output, RELEVANCE};
use crate::score::{Strength, Sum, Term, Weight, sum};
use crate::taxonomy::{Tag, Taxonomy};
use crate::words::{SEED, hash};
use std::collections::BTreeMap;
use tocsin_core::{Entity, Evidence, Judge, Score, TagScore, detect_language};

/// Most pieces of evidence for one tag.
const MOST_EVIDENCE: usize = 6;

/// Features that add less are not told, nor more than so many.
const LEAST_TOLD: f64 = 0.05;
const MOST_TOLD: usize = 40;

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
}

/// A trained model, with the way from the taxonomy's tags to its outputs.
#[derive(Debug)]
struct Trained {
    model: Model,
    /// By the tag's index; `None` for a tag that it has not learned.
    tags: Vec<Option<usize>>,
    relevance: Option<usize>,
}

/// A story that was read, before it is judged.
pub(crate) struct Reading<'a> {
    pub(crate) language: Option<String>,
    pub(crate) document: Document<'a>,
    pub(crate) places: Vec<Vec<Hit>>,
    strengths: Vec<Strength>,
}

/// What the trained model sees in a story, and says of it.
struct Opinion {
    features: Vec<Feature>,
    sums: Vec<f32>,
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
        }
    }

    /// The same with a trained model, which judges every tag that it has learned; the rules judge the
    /// others, such as those that an analyst has added.
    #[must_use]
    pub fn with_model(mut self, model: Model) -> Self {
        let output = |name: &str| model.outputs.iter().position(|o| o.name == name);
        self.trained = Some(Trained {
            tags: self.taxonomy.tags.iter().map(|t| output(&t.name)).collect(),
            relevance: output(RELEVANCE),
            model,
        });
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
        let reading = self.read(input);
        let entities = self.gazetteer.find_in(&reading.document);
        let opinion = self.opinion(&reading, &entities);
        let (mut tags, mut review) = (Vec::new(), Vec::new());
        let mut scores = Vec::with_capacity(self.taxonomy.tags.len());
        for index in 0..self.taxonomy.tags.len() {
            let (score, given) = self.decide(index, &reading, opinion.as_ref());
            scores.push(score);
            match given {
                Some((true, tag)) => tags.push(tag),
                Some((false, tag)) => review.push(tag),
                None => {}
            }
        }
        likeliest_first(&mut tags);
        likeliest_first(&mut review);
        let (relevance, relevant) = self.relevance(&reading, opinion.as_ref(), &scores, &tags);
        let names = self.taxonomy.tags.iter().map(|t| t.name.clone());
        Judgement {
            relevance,
            relevant,
            tags,
            review,
            entities,
            language: reading.language,
            scores: names.zip(scores).collect(),
        }
    }

    /// Tells how the judgement of a story comes about.
    pub fn explain(&self, input: &Input<'_>) -> Explanation {
        let reading = self.read(input);
        let entities = self.gazetteer.find_in(&reading.document);
        let opinion = self.opinion(&reading, &entities);
        let mut tags: Vec<Account> = (0..self.taxonomy.tags.len())
            .filter_map(|index| self.account_of(index, &reading, &entities, opinion.as_ref()))
            .filter(|account| !account.terms.is_empty())
            .collect();
        tags.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
        Explanation {
            gate: reading.evidence(self.taxonomy.relevance.gate.iter().copied(), |_| true),
            relevance: self.relevance_account(&reading, &entities, opinion.as_ref()),
            language: reading.language,
            tags,
        }
    }

    /// What a model looks at in a story, and whether the story speaks of AI by name; `None` where it
    /// cannot be about AI.
    pub(crate) fn features(&self, input: &Input<'_>) -> Option<(Vec<Feature>, bool)> {
        let reading = self.read(input);
        let entities = self.gazetteer.find_in(&reading.document);
        let material = self.material(&reading, &entities);
        self.worth_a_look(&reading)
            .then(|| (material.features(), material.named))
    }

    fn material<'a>(&'a self, reading: &'a Reading<'_>, entities: &'a [Entity]) -> Material<'a> {
        Material {
            document: &reading.document,
            places: &reading.places,
            concepts: &self.names,
            entities,
            language: reading.language.as_deref(),
            named: self.gate_opens(reading),
        }
    }

    /// `None` without a model, and where the story cannot be about AI.
    fn opinion(&self, reading: &Reading<'_>, entities: &[Entity]) -> Option<Opinion> {
        let trained = self.trained.as_ref()?;
        if !self.worth_a_look(reading) {
            return None;
        }
        let features = self.material(reading, entities).features();
        let sums = trained.model.sums(&features);
        Some(Opinion { features, sums })
    }

    /// What the model holds of a tag, where it has learned it.
    fn learned<'a>(&'a self, tag: usize, opinion: Option<&Opinion>) -> Option<Learned<'a>> {
        let trained = self.trained.as_ref()?;
        let index = (*trained.tags.get(tag)?)?;
        Learned::new(trained, index, opinion)
    }

    /// A tag's score; and the tag itself, where it is given (`true`) or put to a person.
    fn decide(
        &self,
        index: usize,
        reading: &Reading<'_>,
        opinion: Option<&Opinion>,
    ) -> (Score, Option<(bool, TagScore)>) {
        let Some(tag) = self.taxonomy.tags.get(index) else {
            return (Score::ZERO, None);
        };
        if let Some(learned) = self.learned(index, opinion) {
            let score = learned.score();
            let (yes, review) = (learned.output.yes, learned.output.review);
            let given = (score >= review).then(|| TagScore {
                tag: tag.name.clone(),
                score,
                by: Judge::Model,
                evidence: opinion.map_or_else(Vec::new, |o| self.words_for(&learned, o, reading)),
            });
            let given = given.filter(|given| !given.evidence.is_empty());
            let by_model = (score, given.map(|given| (score >= yes, given)));
            return self.late(tag, reading, score, yes).unwrap_or(by_model);
        }
        let sum = self
            .gate_opens(reading)
            .then(|| self.sum(&tag.weights, reading));
        let given = sum.as_ref().and_then(|sum| tag.verdict(reading, sum));
        let given = given.map(|given| (given.score >= tag.yes, given));
        (tag.score(sum.as_ref()), given)
    }

    /// A tag that a later passage of a long story earns by the rules. The model was taught by stories'
    /// beginnings, so it cannot tell.
    fn late(
        &self,
        tag: &Tag,
        reading: &Reading<'_>,
        score: Score,
        yes: Score,
    ) -> Option<(Score, Option<(bool, TagScore)>)> {
        #[expect(clippy::cast_precision_loss, reason = "no text is that long")]
        let long = reading.document.width as f64 > self.taxonomy.scoring.short_width;
        if score >= yes || !long || !self.gate_opens(reading) {
            return None;
        }
        let sum = self.sum(&tag.weights, reading);
        let late = sum.terms.iter().any(|term| term.passage.is_some());
        let given = tag
            .verdict(reading, &sum)
            .filter(|given| late && given.score >= tag.yes)?;
        Some((given.score, Some((true, given))))
    }

    /// The words that carried a tag.
    fn words_for(
        &self,
        learned: &Learned<'_>,
        opinion: &Opinion,
        reading: &Reading<'_>,
    ) -> Vec<Evidence> {
        let points = |feature: &Feature| learned.points(feature);
        let context = |id: ConceptId| {
            self.taxonomy
                .lexicon
                .concepts
                .get(id)
                .is_none_or(|c| c.context)
        };
        evidence::of(reading, &opinion.features, points, context)
    }

    fn read<'a>(&self, input: &Input<'a>) -> Reading<'a> {
        let language = input.lang.map(str::to_lowercase).or_else(|| {
            let text = if input.text.is_empty() {
                input.title
            } else {
                input.text
            };
            detect_language(text).map(str::to_owned)
        });
        let scoring = &self.taxonomy.scoring;
        let cut = Cut {
            lead: scoring.lead_width,
            passage: scoring.passage_width,
        };
        let document = Document::new(input.title, input.text, cut);
        let places = self.taxonomy.lexicon.places(&document, language.as_deref());
        let strength = |hits: &Vec<Hit>| Strength::of(hits, scoring, document.headline_only);
        Reading {
            strengths: places.iter().map(strength).collect(),
            language,
            document,
            places,
        }
    }

    fn sum(&self, weights: &[Weight], reading: &Reading<'_>) -> Sum {
        let scoring = &self.taxonomy.scoring;
        let depth = scoring.depth(reading.document.width);
        sum(weights, &reading.strengths, depth)
    }

    fn gate_opens(&self, reading: &Reading<'_>) -> bool {
        reading.speaks_of_any(&self.taxonomy.relevance.gate)
    }

    /// Whether a trained model should look at the story: it may be about AI without saying so.
    fn worth_a_look(&self, reading: &Reading<'_>) -> bool {
        self.gate_opens(reading) || reading.speaks_of_any(&self.taxonomy.relevance.hint)
    }

    fn relevance(
        &self,
        reading: &Reading<'_>,
        opinion: Option<&Opinion>,
        scores: &[Score],
        given: &[TagScore],
    ) -> (Score, bool) {
        if !self.gate_opens(reading) {
            return (Score::ZERO, false);
        }
        let gate = &self.taxonomy.relevance;
        let (score, yes) = match self.learned_relevance(opinion) {
            Some(learned) => (learned.score(), learned.output.yes),
            None => (
                gate.curve.score(self.relevance_sum(reading, scores).raw),
                gate.yes,
            ),
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

    fn learned_relevance<'a>(&'a self, opinion: Option<&Opinion>) -> Option<Learned<'a>> {
        let trained = self.trained.as_ref()?;
        Learned::new(trained, trained.relevance?, opinion)
    }

    /// The sum of relevance: concepts in the head, and the tags' scores.
    fn relevance_sum(&self, reading: &Reading<'_>, scores: &[Score]) -> Sum {
        let gate = &self.taxonomy.relevance;
        let mut sum = self.sum(&gate.weights, reading);
        let points =
            |(tag, weight): &(usize, f64)| scores.get(*tag).map_or(0.0, |s| s.get() * weight);
        sum.raw += gate.tags.iter().map(points).sum::<f64>();
        sum
    }

    fn account_of(
        &self,
        index: usize,
        reading: &Reading<'_>,
        entities: &[Entity],
        opinion: Option<&Opinion>,
    ) -> Option<Account> {
        let tag = self.taxonomy.tags.get(index)?;
        if let (Some(learned), Some(opinion)) = (self.learned(index, opinion), opinion) {
            let told = self.told(&learned, opinion, reading, entities);
            return Some(learned.account(&tag.name, told, Some(learned.output.review)));
        }
        let sum = self
            .gate_opens(reading)
            .then(|| self.sum(&tag.weights, reading))?;
        Some(Account {
            name: tag.name.clone(),
            score: tag.curve.score(sum.raw),
            bias: tag.curve.bias,
            slope: tag.curve.slope,
            raw: sum.raw,
            yes: tag.yes,
            review: Some(tag.review),
            terms: self.reasons(&sum, reading),
        })
    }

    fn relevance_account(
        &self,
        reading: &Reading<'_>,
        entities: &[Entity],
        opinion: Option<&Opinion>,
    ) -> Account {
        if let (Some(learned), Some(opinion)) = (self.learned_relevance(opinion), opinion) {
            let told = self.told(&learned, opinion, reading, entities);
            return learned.account(RELEVANCE, told, None);
        }
        let tags = 0..self.taxonomy.tags.len();
        let scores: Vec<Score> = tags.map(|t| self.decide(t, reading, opinion).0).collect();
        let gate = &self.taxonomy.relevance;
        let sum = self.relevance_sum(reading, &scores);
        let mut terms = self.reasons(&sum, reading);
        terms.extend(gate.tags.iter().filter_map(|(index, weight)| {
            let (tag, score) = (self.taxonomy.tags.get(*index)?, scores.get(*index)?.get());
            Some(Reason {
                concept: format!("tag {}", tag.name),
                place: "head",
                weight: *weight,
                strength: score,
                points: score * weight,
                evidence: Vec::new(),
            })
        }));
        weightiest_first(&mut terms);
        Account {
            name: RELEVANCE.to_owned(),
            score: match self.gate_opens(reading) {
                true => gate.curve.score(sum.raw),
                false => Score::ZERO,
            },
            bias: gate.curve.bias,
            slope: gate.curve.slope,
            raw: sum.raw,
            yes: gate.yes,
            review: None,
            terms,
        }
    }

    /// The features that weighed most with the model.
    fn told(
        &self,
        learned: &Learned<'_>,
        opinion: &Opinion,
        reading: &Reading<'_>,
        entities: &[Entity],
    ) -> Vec<Reason> {
        let mut told: Vec<Reason> = opinion
            .features
            .iter()
            .filter_map(|feature| {
                let points = f64::from(learned.points(feature));
                (points.abs() >= LEAST_TOLD).then(|| {
                    let (concept, place, evidence) = self.named(feature.origin, reading, entities);
                    let strength = f64::from(feature.value);
                    Reason {
                        concept,
                        place,
                        weight: points / strength,
                        strength,
                        points,
                        evidence,
                    }
                })
            })
            .collect();
        weightiest_first(&mut told);
        told.truncate(MOST_TOLD);
        told
    }

    /// A feature in words: what it is, where it counts, and the words that it stands for.
    fn named(
        &self,
        origin: Origin,
        reading: &Reading<'_>,
        entities: &[Entity],
    ) -> (String, &'static str, Vec<Evidence>) {
        let concept = |id: ConceptId| {
            let known = self.taxonomy.lexicon.concepts.get(id);
            known.map_or("", |c| c.name.as_str())
        };
        match origin {
            Origin::Concept(id, area) => {
                let words = reading.evidence([id], |hit| area.covers(hit));
                (concept(id).to_owned(), area.name(), words)
            }
            Origin::Pair(a, b, area) => {
                let words = reading.evidence([a, b], |hit| area.covers(hit));
                (
                    format!("{} + {}", concept(a), concept(b)),
                    area.name(),
                    words,
                )
            }
            Origin::Gram(part, start, end) => {
                let part = reading.document.parts.get(part);
                let words = part.map(|part| part.evidence(start, end));
                let text = words.as_ref().map_or("", |w| w.text.as_str());
                (
                    format!("word “{text}”"),
                    "head",
                    words.into_iter().collect(),
                )
            }
            Origin::Name(index) => {
                let name = entities.get(index).map_or("", |e| e.name.as_str());
                (format!("name {name}"), "head", Vec::new())
            }
            Origin::Shape => (
                "length, language, kinds of names".to_owned(),
                "head",
                Vec::new(),
            ),
        }
    }

    fn reasons(&self, sum: &Sum, reading: &Reading<'_>) -> Vec<Reason> {
        let name = |id: ConceptId| {
            self.taxonomy
                .lexicon
                .concepts
                .get(id)
                .map(|c| c.name.clone())
        };
        let mut reasons: Vec<Reason> = sum
            .terms
            .iter()
            .map(|term| Reason {
                concept: name(term.weight.concept).unwrap_or_default(),
                place: if term.passage.is_some() {
                    "passage"
                } else {
                    "head"
                },
                weight: term.weight.value,
                strength: term.strength,
                points: term.points,
                evidence: reading.evidence([term.weight.concept], |hit| term.covers(hit)),
            })
            .collect();
        weightiest_first(&mut reasons);
        reasons
    }
}

/// What a trained model holds of one output, on one story.
struct Learned<'a> {
    model: &'a Model,
    index: usize,
    output: &'a Output,
    /// `None` where the story is not about AI.
    sum: Option<f32>,
}

impl<'a> Learned<'a> {
    fn new(trained: &'a Trained, index: usize, opinion: Option<&Opinion>) -> Option<Self> {
        Some(Self {
            model: &trained.model,
            index,
            output: trained.model.outputs.get(index)?,
            sum: opinion.and_then(|o| o.sums.get(index).copied()),
        })
    }

    fn score(&self) -> Score {
        self.sum.map_or(Score::ZERO, |sum| self.output.score(sum))
    }

    /// What a feature adds to the sum.
    fn points(&self, feature: &Feature) -> f32 {
        self.model.weight(feature.key, self.index) * feature.value
    }

    fn account(&self, name: &str, terms: Vec<Reason>, review: Option<Score>) -> Account {
        let (slope, bias) = (f64::from(self.output.slope), f64::from(self.output.bias));
        Account {
            name: name.to_owned(),
            score: self.score(),
            bias: f64::from(self.output.intercept) + slope * bias,
            slope,
            raw: f64::from(self.sum.unwrap_or_default()) - bias,
            yes: self.output.yes,
            review,
            terms,
        }
    }
}

impl Tag {
    fn score(&self, sum: Option<&Sum>) -> Score {
        sum.map_or(Score::ZERO, |sum| self.curve.score(sum.raw))
    }

    /// The tag with its evidence; `None` where no words speak for it.
    fn verdict(&self, reading: &Reading<'_>, sum: &Sum) -> Option<TagScore> {
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

impl Reading<'_> {
    fn speaks_of_any(&self, concepts: &[ConceptId]) -> bool {
        let spoken = |id: &ConceptId| self.places.get(*id).is_some_and(|p| !p.is_empty());
        concepts.iter().any(spoken)
    }

    /// The places of concepts, as far as `counts` lets them, as evidence.
    fn evidence(
        &self,
        concepts: impl IntoIterator<Item = ConceptId>,
        counts: impl Fn(&Hit) -> bool,
    ) -> Vec<Evidence> {
        let hits = concepts
            .into_iter()
            .filter_map(|id| self.places.get(id))
            .flatten();
        let hits = hits.filter(|hit| counts(hit)).take(MOST_EVIDENCE);
        hits.filter_map(|hit| self.words(hit)).collect()
    }

    /// The words behind terms, weightiest term first; those that overlap are shown as one.
    fn evidence_of(&self, terms: &[&Term]) -> Vec<Evidence> {
        let mut shown: Vec<Hit> = Vec::new();
        for term in terms {
            let hits = self.places.get(term.weight.concept).into_iter().flatten();
            for hit in hits.filter(|hit| term.covers(hit)) {
                if let Some(other) = shown.iter_mut().find(|s| s.overlaps(hit)) {
                    other.join(hit);
                } else if shown.len() < MOST_EVIDENCE {
                    shown.push(*hit);
                }
            }
        }
        shown.iter().filter_map(|hit| self.words(hit)).collect()
    }

    fn words(&self, hit: &Hit) -> Option<Evidence> {
        let part = self.document.parts.get(hit.part)?;
        Some(part.evidence(hit.start, hit.end))
    }
}

fn likeliest_first(tags: &mut [TagScore]) {
    tags.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
}

fn weightiest_first(terms: &mut [Reason]) {
    terms.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()));
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
