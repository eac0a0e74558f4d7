//! feed-rs, called on one small document at a time, with its panics caught.

use super::repair::{Piece, Repaired};
use feed_rs::model;
use std::panic::{AssertUnwindSafe, catch_unwind};
use url::Url;

/// What feed-rs made of a document, and what stood beside it.
#[derive(Debug)]
pub(super) struct Read<T> {
    pub(super) model: T,
    pub(super) base: Option<Url>,
    pub(super) language: Option<String>,
}

/// A feed with the entries that could be read.
#[derive(Debug)]
pub(super) struct ReadFeed {
    pub(super) feed: Option<Read<model::Feed>>,
    pub(super) entries: Vec<Read<model::Entry>>,
    /// How many entries were lost, and the first reason.
    pub(super) lost: Option<(usize, String)>,
}

/// Reads the pieces of a repaired feed.
pub(super) fn atom(repaired: Repaired) -> ReadFeed {
    let mut read = ReadFeed {
        feed: None,
        entries: Vec::new(),
        lost: None,
    };
    match guarded(&repaired.feed.xml, None) {
        Ok(model) => read.feed = Some(beside(model, repaired.feed)),
        Err(reason) => tracing::debug!(reason, "the feed's own fields were not read"),
    }
    for piece in repaired.entries {
        match guarded(&piece.xml, None) {
            Ok(model) => {
                let entry = model.entries.into_iter().next();
                read.entries.extend(entry.map(|model| beside(model, piece)));
            }
            Err(reason) => {
                read.lost = Some(read.lost.map_or((1, reason), |(n, first)| (n + 1, first)))
            }
        }
    }
    read
}

/// Reads a JSON Feed.
pub(super) fn json(text: &str, base: Option<&Url>) -> Result<model::Feed, String> {
    guarded(text, base)
}

fn beside<T>(model: T, piece: Piece) -> Read<T> {
    Read {
        model,
        base: piece.base,
        language: piece.language,
    }
}

/// Nothing of ours is shared with the call, so nothing can be left broken by a panic in it.
fn guarded(text: &str, base: Option<&Url>) -> Result<model::Feed, String> {
    let call = AssertUnwindSafe(|| {
        feed_rs::parser::Builder::new()
            .base_uri(base.map(Url::as_str))
            .sanitize_content(false)
            .build()
            .parse(text.as_bytes())
    });
    match catch_unwind(call) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the parser panicked".to_owned()),
    }
}
