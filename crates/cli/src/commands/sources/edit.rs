//! `sources add`, `remove`, `import-opml` and `export-opml`: what stands in `sources.toml`.

use super::discover::{search, told};
use crate::args::{Global, SourcesAdd, SourcesImport, SourcesRemove, YesNo};
use crate::commands::input;
use crate::output::{GOOD, Output, counted};
use crate::{Ended, Usage, installation};
use anyhow::{Context, Result};
use std::path::PathBuf;
use tocsin_core::{Source, SourceId, canonical_url};
use tocsin_crawler::discover::{draft_source, id_of_site};
use tocsin_crawler::{Sources, opml};
use tocsin_pipeline::config::DEFAULTS;

/// The file.
const FILE: &str = "sources.toml";

pub(in crate::commands) fn add(
    global: &Global,
    args: &SourcesAdd,
    out: &mut Output,
) -> Result<Ended> {
    let list = List::read(global)?;
    let mut source = match args.kind {
        Some(kind) => Source {
            kind: kind.into(),
            ..as_given(&args.url, args.lang.as_deref().unwrap_or_default())?
        },
        None => discovered(global, args, out)?,
    };
    settings(&mut source, args);
    if let Some(known) = list.at(&source.url) {
        return Err(Usage(format!(
            "`{known}` reads {} already\n  hint: `tocsin sources list` shows how it is doing",
            source.url
        ))
        .into());
    }
    source.id = match &args.id {
        Some(id) => SourceId::new(id.clone()),
        None => list.unused(source.id.as_str()),
    };
    finish(list, vec![source], args.dry_run, out)
}

/// What the address itself tells.
fn as_given(url: &str, lang: &str) -> Result<Source> {
    if canonical_url(url).is_none() {
        return Err(Usage(format!(
            "`{url}` is not a web address\n  hint: write it in full, beginning with https://"
        ))
        .into());
    }
    let (id, country) = id_of_site(url, lang);
    Ok(Source {
        id: SourceId::new(id),
        name: tocsin_core::host_of(url).unwrap_or_default(),
        kind: tocsin_core::SourceKind::Feed,
        url: url.to_owned(),
        site: String::new(),
        country,
        lang: lang.to_owned(),
        category: String::new(),
        topics: Vec::new(),
        enabled: true,
        keyword_filter: false,
        link_selector: None,
        min_gap_s: None,
        min_interval_min: None,
    })
}

fn discovered(global: &Global, args: &SourcesAdd, out: &Output) -> Result<Source> {
    let found = search(global, &args.url)?;
    let picked = args
        .pick
        .checked_sub(1)
        .and_then(|at| found.candidates.get(at));
    let Some(candidate) = picked else {
        return Err(Usage(format!(
            "{}: {} found, and not {}\n  hint: `tocsin sources discover {}` shows them; --kind takes an address as it is",
            args.url,
            counted(found.candidates.len(), "way"),
            args.pick,
            args.url
        ))
        .into());
    };
    out.note(format!(
        "{} {}: {}",
        candidate.kind.word(),
        candidate.url,
        told(candidate)
    ));
    Ok(draft_source(&found, candidate))
}

/// What the user said outranks what was found.
fn settings(source: &mut Source, args: &SourcesAdd) {
    for (place, given) in [
        (&mut source.name, &args.name),
        (&mut source.country, &args.country),
        (&mut source.lang, &args.lang),
        (&mut source.category, &args.category),
    ] {
        if let Some(given) = given {
            place.clone_from(given);
        }
    }
    if !args.topics.is_empty() {
        source.topics.clone_from(&args.topics);
    }
    if let Some(choice) = args.keyword_filter {
        source.keyword_filter = choice == YesNo::Yes;
    }
}

pub(in crate::commands) fn remove(
    global: &Global,
    args: &SourcesRemove,
    out: &mut Output,
) -> Result<Ended> {
    let list = List::read(global)?;
    let mut text = list.text.clone();
    for id in &args.ids {
        text = Sources::without(FILE, &text, id)?.ok_or_else(|| {
            Usage(format!(
                "no source is named `{id}`\n  hint: `tocsin sources list` shows their ids"
            ))
        })?;
    }
    list.write(&text, out)?;
    for id in &args.ids {
        out.note(format!("{GOOD}removed{GOOD:#} {id}; its stories stay"));
    }
    Ok(Ended::Done)
}

pub(in crate::commands) fn import_opml(
    global: &Global,
    args: &SourcesImport,
    out: &mut Output,
) -> Result<Ended> {
    let list = List::read(global)?;
    let taken = list
        .sources
        .iter()
        .map(|source| source.id.to_string())
        .collect();
    let name = args
        .file
        .as_ref()
        .map_or("standard input".to_owned(), |f| f.display().to_string());
    let imported = opml::parse(&input::read(args.file.as_deref())?, &taken)
        .map_err(|why| Usage(format!("{name}: {why}")))?;
    for problem in &imported.problems {
        out.note(problem);
    }
    let all = imported.sources.len();
    let new: Vec<Source> = imported
        .sources
        .into_iter()
        .filter(|source| list.at(&source.url).is_none())
        .collect();
    if new.len() < all {
        out.note(format!(
            "{} stand in {FILE} already",
            counted(all - new.len(), "source")
        ));
    }
    finish(list, new, args.dry_run, out)
}

pub(in crate::commands) fn export_opml(global: &Global, out: &mut Output) -> Result<Ended> {
    let sources = installation::config(global)?.sources()?;
    out.line(opml::write(&sources).trim_end())?;
    Ok(Ended::Done)
}

/// Shows the tables and, if that is wanted, writes them.
fn finish(list: List, new: Vec<Source>, dry_run: bool, out: &mut Output) -> Result<Ended> {
    for source in &new {
        if out.json {
            out.json_line(source)?;
        } else {
            out.line(format!("{}\n", Sources::table(source).trim_end()))?;
        }
    }
    if dry_run || new.is_empty() {
        return Ok(Ended::Done);
    }
    let text = Sources::with(&list.text, &new);
    list.write(&text, out)?;
    out.note(format!(
        "{GOOD}added{GOOD:#} {}; `tocsin sources check{}` tries what was added",
        counted(new.len(), "source"),
        new.first()
            .map_or_else(String::new, |source| format!(" {}", source.id))
    ));
    Ok(Ended::Done)
}

/// `sources.toml` of this installation.
struct List {
    path: PathBuf,
    /// Whether the file is there; without it the default list counts.
    is_there: bool,
    text: String,
    sources: Vec<Source>,
}

impl List {
    fn read(global: &Global) -> Result<Self> {
        let sources = installation::config(global)?.sources()?;
        let path = installation::config_dir(global)?.join(FILE);
        let is_there = path.exists();
        let text = match is_there {
            true => std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?,
            false => {
                let defaults = DEFAULTS.iter().find(|(name, _)| *name == FILE);
                defaults.map_or_else(String::new, |(_, text)| (*text).to_owned())
            }
        };
        Ok(Self {
            path,
            is_there,
            text,
            sources,
        })
    }

    /// The source that polls an address.
    fn at(&self, url: &str) -> Option<&SourceId> {
        let wanted = canonical_url(url);
        let same = |source: &&Source| canonical_url(&source.url) == wanted;
        self.sources.iter().find(same).map(|source| &source.id)
    }

    fn unused(&self, id: &str) -> SourceId {
        let is_used = |id: &str| self.sources.iter().any(|source| source.id.as_str() == id);
        SourceId::new(Sources::unused_id(id, is_used))
    }

    /// Writes the file, if its text is a good list, all at once: a full disk leaves the old one.
    fn write(&self, text: &str, out: &Output) -> Result<()> {
        Sources::parse(FILE, text)?;
        installation::write_config(&self.path, text)?;
        if !self.is_there {
            out.note(format!(
                "{} did not exist: it holds the default list and your change now",
                self.path.display()
            ));
        }
        Ok(())
    }
}
