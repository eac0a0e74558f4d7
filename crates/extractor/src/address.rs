//! The address that an article wants to be known by, where that can be believed.

use crate::ExtractError;
use crate::facts::Facts;
use tocsin_core::{MAX_ADDRESS, canonical_url};
use url::Url;

/// Where a page was read, and what follows from it.
pub(crate) struct Address {
    /// As it was read.
    pub(crate) url: Url,
}

impl Address {
    /// # Errors
    /// [`ExtractError::BadUrl`] for what is no absolute web address.
    pub(crate) fn parse(url: &str) -> Result<Self, ExtractError> {
        let bad = || ExtractError::BadUrl {
            url: url.to_owned(),
        };
        canonical_url(url).ok_or_else(bad)?;
        Ok(Self {
            url: Url::parse(url.trim()).map_err(|_| bad())?,
        })
    }

    /// The host, in lower case.
    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The part of the host that somebody registered.
    pub(crate) fn site(&self) -> String {
        site(self.host())
    }

    /// The canonical form of `rel=canonical`, else of `og:url`, else of the address itself.
    ///
    /// A claim is believed if it stays on the same site and does not point to the front page: templates
    /// that give every article the front page's address would make all of them one story.
    pub(crate) fn canonical(&self, facts: &Facts) -> String {
        let claims = [facts.canonical.as_deref(), facts.meta(&["og:url"])];
        let believed = claims.into_iter().flatten().find_map(|claim| {
            let claim = self.joined(claim)?;
            self.is_believable(&claim)
                .then(|| canonical_url(claim.as_str()))?
        });
        believed
            .or_else(|| canonical_url(self.url.as_str()))
            .unwrap_or_else(|| self.url.to_string())
    }

    /// An absolute address for a reference on the page; only web addresses.
    pub(crate) fn resolve(&self, reference: &str) -> Option<String> {
        let url = self.joined(reference.trim())?;
        matches!(url.scheme(), "http" | "https").then(|| url.into())
    }

    fn joined(&self, reference: &str) -> Option<Url> {
        let is_address = reference.len() <= MAX_ADDRESS;
        is_address.then(|| self.url.join(reference).ok())?
    }

    fn is_believable(&self, claim: &Url) -> bool {
        let front = claim.path().trim_matches('/').is_empty() && claim.query().is_none();
        let here_is_front =
            self.url.path().trim_matches('/').is_empty() && self.url.query().is_none();
        let same = claim
            .host_str()
            .is_some_and(|host| site(host) == self.site());
        same && (!front || here_is_front)
    }
}

/// The registrable part of a host, by the shape of its labels: the last two, or three where the last
/// but one is one of the usual second levels (`co.uk`, `com.au`).
fn site(host: &str) -> String {
    const SECOND: &[&str] = &[
        "co", "com", "org", "net", "gov", "gob", "gouv", "govt", "go", "ac", "edu", "or", "ne",
        "nic", "mil",
    ];
    let labels: Vec<&str> = host.split('.').collect();
    let is_address = host.starts_with('[') || labels.iter().all(|l| l.parse::<u8>().is_ok());
    let take = match labels.as_slice() {
        _ if is_address => labels.len(),
        [.., second, top] if top.len() == 2 && SECOND.contains(second) => 3,
        _ => 2,
    };
    labels
        .get(labels.len().saturating_sub(take)..)
        .unwrap_or_default()
        .join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(url: &str, canonical: Option<&str>, og: Option<&str>) -> String {
        let facts = Facts {
            canonical: canonical.map(str::to_owned),
            meta: og
                .map(|og| ("og:url".to_owned(), og.to_owned()))
                .into_iter()
                .collect(),
            ..Facts::default()
        };
        Address::parse(url).unwrap().canonical(&facts)
    }

    #[test]
    fn a_claim_on_the_same_site_is_believed() {
        let url = "https://m.news.example/a?utm_source=x";
        assert_eq!(
            canonical(url, Some("https://www.news.example/a/1"), None),
            "https://www.news.example/a/1"
        );
        assert_eq!(
            canonical(url, Some("/b"), Some("https://news.example/c")),
            "https://m.news.example/b"
        );
        assert_eq!(
            canonical(url, None, Some("https://news.example/c#x")),
            "https://news.example/c"
        );
    }

    #[test]
    fn another_site_and_the_front_page_are_not() {
        let url = "https://a.co.uk/story?utm_source=x";
        for claim in [
            "https://b.co.uk/story",
            "https://a.co.uk/",
            "https://a.co.uk",
            "mailto:x@a.co.uk",
            "",
        ] {
            assert_eq!(
                canonical(url, Some(claim), None),
                "https://a.co.uk/story",
                "{claim}"
            );
        }
    }

    #[test]
    fn numbers_are_whole_hosts() {
        assert_eq!(
            canonical("http://127.0.0.1:80/a", Some("http://10.0.0.1/b"), None),
            "http://127.0.0.1/a"
        );
    }

    #[test]
    fn no_web_address_is_refused() {
        assert!(matches!(
            Address::parse("news"),
            Err(ExtractError::BadUrl { .. })
        ));
    }
}
