//! `tags`: the taxonomy, and the analyst's own tags beside it.

mod add;
mod candidates;
pub(super) mod measure;

pub(super) use add::add;

use crate::args::{Global, TagsRemove};
use crate::installation;
use crate::output::{DIM, Output, TAG, counted};
use crate::{Ended, Usage};
use anyhow::{Context, Result};
use serde_json::json;
use tocsin_pipeline::described;

pub(super) fn list(global: &Global, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let own: Vec<String> = config
        .described()?
        .into_iter()
        .map(|tag| tag.name)
        .collect();
    for (name, description) in config.taxonomy()?.tags() {
        let own = own.iter().any(|tag| tag == name);
        if out.json {
            out.json_line(&json!({ "name": name, "description": description, "own": own }))?;
        } else {
            let mark = if own { "  (yours)" } else { "" };
            out.line(format!(
                "{TAG}{name:<24}{TAG:#} {description}{DIM}{mark}{DIM:#}"
            ))?;
        }
    }
    Ok(Ended::Done)
}

/// Takes a described tag away: its file, and the tag on every stored story. Verdicts stay in the store,
/// so that adding it again finds them.
pub(super) fn remove(global: &Global, args: &TagsRemove, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let file = config
        .described_file(&args.name)
        .filter(|file| file.exists());
    let Some(file) = file else {
        let message = format!(
            "{} is no tag of your own\n  hint: `tocsin tags list` marks those that are",
            args.name
        );
        return Err(Usage(message).into());
    };
    // Where taxonomy.toml has come to have the same tag, the stories keep it.
    let ours = config
        .clone()
        .without_described()
        .taxonomy()?
        .names()
        .contains(&args.name);
    let taken = match installation::store_if_there(global)? {
        Some(store) if !ours => described::remove(store.as_ref(), &args.name)?,
        _ => 0,
    };
    std::fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))?;
    if out.json {
        out.json_line(&json!({ "name": args.name, "stories": taken }))?;
    }
    out.note(format!(
        "{} removed, and taken off {}",
        args.name,
        counted(taken, "story")
    ));
    Ok(Ended::Done)
}
