//! The classifier: puts places, sums, thresholds and names together.
//!
//! In: a title, a text, perhaps a language. Out: a [`Judgement`], or on request its [`Explanation`].
//! Never: gives a tag without words to show for it.

use crate::concept::{ConceptId, Hit};
use crate::explain::{Account, Explanation, Reason};
use crate::gazetteer::Gazetteer;
use crate::layout::{Cut, Document};
use crate::score::{Strength, Sum, Term, Weight, sum};
use crate::taxonomy::{Tag, Taxonomy};
use std::collections::BTreeMap;
use tocsin_core::{Entity, Evidence, Judge, Score, TagScore, detect_language};

/// Most pieces of evidence for one tag.
const MOST_EVIDENCE: usize = 6;

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

/// What the rules say about a story.
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

/// Taxonomy and names, ready to judge any number of stories.
#[derive(Debug)]
pub struct Classifier {
    taxonomy: Taxonomy,
    gazetteer: Gazetteer,
}

/// A story that was read, before it is judged.
struct Reading<'a> {
    language: Option<String>,
    document: Document<'a>,
    places: Vec<Vec<Hit>>,
    strengths: Vec<Strength>,
}

impl Classifier {
    /// A classifier by these rules and names.
    pub fn new(taxonomy: Taxonomy, gazetteer: Gazetteer) -> Self {
        Self {
            taxonomy,
            gazetteer,
        }
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
        let sums = self.sums(&reading);
        let (mut tags, mut review) = (Vec::new(), Vec::new());
        for (tag, sum) in self.taxonomy.tags.iter().zip(&sums) {
            let verdict = sum.as_ref().and_then(|sum| tag.verdict(&reading, sum));
            match verdict {
                Some(given) if given.score >= tag.yes => tags.push(given),
                Some(given) if given.score >= tag.review => review.push(given),
                _ => {}
            }
        }
        likeliest_first(&mut tags);
        likeliest_first(&mut review);
        let scores = self.scores(&sums);
        let (relevance, relevant) = self.relevance(&reading, &scores, &tags);
        let names = self.taxonomy.tags.iter().map(|t| t.name.clone());
        Judgement {
            relevance,
            relevant,
            tags,
            review,
            entities: self.gazetteer.find_in(&reading.document),
            language: reading.language,
            scores: names.zip(scores).collect(),
        }
    }

    /// Tells how the judgement of a story comes about.
    pub fn explain(&self, input: &Input<'_>) -> Explanation {
        let reading = self.read(input);
        let sums = self.sums(&reading);
        let scores = self.scores(&sums);
        let mut tags: Vec<Account> = self
            .taxonomy
            .tags
            .iter()
            .zip(&sums)
            .filter_map(|(tag, sum)| Some(self.account(tag, sum.as_ref()?, &reading)))
            .filter(|account| !account.terms.is_empty())
            .collect();
        tags.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
        Explanation {
            gate: reading.evidence(self.taxonomy.relevance.gate.iter().copied(), |_| true),
            relevance: self.relevance_account(&reading, &scores),
            language: reading.language,
            tags,
        }
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

    /// The raw sum of each tag; `None` for all where the story is not about AI.
    fn sums(&self, reading: &Reading<'_>) -> Vec<Option<Sum>> {
        let open = self.gate_opens(reading);
        let of = |tag: &Tag| open.then(|| self.sum(&tag.weights, reading));
        self.taxonomy.tags.iter().map(of).collect()
    }

    fn sum(&self, weights: &[Weight], reading: &Reading<'_>) -> Sum {
        let scoring = &self.taxonomy.scoring;
        let depth = scoring.depth(reading.document.width);
        sum(weights, &reading.strengths, depth)
    }

    fn gate_opens(&self, reading: &Reading<'_>) -> bool {
        let gate = &self.taxonomy.relevance.gate;
        gate.iter()
            .any(|id| reading.places.get(*id).is_some_and(|p| !p.is_empty()))
    }

    fn scores(&self, sums: &[Option<Sum>]) -> Vec<Score> {
        let tags = self.taxonomy.tags.iter().zip(sums);
        tags.map(|(tag, sum)| tag.score(sum.as_ref())).collect()
    }

    fn relevance(
        &self,
        reading: &Reading<'_>,
        scores: &[Score],
        given: &[TagScore],
    ) -> (Score, bool) {
        if !self.gate_opens(reading) {
            return (Score::ZERO, false);
        }
        let gate = &self.taxonomy.relevance;
        let score = gate.curve.score(self.relevance_sum(reading, scores).raw);
        // A tag of policy is relevant by definition, so relevance is at least as sure as the tag.
        let business = |t: &TagScore| {
            self.taxonomy
                .tags
                .iter()
                .any(|k| k.business && k.name == t.tag)
        };
        let policy = given.iter().filter(|t| !business(t)).map(|t| t.score.get());
        let surest = policy.reduce(f64::max);
        match surest {
            Some(p) => (Score::new(score.get().max(p).max(gate.yes.get())), true),
            None => (score, score >= gate.yes),
        }
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

    fn account(&self, tag: &Tag, sum: &Sum, reading: &Reading<'_>) -> Account {
        Account {
            name: tag.name.clone(),
            score: tag.curve.score(sum.raw),
            bias: tag.curve.bias,
            slope: tag.curve.slope,
            raw: sum.raw,
            yes: tag.yes,
            review: Some(tag.review),
            terms: self.reasons(sum, reading),
        }
    }

    fn relevance_account(&self, reading: &Reading<'_>, scores: &[Score]) -> Account {
        let gate = &self.taxonomy.relevance;
        let sum = self.relevance_sum(reading, scores);
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
            name: "relevance".to_owned(),
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
