//! `train`: a model from labelled stories, with its card.

use super::card::{Card, Variant};
use super::{chart, eval, labelled};
use crate::args::{Global, Train};
use crate::output::Output;
use crate::{Ended, Usage, installation};
use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use tocsin_classifier::figures::{Figures, Verdict};
use tocsin_classifier::learn::{self, Hand, Labelled, Parts, Plan, Trained};
use tocsin_classifier::{Classifier, Model};
use tocsin_pipeline::{Config, MODEL};

pub(super) fn train(global: &Global, args: &Train, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let dir = match &args.out {
        Some(dir) => dir.clone(),
        None => installation::config_dir(global)?,
    };
    std::fs::create_dir_all(&dir)
        .with_context(|| format!("the directory {} cannot be made", dir.display()))?;
    let verdicts = if args.no_verdicts {
        Vec::new()
    } else {
        verdicts(global, &config)?
    };
    if args.files.is_empty() {
        return update(global, &config, &verdicts, &dir, out);
    }
    let mut stories = labelled::read(&args.files, Hand::Read)?;
    stories.extend(labelled::read(&args.written, Hand::Written)?);
    stories.extend(verdicts);
    stories.extend(labelled::unlabelled(&args.unlabelled)?);
    let bench = Bench {
        classifier: config.rules_alone()?,
        bar: bar(global),
    };
    let trained = bench.train("fitting", &stories, &Plan::default());
    let model = write_model(&dir, &trained.model)?;
    let mut card = Card {
        bytes: model,
        features: trained.model.features(),
        held_out: sets(&stories, &trained.verdicts()),
        checked: check(&config, &trained.model, &args.check)?,
        sources: &stories,
        variants: Vec::new(),
        curve: Vec::new(),
    };
    if !args.quick {
        card.variants = bench.variants(&stories, &trained);
        card.curve = bench.curve(&stories, &trained);
    }
    bench.bar.finish_and_clear();
    write(&dir, "CARD.md", &card.text())?;
    if let Some((_, figures)) = card.held_out.first() {
        write(&dir, "reliability.svg", &chart::reliability(&figures.bins))?;
    }
    if !card.curve.is_empty() {
        write(&dir, "learning.svg", &chart::learning(&card.curve))?;
    }
    report(&card, &dir, out)?;
    Ok(Ended::Done)
}

/// The verdicts in the store, where there is one.
fn verdicts(global: &Global, config: &Config) -> Result<Vec<Labelled>> {
    if !installation::data_dir(global, "tocsin")?
        .join("store")
        .exists()
    {
        return Ok(Vec::new());
    }
    let store = installation::store(global)?;
    let tags: Vec<String> = config
        .taxonomy()?
        .tags()
        .map(|(name, _)| name.to_owned())
        .collect();
    Ok(tocsin_pipeline::verdicts::labelled(store.as_ref(), &tags)?)
}

/// The model in use, moved by verdicts.
fn update(
    global: &Global,
    config: &Config,
    verdicts: &[Labelled],
    dir: &Path,
    out: &mut Output,
) -> Result<Ended> {
    if verdicts.is_empty() {
        let message = "there is nothing to learn from\n  hint: name a file of labelled stories, or give verdicts first \
            with `tocsin review` and `tocsin tag ID +tag -tag`";
        return Err(Usage(message.to_owned()).into());
    }
    let bar = bar(global);
    let tell = |done: usize, all: usize| tell(&bar, "learning", done, all);
    let classifier = config.rules_alone()?;
    let model = learn::update(
        &classifier,
        &config.model()?,
        verdicts,
        &Plan::default(),
        &tell,
    );
    bar.finish_and_clear();
    let bytes = write_model(dir, &model)?;
    out.note(format!(
        "learned from {} verdicts; {} ({bytes} bytes) is used from now on",
        verdicts.len(),
        dir.join(MODEL).display()
    ));
    Ok(Ended::Done)
}

/// Which stories belong to a set.
type Choice = fn(&Labelled) -> bool;

/// Figures of the held-out judgements: of the real stories, and of those written for training.
fn sets(stories: &[Labelled], verdicts: &[Verdict]) -> Vec<(&'static str, Figures)> {
    let of = |wanted: Choice| {
        let chosen = stories
            .iter()
            .zip(verdicts)
            .filter(|(story, _)| wanted(story));
        let (stories, verdicts): (Vec<Labelled>, Vec<Verdict>) =
            chosen.map(|(s, v)| (s.clone(), v.clone())).unzip();
        Figures::of(&stories, &verdicts)
    };
    let sets: [(&str, Choice); 4] = [
        ("real stories", real),
        ("real stories, not English", |s| {
            s.hand != Hand::Written && !english(s)
        }),
        ("stories of our own", |s| s.hand == Hand::Written),
        ("stories of our own, not English", |s| {
            s.hand == Hand::Written && !english(s)
        }),
    ];
    let measured = sets.into_iter().map(|(name, wanted)| (name, of(wanted)));
    measured
        .filter(|(_, figures)| figures.stories > 0)
        .collect()
}

fn real(story: &Labelled) -> bool {
    matches!(story.hand, Hand::Read | Hand::Analyst)
}

fn english(story: &Labelled) -> bool {
    story.lang.as_deref() == Some("en")
}

fn check(config: &Config, model: &Model, files: &[PathBuf]) -> Result<Vec<(String, Figures)>> {
    let with_model = config.rules_alone()?.with_model(model.clone());
    let rules = config.rules_alone()?;
    let mut checked = Vec::new();
    for file in files {
        let stories = labelled::read(std::slice::from_ref(file), Hand::Read)?;
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        checked.push((name.clone(), eval::measure(&with_model, &stories)));
        checked.push((
            format!("{name}, rules alone"),
            eval::measure(&rules, &stories),
        ));
    }
    Ok(checked)
}

/// Trains, and shows how far it is.
struct Bench {
    classifier: Classifier,
    bar: ProgressBar,
}

impl Bench {
    fn train(&self, what: &'static str, stories: &[Labelled], plan: &Plan) -> Trained {
        let progress = |done: usize, all: usize| tell(&self.bar, what, done, all);
        learn::train(&self.classifier, stories, plan, &progress)
    }

    /// The same with a part left out, each measured on the real stories while held out.
    fn variants(&self, stories: &[Labelled], whole: &Trained) -> Vec<Variant> {
        let all = Parts::default();
        let without = [
            ("all parts", None),
            ("rules alone (hand-set weights)", None),
            (
                "without words",
                Some(Parts {
                    words: false,
                    ..all
                }),
            ),
            (
                "without names",
                Some(Parts {
                    names: false,
                    ..all
                }),
            ),
            (
                "without the rules' concepts",
                Some(Parts {
                    concepts: false,
                    ..all
                }),
            ),
        ];
        let mut variants: Vec<Variant> = without
            .into_iter()
            .enumerate()
            .map(|(nth, (name, parts))| {
                let sets = match (nth, parts) {
                    (0, _) => sets(stories, &whole.verdicts()),
                    (_, None) => sets(stories, &self.by_rules(stories)),
                    (_, Some(parts)) => {
                        let plan = Plan {
                            parts,
                            ..Plan::default()
                        };
                        sets(stories, &self.train(name, stories, &plan).verdicts())
                    }
                };
                Variant { name, sets }
            })
            .collect();
        if stories.iter().any(|s| s.hand == Hand::Written) {
            let name = "without the stories of our own";
            let real: Vec<Labelled> = stories
                .iter()
                .filter(|s| s.hand != Hand::Written)
                .cloned()
                .collect();
            let trained = self.train(name, &real, &Plan::default());
            let mut sets = sets(&real, &trained.verdicts());
            sets.extend(self.on_written(stories, &trained.model));
            variants.push(Variant { name, sets });
        }
        variants
    }

    fn by_rules(&self, stories: &[Labelled]) -> Vec<Verdict> {
        use rayon::prelude::*;
        let judge = |s: &Labelled| {
            let (title, text, lang) = (s.title.as_str(), s.text.as_str(), s.lang.as_deref());
            self.classifier
                .classify(&tocsin_classifier::Input { title, text, lang })
                .into()
        };
        stories.par_iter().map(judge).collect()
    }

    fn on_written(&self, stories: &[Labelled], model: &Model) -> Vec<(&'static str, Figures)> {
        let written: Vec<Labelled> = stories
            .iter()
            .filter(|s| s.hand == Hand::Written)
            .cloned()
            .collect();
        let verdicts = learn::judge(&self.classifier, model, &written);
        sets(&written, &verdicts)
    }

    /// Held-out F1 of the real stories for a growing part of the stories.
    fn curve(&self, stories: &[Labelled], whole: &Trained) -> Vec<(usize, f64)> {
        let part = |nth: usize| -> Vec<Labelled> {
            let chosen = stories.iter().enumerate().filter(|(i, _)| i % 8 < nth);
            chosen.map(|(_, s)| s.clone()).collect()
        };
        let f1 = |stories: &[Labelled], trained: &Trained| {
            let sets = sets(stories, &trained.verdicts());
            sets.first()
                .map_or(0.0, |(_, figures)| figures.micro_f1.value)
        };
        let mut curve: Vec<(usize, f64)> = [1, 2, 4]
            .into_iter()
            .map(|nth| {
                let some = part(nth);
                let trained = self.train("learning curve", &some, &Plan::default());
                (some.len(), f1(&some, &trained))
            })
            .collect();
        curve.push((stories.len(), f1(stories, whole)));
        curve
    }
}

fn bar(global: &Global) -> ProgressBar {
    let wanted = !global.no_progress && !global.quiet && std::io::stderr().is_terminal();
    let bar = if wanted {
        ProgressBar::new(0)
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len}  {msg}") {
        bar.set_style(style);
    }
    bar
}

fn tell(bar: &ProgressBar, what: &'static str, done: usize, all: usize) {
    bar.set_length(all as u64);
    bar.set_position(done as u64);
    bar.set_message(what);
}

/// Writes the model beside its final name first, so that a kill leaves the old one whole.
fn write_model(dir: &Path, model: &Model) -> Result<usize> {
    let bytes = model.to_bytes()?;
    let (part, whole) = (dir.join(format!("{MODEL}.part")), dir.join(MODEL));
    std::fs::write(&part, &bytes)
        .and_then(|()| std::fs::rename(&part, &whole))
        .with_context(|| format!("{} cannot be written", whole.display()))?;
    Ok(bytes.len())
}

fn write(dir: &Path, name: &str, text: &str) -> Result<()> {
    let path = dir.join(name);
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
}

fn report(card: &Card<'_>, dir: &Path, out: &mut Output) -> Result<()> {
    let named = card.held_out.iter().map(|(name, f)| (*name, f));
    for (name, figures) in named.chain(card.checked.iter().map(|(name, f)| (name.as_str(), f))) {
        if out.json {
            out.json_line(&serde_json::json!({ "set": name, "figures": figures }))?;
        } else {
            out.line(format!("{name:<34} {}", super::card::summary(figures)))?;
        }
    }
    out.note(format!("wrote {} and its card", dir.join(MODEL).display()));
    Ok(())
}
