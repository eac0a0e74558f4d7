//! From places to a probability: how strongly a story speaks of each concept, and what that is worth.
//!
//! In: places of concepts, weights. Out: a raw sum with its terms, and through [`Curve::score`] a
//! calibrated score. A trained model replaces the sum or joins it; the curve and all after it stay.
//! Never: looks at words.

use crate::concept::{ConceptId, Hit};
use crate::layout::{LEAD, TITLE};
use serde::Deserialize;
use tocsin_core::Score;

/// How the parts of a story count; the file's `[scoring]`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scoring {
    /// Strength of a concept that stands in the title.
    pub(crate) title: f64,
    /// Strength of one that fills the lead.
    pub(crate) lead: f64,
    /// Part of the best later passage's sum that counts in a short story.
    pub(crate) passage: f64,
    /// The same in a long story, whose title and lead cannot hold all that it is about.
    pub(crate) passage_long: f64,
    /// Columns of text up to which a story is short.
    pub(crate) short_width: f64,
    /// Columns from which on it is long; in between, the part grows evenly.
    pub(crate) long_width: f64,
    /// What a later passage's sum must exceed to count at all.
    pub(crate) floor: f64,
    /// Part of a concept's full strength that is still missing after each mention in a zone.
    pub(crate) fade: f64,
    /// Columns of text that are the lead.
    pub(crate) lead_width: usize,
    /// Columns after which a long paragraph is cut into another passage.
    pub(crate) passage_width: usize,
}

/// The logistic curve from raw sums to probabilities.
#[derive(Debug, Clone, Copy)]
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
        let mut later: Vec<(usize, f64)> = Vec::new();
        for hit in hits.iter().filter(|h| h.zone > LEAD) {
            match later.iter_mut().find(|(zone, _)| *zone == hit.zone) {
                Some((_, count)) => *count += 1.0,
                None => later.push((hit.zone, 1.0)),
            }
        }
        for (_, value) in &mut later {
            *value = scoring.filled(*value);
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let lead = scoring.filled(lead as f64);
        let title = if title > 0 { scoring.title } else { 0.0 };
        let head = title + scoring.lead * lead;
        Self { head, later }
    }
}

impl Scoring {
    /// Part of the best later passage's sum that counts in a text of so many columns.
    pub(crate) fn passage_part(&self, width: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "no text is that long")]
        let beyond = width as f64 - self.short_width;
        let share = beyond / (self.long_width - self.short_width).max(1.0);
        self.passage + (self.passage_long - self.passage) * share.clamp(0.0, 1.0)
    }

    /// How full a zone is after so many mentions: 0 for none, towards 1.
    fn filled(&self, mentions: f64) -> f64 {
        1.0 - self.fade.powf(mentions)
    }
}

/// One concept's part in a sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Term {
    /// The concept.
    pub(crate) concept: ConceptId,
    /// Its weight for the tag.
    pub(crate) weight: f64,
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
/// `part` of that passage's sum counts, as far as it is above the floor.
pub(crate) fn sum(
    weights: &[(ConceptId, f64)],
    strengths: &[Strength],
    floor: f64,
    part: f64,
) -> Sum {
    let mut terms = Vec::new();
    let mut later: Vec<(usize, f64)> = Vec::new();
    for (concept, weight) in weights {
        let Some(strength) = strengths.get(*concept) else {
            continue;
        };
        if strength.head > 0.0 {
            terms.push(Term::new(*concept, *weight, strength.head, None, 1.0));
        }
        for (zone, value) in &strength.later {
            match later.iter_mut().find(|(z, _)| z == zone) {
                Some((_, total)) => *total += weight * value,
                None => later.push((*zone, weight * value)),
            }
        }
    }
    let head: f64 = terms.iter().map(|t| t.points).sum();
    let best = later.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let Some((zone, total)) = best.filter(|(_, total)| *total > floor) else {
        return Sum { raw: head, terms };
    };
    terms.extend(passage_terms(weights, strengths, zone, part));
    let raw = head + part * (total - floor);
    Sum { raw, terms }
}

fn passage_terms(
    weights: &[(ConceptId, f64)],
    strengths: &[Strength],
    zone: usize,
    factor: f64,
) -> Vec<Term> {
    let in_zone = |concept: &ConceptId| {
        let later = &strengths.get(*concept)?.later;
        later.iter().find(|(z, _)| *z == zone).map(|(_, v)| *v)
    };
    weights
        .iter()
        .filter_map(|(concept, weight)| {
            Some(Term::new(*concept, *weight, in_zone(concept)?, Some(zone), factor))
        })
        .collect()
}

impl Term {
    fn new(
        concept: ConceptId,
        weight: f64,
        strength: f64,
        passage: Option<usize>,
        factor: f64,
    ) -> Self {
        Self {
            concept,
            weight,
            strength,
            passage,
            points: weight * strength * factor,
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
