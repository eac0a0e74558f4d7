//! From places to a probability: how strongly a story speaks of each concept, and what that is worth.
//!
//! In: places of concepts, weights. Out: a raw sum with its terms, and through [`Curve::score`] a
//! calibrated score. A trained model replaces the sum or joins it; the curve and all after it stay.
//! Never: looks at words.

use crate::buckets::Buckets;
use crate::concept::{ConceptId, Hit};
use crate::layout::{LEAD, TITLE};
use serde::{Deserialize, Serialize};
use tocsin_core::Score;

/// How the parts of a story count; the file's `[scoring]`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scoring {
    /// Strength of a concept that stands in the title.
    pub(crate) title: f64,
    /// Strength of one that fills the lead.
    pub(crate) lead: f64,
    /// Part of the best later passage's sum that counts, as far as it is above the floor.
    pub(crate) passage: f64,
    /// The floor in a short story.
    pub(crate) floor_short: f64,
    /// The floor in a long one, whose title and lead cannot hold all that it is about.
    pub(crate) floor_long: f64,
    /// Columns of text up to which a story is short.
    pub(crate) short_width: f64,
    /// Columns from which on it is long; in between, the floor sinks evenly.
    pub(crate) long_width: f64,
    /// Part of a concept's full strength that is still missing after each mention in a zone.
    pub(crate) fade: f64,
    /// Columns of text that are the lead.
    pub(crate) lead_width: usize,
    /// Columns after which a long paragraph is cut into another passage.
    pub(crate) passage_width: usize,
}

/// The logistic curve from raw sums to probabilities.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Curve {
    /// Raw log-odds of a story that says nothing.
    pub(crate) bias: f64,
    /// Stretches the sum: below 1 for rules that are surer than they are right.
    pub(crate) slope: f64,
}

impl Curve {
    /// The probability that a raw sum stands for.
    pub(crate) fn score(self, raw: f64) -> Score {
        Score::new(1.0 / (1.0 + (-(self.bias + self.slope * raw)).exp()))
    }
}

/// How strongly a story speaks of a concept.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Strength {
    /// In title and lead together.
    pub(crate) head: f64,
    /// In later passages, by zone.
    pub(crate) later: Vec<(usize, f64)>,
}

impl Strength {
    /// Weighs the places of one concept.
    pub(crate) fn of(hits: &[Hit], scoring: &Scoring, headline_only: bool) -> Self {
        let in_zone = |zone| hits.iter().filter(|h| h.zone == zone).count();
        let title = in_zone(TITLE);
        // A bare headline is its own lead.
        let lead = in_zone(LEAD) + if headline_only { title } else { 0 };
        let lead = scoring.filled(lead);
        let title = if title > 0 { scoring.title } else { 0.0 };
        Self {
            head: title + scoring.lead * lead,
            later: later(hits, scoring).collect(),
        }
    }

    /// Adds its weighted strength to the sums of later passages, which are counted by zone.
    fn add_later(&self, weight: f64, sums: &mut Vec<f64>) {
        for (zone, value) in &self.later {
            if sums.len() <= *zone {
                sums.resize(zone + 1, 0.0);
            }
            if let Some(sum) = sums.get_mut(*zone) {
                *sum += weight * value;
            }
        }
    }
}

/// How strongly each later passage speaks of a concept with these places: zone and strength.
fn later<'a>(hits: &'a [Hit], scoring: &'a Scoring) -> impl Iterator<Item = (usize, f64)> + 'a {
    let zones = hits.chunk_by(|a, b| a.zone == b.zone);
    let strength = |hits: &[Hit]| Some((hits.first()?.zone, scoring.filled(hits.len())));
    zones.filter_map(strength).filter(|(zone, _)| *zone > LEAD)
}

/// How the later passages of a story count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Depth {
    /// Part of the best passage's sum above the floor that counts.
    part: f64,
    /// The floor, which stands for all that may speak against the tag in the passage.
    pub(crate) floor: f64,
    /// Part that is left of what the head says against a tag that a passage speaks for: all in a
    /// short story, nothing in a long one, whose head is about other matters too.
    against: f64,
}

impl Scoring {
    /// How later passages count in a text of so many columns.
    pub(crate) fn depth(&self, width: usize) -> Depth {
        #[expect(clippy::cast_precision_loss, reason = "no text is that long")]
        let beyond = width as f64 - self.short_width;
        let length = (beyond / (self.long_width - self.short_width).max(1.0)).clamp(0.0, 1.0);
        Depth {
            part: self.passage,
            floor: self.floor_short + (self.floor_long - self.floor_short) * length,
            against: 1.0 - length,
        }
    }

    /// How full a zone is after so many mentions: 0 for none, towards 1.
    fn filled(&self, mentions: usize) -> f64 {
        1.0 - self.fade.powi(i32::try_from(mentions).unwrap_or(i32::MAX))
    }
}

/// What a concept is worth to a tag.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Weight {
    /// The concept.
    pub(crate) concept: ConceptId,
    /// Points for full strength; below 0 where it speaks against the tag.
    pub(crate) value: f64,
    /// Whether its words may stand as evidence: not too general, and they speak for the tag.
    pub(crate) telling: bool,
}

/// The tags that each concept speaks for, and how much.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Favours {
    tags: usize,
    /// By concept.
    of: Vec<(usize, f64)>,
    concepts: Buckets,
}

impl Favours {
    /// Turns the tags' weights round.
    pub(crate) fn new<'a>(tags: impl Iterator<Item = &'a [Weight]>, concepts: usize) -> Self {
        let mut favours = Vec::new();
        let mut count = 0;
        for (tag, weights) in tags.enumerate() {
            count = tag + 1;
            let speaking = weights.iter().filter(|weight| weight.value > 0.0);
            favours.extend(speaking.map(|weight| (weight.concept, (tag, weight.value))));
        }
        let (of, concepts) = Buckets::sort(concepts, &favours);
        Self {
            tags: count,
            of,
            concepts,
        }
    }

    /// For each tag the sum of the later passage that says most for it, as [`sum`] finds it: much
    /// faster than that where, as in most stories, it is below the floor for nearly all tags.
    pub(crate) fn best_passages<'a>(
        &self,
        places: impl Iterator<Item = (ConceptId, &'a [Hit])>,
        scoring: &Scoring,
    ) -> Vec<f64> {
        // One row for each zone.
        let mut sums: Vec<f64> = Vec::new();
        for (id, hits) in places {
            let favours = self.of.get(self.concepts.places(id)).unwrap_or_default();
            if favours.is_empty() {
                continue;
            }
            for (zone, strength) in later(hits, scoring) {
                let row = zone * self.tags;
                if sums.len() < row + self.tags {
                    sums.resize(row + self.tags, 0.0);
                }
                for (tag, value) in favours {
                    sums.get_mut(row + tag)
                        .into_iter()
                        .for_each(|sum| *sum += value * strength);
                }
            }
        }
        let mut best = vec![0.0_f64; self.tags];
        for row in sums.chunks(self.tags.max(1)) {
            best.iter_mut()
                .zip(row)
                .for_each(|(best, sum)| *best = best.max(*sum));
        }
        best
    }
}

/// One concept's part in a sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Term {
    /// The concept and its worth.
    pub(crate) weight: Weight,
    /// How strongly the story speaks of it, in head or passage.
    pub(crate) strength: f64,
    /// The later passage it counts in; `None` for the head.
    pub(crate) passage: Option<usize>,
    /// What it adds.
    pub(crate) points: f64,
}

/// A raw sum and what it is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sum {
    /// The terms' points, less the floor of the later passage where one counts.
    pub(crate) raw: f64,
    /// Every concept that took part.
    pub(crate) terms: Vec<Term>,
}

/// Adds up a tag's weights over a story: the head, and the later passage that says most.
///
/// One passage, so that a paragraph about the matter counts and words strewn over a long text do not.
pub(crate) fn sum(weights: &[Weight], strengths: &[Strength], depth: Depth) -> Sum {
    let mut terms = Vec::new();
    let mut later: Vec<f64> = Vec::new();
    for weight in weights {
        let Some(strength) = strengths.get(weight.concept) else {
            continue;
        };
        if strength.head > 0.0 {
            terms.push(Term::new(*weight, strength.head, None, 1.0));
        }
        if weight.value > 0.0 {
            strength.add_later(weight.value, &mut later);
        }
    }
    let raw: f64 = terms.iter().map(|t| t.points).sum();
    let best = later.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let Some((zone, total)) = best.filter(|(_, total)| **total > depth.floor) else {
        return Sum { raw, terms };
    };
    terms.extend(passage_terms(weights, strengths, zone, depth.part));
    let raw = raw.max(0.0) + raw.min(0.0) * depth.against + depth.part * (total - depth.floor);
    Sum { raw, terms }
}

fn passage_terms(weights: &[Weight], strengths: &[Strength], zone: usize, part: f64) -> Vec<Term> {
    let in_zone = |weight: &Weight| {
        let later = &strengths.get(weight.concept)?.later;
        later.iter().find(|(z, _)| *z == zone).map(|(_, v)| *v)
    };
    let speaking = weights.iter().filter(|weight| weight.value > 0.0);
    speaking
        .filter_map(|weight| Some(Term::new(*weight, in_zone(weight)?, Some(zone), part)))
        .collect()
}

impl Term {
    fn new(weight: Weight, strength: f64, passage: Option<usize>, part: f64) -> Self {
        Self {
            weight,
            strength,
            passage,
            points: weight.value * strength * part,
        }
    }

    /// Whether a place lies where this term counts.
    pub(crate) fn covers(&self, hit: &Hit) -> bool {
        match self.passage {
            Some(zone) => hit.zone == zone,
            None => hit.zone <= LEAD,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORING: Scoring = Scoring {
        title: 1.0,
        lead: 1.0,
        passage: 2.0,
        floor_short: 4.0,
        floor_long: 1.0,
        short_width: 1000.0,
        long_width: 2000.0,
        fade: 0.5,
        lead_width: 600,
        passage_width: 500,
    };

    fn weight(concept: ConceptId, value: f64) -> Weight {
        Weight {
            concept,
            value,
            telling: value > 0.0,
        }
    }

    fn strength(head: f64, later: &[(usize, f64)]) -> Strength {
        Strength {
            head,
            later: later.to_vec(),
        }
    }

    #[test]
    fn the_curve_is_logistic_and_never_leaves_its_range() {
        let curve = Curve {
            bias: -2.0,
            slope: 0.5,
        };
        assert_eq!(curve.score(4.0), Score::new(0.5));
        assert_eq!(curve.score(1e300), Score::ONE);
        assert_eq!(curve.score(-1e300), Score::ZERO);
    }

    #[test]
    fn repeats_saturate() {
        assert_eq!(SCORING.filled(0), 0.0);
        assert_eq!(SCORING.filled(1), 0.5);
        assert!(SCORING.filled(100) <= 1.0);
    }

    #[test]
    fn one_dense_passage_counts_and_strewn_words_do_not() {
        let weights = [weight(0, 2.0), weight(1, 2.0)];
        let dense = [strength(0.0, &[(3, 1.0)]), strength(0.0, &[(3, 1.0)])];
        let strewn = [strength(0.0, &[(2, 1.0)]), strength(0.0, &[(3, 1.0)])];
        let depth = SCORING.depth(1500);
        assert_eq!(sum(&weights, &dense, depth).raw, 3.0);
        assert_eq!(sum(&weights, &strewn, depth).raw, 0.0);
    }

    #[test]
    fn in_a_long_story_the_head_does_not_speak_against_a_passage() {
        let weights = [weight(0, 3.0), weight(1, -2.0)];
        let story = [strength(0.0, &[(4, 1.0)]), strength(1.0, &[])];
        assert_eq!(sum(&weights, &story, SCORING.depth(5000)).raw, 4.0);
        assert_eq!(sum(&weights, &story, SCORING.depth(500)).raw, -2.0);
    }

    #[test]
    fn the_terms_add_up_to_the_sum() {
        let weights = [weight(0, 3.0), weight(1, -2.0)];
        let story = [strength(1.5, &[]), strength(1.0, &[])];
        let sum = sum(&weights, &story, SCORING.depth(500));
        assert_eq!(sum.raw, sum.terms.iter().map(|t| t.points).sum::<f64>());
    }
}
