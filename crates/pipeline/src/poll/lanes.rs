//! Sources whose hosts live at one address, one after the other: however many they are, they hold up no other.

use crate::pass::Pass;
use futures::StreamExt;
use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use tocsin_core::Source;
use tocsin_store::StoreError;

/// Names that are looked up side by side.
const AT_ONCE: usize = 32;

/// The due sources at an address; those that waited longest come first.
pub(super) type Lane<'a> = VecDeque<&'a Source>;

/// Sources by the address whose turns they share.
///
/// # Errors
/// Where the store fails.
pub(super) async fn by_address<'a>(
    pass: &Pass,
    due: Vec<&'a Source>,
) -> Result<Vec<Lane<'a>>, StoreError> {
    let mut found: Vec<(String, &Source)> = futures::stream::iter(due)
        .map(|source| async move { (place(pass, source).await, source) })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    found.sort_by(|a, b| a.1.id.cmp(&b.1.id));
    let mut lanes: BTreeMap<String, Vec<(Option<Timestamp>, &Source)>> = BTreeMap::new();
    for (place, source) in found {
        let health = pass.store.health(&source.id)?;
        let since = health.and_then(|health| health.next_poll);
        lanes.entry(place).or_default().push((since, source));
    }
    let lanes = lanes.into_values().map(|mut sources| {
        sources.sort_by_key(|(since, _)| *since);
        sources.into_iter().map(|(_, source)| source).collect()
    });
    Ok(lanes.collect())
}

/// Where a source's host lives; its site, where that is not known: why is told when it is asked.
async fn place(pass: &Pass, source: &Source) -> String {
    match pass.fetcher.address(&source.url).await {
        Some(address) => address.to_string(),
        None => site(source),
    }
}

/// The site of a source, as it is named to people.
pub(super) fn site(source: &Source) -> String {
    tocsin_crawler::site_of(&source.url).unwrap_or_else(|| source.url.clone())
}
