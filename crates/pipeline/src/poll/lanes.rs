//! Sources that wait for the same turns, together: however many they are, they hold up no other.

use crate::pass::Pass;
use futures::StreamExt;
use jiff::Timestamp;
use std::collections::BTreeMap;
use tocsin_core::Source;
use tocsin_store::StoreError;

/// Names that are looked up side by side.
const AT_ONCE: usize = 64;

/// Sources whose sites or addresses are linked: by site, and those that waited longest first.
#[derive(Debug, Default)]
pub(super) struct Lane<'a> {
    pub(super) sites: Vec<Vec<&'a Source>>,
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
    let places: Vec<Option<String>> = futures::stream::iter(&waiting)
        .map(|(_, source)| async {
            let address = pass.fetcher.address(&source.url).await;
            address.map(|address| address.to_string())
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(linked(waiting, places))
}

/// A source, and since when it waits.
type Waiting<'a> = (Option<Timestamp>, &'a Source);

fn linked<'a>(waiting: Vec<Waiting<'a>>, places: Vec<Option<String>>) -> Vec<Lane<'a>> {
    let mut links = Links::default();
    for ((_, source), place) in waiting.iter().zip(&places) {
        let site = links.number(format!("site {}", site(source)));
        if let Some(place) = place {
            let place = links.number(format!("address {place}"));
            links.join(site, place);
        }
    }
    let mut lanes: BTreeMap<usize, BTreeMap<usize, Vec<&Source>>> = BTreeMap::new();
    for (_, source) in waiting {
        let site = links.number(format!("site {}", site(source)));
        let lane = lanes.entry(links.root(site)).or_default();
        // Numbers go up with the first source of each, which waited longest.
        lane.entry(site).or_default().push(source);
    }
    let lanes = lanes.into_values().map(|sites| Lane {
        sites: sites.into_values().collect(),
    });
    lanes.collect()
}

/// Names that belong together (disjoint sets, Galler and Fischer 1964).
#[derive(Debug, Default)]
struct Links {
    numbers: BTreeMap<String, usize>,
    above: Vec<usize>,
}

impl Links {
    fn number(&mut self, name: String) -> usize {
        let next = self.above.len();
        let number = *self.numbers.entry(name).or_insert(next);
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
        let places = sources.map(|(_, place)| place.map(str::to_owned)).to_vec();
        let waiting = all.iter().map(|source| (None, source)).collect();
        let lanes: Vec<Vec<Vec<&str>>> = linked(waiting, places)
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
