//! Files on disk into the pipeline, as if they had been fetched.

use crate::judge::judge;
use crate::pass::Pass;
use std::path::{Path, PathBuf};
use tocsin_core::{Article, SourceId, canonical_url};
use tocsin_extractor::ExtractError;
use tocsin_store::{Change, StoreError};

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
