//! `alerts`: the rules, a test of their targets, and what they would send.

use crate::args::{AlertsRule, Global};
use crate::installation;
use crate::output::{BAD, BOLD, DIM, GOOD, Output, counted};
use crate::{Ended, Usage};
use anyhow::Result;
use serde_json::json;
use std::collections::BTreeSet;
use tocsin_alerts::{Fired, Happening, Outlets, Rules, When, test_mail};
use tocsin_core::{Event, Story, Timestamp};
use tocsin_pipeline::find;
use tocsin_store::{Range, Store};

pub(super) fn list(global: &Global, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let rules = config.rules(&installation::vocabulary(&config)?, Timestamp::now())?;
    for rule in rules.iter() {
        let when = match rule.when {
            When::NewEvent => "new-event",
            When::EveryStory => "every-story",
            When::Development => "development",
        };
        let to: Vec<String> = rule.to.iter().map(ToString::to_string).collect();
        if out.json {
            out.json_line(&json!({
                "name": rule.name, "query": rule.expression, "when": when, "to": to,
                "min_sources": rule.min_sources, "max_mails": rule.max_mails,
            }))?;
        } else {
            out.line(format!("{BOLD}{}{BOLD:#}  {when}", rule.name))?;
            out.line(format!("  {}", rule.expression))?;
            out.line(format!("  {DIM}to {}{DIM:#}", to.join(", ")))?;
        }
    }
    Ok(Ended::Done)
}

/// Sends one test mail to each target that the rules name.
pub(super) fn test(global: &Global, args: &AlertsRule, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let now = Timestamp::now();
    let rules = config.rules(&installation::vocabulary(&config)?, now)?;
    known(&rules, args)?;
    let outlets = Outlets::new(
        &config.settings()?.mail,
        &installation::data_dir(global, "tocsin")?,
    )?;
    let targets: BTreeSet<String> = rules
        .iter()
        .filter(|r| args.rule.as_ref().is_none_or(|name| *name == r.name))
        .flat_map(|r| r.to.iter().map(ToString::to_string))
        .collect();
    let runtime = installation::runtime()?;
    let mut failed = 0;
    for target in &targets {
        let result = runtime.block_on(outlets.deliver(&test_mail(target, now)));
        failed += usize::from(result.is_err());
        let error = result.err().map(|e| e.to_string());
        if out.json {
            out.json_line(&json!({ "to": target, "delivered": error.is_none(), "error": error }))?;
        } else {
            match error {
                None => out.line(format!("{GOOD}delivered{GOOD:#} {target}"))?,
                Some(error) => out.line(format!("{BAD}failed{BAD:#}    {target}: {error}"))?,
            }
        }
    }
    Ok(if failed > 0 {
        Ended::WithFindings
    } else {
        Ended::Done
    })
}

/// What the rules would send over the stored events, had nothing been told before.
pub(super) fn preview(global: &Global, args: &AlertsRule, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    let config = installation::config_for(global, store.as_ref())?;
    let vocabulary = installation::vocabulary(&config)?;
    let rules = config.rules(&vocabulary, Timestamp::now())?;
    known(&rules, args)?;
    let mut count = 0;
    for (event, stories) in all_events(store.as_ref())? {
        for fired in fire(&rules, &event, &stories) {
            if args
                .rule
                .as_ref()
                .is_some_and(|name| *name != fired.outgoing.alert.rule)
            {
                continue;
            }
            count += 1;
            show(&fired, out)?;
        }
    }
    out.flush()?;
    out.note(format!("{DIM}{}{DIM:#}", counted(count, "mail")));
    Ok(Ended::Done)
}

fn fire(rules: &Rules, event: &Event, stories: &[Story]) -> Vec<Fired> {
    let happening = Happening {
        event,
        stories,
        fresh: &event.stories,
    };
    rules.fire(&[happening], event.last_seen, &|_| false)
}

fn show(fired: &Fired, out: &mut Output) -> Result<()> {
    let mail = &fired.outgoing;
    if out.json {
        return out.json_line(&mail.alert);
    }
    out.line(format!("{BOLD}{}{BOLD:#}", mail.subject))?;
    out.line(format!("  rule {}, to {}", mail.alert.rule, mail.alert.to))?;
    out.line(format!("  {DIM}{}{DIM:#}", mail.alert.reason))
}

fn all_events(store: &dyn Store) -> Result<Vec<(Event, Vec<Story>)>> {
    let mut all = Vec::new();
    let mut range = Range {
        limit: 500,
        ..Range::default()
    };
    loop {
        let batch = store.events(&range)?;
        for event in batch.items {
            let stories = find::stories_of(store, &event)?;
            all.push((event, stories));
        }
        match batch.next {
            Some(next) => range.after = Some(next),
            None => return Ok(all),
        }
    }
}

fn known(rules: &Rules, args: &AlertsRule) -> Result<()> {
    match &args.rule {
        Some(name) if rules.iter().all(|r| r.name != *name) => Err(Usage(format!(
            "no rule is named `{name}`\n  hint: `tocsin alerts list` shows them"
        ))
        .into()),
        _ => Ok(()),
    }
}
