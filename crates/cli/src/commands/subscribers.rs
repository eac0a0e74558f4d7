//! `subscribers`: who gets the mails of which rule.

use crate::args::{Global, SubscribersAdd, SubscribersAddress, SubscribersList, SubscribersOf};
use crate::output::{BAD, BOLD, DIM, GOOD, Output, counted};
use crate::{Ended, Usage, installation};
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tocsin_alerts::{Rules, Target};
use tocsin_core::Timestamp;
use tocsin_pipeline::Config;
use tocsin_pipeline::subscribers::{self, Subscriber};
use tocsin_store::{MemoryStore, Store};

/// The file.
const FILE: &str = "alerts.toml";

pub(super) fn list(global: &Global, args: &SubscribersList, out: &mut Output) -> Result<Ended> {
    let known = Known::read(global)?;
    let mut readers: BTreeMap<String, Vec<&Subscriber>> = BTreeMap::new();
    let wanted = |reader: &&Subscriber| args.rule.as_ref().is_none_or(|rule| *rule == reader.rule);
    for reader in known.readers.iter().filter(wanted) {
        readers
            .entry(reader.to.to_string())
            .or_default()
            .push(reader);
    }
    if out.json {
        for reader in readers.values().flatten() {
            out.json_line(&known.json(reader))?;
        }
        return Ok(Ended::Done);
    }
    for (to, rules) in &readers {
        out.line(format!("{BOLD}{to}{BOLD:#}{}", known.state(to, rules)))?;
        for reader in rules {
            let off = match reader.unsubscribed {
                Some(since) => format!("  {BAD}unsubscribed{BAD:#} {}", since.strftime("%Y-%m-%d")),
                None => String::new(),
            };
            out.line(format!("  {}{off}", reader.rule))?;
        }
    }
    Ok(Ended::Done)
}

pub(super) fn export(global: &Global, out: &mut Output) -> Result<Ended> {
    let known = Known::read(global)?;
    if out.json {
        for reader in &known.readers {
            out.json_line(&known.json(reader))?;
        }
        return Ok(Ended::Done);
    }
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["to", "rule", "when", "state", "since", "why"])?;
    for reader in &known.readers {
        let (state, since, why) = state(reader);
        let since = since.map_or_else(String::new, |since| since.to_string());
        let (to, when) = (reader.to.to_string(), known.when(reader));
        csv.write_record([&to, reader.rule.as_str(), &when, state, &since, why])?;
    }
    csv.flush()?;
    Ok(Ended::Done)
}

pub(super) fn add(global: &Global, args: &SubscribersAdd, out: &mut Output) -> Result<Ended> {
    let to = target(&args.to)?;
    let mut file = RulesFile::read(global)?;
    for rule in &args.rule {
        let with = Rules::with_reader(FILE, &file.text, rule, &to)?;
        file.text = with.ok_or_else(|| no_rule(rule))?;
    }
    let actor = installation::actor();
    let store = installation::store_if_there(global)?;
    file.check(global)?;
    file.write(out)?;
    if let Some(store) = store {
        subscribers::note_rules(store.as_ref(), &file.text, &actor)?;
        for rule in &args.rule {
            subscribers::subscribe(store.as_ref(), rule, &to, &actor)?;
        }
    }
    out.note(format!(
        "{GOOD}added{GOOD:#} {to} to {}; `tocsin alerts test` sends a test mail",
        args.rule.join(", ")
    ));
    Ok(Ended::Done)
}

pub(super) fn remove(global: &Global, args: &SubscribersOf, out: &mut Output) -> Result<Ended> {
    let to = target(&args.to)?;
    let mut file = RulesFile::read(global)?;
    let mut rules = match args.rule.as_slice() {
        [] => rules_of(&file.text, &to)?,
        rules => rules.to_vec(),
    };
    rules.sort();
    rules.dedup();
    for rule in &rules {
        let without = Rules::without_reader(FILE, &file.text, rule, &to)?;
        file.text = without.ok_or_else(|| {
            Usage(format!(
                "{to} is no reader of a rule `{rule}`\n  hint: `tocsin subscribers list` shows who is"
            ))
        })?;
        let readers = Rules::readers(FILE, &file.text)?;
        if readers.iter().all(|(other, _)| other != rule) {
            return Err(Usage(format!(
                "{to} is the last reader of the rule `{rule}`, which would tell nobody\n  \
                 hint: remove the rule from {FILE}, or add another reader first"
            ))
            .into());
        }
    }
    let actor = installation::actor();
    let store = installation::store_if_there(global)?;
    file.check(global)?;
    // The store first: after a kill in between, the command can be given once more.
    if let Some(store) = &store {
        let dropped = subscribers::forget(store.as_ref(), &rules, &to, actor.at)?;
        if dropped > 0 {
            out.note(format!("{} that waited dropped", counted(dropped, "mail")));
        }
    }
    file.write(out)?;
    if let Some(store) = &store {
        subscribers::note_rules(store.as_ref(), &file.text, &actor)?;
    }
    out.note(format!(
        "{GOOD}removed{GOOD:#} {to} from {}",
        rules.join(", ")
    ));
    Ok(Ended::Done)
}

pub(super) fn resume(
    global: &Global,
    args: &SubscribersAddress,
    out: &mut Output,
) -> Result<Ended> {
    let to = target(&args.to)?;
    let store = installation::store(global)?;
    match subscribers::resume(store.as_ref(), &to, &installation::actor())? {
        Some(number) => out.note(format!(
            "{GOOD}resumed{GOOD:#}: what waits for {to} goes out with the next run (number {number} in the log)"
        )),
        None => out.note(format!("mails to {to} were not stopped")),
    }
    Ok(Ended::Done)
}

/// A target; a mail address alone is one, too.
fn target(text: &str) -> Result<Target> {
    let whole = match text.contains('@') && !text.contains(':') {
        true => format!("mailto:{text}"),
        false => text.to_owned(),
    };
    whole.parse().map_err(|why| {
        Usage(format!(
            "{why}\n  hint: give a mail address, or a target as in {FILE}"
        ))
        .into()
    })
}

fn no_rule(name: &str) -> Usage {
    Usage(format!(
        "no rule is named `{name}`\n  hint: `tocsin alerts list` shows them"
    ))
}

fn rules_of(text: &str, to: &Target) -> Result<Vec<String>> {
    let readers = Rules::readers(FILE, text)?;
    let of = readers.into_iter().filter(|(_, other)| other == to);
    let rules: Vec<String> = of.map(|(rule, _)| rule).collect();
    if rules.is_empty() {
        return Err(Usage(format!(
            "no rule tells {to}\n  hint: `tocsin subscribers list` shows all readers"
        ))
        .into());
    }
    Ok(rules)
}

/// `alerts.toml` of this installation.
struct RulesFile {
    path: PathBuf,
    text: String,
}

impl RulesFile {
    fn read(global: &Global) -> Result<Self> {
        Ok(Self {
            path: installation::config_dir(global)?.join(FILE),
            text: installation::config(global)?.rules_text()?,
        })
    }

    /// Whether the text is a good list of rules.
    fn check(&self, global: &Global) -> Result<()> {
        let config = installation::config(global)?;
        let vocabulary = installation::vocabulary(&config)?;
        Rules::parse(FILE, &self.text, &vocabulary, Timestamp::now())?;
        Ok(())
    }

    fn write(&self, out: &Output) -> Result<()> {
        let was_there = self.path.exists();
        installation::write_config(&self.path, &self.text)?;
        if !was_there {
            out.note(format!(
                "{} did not exist: it holds the default rules and your change now",
                self.path.display()
            ));
        }
        Ok(())
    }
}

/// The readers, and what is known of them.
struct Known {
    rules: Rules,
    readers: Vec<Subscriber>,
    /// Mails that wait, by address and rule.
    waiting: BTreeMap<(String, String), usize>,
}

impl Known {
    fn read(global: &Global) -> Result<Self> {
        let store = installation::store_if_there(global)?;
        let config: Config = match &store {
            Some(store) => installation::config_for(global, store.as_ref())?,
            None => installation::config(global)?,
        };
        let rules = config.rules(&installation::vocabulary(&config)?, Timestamp::now())?;
        let empty = MemoryStore::default();
        let store: &dyn Store = store.as_deref().unwrap_or(&empty);
        Ok(Self {
            readers: subscribers::list(store, &rules)?,
            waiting: subscribers::waiting_counts(store)?,
            rules,
        })
    }

    fn when(&self, reader: &Subscriber) -> String {
        let rule = self.rules.iter().find(|rule| rule.name == reader.rule);
        rule.map_or_else(String::new, |rule| rule.when.to_string())
    }

    fn waiting(&self, to: &str, rule: &str) -> usize {
        let key = (to.to_owned(), rule.to_owned());
        self.waiting.get(&key).copied().unwrap_or(0)
    }

    fn json(&self, reader: &Subscriber) -> Value {
        let (state, since, why) = state(reader);
        let to = reader.to.to_string();
        json!({
            "to": to, "rule": reader.rule, "when": self.when(reader), "state": state, "since": since,
            "why": (!why.is_empty()).then_some(why), "waiting": self.waiting(&to, &reader.rule),
        })
    }

    /// What a person has to know of an address.
    fn state(&self, to: &str, rules: &[&Subscriber]) -> String {
        let waiting: usize = rules
            .iter()
            .map(|reader| self.waiting(to, &reader.rule))
            .sum();
        let mut words = String::new();
        if let Some(stopped) = rules.iter().find_map(|reader| reader.stopped.as_ref()) {
            let since = stopped.since.strftime("%Y-%m-%d");
            words = format!("  {BAD}stopped{BAD:#} {since}: {}", stopped.why);
        }
        if waiting > 0 {
            words = format!("{words}  {DIM}{} waiting{DIM:#}", counted(waiting, "mail"));
        }
        words
    }
}

/// One word, since when, and why.
fn state(reader: &Subscriber) -> (&'static str, Option<Timestamp>, &str) {
    match (&reader.unsubscribed, &reader.stopped) {
        (Some(since), _) => ("unsubscribed", Some(*since), ""),
        (None, Some(stopped)) => ("stopped", Some(stopped.since), &stopped.why),
        (None, None) => ("active", None, ""),
    }
}
