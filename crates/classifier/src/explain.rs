//! How a judgement came about, in a form that can be printed.
//!
//! In: sums and places. Out: for each tag its terms with weight, strength, points and the words.
//! Never: judges anew.

use crate::concept::ConceptId;
use crate::described::{About, Described, probability};
use crate::features::Origin;
use crate::judge::{Classifier, Input};
use crate::model::RELEVANCE;
use crate::opinion::{Learned, Opinion};
use crate::reading::Reading;
use crate::score::Sum;
use crate::taxonomy::Tag;
use serde::Serialize;
use tocsin_core::{Entity, Evidence, Score};

/// Features that add less are not told, nor more than so many.
const LEAST_TOLD: f64 = 0.05;
const MOST_TOLD: usize = 40;

/// Everything that a story was judged by.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The language that the phrases were chosen by.
    pub language: Option<String>,
    /// The words that make it a story about AI; none: no tag, not relevant.
    pub gate: Vec<Evidence>,
    /// How relevance came about; the scores of tags take part in it.
    pub relevance: Account,
    /// The tags that any concept spoke for or against, the likeliest first.
    pub tags: Vec<Account>,
}

/// How one score came about: `score = ceiling / (1 + e^-(bias + slope × raw))`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// The tag, or `relevance`.
    pub name: String,
    /// The calibrated probability.
    pub score: Score,
    /// Log-odds of a story without any of the concepts.
    pub bias: f64,
    /// How much the sum is stretched.
    pub slope: f64,
    /// The highest score there is.
    pub ceiling: f64,
    /// The sum of the points, less the floor of the later passage where one counts.
    pub raw: f64,
    /// From here on the tag is given.
    pub yes: Score,
    /// From here on it is put to a person; `None` for relevance.
    pub review: Option<Score>,
    /// Each concept or tag that took part, the weightiest first.
    pub terms: Vec<Reason>,
}

/// What one concept (or, for relevance, one tag) added.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// The concept, or `tag` and its name.
    pub concept: String,
    /// `head` for title and lead, `passage` for the later passage that says most.
    pub place: &'static str,
    /// Its weight for the tag.
    pub weight: f64,
    /// How strongly the story speaks of it there.
    pub strength: f64,
    /// What it added.
    pub points: f64,
    /// The words.
    pub evidence: Vec<Evidence>,
}

impl Classifier {
    /// Tells how the judgement of a story comes about.
    pub fn explain(&self, input: &Input<'_>) -> Explanation {
        let reading = Reading::new(self.taxonomy(), input);
        let entities = self.gazetteer().find_in(&reading.document);
        let sentence = self.sentence(input, &reading);
        let opinion = self.opinion(&reading, &entities, sentence.as_deref());
        let about = self.about(&reading, &entities, sentence);
        let story = Story {
            classifier: self,
            reading: &reading,
            entities: &entities,
            opinion: opinion.as_ref(),
            about: about.as_ref(),
        };
        let tags = self.taxonomy().tags.iter().enumerate();
        let mut tags: Vec<Account> = tags
            .filter_map(|(index, tag)| story.tag(index, tag))
            .filter(|account| !account.terms.is_empty())
            .collect();
        tags.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
        let gate = self.taxonomy().relevance.gate.iter().copied();
        Explanation {
            gate: reading.evidence(gate, |_| true),
            relevance: story.relevance(),
            language: reading.language.clone(),
            tags,
        }
    }
}

/// A story whose judgement is explained.
struct Story<'a> {
    classifier: &'a Classifier,
    reading: &'a Reading<'a>,
    entities: &'a [Entity],
    opinion: Option<&'a Opinion>,
    about: Option<&'a About>,
}

impl Story<'_> {
    fn tag(&self, index: usize, tag: &Tag) -> Option<Account> {
        if let Some((about, own)) = self.about.zip(self.classifier.own_tag(&tag.name)) {
            return Some(self.described(own, about));
        }
        if let Some(learned) = self.classifier.learned(index, self.opinion) {
            return Some(self.learned(&tag.name, &learned, Some(learned.output.review)));
        }
        if !self.reading.gate_opens() {
            return None;
        }
        let sum = self.reading.sum(&tag.weights);
        Some(Account {
            name: tag.name.clone(),
            score: tag.curve.score(sum.raw),
            bias: tag.curve.bias,
            slope: tag.curve.slope,
            ceiling: 1.0,
            raw: sum.raw,
            yes: tag.yes,
            review: Some(tag.review),
            terms: self.terms(&sum),
        })
    }

    fn relevance(&self) -> Account {
        if let Some(learned) = self.classifier.learned_relevance(self.opinion) {
            return self.learned(RELEVANCE, &learned, None);
        }
        let taxonomy = self.classifier.taxonomy();
        let score = |(index, tag): (usize, &Tag)| {
            let decision = self
                .classifier
                .decide(index, tag, self.reading, self.opinion);
            decision.score()
        };
        let scores: Vec<Score> = taxonomy.tags.iter().enumerate().map(score).collect();
        let gate = &taxonomy.relevance;
        let sum = self.classifier.relevance_sum(self.reading, &scores);
        let mut terms = self.terms(&sum);
        terms.extend(gate.tags.iter().filter_map(|(index, weight)| {
            let (tag, score) = (taxonomy.tags.get(*index)?, scores.get(*index)?.get());
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
            score: match self.reading.gate_opens() {
                true => gate.curve.score(sum.raw),
                false => Score::ZERO,
            },
            bias: gate.curve.bias,
            slope: gate.curve.slope,
            ceiling: 1.0,
            raw: sum.raw,
            yes: gate.yes,
            review: None,
            terms,
        }
    }

    /// The features that weighed most with the model.
    fn learned(&self, name: &str, learned: &Learned<'_>, review: Option<Score>) -> Account {
        let (slope, bias) = (
            f64::from(learned.output.slope),
            f64::from(learned.output.bias),
        );
        let added = f64::from(learned.added);
        let mut terms = self.told(learned.points());
        if added != 0.0 {
            terms.push(Reason {
                concept: "the meaning of its sentences, by the encoder".to_owned(),
                place: "head",
                weight: added,
                strength: 1.0,
                points: added,
                evidence: Vec::new(),
            });
            weightiest_first(&mut terms);
        }
        Account {
            name: name.to_owned(),
            score: learned.score(),
            bias: f64::from(learned.output.intercept) + slope * bias,
            slope,
            ceiling: f64::from(learned.output.ceiling),
            raw: f64::from(learned.sum) - bias,
            yes: learned.output.yes,
            review,
            terms,
        }
    }

    /// A tag that an analyst described. What its encoder adds has no words; it is part of the sum.
    fn described(&self, tag: &Described, about: &About) -> Account {
        let sum = about.sum(tag);
        let points = self.classifier.points(tag, about).into_iter();
        Account {
            name: tag.name.clone(),
            score: probability(sum),
            bias: f64::from(tag.bias()),
            slope: 1.0,
            ceiling: 1.0,
            raw: f64::from(sum - tag.bias()),
            yes: tag.yes().unwrap_or(Score::ONE),
            review: Some(tag.review()),
            terms: self.told(points.map(|(origin, points)| (origin, 1.0, points))),
        }
    }

    /// Of features with their values and points, those that weighed most.
    fn told(&self, points: impl Iterator<Item = (Origin, f32, f32)>) -> Vec<Reason> {
        let mut terms: Vec<Reason> = points
            .map(|(origin, value, points)| (origin, f64::from(value), f64::from(points)))
            .filter(|(_, _, points)| points.abs() >= LEAST_TOLD)
            .map(|(origin, strength, points)| {
                let (concept, place, evidence) = self.named(origin);
                Reason {
                    concept,
                    place,
                    weight: points / strength,
                    strength,
                    points,
                    evidence,
                }
            })
            .collect();
        weightiest_first(&mut terms);
        terms.truncate(MOST_TOLD);
        terms
    }

    /// A feature in words: what it is, where it counts, and the words that it stands for.
    fn named(&self, origin: Origin) -> (String, &'static str, Vec<Evidence>) {
        match origin {
            Origin::Concept(id, area) => {
                let id = id as usize;
                let words = self.reading.evidence([id], |hit| area.covers(hit));
                (self.concept(id).to_owned(), area.name(), words)
            }
            Origin::Pair(a, b, area) => {
                let [a, b] = [a, b].map(|id| id as usize);
                let words = self.reading.evidence([a, b], |hit| area.covers(hit));
                let name = format!("{} + {}", self.concept(a), self.concept(b));
                (name, area.name(), words)
            }
            Origin::Gram(part, start, end) => {
                let [part, start, end] = [part, start, end].map(|n| n as usize);
                let part = self.reading.document.parts.get(part);
                let words = part.map(|part| part.evidence(start, end));
                let text = words.as_ref().map_or("", |w| w.text.as_str());
                let name = format!("word “{text}”");
                (name, "head", words.into_iter().collect())
            }
            Origin::Name(index) => {
                let name = self
                    .entities
                    .get(index as usize)
                    .map_or("", |e| e.name.as_str());
                (format!("name {name}"), "head", Vec::new())
            }
            Origin::Shape => {
                let name = "length, language, kinds of names";
                (name.to_owned(), "head", Vec::new())
            }
        }
    }

    fn concept(&self, id: ConceptId) -> &str {
        let known = self.classifier.taxonomy().lexicon.concepts.get(id);
        known.map_or("", |c| c.name.as_str())
    }

    fn terms(&self, sum: &Sum) -> Vec<Reason> {
        let mut terms: Vec<Reason> = sum
            .terms
            .iter()
            .map(|term| Reason {
                concept: self.concept(term.weight.concept).to_owned(),
                place: if term.passage.is_some() {
                    "passage"
                } else {
                    "head"
                },
                weight: term.weight.value,
                strength: term.strength,
                points: term.points,
                evidence: self
                    .reading
                    .evidence([term.weight.concept], |hit| term.covers(hit)),
            })
            .collect();
        weightiest_first(&mut terms);
        terms
    }
}

fn weightiest_first(terms: &mut [Reason]) {
    terms.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()));
}
