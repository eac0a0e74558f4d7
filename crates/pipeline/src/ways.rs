//! The honest other way to a source that keeps us out or has gone: what its site publishes for readers like us.

use crate::pass::Pass;
use futures::StreamExt;
use jiff::SignedDuration;
use std::time::Duration;
use tocsin_core::{
    Health, OtherWay, Source, SourceKind, SourceState, Timestamp, Way, canonical_url, twin_url,
};
use tocsin_crawler::discover;
use tocsin_store::{Change, StoreError};

/// Sites that are looked at in one pass; the others have to wait for the next.
const AT_MOST: usize = 8;
/// A site is given so long.
const PATIENCE: Duration = Duration::from_secs(120);
/// Sites change: after so long it is looked for again.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// And after so long where the site could not be looked at well.
const UNSURE_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Looks for another way to sources that are blocked or gone, once a week each, and keeps what was found.
///
/// # Errors
/// Where the store fails.
pub(crate) async fn look_for(pass: &Pass, sources: &[Source]) -> Result<(), StoreError> {
    let now = pass.clock.now();
    let mut wanting = Vec::new();
    for source in sources.iter().filter(|source| source.enabled) {
        let health = pass.store.health(&source.id)?.unwrap_or_default();
        if is_wanting(&health, now) {
            wanting.push((source, health));
        }
        if wanting.len() == AT_MOST {
            break;
        }
    }
    let found: Vec<Change> = futures::stream::iter(wanting)
        .map(|(source, health)| look(pass, source, health, now))
        .buffer_unordered(AT_MOST)
        .collect()
        .await;
    pass.keep_debts()?;
    pass.store.commit(&found)
}

fn is_wanting(health: &Health, now: Timestamp) -> bool {
    let is_out = matches!(health.state, SourceState::Blocked | SourceState::Gone);
    let is_known = |way: &OtherWay| {
        let age = now.duration_since(way.looked);
        let good_for = if way.unsure { UNSURE_FOR } else { GOOD_FOR };
        (SignedDuration::ZERO..good_for).contains(&age)
    };
    is_out && !health.other_way.as_ref().is_some_and(is_known)
}

async fn look(pass: &Pass, source: &Source, health: Health, now: Timestamp) -> Change {
    let site = match source.site.as_str() {
        "" => &source.url,
        site => site,
    };
    let search = discover::discover(&pass.fetcher, site, now);
    let (found, unsure) = match tokio::time::timeout(PATIENCE, search).await {
        Ok(Ok(found)) => (found.candidates, false),
        Ok(Err(error)) => (Vec::new(), error.is_temporary()),
        Err(_) => (Vec::new(), true),
    };
    let known = page(&source.url);
    let other = found
        .into_iter()
        .find(|one| one.entries > 0 && one.kind != SourceKind::Page && page(&one.url) != known);
    let health = Health {
        other_way: Some(OtherWay {
            looked: now,
            found: other.map(|one| Way {
                kind: one.kind,
                url: one.url,
            }),
            unsure,
        }),
        ..health
    };
    Change::PutHealth(source.id.clone(), health)
}

/// What two addresses of one page have in common.
fn page(url: &str) -> String {
    twin_url(&canonical_url(url).unwrap_or_else(|| url.to_owned()))
}
