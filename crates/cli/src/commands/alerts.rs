//! `alerts`: the rules, a test of their targets, and what they would send.

use super::run::{self, Surroundings};
use crate::args::{AlertsPreview, AlertsRule, Global, SendDigest};
use crate::installation;
use crate::output::{BAD, BOLD, DIM, GOOD, Output, counted};
use crate::{Ended, Usage};
use anyhow::Result;
use serde_json::json;
use std::collections::BTreeSet;
use tocsin_alerts::{Rules, test_mail};
use tocsin_core::{Outgoing, Timestamp};
use tocsin_pipeline::replay::replay;
use tocsin_pipeline::{PassReport, Silent, Vocab, release, subscribers};
use tocsin_search::Query;

pub(super) fn list(global: &Global, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let rules = config.rules(&installation::vocabulary(&config)?, Timestamp::now())?;
    for rule in rules.iter() {
        let when = rule.when.to_string();
        let to: Vec<String> = rule.to.iter().map(ToString::to_string).collect();
        if out.json {
            out.json_line(&json!({
                "name": rule.name, "query": rule.expression, "when": when, "to": to,
                "min_sources": rule.min_sources, "max_per_hour": rule.max_per_hour, "send_empty": rule.send_empty,
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
    known(&rules, args.rule.as_deref())?;
    let dir = installation::data_dir(global, "tocsin")?;
    let outlets = installation::outlets(&config.settings()?, &dir)?;
    let store = installation::store_if_there(global)?;
    let mut targets: BTreeSet<String> = BTreeSet::new();
    for rule in rules.iter() {
        if args.rule.as_ref().is_some_and(|name| *name != rule.name) {
            continue;
        }
        for to in &rule.to {
            // Who wants no mails wants no test either.
            let is_off = match &store {
                Some(store) => subscribers::unsubscribed(store.as_ref(), &rule.name, to)?.is_some(),
                None => false,
            };
            if !is_off {
                targets.insert(to.to_string());
            }
        }
    }
    drop(store);
    let runtime = installation::runtime()?;
    let mut failed = 0;
    for target in &targets {
        let result = runtime.block_on(outlets.deliver(&test_mail(target, now), now));
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

/// What the rules would have sent, had they been there all the time.
pub(super) fn preview(global: &Global, args: &AlertsPreview, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    let config = installation::config_for(global, store.as_ref())?;
    let vocabulary = installation::vocabulary(&config)?;
    let now = Timestamp::now();
    let rules = config.rules(&vocabulary, now)?;
    known(&rules, args.rule.as_deref())?;
    let since = args
        .since
        .as_deref()
        .map(|since| moment(since, &vocabulary, now));
    let mut count = 0;
    for mail in replay(store.as_ref(), &rules, since.transpose()?)? {
        let wanted = args
            .rule
            .as_ref()
            .is_none_or(|name| *name == mail.alert.rule);
        if wanted {
            count += 1;
            show(&mail, out)?;
        }
    }
    out.flush()?;
    out.note(format!("{DIM}{}{DIM:#}", counted(count, "mail")));
    Ok(Ended::Done)
}

/// A moment as queries name it.
pub(super) fn moment(text: &str, vocabulary: &Vocab, now: Timestamp) -> Result<Timestamp> {
    let wrong = || {
        Usage(format!(
            "--since {text} is no time\n  hint: use a date such as 2026-10-05, or 30d, 12h, monday"
        ))
    };
    let query = Query::parse(&format!("since:{text}"), vocabulary, now).map_err(|_| wrong())?;
    query.bounds().0.ok_or_else(|| wrong().into())
}

/// Sends what waits for a rule now.
pub(super) fn send_digest(global: &Global, args: &SendDigest, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    let config = installation::config_for(global, store.as_ref())?;
    let now = Timestamp::now();
    let rules = config.rules(&installation::vocabulary(&config)?, now)?;
    known(&rules, Some(&args.rule))?;
    let fired = release::due(store.as_ref(), &rules, now, Some(&args.rule))?;
    for mail in &fired.mails {
        show(mail, out)?;
        if !out.json && args.dry_run {
            out.line(format!("\n{}", mail.text))?;
        }
    }
    if fired.mails.is_empty() {
        out.note(format!("nothing waits for the rule `{}`", args.rule));
    }
    if args.dry_run || fired.mails.is_empty() {
        return Ok(Ended::Done);
    }
    let changes = release::changes(store.as_ref(), fired, now, Some(&args.rule))?;
    store.commit(&changes)?;
    let dir = installation::data_dir(global, "tocsin")?;
    let settings = config.settings()?;
    let pass = run::pass(&config, settings, store, &dir, Surroundings::real())?;
    let mut report = PassReport::default();
    installation::runtime()?.block_on(pass.finish(&mut report, &Silent))?;
    let waiting = report.mails_waiting;
    out.note(format!(
        "{}{}",
        counted(report.mails_sent, "mail"),
        match report.mail_problem {
            Some(problem) => format!(" sent, {waiting} waiting: {problem}"),
            None => " sent".to_owned(),
        }
    ));
    Ok(Ended::Done)
}

fn show(mail: &Outgoing, out: &mut Output) -> Result<()> {
    if out.json {
        let mut shown = serde_json::to_value(&mail.alert)?;
        if let Some(map) = shown.as_object_mut() {
            map.insert("due_at".to_owned(), json!(mail.queued_at));
            map.insert("subject".to_owned(), json!(mail.subject));
        }
        return out.json_line(&shown);
    }
    out.line(format!("{BOLD}{}{BOLD:#}", mail.subject))?;
    let time = mail.queued_at.strftime("%Y-%m-%d %H:%M UTC");
    out.line(format!(
        "  {time}, rule {}, to {}",
        mail.alert.rule, mail.alert.to
    ))?;
    out.line(format!("  {DIM}{}{DIM:#}", mail.alert.reason))
}

pub(super) fn known(rules: &Rules, name: Option<&str>) -> Result<()> {
    match name {
        Some(name) if rules.iter().all(|r| r.name != *name) => Err(Usage(format!(
            "no rule is named `{name}`\n  hint: `tocsin alerts list` shows them"
        ))
        .into()),
        _ => Ok(()),
    }
}
