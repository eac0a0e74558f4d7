//! `ingest`: files into the pipeline.

use super::run;
use crate::args::{Global, Ingest};
use crate::installation;
use crate::output::{BAD, Output, counted};
use crate::progress::Live;
use crate::{Ended, Usage};
use anyhow::Result;
use std::path::Path;
use std::sync::Arc;
use tocsin_core::SourceId;
use tocsin_pipeline::{IngestError, PassReport, Taken};
use tocsin_store::SledStore;

pub(super) fn ingest(global: &Global, args: &Ingest, out: &mut Output) -> Result<Ended> {
    if args.url.is_some() && args.files.len() > 1 {
        return Err(Usage("--url names the address of one file; give one FILE".to_owned()).into());
    }
    let config = installation::config(global)?;
    let dir = installation::data_dir(global, "tocsin")?;
    let store = Arc::new(SledStore::open(&dir)?);
    let pass = run::real_pass(&config, store, &dir)?;
    let source = SourceId::new(&args.source);
    let mut failed = 0;
    let live = Live::new(!global.no_progress && !global.quiet);
    let runtime = installation::runtime()?;
    let mut report = PassReport::default();
    for file in &args.files {
        if is_warc(file) {
            let mut group = |_: &Taken| {
                let finished = runtime.block_on(pass.finish(&mut report, &live));
                finished.map_err(|error| error.0)
            };
            match tocsin_pipeline::ingest_warc(&pass, file, &source, &mut group) {
                Ok(taken) => out.note(told(file, &taken)),
                Err(IngestError::Store(error)) => return Err(error.into()),
                Err(error) => {
                    failed += 1;
                    out.note(format!("{BAD}stopped{BAD:#} {error}"));
                }
            }
            continue;
        }
        match tocsin_pipeline::ingest(&pass, file, args.url.as_deref(), &source) {
            Ok(()) => {}
            Err(IngestError::Store(error)) => return Err(error.into()),
            Err(error) => {
                failed += 1;
                out.note(format!("{BAD}skipped{BAD:#} {error}"));
            }
        }
    }
    runtime.block_on(pass.finish(&mut report, &live))?;
    live.clear();
    if out.json {
        out.json_line(&report)?;
    } else {
        out.note(format!(
            "{} of {} taken in: {} new, {} relevant",
            args.files.len() - failed,
            counted(args.files.len(), "file"),
            report.new_stories,
            report.relevant
        ));
    }
    Ok(if failed > 0 {
        Ended::WithFindings
    } else {
        Ended::Done
    })
}

fn is_warc(file: &Path) -> bool {
    let name = file.to_string_lossy().to_ascii_lowercase();
    name.ends_with(".warc") || name.ends_with(".warc.gz")
}

fn told(file: &Path, taken: &Taken) -> String {
    format!(
        "{}: {}, {} new; {} known, {} without an article, {} too long or broken",
        file.display(),
        counted(taken.pages, "page"),
        taken.stories,
        taken.known,
        taken.without,
        taken.broken
    )
}
