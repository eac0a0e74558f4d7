//! Addresses that are one page: http and https, `www`, mobile and AMP; what is known of one holds for all.

use tocsin_core::{StoryId, twin_url};
use tocsin_store::{Change, Store, StoreError};

/// Whether the page at a canonical address needs no fetch: it was read, or a twin of it.
///
/// # Errors
/// Where the store fails.
pub(crate) fn is_seen(store: &dyn Store, url: &str) -> Result<bool, StoreError> {
    Ok(store.seen(url)? || store.seen(&twin_url(url))?)
}

/// The story that the page at a canonical address led to, or that a twin of it did.
///
/// # Errors
/// Where the store fails.
pub(crate) fn story_at(store: &dyn Store, url: &str) -> Result<Option<StoryId>, StoreError> {
    match store.story_at(url)? {
        Some(story) => Ok(Some(story)),
        None => store.story_at(&twin_url(url)),
    }
}

/// The changes after which none of these addresses, nor a twin, is fetched again.
pub(crate) fn marks(mut addresses: Vec<String>, story: Option<&StoryId>) -> Vec<Change> {
    let twins: Vec<String> = addresses.iter().map(|url| twin_url(url)).collect();
    addresses.extend(twins);
    addresses.sort_unstable();
    addresses.dedup();
    addresses
        .into_iter()
        .map(|url| Change::MarkSeen {
            url,
            story: story.cloned(),
        })
        .collect()
}
