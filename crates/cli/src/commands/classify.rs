//! `classify`: tags, relevance and names of a text.

use super::input;
use crate::Ended;
use crate::args::{Classify, Global};
use crate::batch;
use crate::installation;
use crate::output::{DIM, Output, TAG};
use anyhow::Result;
use serde::Deserialize;
use tocsin_classifier::{Input, Judgement};
use tocsin_core::TagScore;

/// One line of the filter's input.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    lang: Option<String>,
}

pub(super) fn classify(global: &Global, args: &Classify, out: &mut Output) -> Result<Ended> {
    let classifier = installation::config(global)?.classifier()?;
    if args.batch {
        batch::parallel(|line: Line| {
            Ok(classifier.classify(&Input {
                title: line.title.as_deref().unwrap_or_default(),
                text: line.text.as_deref().unwrap_or_default(),
                lang: line.lang.as_deref(),
            }))
        })?;
        return Ok(Ended::Done);
    }
    let text = input::read_text(args.file.as_deref())?;
    let article = tocsin_extractor::from_plain_text(&text, "http://text.invalid/")?;
    let input = Input {
        title: &article.title,
        text: &article.text,
        lang: article.language.as_deref(),
    };
    match (args.explain, out.json) {
        (true, _) => out.json_line(&classifier.explain(&input))?,
        (false, true) => out.json_line(&classifier.classify(&input))?,
        (false, false) => print(&classifier.classify(&input), out)?,
    }
    Ok(Ended::Done)
}

fn print(judgement: &Judgement, out: &mut Output) -> Result<()> {
    let gate = if judgement.relevant {
        "relevant"
    } else {
        "not relevant"
    };
    out.line(format!("{gate} ({:.2})", judgement.relevance.get()))?;
    for tag in &judgement.tags {
        out.line(tag_line(tag, ""))?;
    }
    for tag in &judgement.review {
        out.line(tag_line(tag, " unsure"))?;
    }
    let names: Vec<&str> = judgement.entities.iter().map(|e| e.name.as_str()).collect();
    out.line(format!("{DIM}names{DIM:#} {}", names.join(", ")))
}

/// A tag, its score and the words that earned it.
pub(super) fn tag_line(tag: &TagScore, note: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for evidence in &tag.evidence {
        let quoted = format!("“{}”", tocsin_core::text::one_line(&evidence.text));
        if !words.contains(&quoted) && words.len() < 4 {
            words.push(quoted);
        }
    }
    format!(
        "  {TAG}{:<24}{TAG:#} {:.2}{note}  {DIM}{}{DIM:#}",
        tag.tag,
        tag.score.get(),
        words.join(" ")
    )
}
