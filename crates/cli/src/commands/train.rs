//! `train`: a model from labelled stories, with its card.

use super::card::{Card, Variant};
use super::progress::{bar, tell};
use super::{chart, eval, labelled, supplement, whole};
use crate::args::{Global, Train};
use crate::output::Output;
use crate::{Ended, Usage, installation};
use anyhow::{Context, Result};
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use tocsin_classifier::figures::{Figures, Verdict};
use tocsin_classifier::learn::{self, Hand, Labelled, Parts, Plan, Trained};
use tocsin_classifier::{Classifier, Model};
use tocsin_pipeline::{Config, EMBEDDING, MODEL};

pub(super) fn train(global: &Global, args: &Train, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?.without_described();
    let dir = match &args.out {
        Some(dir) => dir.clone(),
        None => installation::config_dir(global)?,
    };
    std::fs::create_dir_all(&dir)
        .with_context(|| format!("the directory {} cannot be made", dir.display()))?;
    let classifier = config.rules_alone()?;
    if args.embedding {
        return embed(global, args, &classifier, &dir, out);
    }
    let verdicts = if args.no_verdicts {
        Vec::new()
    } else {
        verdicts(global, &classifier)?
    };
    if args.files.is_empty() {
        let model = config.model()?;
        return update(global, &classifier, &model, &verdicts, &dir, out);
    }
    let mut stories = labelled::read(&args.files, Hand::Read)?;
    stories.extend(labelled::joined(&args.labels, &args.of)?);
    stories.extend(labelled::read(&args.written, Hand::Written)?);
    stories.extend(verdicts);
    stories.extend(labelled::unlabelled(&args.unlabelled)?);
    let bench = Bench {
        classifier,
        bar: bar(global),
    };
    let careful = labelled::read(&args.tune, Hand::Read)?;
    let mut trained = bench.train("fitting", &stories, &Plan::default());
    trained.tune(&bench.classifier, &careful);
    let model = write_model(&dir, &trained.model)?;
    if let Some(encoder) = config.usable_encoder()? {
        let done = supplement::learn(&config, &encoder, &bench, &trained, &stories, args, &dir);
        if let Err(error) = done {
            out.note(format!("{error:#}\n  no supplement was made"));
        }
    }
    let mut card = Card {
        bytes: model,
        features: trained.model.features(),
        held_out: sets(&stories, &trained.verdicts()),
        checked: check(&config, &bench.classifier, &trained.model, &args.check)?,
        sources: &stories,
        variants: Vec::new(),
        curve: Vec::new(),
    };
    if !args.quick {
        card.variants = bench.variants(&stories, &card.held_out);
        card.curve = bench.curve(&stories, &card.held_out);
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

/// Stories that an embedding takes at least.
const LEAST_EMBEDDED: usize = 1_000;

/// The embedding, from stories that need no labels.
fn embed(
    global: &Global,
    args: &Train,
    classifier: &Classifier,
    dir: &Path,
    out: &mut Output,
) -> Result<Ended> {
    let stories = labelled::read(&args.files, Hand::Nobody)?;
    if stories.len() < LEAST_EMBEDDED {
        return Err(Usage(format!(
            "{} stories are too few for an embedding: it takes {LEAST_EMBEDDED}, better tens of thousands",
            stories.len()
        ))
        .into());
    }
    let bar = bar(global);
    let tell = |done: usize, all: usize| tell(&bar, "learning", done, all);
    let embedding = learn::embed(classifier, &stories, &tell)?;
    bar.finish_and_clear();
    let bytes = whole::write(&dir.join(EMBEDDING), &embedding.to_bytes()?)?;
    let (things, width) = (embedding.things(), embedding.width());
    if out.json {
        out.json_line(&serde_json::json!({
            "stories": stories.len(), "things": things, "width": width, "bytes": bytes,
        }))?;
    }
    out.note(format!(
        "{} holds {things} words, concepts and names in {width} numbers each ({bytes} bytes), learned from {} stories; tags of your own \
         have to be learned anew: `tocsin tags add NAME`",
        dir.join(EMBEDDING).display(),
        stories.len()
    ));
    Ok(Ended::Done)
}

/// The verdicts in the store, where there is one.
fn verdicts(global: &Global, classifier: &Classifier) -> Result<Vec<Labelled>> {
    let Some(store) = installation::store_if_there(global)? else {
        return Ok(Vec::new());
    };
    let tags = classifier.taxonomy().names();
    Ok(tocsin_pipeline::verdicts::labelled(store.as_ref(), &tags)?)
}

/// The model in use, moved by verdicts.
fn update(
    global: &Global,
    classifier: &Classifier,
    model: &Model,
    verdicts: &[Labelled],
    dir: &Path,
    out: &mut Output,
) -> Result<Ended> {
    let outputs = model.outputs();
    let decided = |story: &Labelled| outputs.iter().any(|output| story.answer(output).is_some());
    if !verdicts.iter().any(decided) {
        let message = "there is nothing to learn from\n  hint: name a file of labelled stories, or give verdicts first \
            with `tocsin review` and `tocsin tag ID +tag -tag`";
        return Err(Usage(message.to_owned()).into());
    }
    let bar = bar(global);
    let tell = |done: usize, all: usize| tell(&bar, "learning", done, all);
    let model = learn::update(classifier, model, verdicts, &Plan::default(), &tell);
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
pub(super) type Choice = fn(&Labelled) -> bool;

/// Figures by the name of their set.
type Sets = Vec<(&'static str, Figures)>;

/// Figures of the held-out judgements: of the real stories, and of those written for training.
fn sets(stories: &[Labelled], verdicts: &[Verdict]) -> Sets {
    let of = |wanted: Choice| {
        let pairs = stories.iter().zip(verdicts);
        Figures::of(pairs.filter(|(story, _)| wanted(story)))
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

pub(super) fn real(story: &Labelled) -> bool {
    matches!(story.hand, Hand::Read | Hand::Analyst)
}

pub(super) fn english(story: &Labelled) -> bool {
    story.lang.as_deref() == Some("en")
}

fn check(
    config: &Config,
    rules: &Classifier,
    model: &Model,
    files: &[PathBuf],
) -> Result<Vec<(String, Figures)>> {
    let with_model = config.rules_alone()?.with_model(model.clone());
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
            eval::measure(rules, &stories),
        ));
    }
    Ok(checked)
}

/// Trains, and shows how far it is.
pub(super) struct Bench {
    pub(super) classifier: Classifier,
    pub(super) bar: ProgressBar,
}

impl Bench {
    fn train(&self, what: &'static str, stories: &[Labelled], plan: &Plan) -> Trained {
        let progress = |done: usize, all: usize| tell(&self.bar, what, done, all);
        learn::train(&self.classifier, stories, plan, &progress)
    }

    /// The same with a part left out, each measured while held out; `whole` is the model of all parts.
    fn variants(&self, stories: &[Labelled], whole: &Sets) -> Vec<Variant> {
        let all = Parts::default();
        let words = Parts {
            words: false,
            ..all
        };
        let names = Parts {
            names: false,
            ..all
        };
        let concepts = Parts {
            concepts: false,
            ..all
        };
        let by_rules = eval::verdicts(&self.classifier, stories);
        let mut variants = vec![
            Variant {
                name: "all parts",
                sets: whole.clone(),
            },
            Variant {
                name: "rules alone (hand-set weights)",
                sets: sets(stories, &by_rules),
            },
        ];
        let without = [
            ("without words", words),
            ("without names", names),
            ("without the rules' concepts", concepts),
        ];
        variants.extend(without.map(|(name, parts)| {
            let plan = Plan {
                parts,
                ..Plan::default()
            };
            let trained = self.train(name, stories, &plan);
            Variant {
                name,
                sets: sets(stories, &trained.verdicts()),
            }
        }));
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

    fn on_written(&self, stories: &[Labelled], model: &Model) -> Sets {
        let written: Vec<Labelled> = stories
            .iter()
            .filter(|s| s.hand == Hand::Written)
            .cloned()
            .collect();
        let verdicts = learn::judge(&self.classifier, model, &written);
        sets(&written, &verdicts)
    }

    /// Held-out F1 of the real stories for a growing part of the stories; `whole` is for all.
    fn curve(&self, stories: &[Labelled], whole: &Sets) -> Vec<(usize, f64)> {
        let f1 = |sets: &Sets| {
            sets.first()
                .map_or(0.0, |(_, figures)| figures.micro_f1.value)
        };
        let part = |nth: usize| {
            let chosen = stories.iter().enumerate().filter(|(i, _)| i % 8 < nth);
            let some: Vec<Labelled> = chosen.map(|(_, s)| s.clone()).collect();
            let trained = self.train("learning curve", &some, &Plan::default());
            (some.len(), f1(&sets(&some, &trained.verdicts())))
        };
        let mut curve = [1, 2, 4].map(part).to_vec();
        curve.push((stories.len(), f1(whole)));
        curve
    }
}

fn write_model(dir: &Path, model: &Model) -> Result<usize> {
    whole::write(&dir.join(MODEL), &model.to_bytes()?)
}

pub(super) fn write(dir: &Path, name: &str, text: &str) -> Result<()> {
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
