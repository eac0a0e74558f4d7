//! How good judgements are, against labels.
//!
//! In: labelled stories and what was said of them. Out: [`Figures`]: precision, recall and F1 over all
//! tags and for each, with intervals, the gate's, how honest the scores are, and the worst misses.
//! Never: judges; draws a random number that is not the same in every run.

use crate::judge::Judgement;
use crate::learn::Labelled;
use crate::model::{Output, RELEVANCE};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use tocsin_core::Score;

/// What was said of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether it passed the gate.
    pub relevant: bool,
    /// The score of every tag.
    pub scores: BTreeMap<String, Score>,
    /// The tags that were given.
    pub given: Vec<String>,
    /// The tags that were put to a person.
    pub review: Vec<String>,
}

impl From<Judgement> for Verdict {
    fn from(judgement: Judgement) -> Self {
        let names = |tags: Vec<tocsin_core::TagScore>| tags.into_iter().map(|t| t.tag).collect();
        Self {
            relevant: judgement.relevant,
            scores: judgement.scores,
            given: names(judgement.tags),
            review: names(judgement.review),
        }
    }
}

impl Verdict {
    /// What the sums of outputs, in their order, amount to; `None` for a story that the model does not look
    /// at.
    pub(crate) fn of(outputs: &[Output], sums: Option<&[f32]>) -> Self {
        let mut verdict = Self {
            relevant: false,
            scores: BTreeMap::new(),
            given: Vec::new(),
            review: Vec::new(),
        };
        for (index, output) in outputs.iter().enumerate() {
            let sum = sums.and_then(|sums| sums.get(index));
            let score = sum.map_or(Score::ZERO, |sum| output.score(*sum));
            if output.name == RELEVANCE {
                verdict.relevant = score >= output.yes;
                continue;
            }
            verdict.scores.insert(output.name.clone(), score);
            if score >= output.yes {
                verdict.given.push(output.name.clone());
            } else if score >= output.review {
                verdict.review.push(output.name.clone());
            }
        }
        verdict
    }
}

/// Right, wrong and missed answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Given, and so labelled.
    pub right: usize,
    /// Given, and not so labelled.
    pub wrong: usize,
    /// Labelled, and not given.
    pub missed: usize,
}

impl Counts {
    fn add(&mut self, given: bool, labelled: bool) {
        match (given, labelled) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            missed: self.missed + other.missed,
        }
    }

    /// The part of the given that is right; 0 where none is given.
    pub fn precision(&self) -> f64 {
        part(self.right, self.right + self.wrong)
    }

    /// The part of the labelled that is given; 0 where none is labelled.
    pub fn recall(&self) -> f64 {
        part(self.right, self.right + self.missed)
    }

    /// The harmonic mean of the two.
    pub fn f1(&self) -> f64 {
        part(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

/// A value with the middle 95 % of what resampled stories give.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// On the stories as they are.
    pub value: f64,
    /// 2.5 % of the resamplings are lower.
    pub low: f64,
    /// 2.5 % are higher.
    pub high: f64,
}

/// `0.812 (0.780 to 0.843)`, with as many decimals as are asked for.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(3);
        let Self { value, low, high } = self;
        write!(
            f,
            "{value:.decimals$} ({low:.decimals$} to {high:.decimals$})"
        )
    }
}

/// The figures of one tag.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TagFigures {
    /// The tag.
    pub tag: String,
    /// Its answers.
    #[serde(flatten)]
    pub counts: Counts,
    /// F1, precision and recall.
    pub f1: Interval,
    /// The part of the given that is right.
    pub precision: Interval,
    /// The part of the labelled that is given.
    pub recall: Interval,
}

/// Scores of one tenth of the scale, and how often they were right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Decisions.
    pub decisions: usize,
    /// Their mean score.
    pub score: f64,
    /// The part of them that is labelled yes.
    pub yes: f64,
}

/// A decision that is far from its label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Miss {
    /// The story's index.
    pub story: usize,
    /// The tag.
    pub tag: String,
    /// Whether it was given; else it was missed.
    pub given: bool,
    /// Its score.
    pub score: Score,
}

/// All figures of a set of stories.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// How many stories.
    pub stories: usize,
    /// F1 over all tags' decisions together.
    pub micro_f1: Interval,
    /// Precision of the same.
    pub micro_precision: f64,
    /// Recall of the same.
    pub micro_recall: f64,
    /// Mean F1 of the tags with at least five labelled stories.
    pub macro_f1: Interval,
    /// The gate's F1.
    pub relevance_f1: f64,
    /// The part of tag decisions that is put to a person.
    pub review_share: f64,
    /// Mean distance between score and truth over ten bins, all decisions.
    pub calibration_error: f64,
    /// The same for scores above 0.1.
    pub calibration_error_above: f64,
    /// The ten bins.
    pub bins: Vec<Bin>,
    /// Each tag's, in the order of their names.
    pub tags: Vec<TagFigures>,
    /// The worst, the worst first.
    #[serde(skip)]
    pub misses: Vec<Miss>,
}

/// Resamplings behind an interval.
const RESAMPLINGS: usize = 400;
/// Most misses that are told.
const MOST_MISSES: usize = 60;
/// Tags with fewer labelled stories are left out of the mean.
const LEAST: usize = 5;

/// Counts of each tag on one story.
type Row = Vec<Counts>;

impl Figures {
    /// Measures verdicts against labels. Decisions that readers could disagree on are left out.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a Labelled, &'a Verdict)>) -> Self {
        let pairs: Vec<(&Labelled, &Verdict)> = pairs.into_iter().collect();
        let tags: Vec<&String> = pairs
            .first()
            .map_or_else(Vec::new, |(_, v)| v.scores.keys().collect());
        let rows: Vec<Row> = pairs.iter().map(|(s, v)| row(&tags, s, v)).collect();
        let samples = resampled(&rows);
        let whole = total(rows.iter(), tags.len());
        let micro = |row: &Row| row.iter().fold(Counts::default(), |a, b| a.plus(*b)).f1();
        let of_tag = |(index, tag): (usize, &&String)| {
            let counts = whole.get(index).copied().unwrap_or_default();
            let one = |f: fn(&Counts) -> f64| {
                interval(&whole, &samples, |row: &Row| row.get(index).map_or(0.0, f))
            };
            TagFigures {
                tag: (*tag).clone(),
                counts,
                f1: one(Counts::f1),
                precision: one(Counts::precision),
                recall: one(Counts::recall),
            }
        };
        let all = whole.iter().fold(Counts::default(), |a, b| a.plus(*b));
        let bins = bins(&pairs);
        let asked: usize = pairs.iter().map(|(_, v)| v.review.len()).sum();
        Self {
            stories: pairs.len(),
            micro_f1: interval(&whole, &samples, micro),
            micro_precision: all.precision(),
            micro_recall: all.recall(),
            macro_f1: interval(&whole, &samples, |row| macro_f1(row, &whole)),
            relevance_f1: relevance(&pairs).f1(),
            review_share: part(asked, pairs.len() * tags.len()),
            calibration_error: calibration_error(&bins),
            calibration_error_above: calibration_error(bins.get(1..).unwrap_or_default()),
            bins,
            tags: tags.iter().enumerate().map(of_tag).collect(),
            misses: misses(&pairs),
        }
    }
}

fn row(tags: &[&String], story: &Labelled, verdict: &Verdict) -> Row {
    let count = |tag: &&String| {
        let mut counts = Counts::default();
        if let Some(labelled) = story.answer(tag) {
            counts.add(verdict.given.contains(tag), labelled);
        }
        counts
    };
    tags.iter().map(count).collect()
}

fn total<'a>(rows: impl Iterator<Item = &'a Row>, width: usize) -> Row {
    rows.fold(vec![Counts::default(); width], |mut sum, row| {
        for (sum, one) in sum.iter_mut().zip(row) {
            *sum = sum.plus(*one);
        }
        sum
    })
}

/// Totals of as many stories drawn with repetition; the same in every run.
fn resampled(rows: &[Row]) -> Vec<Row> {
    let width = rows.first().map_or(0, Vec::len);
    let mut state = 1_u64;
    let mut draw = move || {
        // SplitMix64 (Steele, Lea and Flood 2014).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap_or_default() % rows.len().max(1)
    };
    let mut sample = || {
        let drawn = (0..rows.len()).filter_map(|_| rows.get(draw()));
        total(drawn, width)
    };
    (0..RESAMPLINGS).map(|_| sample()).collect()
}

fn interval(whole: &Row, samples: &[Row], measure: impl Fn(&Row) -> f64) -> Interval {
    let mut values: Vec<f64> = samples.iter().map(&measure).collect();
    values.sort_by(f64::total_cmp);
    let at = |part: usize| {
        values
            .get(values.len() * part / 1000)
            .copied()
            .unwrap_or_default()
    };
    Interval {
        value: measure(whole),
        low: at(25),
        high: at(975),
    }
}

fn macro_f1(row: &Row, whole: &Row) -> f64 {
    let counted = row
        .iter()
        .zip(whole)
        .filter(|(_, whole)| whole.right + whole.missed >= LEAST);
    let (sum, tags) = counted.fold((0.0, 0_usize), |(sum, n), (one, _)| (sum + one.f1(), n + 1));
    sum / number(tags.max(1))
}

fn relevance(pairs: &[(&Labelled, &Verdict)]) -> Counts {
    let mut counts = Counts::default();
    for (story, verdict) in pairs {
        if let Some(labelled) = story.relevant {
            counts.add(verdict.relevant, labelled);
        }
    }
    counts
}

fn bins(pairs: &[(&Labelled, &Verdict)]) -> Vec<Bin> {
    let mut sums = [(0_usize, 0.0, 0_usize); 10];
    for (story, verdict) in pairs {
        for (tag, score) in &verdict.scores {
            let Some(labelled) = story.answer(tag) else {
                continue;
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 10"
            )]
            let slot = ((score.get() * 10.0) as usize).min(9);
            if let Some((n, sum, yes)) = sums.get_mut(slot) {
                *n += 1;
                *sum += score.get();
                *yes += usize::from(labelled);
            }
        }
    }
    let bin = |(n, sum, yes): &(usize, f64, usize)| Bin {
        decisions: *n,
        score: sum / number((*n).max(1)),
        yes: part(*yes, *n),
    };
    sums.iter().map(bin).collect()
}

fn calibration_error(bins: &[Bin]) -> f64 {
    let all: usize = bins.iter().map(|b| b.decisions).sum();
    let off = |b: &Bin| (b.score - b.yes).abs() * number(b.decisions);
    bins.iter().map(off).sum::<f64>() / number(all.max(1))
}

fn misses(pairs: &[(&Labelled, &Verdict)]) -> Vec<Miss> {
    let mut misses = Vec::new();
    for (index, (story, verdict)) in pairs.iter().enumerate() {
        for (tag, score) in &verdict.scores {
            let given = verdict.given.contains(tag);
            if story.answer(tag).is_some_and(|labelled| labelled != given) {
                misses.push(Miss {
                    story: index,
                    tag: tag.clone(),
                    given,
                    score: *score,
                });
            }
        }
    }
    let how_far = |m: &Miss| {
        if m.given {
            m.score.get()
        } else {
            1.0 - m.score.get()
        }
    };
    misses.sort_by(|a, b| how_far(b).total_cmp(&how_far(a)));
    misses.truncate(MOST_MISSES);
    misses
}

fn part(some: usize, all: usize) -> f64 {
    number(some) / number(all.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "counts of stories")]
fn number(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(tags: &[&str], unsure: &[&str], relevant: Option<bool>) -> Labelled {
        Labelled {
            tags: tags.iter().map(|t| (*t).to_owned()).collect(),
            unsure: unsure.iter().map(|t| (*t).to_owned()).collect(),
            relevant,
            ..Labelled::default()
        }
    }

    fn verdict(given: &[&str], relevant: bool, scores: &[(&str, f64)]) -> Verdict {
        let scores = scores
            .iter()
            .map(|(t, s)| ((*t).to_owned(), Score::new(*s)));
        Verdict {
            relevant,
            given: given.iter().map(|t| (*t).to_owned()).collect(),
            review: Vec::new(),
            scores: scores.collect(),
        }
    }

    #[test]
    fn counts_leave_out_what_readers_disagree_on() {
        let stories = [
            story(&["a"], &[], Some(true)),
            story(&["b"], &["a"], None),
            story(&[], &[], Some(false)),
        ];
        let verdicts = [
            verdict(&["a"], true, &[("a", 0.9), ("b", 0.1)]),
            verdict(&["a"], true, &[("a", 0.8), ("b", 0.2)]),
            verdict(&["b"], true, &[("a", 0.0), ("b", 0.7)]),
        ];
        let figures = Figures::of(stories.iter().zip(&verdicts));
        let counts: Vec<Counts> = figures.tags.iter().map(|t| t.counts).collect();
        let expected = |right, wrong, missed| Counts {
            right,
            wrong,
            missed,
        };
        assert_eq!(counts, [expected(1, 0, 0), expected(0, 1, 1)]);
        assert!((figures.micro_f1.value - 0.5).abs() < 1e-9);
        assert!((figures.relevance_f1 - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(figures.misses.len(), 2);
        assert_eq!(figures.misses[0].tag, "b");
        assert!(!figures.misses[0].given);
    }

    #[test]
    fn honest_scores_have_no_error_and_intervals_hold_the_value() {
        let stories: Vec<Labelled> = (0..100)
            .map(|n| story(if n % 4 == 0 { &[] } else { &["a"] }, &[], None))
            .collect();
        let verdicts = vec![verdict(&["a"], true, &[("a", 0.75)]); 100];
        let figures = Figures::of(stories.iter().zip(&verdicts));
        assert!(figures.calibration_error < 1e-9);
        let f1 = figures.micro_f1;
        assert!(f1.low < f1.value && f1.value < f1.high, "{f1:?}");
    }
}
