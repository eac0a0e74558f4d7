//! `reprocess`: what the taxonomy and the model of today change in what is stored.

use super::progress::{bar, tell};
use super::query;
use super::run;
use crate::Ended;
use crate::args::{Global, Reprocess};
use crate::installation;
use crate::output::{BAD, BOLD, DIM, GOOD, Output, TAG, counted};
use anyhow::Result;
use serde_json::json;
use tocsin_core::Alert;
use tocsin_pipeline::reextract;
use tocsin_pipeline::reprocess::{self, Difference, Differences};

/// Stories and alerts that are shown on a screen.
const SHOWN: usize = 20;

pub(super) fn reprocess(global: &Global, args: &Reprocess, out: &mut Output) -> Result<Ended> {
    if !args.pages.is_empty() {
        return pages(global, args, out);
    }
    let (store, vocabulary) = installation::store_and_vocabulary(global)?;
    let config = installation::config_for(global, store.as_ref())?;
    let actor = installation::actor();
    let rules = config.rules(&vocabulary, actor.at)?;
    // What comes back one day is to be judged like the rest.
    let query = query::parse(&args.expression, None, &vocabulary)?.with_removed();
    let bar = bar(global);
    bar.set_length(store.counts()?.stories as u64);
    let differences = reprocess::differences(
        store.as_ref(),
        &vocabulary.classifier,
        &rules,
        &query,
        &|judged| bar.inc(judged as u64),
    )?;
    bar.finish_and_clear();
    if out.json {
        print_json(&differences, out)?;
    } else {
        print(&differences, out)?;
    }
    let newly = differences
        .stories
        .iter()
        .filter(|story| story.relevant == Some(true));
    let newly = counted(newly.count(), "story");
    match args.apply {
        true => match reprocess::apply(store.as_ref(), &differences, &actor)? {
            Some(number) => out.note(format!(
                "{GOOD}changed{GOOD:#} {}; number {number} in the log",
                counted(differences.changed(), "story")
            )),
            None => out.note("nothing differs"),
        },
        false if out.json => {}
        false => out.note(format!(
            "{DIM}nothing was changed; --apply does it, and the next run groups {newly} more and tells of what is new{DIM:#}"
        )),
    }
    Ok(Ended::Done)
}

/// Kept pages, read once more.
fn pages(global: &Global, args: &Reprocess, out: &mut Output) -> Result<Ended> {
    let store = installation::store(global)?;
    let config = installation::config_for(global, store.as_ref())?;
    let dir = installation::data_dir(global, "tocsin")?;
    let pass = run::real_pass(&config, store, &dir)?;
    let actor = installation::actor();
    let bar = bar(global);
    tell(&bar, "files", 0, args.pages.len());
    let mut ended = Ended::Done;
    for (number, file) in args.pages.iter().enumerate() {
        let reread = reextract(&pass, file, args.apply.then_some(&actor))?;
        tell(&bar, "files", number + 1, args.pages.len());
        if out.json {
            out.json_line(&json!({ "file": file, "reread": reread }))?;
        } else {
            out.line(format!(
                "{}: {} of stored stories; {BOLD}{}{BOLD:#} texts differ, {} titles, {} days, {} bylines; {} give no article, {} too long or broken",
                file.display(),
                counted(reread.pages, "page"),
                reread.texts,
                reread.titles,
                reread.days,
                reread.bylines,
                reread.lost,
                reread.broken
            ))?;
        }
        if let Some(error) = &reread.error {
            ended = Ended::WithFindings;
            out.note(format!(
                "{BAD}not read on{BAD:#} {}: {error}",
                file.display()
            ));
        }
    }
    bar.finish_and_clear();
    if !args.apply && !out.json {
        out.note(format!("{DIM}nothing was changed; --apply does it{DIM:#}"));
    }
    Ok(ended)
}

fn print_json(differences: &Differences, out: &mut Output) -> Result<()> {
    for story in &differences.stories {
        out.json_line(&json!({
            "kind": "story", "id": story.story, "title": story.title, "gained": story.gained, "lost": story.lost,
            "relevant": story.relevant,
        }))?;
    }
    let alerts = [
        ("would-be-sent", &differences.more_alerts),
        ("would-not-be-sent", &differences.fewer_alerts),
        ("other-stories", &differences.other_alerts),
    ];
    for (what, alerts) in alerts {
        for alert in alerts {
            out.json_line(&json!({ "kind": "alert", "change": what, "alert": alert }))?;
        }
    }
    Ok(())
}

fn print(differences: &Differences, out: &mut Output) -> Result<()> {
    for story in differences.stories.iter().take(SHOWN) {
        out.line(format!(
            "{}  {}  {TAG}{}{TAG:#}",
            story.story,
            story.title,
            changes(story)
        ))?;
    }
    rest(differences.stories.len(), out)?;
    out.line(format!(
        "\n{BOLD}{}{BOLD:#} of {} would get or lose a tag; {} only other scores or names",
        differences.stories.len(),
        counted(differences.judged, "story"),
        differences
            .changed()
            .saturating_sub(differences.stories.len())
    ))?;
    for (tag, (gained, lost)) in differences.by_tag() {
        out.line(format!("  {tag}: +{gained} -{lost}"))?;
    }
    alerts("would have been sent", &differences.more_alerts, out)?;
    alerts("would not have been sent", &differences.fewer_alerts, out)?;
    alerts(
        "would have told of other stories",
        &differences.other_alerts,
        out,
    )
}

fn changes(story: &Difference) -> String {
    let gained = story.gained.iter().map(|tag| format!("+{tag}"));
    let lost = story.lost.iter().map(|tag| format!("-{tag}"));
    let gate = story.relevant.map(|yes| match yes {
        true => "+relevant".to_owned(),
        false => "-relevant".to_owned(),
    });
    gained.chain(lost).chain(gate).collect::<Vec<_>>().join(" ")
}

fn alerts(what: &str, alerts: &[Alert], out: &mut Output) -> Result<()> {
    out.line(format!(
        "{BOLD}{}{BOLD:#} {what}",
        counted(alerts.len(), "alert")
    ))?;
    for alert in alerts.iter().take(SHOWN) {
        let thing = match (&alert.event, alert.stories.first()) {
            (Some(event), _) => event.to_string(),
            (None, Some(story)) => story.to_string(),
            (None, None) => "a digest".to_owned(),
        };
        out.line(format!("  {thing}  rule {}, to {}", alert.rule, alert.to))?;
    }
    rest(alerts.len(), out)
}

fn rest(count: usize, out: &mut Output) -> Result<()> {
    match count.saturating_sub(SHOWN) {
        0 => Ok(()),
        more => out.line(format!("  {DIM}and {more} more; --json lists all{DIM:#}")),
    }
}
