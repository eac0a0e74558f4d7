//! `eval`: how good the judge is, on labelled stories.

use super::{chart, labelled, tags};
use crate::Ended;
use crate::args::{Eval, Global};
use crate::installation;
use crate::output::{BOLD, DIM, Output, TAG};
use anyhow::{Context, Result};
use rayon::prelude::*;
use tocsin_classifier::figures::{Counts, Figures, Miss, Verdict};
use tocsin_classifier::learn::{Hand, Labelled};
use tocsin_classifier::{Classifier, Input};
use tocsin_core::text::{one_line, shorten};

/// Characters of a text that are shown of a miss.
const SHOWN: usize = 300;

pub(super) fn eval(global: &Global, args: &Eval, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?.without_described();
    if let Some(file) = &args.described {
        return tags::measure::measure(global, &config, file, &args.files, out);
    }
    let classifier = match args.rules_only {
        true => config.rules_alone()?,
        false => config.classifier()?,
    };
    let stories = labelled::read(&args.files, Hand::Read)?;
    let figures = measure(&classifier, &stories);
    if let Some(path) = &args.svg {
        std::fs::write(path, chart::reliability(&figures.bins))
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if out.json {
        out.json_line(&figures)?;
    } else {
        print(&figures, out)?;
    }
    for miss in figures.misses.iter().take(args.misses) {
        if let Some(story) = stories.get(miss.story) {
            print_miss(miss, story, out)?;
        }
    }
    Ok(Ended::Done)
}

/// Judges stories and compares.
pub(super) fn measure(classifier: &Classifier, stories: &[Labelled]) -> Figures {
    Figures::of(stories.iter().zip(&verdicts(classifier, stories)))
}

/// What a classifier says of stories.
pub(super) fn verdicts(classifier: &Classifier, stories: &[Labelled]) -> Vec<Verdict> {
    let judge = |story: &Labelled| -> Verdict {
        let judgement = classifier.classify(&Input {
            title: &story.title,
            text: &story.text,
            lang: story.lang.as_deref(),
        });
        judgement.into()
    };
    stories.par_iter().map(judge).collect()
}

fn print(figures: &Figures, out: &mut Output) -> Result<()> {
    out.line(format!("{BOLD}{} stories{BOLD:#}", figures.stories))?;
    out.line(format!("tags, micro-F1         {:.3}", figures.micro_f1))?;
    out.line(format!(
        "  precision, recall    {:.3}, {:.3}",
        figures.micro_precision, figures.micro_recall
    ))?;
    out.line(format!("tags, macro-F1         {:.3}", figures.macro_f1))?;
    out.line(format!(
        "relevance F1           {:.3}",
        figures.relevance_f1
    ))?;
    out.line(format!(
        "put to a person        {:.3} of all decisions",
        figures.review_share
    ))?;
    out.line(format!(
        "calibration error      {:.4}; {:.3} among scores above 0.1",
        figures.calibration_error, figures.calibration_error_above
    ))?;
    let heading = "tag                       F1     (95 % of resamplings)  precision recall  right wrong missed";
    out.line(format!("\n{DIM}{heading}{DIM:#}"))?;
    for tag in &figures.tags {
        let Counts {
            right,
            wrong,
            missed,
        } = tag.counts;
        out.line(format!(
            "{TAG}{:<24}{TAG:#}  {:.3}  ({:.3} to {:.3})          {:.3}     {:.3}  {right:>6}{wrong:>6}{missed:>7}",
            tag.tag, tag.f1.value, tag.f1.low, tag.f1.high, tag.precision.value, tag.recall.value
        ))?;
    }
    Ok(())
}

fn print_miss(miss: &Miss, story: &Labelled, out: &mut Output) -> Result<()> {
    if out.json {
        return out.json_line(&serde_json::json!({
            "id": story.id, "tag": miss.tag, "given": miss.given, "score": miss.score, "title": story.title,
        }));
    }
    let what = if miss.given {
        "wrongly given"
    } else {
        "missed"
    };
    let text = one_line(&story.text);
    out.line(format!(
        "\n{TAG}{}{TAG:#} {what} ({:.2})  {DIM}{} labelled {}{DIM:#}\n  {}\n  {DIM}{}{DIM:#}",
        miss.tag,
        miss.score.get(),
        story.id,
        story.tags.join(", "),
        one_line(&story.title),
        shorten(&text, SHOWN),
    ))
}
