//! `train` with an encoder: what its vectors add to the model, with a card of its own.

use super::train::{self, Bench};
use super::{card, eval, labelled, progress, whole};
use crate::args::Train;
use anyhow::Result;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use tocsin_classifier::figures::{Figures, Verdict};
use tocsin_classifier::learn::{self, Hand, Labelled, Plan, Trained};
use tocsin_classifier::{Classifier, Encoder, Input, Model};
use tocsin_pipeline::{Config, SUPPLEMENT};

/// Learns and writes the supplement and its card.
pub(super) fn learn(
    config: &Config,
    encoder: &Arc<dyn Encoder>,
    bench: &Bench,
    trained: &Trained,
    stories: &[Labelled],
    args: &Train,
    dir: &Path,
) -> Result<()> {
    let sentences = sentences(bench, encoder, stories)?;
    let mut done = learn::supplement(
        trained,
        stories,
        &sentences,
        encoder.name(),
        &Plan::default(),
    )?;
    let plain =
        || -> Result<Classifier> { Ok(config.rules_alone()?.with_model(trained.model.clone())) };
    let with = |supplement: &Model| -> Result<Classifier> {
        Ok(plain()?.with_supplement(supplement.clone(), Arc::clone(encoder)))
    };
    let careful = english(labelled::read(&args.tune, Hand::Read)?);
    let said = eval::verdicts(&with(&done.model)?, &careful);
    done.tune(&careful, &said);
    let bytes = whole::write(&dir.join(SUPPLEMENT), &done.model.to_bytes()?)?;
    let mut text = format!(
        "{HEAD}\n`{SUPPLEMENT}`: {bytes} bytes, for the encoder `{}`.\n\n{TABLE}",
        encoder.name()
    );
    let sets: [(&str, train::Choice); 2] = [
        ("real English stories, held out", |s| {
            train::real(s) && train::english(s)
        }),
        ("English stories of our own, held out", |s| {
            s.hand == Hand::Written && train::english(s)
        }),
    ];
    let alone = trained.verdicts();
    for (name, wanted) in sets {
        let of = |verdicts: &[Verdict]| {
            Figures::of(
                stories
                    .iter()
                    .zip(verdicts)
                    .filter(|(story, _)| wanted(story)),
            )
        };
        row(&mut text, name, &of(&alone), &of(&done.verdicts));
    }
    let (plain, with) = (plain()?, with(&done.model)?);
    for file in &args.check {
        let english = english(labelled::read(std::slice::from_ref(file), Hand::Read)?);
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("English stories of {name}");
        row(
            &mut text,
            &name,
            &eval::measure(&plain, &english),
            &eval::measure(&with, &english),
        );
    }
    train::write(dir, "SUPPLEMENT.md", &text)
}

fn english(stories: Vec<Labelled>) -> Vec<Labelled> {
    stories.into_iter().filter(train::english).collect()
}

/// The vector of each story that the encoder reads.
fn sentences(
    bench: &Bench,
    encoder: &Arc<dyn Encoder>,
    stories: &[Labelled],
) -> Result<Vec<Option<Vec<f32>>>> {
    let inputs: Vec<Input<'_>> = stories
        .iter()
        .map(|story| Input {
            title: &story.title,
            text: &story.text,
            lang: story.lang.as_deref(),
        })
        .collect();
    let tell = |done: usize, all: usize| progress::tell(&bench.bar, "reading", done, all);
    Ok(bench
        .classifier
        .sentences(encoder.as_ref(), &inputs, &tell)?)
}

fn row(text: &mut String, name: &str, alone: &Figures, with: &Figures) {
    for (what, figures) in [("the model alone", alone), ("with the encoder", with)] {
        let _ = writeln!(
            text,
            "| {name} | {} | {what} | {} |",
            figures.stories,
            card::numbers(figures).join(" | ")
        );
    }
}

const HEAD: &str = "# The supplement

Written by `tocsin train` where an encoder is set up (docs/bert.md); do not edit by hand.

For each tag, and for relevance, a logistic regression over the numbers of an encoder's vector of title and first 700 characters,
which starts from the log-odds that the tagger gave to the story while it was held out. It is used where that encoder is set up, for
stories in the languages that it reads: its sums are added to the tagger's log-odds, and what comes out is read by numbers and
thresholds of its own, found as the tagger's are. Labels, folds and their limits are those of CARD.md; on the stories that tuned both
(`--tune`) calibration is kind.
";

const TABLE: &str = "\
| stories | count | | micro-F1 | macro-F1 | relevance F1 | precision | put to a person | calibration error | above .1 |
|---|---|---|---|---|---|---|---|---|---|
";
