//! Sources of one site, one after the other: however many they are, they hold up no other site.

use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use tocsin_core::Source;
use tocsin_store::{Store, StoreError};

/// The due sources of a site; those that waited longest come first.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    pub(super) site: String,
    pub(super) sources: VecDeque<&'a Source>,
}

/// Sources by the site whose turns they share.
///
/// # Errors
/// Where the store fails.
pub(super) fn by_site<'a>(
    store: &dyn Store,
    due: Vec<&'a Source>,
) -> Result<Vec<Lane<'a>>, StoreError> {
    let mut sites: BTreeMap<String, Vec<(Option<Timestamp>, &Source)>> = BTreeMap::new();
    for source in due {
        let health = store.health(&source.id)?;
        let since = health.and_then(|health| health.next_poll);
        sites.entry(site(source)).or_default().push((since, source));
    }
    let lanes = sites.into_iter().map(|(site, mut sources)| {
        sources.sort_by_key(|(since, _)| *since);
        let sources = sources.into_iter().map(|(_, source)| source).collect();
        Lane { site, sources }
    });
    Ok(lanes.collect())
}

/// An address that is none is told when it is asked.
fn site(source: &Source) -> String {
    tocsin_crawler::site_of(&source.url).unwrap_or_else(|| source.url.clone())
}
