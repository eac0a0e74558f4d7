//! `tags add`: a tag from a description.

use super::candidates::{self, Candidate};
use crate::args::{Global, TagsAdd};
use crate::commands::ask::{Answers, Said};
use crate::commands::{progress, query, tag, whole};
use crate::output::{BOLD, DIM, GOOD, Output, TAG, counted};
use crate::{Ended, Usage, installation};
use anyhow::{Context, Result};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use tocsin_classifier::{Answer, Classifier, Described, Meaning, Ranking, Senses, bert};
use tocsin_core::StoryId;
use tocsin_core::text::{one_line, shorten};
use tocsin_pipeline::{Config, Vocab, described};
use tocsin_store::Store;

/// Characters of a text that are shown with a question.
const SHOWN: usize = 300;

pub(in crate::commands) fn add(global: &Global, args: &TagsAdd, out: &mut Output) -> Result<Ended> {
    let store = match args.from.is_empty() {
        true => Some(installation::store(global)?),
        false => None,
    };
    let config = match &store {
        Some(store) => installation::config_for(global, store.as_ref())?,
        None => installation::config(global)?,
    };
    let description = description(&config, args)?;
    let mut work = Work::new(global, &config, args, description, store)?;
    work.rank(out);
    if args.ask || (!out.json && std::io::stdin().is_terminal()) {
        // The tag is there before its first verdict, whatever happens then.
        work.write(&config, &work.learned())?;
        work.ask(args.verdicts, out)?;
    }
    let tag = work.learned();
    let limit = query::limit(args.limit, out.json);
    work.show(&tag, limit, args.verdicts, out)?;
    work.keep(&config, tag, out)?;
    Ok(Ended::Done)
}

/// What was said, or what is kept of an earlier time; the name is looked at too.
fn description(config: &Config, args: &TagsAdd) -> Result<String> {
    let name = &args.name;
    if !Described::may_be_named(name) {
        return Err(Usage(format!(
            "{name}: a tag's name is made of small letters, digits and hyphens, 40 at most, and is not `relevant`"
        ))
        .into());
    }
    let kept = kept(config, name)?;
    if kept.is_none() && config.taxonomy()?.names().contains(name) {
        let message = format!("{name} is a tag already\n  hint: take another name");
        return Err(Usage(message).into());
    }
    let said = args
        .describe
        .clone()
        .or_else(|| kept.map(|tag| tag.description));
    said.filter(|said| !said.trim().is_empty()).ok_or_else(|| {
        let message = format!(
            "{name} is new: say in a sentence what it is about\n  hint: tocsin tags add {name} --describe \"…\""
        );
        Usage(message).into()
    })
}

/// The tag of this name, as it is kept.
fn kept(config: &Config, name: &str) -> Result<Option<Described>> {
    Ok(config.described()?.into_iter().find(|tag| tag.name == name))
}

/// A tag on its way: stories, how close they are, verdicts.
struct Work {
    name: String,
    description: String,
    store: Option<Arc<dyn Store>>,
    dry_run: bool,
    senses: Senses,
    asked: Meaning,
    candidates: Vec<Candidate>,
    meanings: Vec<Meaning>,
    ranking: Ranking,
    answers: Vec<Answer>,
}

impl Work {
    fn new(
        global: &Global,
        config: &Config,
        args: &TagsAdd,
        description: String,
        store: Option<Arc<dyn Store>>,
    ) -> Result<Self> {
        let vocabulary = Vocab {
            classifier: Arc::new(config.rules_alone()?),
            sources: Arc::new(config.sources()?),
        };
        let mut found = match &store {
            Some(store) => candidates::of_store(store.as_ref(), args, &vocabulary)?,
            None => candidates::of_files(args)?,
        };
        let answers = match &store {
            Some(store) => candidates::with_answered(store.as_ref(), &args.name, &mut found)?,
            None => BTreeMap::new(),
        };
        let mut senses = config.senses()?;
        let bar = progress::bar(global);
        let tell = |done: usize, all: usize| progress::tell(&bar, "reading", done, all);
        let classifier = &vocabulary.classifier;
        let (asked, meanings) =
            candidates::compared(classifier, &mut senses, &[&description], &found, &tell)?;
        let asked = asked.into_iter().next().unwrap_or_default();
        let (candidates, meanings) = candidates::known(found, meanings);
        bar.finish_and_clear();
        if asked.is_empty() {
            let message = "no word of the description is known\n  hint: say it in other words";
            return Err(Usage(message.to_owned()).into());
        }
        if candidates.is_empty() {
            let message = "there is no story on AI to compare the description with\n  hint: `tocsin run` gets some; --from \
                FILE takes them from JSON lines";
            return Err(Usage(message.to_owned()).into());
        }
        let answers = candidates::answered(&answers, &candidates);
        Ok(Self {
            name: args.name.clone(),
            dry_run: args.dry_run,
            ranking: Ranking::new(&asked, &meanings),
            description,
            store,
            senses,
            asked,
            candidates,
            meanings,
            answers,
        })
    }

    /// Puts the stories in order: by closeness, or by what was learned where there are verdicts.
    fn rank(&mut self, out: &Output) {
        let way = match &self.senses.encoder {
            Some(_) => "by words, concepts and sentence embeddings".to_owned(),
            None => format!(
                "by words and concepts alone, which is weaker than with bert: {}",
                if bert::BUILT_IN {
                    "set models.bert.dir (docs/bert.md)"
                } else {
                    "docs/bert.md says how to get it"
                }
            ),
        };
        out.note(format!(
            "{DIM}{} compared {way}{DIM:#}",
            counted(self.candidates.len(), "story")
        ));
        if self.answers.is_empty() {
            let order = self.ranking.order();
            let said =
                candidates::entailed(&self.senses, &self.description, &self.candidates, order);
            self.ranking = self.ranking.clone().entailed(&said);
        } else {
            self.ranking = self.ranked_by(&self.learned());
        }
    }

    fn learned(&self) -> Described {
        let basis = self.senses.basis();
        let stories = (&self.asked, self.meanings.as_slice());
        Described::learn(
            &self.name,
            &self.description,
            &basis,
            stories,
            &self.answers,
        )
    }

    fn ranked_by(&self, tag: &Described) -> Ranking {
        Ranking::by(self.meanings.iter().map(|story| tag.sum(story)).collect())
    }

    /// Asks for verdicts, the closest stories first, then some at the border; each is kept at once.
    fn ask(&mut self, count: usize, out: &mut Output) -> Result<()> {
        let ask = self.ranking.to_ask(count, &self.answers);
        let mut said = Answers::default();
        for (nth, story) in ask.iter().copied().enumerate() {
            let Some(candidate) = self.candidates.get(story) else {
                continue;
            };
            out.line(format!("{BOLD}{}{BOLD:#}", one_line(&candidate.title)))?;
            out.line(format!("  {}", shorten(&one_line(&candidate.text), SHOWN)))?;
            let question = format!("{TAG}{}{TAG:#}, {} of {}", self.name, nth + 1, ask.len());
            let yes = match said.ask(&question, out)? {
                Said::Yes => true,
                Said::No => false,
                Said::Skip => continue,
                Said::Stop => break,
            };
            self.decide(&StoryId::new(&candidate.id), yes)?;
            self.answers.push(Answer { story, yes });
        }
        Ok(())
    }

    fn decide(&self, id: &StoryId, yes: bool) -> Result<()> {
        let Some(store) = self.store.as_ref().filter(|_| !self.dry_run) else {
            return Ok(());
        };
        if let Some(story) = store.story(id)? {
            tag::decide(
                store.as_ref(),
                story,
                BTreeMap::from([(self.name.clone(), yes)]),
            )?;
        }
        Ok(())
    }

    /// The stories that the tag is closest to.
    fn show(&self, tag: &Described, limit: usize, verdicts: usize, out: &mut Output) -> Result<()> {
        let ranking = match self.answers.is_empty() {
            true => self.ranking.clone(),
            false => self.ranked_by(tag),
        };
        let ask = self.ranking.to_ask(verdicts, &self.answers);
        for story in ranking.order().iter().copied().take(limit) {
            let Some(candidate) = self.candidates.get(story) else {
                continue;
            };
            let answer = self
                .answers
                .iter()
                .find(|a| a.story == story)
                .map(|a| a.yes);
            if out.json {
                out.json_line(&json!({
                    "id": candidate.id, "title": candidate.title, "closeness": ranking.closeness(story),
                    "verdict": answer, "ask": ask.contains(&story),
                }))?;
                continue;
            }
            let answer = match answer {
                Some(true) => format!("{GOOD}yes{GOOD:#}"),
                Some(false) => "no ".to_owned(),
                None => "   ".to_owned(),
            };
            out.line(format!(
                "{:>6.2}  {answer}  {}  {DIM}{}{DIM:#}",
                ranking.closeness(story),
                shorten(&one_line(&candidate.title), 100),
                candidate.id
            ))?;
        }
        out.flush()
    }

    /// Writes the tag's file; `None` where nothing is to be kept.
    fn write(&self, config: &Config, tag: &Described) -> Result<Option<PathBuf>> {
        if self.dry_run {
            return Ok(None);
        }
        self.learned_no_less(config, tag)?;
        let file = config
            .described_file(&tag.name)
            .context("no config directory is known")?;
        if let Some(dir) = file.parent() {
            std::fs::create_dir_all(dir)
                .with_context(|| format!("{} cannot be made", dir.display()))?;
        }
        whole::write(&file, tag.to_toml()?.as_bytes())?;
        Ok(Some(file))
    }

    /// Stories from a file bring no verdicts of the store: what was learned from those is not written over.
    fn learned_no_less(&self, config: &Config, tag: &Described) -> Result<()> {
        let verdicts = |tag: &Described| tag.verdicts.0 + tag.verdicts.1;
        match kept(config, &self.name)?.map(|kept| verdicts(&kept)) {
            Some(kept) if self.store.is_none() && kept > verdicts(tag) => Err(Usage(format!(
                "{0} has learned from {kept} verdicts, more than were given now: nothing is written\n  hint: answer for more stories, or \
                 `tocsin tags remove {0}` first; --dry-run only shows",
                self.name
            ))
            .into()),
            _ => Ok(()),
        }
    }

    /// Keeps the tag, and puts it on the stored stories.
    fn keep(&self, config: &Config, tag: Described, out: &Output) -> Result<()> {
        let Some(file) = self.write(config, &tag)? else {
            return Ok(());
        };
        let (yes, no) = tag.verdicts;
        out.note(format!(
            "{} is kept in {}, learned from {yes} yes and {no} no",
            self.name,
            file.display()
        ));
        let Some(store) = &self.store else {
            out.note(format!(
                "{DIM}stories that come in get it; `tocsin tags add {}` learns it anew from the stored ones{DIM:#}",
                self.name
            ));
            return Ok(());
        };
        let classifier: Classifier = config.rules_alone()?;
        let classifier = classifier.with_described(self.senses.clone(), vec![tag]);
        let applied = described::apply(store.as_ref(), &classifier, &self.name)?;
        out.note(format!(
            "given to {}; {} for `tocsin review --tag {2}`\n{DIM}more verdicts (`tocsin review`, `tocsin tag ID +{2}`), then `tocsin tags \
             add {2}` once more, make it surer{DIM:#}",
            counted(applied.given, "story"),
            applied.unsure,
            self.name
        ));
        Ok(())
    }
}
