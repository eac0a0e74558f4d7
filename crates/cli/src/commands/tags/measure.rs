//! `eval --described`: how well a tag is found by its description alone, and after some verdicts.
//!
//! Each tag is treated as if it were new: of a labelled file only the verdicts that a person would be
//! asked for are looked at. The measure is the part of the tag's stories, of those that 20 places could
//! hold, that is among the first 20.

use super::candidates::{self, Candidate};
use crate::Ended;
use crate::args::Global;
use crate::commands::{input, labelled, progress};
use crate::output::{BOLD, DIM, Output, TAG};
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tocsin_classifier::learn::{Hand, Labelled};
use tocsin_classifier::{Answer, Classifier, Described, Meaning, Ranking, Senses};
use tocsin_core::parse_toml;
use tocsin_pipeline::Config;

/// Places that are looked at, and verdicts that are asked for.
const FIRST: usize = 20;

/// How well one tag is found.
#[derive(Debug, Serialize)]
struct Found {
    tag: String,
    /// Stories that have it.
    stories: usize,
    /// Part found by the description.
    described: f64,
    /// Part found after verdicts.
    taught: f64,
    /// Verdicts of yes.
    yes: usize,
}

/// Stories with what they are about.
struct Stories {
    labels: BTreeMap<String, Labelled>,
    candidates: Vec<Candidate>,
    meanings: Vec<Meaning>,
}

pub(in crate::commands) fn measure(
    global: &Global,
    config: &Config,
    file: &Path,
    stories: &[PathBuf],
    out: &mut Output,
) -> Result<Ended> {
    let text = input::read_text(Some(file))?;
    let described: BTreeMap<String, String> = parse_toml(&file.display().to_string(), &text)?;
    let classifier = config.rules_alone()?;
    let mut senses = config.senses()?;
    let descriptions: Vec<&str> = described.values().map(String::as_str).collect();
    let (stories, asked) = read(global, &classifier, &mut senses, &descriptions, stories)?;
    let mut all = Vec::new();
    for ((tag, description), asked) in described.iter().zip(&asked) {
        let found = stories.found(&senses, tag, description, asked);
        all.extend((found.stories > 0).then_some(found));
    }
    report(&all, out)?;
    Ok(Ended::Done)
}

fn read(
    global: &Global,
    classifier: &Classifier,
    senses: &mut Senses,
    descriptions: &[&str],
    files: &[PathBuf],
) -> Result<(Stories, Vec<Meaning>)> {
    let labelled = labelled::read(files, Hand::Read)?;
    let candidate =
        |s: &Labelled| Candidate::new(s.id.clone(), s.title.clone(), &s.text, s.lang.clone());
    let found: Vec<Candidate> = labelled.iter().map(candidate).collect();
    let bar = progress::bar(global);
    let tell = |done: usize, all: usize| progress::tell(&bar, "reading", done, all);
    let (asked, meanings) = candidates::compared(classifier, senses, descriptions, &found, &tell)?;
    let (candidates, meanings) = candidates::known(found, meanings);
    bar.finish_and_clear();
    let stories = Stories {
        labels: labelled.into_iter().map(|s| (s.id.clone(), s)).collect(),
        candidates,
        meanings,
    };
    Ok((stories, asked))
}

impl Stories {
    fn found(&self, senses: &Senses, tag: &str, description: &str, asked: &Meaning) -> Found {
        let ranking = Ranking::new(asked, &self.meanings);
        let said = candidates::entailed(senses, description, &self.candidates, ranking.order());
        let ranking = ranking.entailed(&said);
        let ask = ranking.to_ask(FIRST, &self.open(tag));
        let answer = |story: usize| {
            Some(Answer {
                story,
                yes: self.answer(story, tag)?,
            })
        };
        let answers: Vec<Answer> = ask.into_iter().filter_map(answer).collect();
        let stories = (asked, self.meanings.as_slice());
        let taught = Described::learn(tag, description, &senses.basis(), stories, &answers);
        let taught = Ranking::by(self.meanings.iter().map(|m| taught.sum(m)).collect());
        let having = |story: &&Labelled| story.answer(tag) == Some(true);
        let count = self.labels.values().filter(having).count();
        Found {
            tag: tag.to_owned(),
            stories: count,
            described: self.part(&ranking, tag, count),
            taught: self.part(&taught, tag, count),
            yes: answers.iter().filter(|a| a.yes).count(),
        }
    }

    fn answer(&self, story: usize, tag: &str) -> Option<bool> {
        let candidate = self.candidates.get(story)?;
        self.labels.get(&candidate.id)?.answer(tag)
    }

    /// Stories that nobody can answer for: they are not asked about.
    fn open(&self, tag: &str) -> Vec<Answer> {
        let stories = (0..self.candidates.len()).filter(|n| self.answer(*n, tag).is_none());
        stories.map(|story| Answer { story, yes: false }).collect()
    }

    /// The part of the tag's stories that is among the first, of those that could be.
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    fn part(&self, ranking: &Ranking, tag: &str, count: usize) -> f64 {
        let answers = ranking.order().iter().filter_map(|n| self.answer(*n, tag));
        let right = answers.take(FIRST).filter(|yes| *yes).count();
        right as f64 / count.clamp(1, FIRST) as f64
    }
}

fn report(all: &[Found], out: &mut Output) -> Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "a count of tags")]
    let mean = |of: fn(&Found) -> f64| all.iter().map(of).sum::<f64>() / all.len().max(1) as f64;
    let (described, taught) = (mean(|f| f.described), mean(|f| f.taught));
    if out.json {
        return out.json_line(&serde_json::json!({
            "described": described, "after_verdicts": taught, "tags": all,
        }));
    }
    let heading = "of a tag's stories, as far as 20 places hold them, among the first 20";
    out.line(format!("{DIM}{heading}{DIM:#}"))?;
    out.line(format!(
        "{DIM}tag                       stories  described  after 20 verdicts (yes){DIM:#}"
    ))?;
    for found in all {
        out.line(format!(
            "{TAG}{:<24}{TAG:#} {:>8}      {:.3}      {:.3} ({})",
            found.tag, found.stories, found.described, found.taught, found.yes
        ))?;
    }
    out.line(format!(
        "{BOLD}{:<33}      {described:.3}      {taught:.3}{BOLD:#}",
        "mean"
    ))
}
