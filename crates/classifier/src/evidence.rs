//! Which words carried a tag.
//!
//! In: a story and what each of its features added to the tag's sum. Out: one to three stretches of
//! text, each within a sentence, that hold most of what spoke for the tag. Never: comes back empty for
//! a story that has words.

use crate::concept::{ConceptId, Hit};
use crate::features::{Area, Origin};
use crate::layout::{self, Part};
use crate::reading::Reading;
use std::collections::BTreeMap;
use tocsin_core::Evidence;

/// Most stretches that are shown.
const MOST: usize = 3;
/// A sentence is shown if it holds this part of what the best one holds.
const PART: f32 = 0.45;
/// Words that hold less than this part of what the best words of the sentence hold are not reached for.
const WORTH: f32 = 0.2;
/// Columns that a stretch may take, and that it takes at least where the sentence has them.
const WIDEST: usize = 150;
const NARROWEST: usize = 36;
/// Places of one concept that share its points.
const PLACES: usize = 3;
/// What is left of the points of a concept that is too general to tell much.
const CONTEXT: f32 = 0.25;
/// What a word counts beside a concept.
const WORD: f32 = 0.7;

/// Words at a place and what they added.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// The part, and the number of the sentence in it.
    sentence: (usize, usize),
    start: usize,
    end: usize,
    points: f32,
}

/// The stretches that carried a tag, the weightiest first. `context` tells of a concept whether it is
/// too general to be shown alone.
pub(crate) fn of(
    reading: &Reading<'_>,
    points: impl Iterator<Item = (Origin, f32)>,
    context: impl Fn(ConceptId) -> bool,
) -> Vec<Evidence> {
    let marks = marks(reading, points, context);
    let ranked = ranked(reading, &marks);
    let least = ranked.first().map_or(0.0, |(best, _)| best * PART);
    let shown: Vec<Evidence> = ranked
        .iter()
        .take_while(|(total, _)| *total >= least)
        .take(MOST)
        .filter_map(|(_, sentence)| {
            let part = reading.document.parts.get(sentence.0)?;
            let marks = marks.iter().filter(|mark| mark.sentence == *sentence);
            let (start, end) = stretch(part, sentence.1, marks);
            Some(part.evidence(start, end))
        })
        .filter(|e| !e.text.trim().is_empty())
        .collect();
    match shown.is_empty() {
        true => opening(reading).into_iter().collect(),
        false => shown,
    }
}

/// The marked sentences with what they have from all their marks, the weightiest first; among equals the
/// earlier one.
fn ranked(reading: &Reading<'_>, marks: &[Mark]) -> Vec<(f32, (usize, usize))> {
    let mut totals = [Vec::new(), Vec::new()];
    for (totals, part) in totals.iter_mut().zip(&reading.document.parts) {
        totals.resize(part.sentences(), 0.0_f32);
    }
    for mark in marks {
        let (part, sentence) = mark.sentence;
        let total = totals.get_mut(part).and_then(|t| t.get_mut(sentence));
        total.into_iter().for_each(|total| *total += mark.points);
    }
    let numbered = totals.iter().enumerate().flat_map(|(part, totals)| {
        let numbered = totals.iter().enumerate();
        numbered.map(move |(sentence, total)| (*total, (part, sentence)))
    });
    let mut ranked: Vec<_> = numbered.filter(|(total, _)| *total > 0.0).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked
}

/// What spoke for the tag, put to the words that it stands for.
fn marks(
    reading: &Reading<'_>,
    points: impl Iterator<Item = (Origin, f32)>,
    context: impl Fn(ConceptId) -> bool,
) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(256);
    let mut concepts = vec![[0.0_f32; Area::ALL.len()]; reading.places.concepts()];
    let mut add = |id: ConceptId, area: Area, points: f32| {
        let slot = concepts
            .get_mut(id)
            .and_then(|areas| areas.get_mut(area as usize));
        slot.into_iter().for_each(|slot| *slot += points);
    };
    for (origin, points) in points.filter(|(_, points)| *points > 0.0) {
        match origin {
            Origin::Gram(part, start, end) => {
                let [part, start, end] = [part, start, end].map(|n| n as usize);
                let place = reading.document.parts.get(part).map(|p| p.place(start));
                marks.extend(place.map(|(sentence, _)| Mark {
                    sentence: (part, sentence),
                    start,
                    end,
                    points: points * WORD,
                }));
            }
            Origin::Concept(id, area) => add(id as usize, area, points),
            Origin::Pair(a, b, area) => {
                add(a as usize, area, 0.5 * points);
                add(b as usize, area, 0.5 * points);
            }
            Origin::Name(_) | Origin::Shape => {}
        }
    }
    for (id, hits) in reading.places.each() {
        let worth = if context(id) { CONTEXT } else { 1.0 };
        let areas = concepts.get(id).into_iter().flatten().zip(Area::ALL);
        for (points, area) in areas.filter(|(points, _)| **points > 0.0) {
            share(
                hits.iter().filter(|hit| area.covers(hit)),
                points * worth,
                &mut marks,
            );
        }
    }
    marks
}

/// The first places of a concept share its points.
fn share<'a>(hits: impl Iterator<Item = &'a Hit> + Clone, points: f32, marks: &mut Vec<Mark>) {
    let hits = hits.take(PLACES);
    #[expect(clippy::cast_precision_loss, reason = "at most three")]
    let each = points / hits.clone().count().max(1) as f32;
    for hit in hits {
        marks.push(Mark {
            sentence: hit.sentence(),
            start: hit.start,
            end: hit.end,
            points: each,
        });
    }
}

/// The weightiest words of a sentence and what lies between them, as far as that is short enough to
/// show; a few words more where they would say little alone.
fn stretch<'a>(
    part: &Part<'_>,
    sentence: usize,
    marks: impl Iterator<Item = &'a Mark>,
) -> (usize, usize) {
    let whole = part.sentence(sentence);
    if columns(part, whole) <= WIDEST / 2 {
        return whole;
    }
    let mut places = joined(marks);
    places.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.0.cmp(&b.0.0)));
    let Some((mut span, most)) = places.first().copied() else {
        return whole;
    };
    for ((start, end), _) in places.iter().filter(|(_, points)| *points >= WORTH * most) {
        let wider = (span.0.min(*start), span.1.max(*end));
        if columns(part, wider) <= WIDEST {
            span = wider;
        }
    }
    widened(part, whole, span)
}

/// What each stretch of words has, from all its marks.
fn joined<'a>(marks: impl Iterator<Item = &'a Mark>) -> Vec<((usize, usize), f32)> {
    let mut by_place: BTreeMap<(usize, usize), f32> = BTreeMap::new();
    for mark in marks {
        *by_place.entry((mark.start, mark.end)).or_default() += mark.points;
    }
    by_place.into_iter().collect()
}

/// Grows a stretch word by word on both sides, within its sentence, until it is wide enough.
fn widened(part: &Part<'_>, whole: (usize, usize), span: (usize, usize)) -> (usize, usize) {
    let (mut start, mut end) = (span.0.max(whole.0), span.1.min(whole.1).max(span.0));
    while columns(part, (start, end)) < NARROWEST && (start, end) != whole {
        start = word_before(part, whole.0, start);
        end = word_after(part, end, whole.1);
    }
    (start, end)
}

fn word_before(part: &Part<'_>, from: usize, start: usize) -> usize {
    let text = part.folded.text().get(from..start).unwrap_or_default();
    let words = text.trim_end();
    let gap = words
        .char_indices()
        .rev()
        .find(|(i, c)| *c == ' ' || words.len() - i > STEP);
    gap.map_or(from, |(i, c)| {
        from + i + c.len_utf8() * usize::from(c == ' ')
    })
}

fn word_after(part: &Part<'_>, end: usize, to: usize) -> usize {
    let text = part.folded.text().get(end..to).unwrap_or_default();
    let skipped = text.len() - text.trim_start().len();
    let words = text.trim_start();
    let gap = words.char_indices().find(|(i, c)| *c == ' ' || *i > STEP);
    gap.map_or(to, |(i, _)| end + skipped + i)
}

/// Bytes that a stretch grows by where no gap ends a word.
const STEP: usize = 24;

fn columns(part: &Part<'_>, (start, end): (usize, usize)) -> usize {
    layout::columns(part.folded.text().get(start..end).unwrap_or_default())
}

/// The title, or else the first sentence.
fn opening(reading: &Reading<'_>) -> Option<Evidence> {
    let mut parts = reading.document.parts.iter();
    let part = parts.find(|part| !part.folded.text().trim().is_empty())?;
    let (start, end) = part.sentence(0);
    Some(part.evidence(start, end))
}
