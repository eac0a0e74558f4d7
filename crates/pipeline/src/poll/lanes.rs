//! Sources that wait for the same turns, together: however many they are, they hold up no other.

use super::{Claims, Polled, poll};
use crate::pass::{Pass, Progress};
use futures::{StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use std::net::IpAddr;
use tocsin_core::Source;
use tocsin_store::StoreError;
use tokio::time::Instant;

/// Sites of a lane that are polled side by side.
const SITES_AT_ONCE: usize = 4;
/// Names that are looked up side by side.
const AT_ONCE: usize = 64;

/// Sources whose sites or addresses are linked: by site, and those that waited longest first.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    sites: Vec<Vec<&'a Source>>,
}

impl Lane<'_> {
    /// Polls its sources: some sites side by side, since one may want longer gaps than another, until the time of all
    /// is up, and at least one source.
    ///
    /// # Errors
    /// Where the store fails.
    pub(super) async fn poll(
        self,
        pass: &Pass,
        claims: &Claims,
        progress: &dyn Progress,
    ) -> Result<Vec<Polled>, StoreError> {
        let begun = Instant::now();
        let sites = self.sites.into_iter().enumerate();
        let polled: Vec<Vec<Polled>> = futures::stream::iter(sites)
            .map(|(number, sources)| async move {
                let mut polled = Vec::new();
                for source in sources {
                    let is_first = number == 0 && polled.is_empty();
                    if is_first || begun.elapsed() <= pass.host_patience {
                        polled.push(poll(pass, source, begun, claims, progress).await?);
                    } else {
                        pass.rest.leave_whole(&source.id);
                        progress.source_done(&source.id);
                    }
                }
                Ok::<_, StoreError>(polled)
            })
            .buffer_unordered(SITES_AT_ONCE)
            .try_collect()
            .await?;
        Ok(polled.into_iter().flatten().collect())
    }
}

/// Sources by the turns that they wait for.
///
/// # Errors
/// Where the store fails.
pub(super) async fn lanes<'a>(
    pass: &Pass,
    due: Vec<&'a Source>,
) -> Result<Vec<Lane<'a>>, StoreError> {
    let mut waiting = Vec::with_capacity(due.len());
    for source in due {
        let health = pass.store.health(&source.id)?;
        let next = health.and_then(|health| health.next_poll);
        // Who is read on waits behind those that came to nothing since.
        waiting.push((next.max(pass.rest.left_at(&source.id)), source));
    }
    waiting.sort_by(|(a, one), (b, other)| (a, &one.id).cmp(&(b, &other.id)));
    let addresses: Vec<Option<IpAddr>> = futures::stream::iter(&waiting)
        .map(|(_, source)| pass.fetcher.address(&source.url))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let sources = waiting.into_iter().map(|(_, source)| source);
    Ok(linked(sources.zip(addresses)))
}

/// Sources, each with the address where its host lives, as lanes; they stay in order.
fn linked<'a>(sources: impl Iterator<Item = (&'a Source, Option<IpAddr>)>) -> Vec<Lane<'a>> {
    let mut links = Links::default();
    let mut numbered = Vec::new();
    for (source, address) in sources {
        let site = links.number(Turns::Site(site(source)));
        if let Some(address) = address {
            let address = links.number(Turns::Address(address));
            links.join(site, address);
        }
        numbered.push((site, source));
    }
    let mut lanes: BTreeMap<usize, BTreeMap<usize, Vec<&Source>>> = BTreeMap::new();
    for (site, source) in numbered {
        let lane = lanes.entry(links.root(site)).or_default();
        // Numbers go up with the first source of each, which waited longest.
        lane.entry(site).or_default().push(source);
    }
    let lanes = lanes.into_values().map(|sites| Lane {
        sites: sites.into_values().collect(),
    });
    lanes.collect()
}

/// What requests wait for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turns {
    Site(String),
    Address(IpAddr),
}

/// Turns that belong together (disjoint sets, Galler and Fischer 1964).
#[derive(Debug, Default)]
struct Links {
    numbers: BTreeMap<Turns, usize>,
    above: Vec<usize>,
}

impl Links {
    fn number(&mut self, turns: Turns) -> usize {
        let next = self.above.len();
        let number = *self.numbers.entry(turns).or_insert(next);
        if number == next {
            self.above.push(next);
        }
        number
    }

    fn root(&self, mut number: usize) -> usize {
        while let Some(above) = self.above.get(number).filter(|above| **above != number) {
            number = *above;
        }
        number
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(above) = self.above.get_mut(one.max(other)) {
            *above = one.min(other);
        }
    }
}

/// The site of a source, as it is named to people; an address that is none is told when it is asked.
pub(super) fn site(source: &Source) -> String {
    tocsin_crawler::site_of(&source.url).unwrap_or_else(|| source.url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_a_site_or_an_address_is_one_lane() {
        let source = |url: &str| -> Source {
            serde_json::from_value(serde_json::json!({
                "id": url.replace([':', '/'], "-"), "name": "", "kind": "feed", "url": url,
            }))
            .unwrap()
        };
        let sources = [
            ("https://a.one.example/", Some("1.1.1.1")),
            ("https://two.example/1", Some("1.1.1.1")),
            ("https://three.example/", Some("2.2.2.2")),
            ("https://b.one.example/", Some("3.3.3.3")),
            ("https://two.example/2", Some("1.1.1.1")),
            ("https://four.example/", Some("3.3.3.3")),
            ("https://nowhere.example/", None),
        ];
        let all: Vec<Source> = sources.iter().map(|(url, _)| source(url)).collect();
        let addresses = sources.map(|(_, place)| place.map(|place| place.parse().unwrap()));
        let lanes: Vec<Vec<Vec<&str>>> = linked(all.iter().zip(addresses))
            .into_iter()
            .map(|lane| {
                let sites = lane.sites.into_iter();
                sites
                    .map(|site| site.into_iter().map(|s| s.url.as_str()).collect())
                    .collect()
            })
            .collect();
        let expected: [&[&[&str]]; 3] = [
            &[
                &["https://a.one.example/", "https://b.one.example/"],
                &["https://two.example/1", "https://two.example/2"],
                &["https://four.example/"],
            ],
            &[&["https://three.example/"]],
            &[&["https://nowhere.example/"]],
        ];
        assert_eq!(lanes, expected);
    }
}
