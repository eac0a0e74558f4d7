//! Files on disk into the pipeline, as if they had been fetched.

use crate::judge::judge;
use crate::pass::Pass;
use crate::reading::{self, Batches};
use crate::twins;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use tocsin_core::{Article, Page, SourceId, Story, canonical_url};
use tocsin_extractor::ExtractError;
use tocsin_store::{Change, StoreError};

/// Stories that wait to be grouped at most, while a file of many is read.
const MOST_PENDING: usize = 2_000;
/// Largest file that is read, in bytes: what a fetch would take.
const MAX_FILE: u64 = 10 << 20;

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// It is longer than a page may be.
    #[error("{}: {size} bytes, more than the {MAX_FILE} of a page", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
    },
    /// It holds no article.
    #[error("{}: {cause}", path.display())]
    NoArticle {
        /// The file.
        path: PathBuf,
        /// What the extractor says.
        cause: ExtractError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads one file, judges it and stores it as pending; [`Pass::finish`] then groups it. Files whose
/// name ends in `.txt` are plain text, title first; all others are pages. `url` is the address that
/// it came from; without one it is known by its content.
///
/// # Errors
/// See [`IngestError`].
pub fn ingest(
    pass: &Pass,
    path: &Path,
    url: Option<&str>,
    source: &SourceId,
) -> Result<(), IngestError> {
    let bytes = read(path)?;
    let is_text = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("txt"));
    let digest = tocsin_core::digest_hex(&[&String::from_utf8_lossy(&bytes)], 32);
    let address = url.map_or_else(|| format!("http://ingest.invalid/{digest}"), str::to_owned);
    let article: Result<Article, ExtractError> = if is_text {
        tocsin_extractor::from_plain_text(&String::from_utf8_lossy(&bytes), &address)
    } else {
        tocsin_extractor::extract(&tocsin_extractor::Page {
            body: &bytes,
            content_type: Some("text/html"),
            url: &address,
            read_at: Some(pass.clock.now()),
            publishers: &pass.publishers,
        })
    };
    let article = article.map_err(|cause| IngestError::NoArticle {
        path: path.to_owned(),
        cause,
    })?;
    let story = judge(&pass.classifier, article, source.clone(), pass.clock.now());
    if pass.store.story(story.id())?.is_some() {
        return Ok(());
    }
    let mark = canonical_url(&address).unwrap_or(address);
    let seen = Change::MarkSeen {
        url: mark,
        story: Some(story.id().clone()),
    };
    Ok(pass.store.commit(&[Change::PutPending(story), seen])?)
}

/// What was taken in of a file of many pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Pages read.
    pub pages: usize,
    /// Those that became stories.
    pub stories: usize,
    /// Those that were known.
    pub known: usize,
    /// Those without an article.
    pub without: usize,
    /// Those that were too long or broken.
    pub broken: usize,
}

/// Reads the pages of a WARC file, judges them side by side and stores them as pending; `group` is called now and
/// then, to group them, so that memory does not grow with the file.
///
/// # Errors
/// [`IngestError::Read`] where the file is none of this kind or cannot be read on; what was read before is
/// stored. [`IngestError::Store`].
pub fn ingest_warc(
    pass: &Pass,
    path: &Path,
    source: &SourceId,
    group: &mut dyn FnMut(&Taken) -> Result<(), StoreError>,
) -> Result<Taken, IngestError> {
    let failed = |cause| IngestError::Read {
        path: path.to_owned(),
        cause,
    };
    let mut batches = Batches::open(path).map_err(failed)?;
    let (mut taken, mut ungrouped, mut ended) = (Taken::default(), 0, Ok(()));
    while let Some(pages) = batches.next() {
        match pages {
            Ok(pages) => ungrouped += take_in(pass, pages, source, &mut taken)?,
            Err(error) => ended = Err(failed(error)),
        }
        taken.broken = batches.broken();
        if ungrouped >= MOST_PENDING {
            group(&taken)?;
            ungrouped = 0;
        }
    }
    taken.broken = batches.broken();
    group(&taken)?;
    ended.map(|()| taken)
}

/// Stores what is new among these pages; gives how many stories that were.
fn take_in(
    pass: &Pass,
    pages: Vec<Page>,
    source: &SourceId,
    taken: &mut Taken,
) -> Result<usize, IngestError> {
    taken.pages += pages.len();
    let mut new = Vec::with_capacity(pages.len());
    for page in pages {
        let Some(mark) = canonical_url(&page.url) else {
            taken.without += 1;
            continue;
        };
        match twins::is_seen(pass.store.as_ref(), &mark)? {
            true => taken.known += 1,
            false => new.push((mark, page)),
        }
    }
    let now = pass.clock.now();
    let judged: Vec<(String, Option<Story>)> = new
        .into_par_iter()
        .map(|(mark, page)| {
            let page = reading::of(&page, page.fetched_at, &pass.publishers);
            let article = tocsin_extractor::extract(&page);
            let story = article
                .ok()
                .map(|a| judge(&pass.classifier, a, source.clone(), now));
            (mark, story)
        })
        .collect();
    let (mut changes, mut stories) = (Vec::new(), 0);
    for (url, story) in judged {
        let Some(story) = story else {
            taken.without += 1;
            continue;
        };
        if pass.store.story(story.id())?.is_some() {
            taken.known += 1;
            continue;
        }
        stories += 1;
        changes.extend(twins::marks(vec![url], Some(story.id())));
        changes.push(Change::PutPending(story));
    }
    taken.stories += stories;
    pass.store.commit(&changes)?;
    Ok(stories)
}

fn read(path: &Path) -> Result<Vec<u8>, IngestError> {
    let failed = |cause| IngestError::Read {
        path: path.to_owned(),
        cause,
    };
    let size = path.metadata().map_err(failed)?.len();
    if size > MAX_FILE {
        return Err(IngestError::TooLarge {
            path: path.to_owned(),
            size,
        });
    }
    std::fs::read(path).map_err(failed)
}
