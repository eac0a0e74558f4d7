//! A table for `sources.toml`, as far as it can be filled in without a person.

use super::{Candidate, Found};
use tocsin_core::{Source, SourceId, host_of};
use url::Url;

/// Where at least this part of what a source lists speaks of AI, all of it is read.
const MOSTLY_ABOUT_AI: f64 = 0.25;

/// Countries whose domains do not have their own code, and what stands in the place of one.
const COUNTRIES: &[(&str, &str)] = &[
    ("uk", "GB"),
    ("eu", "EU"),
    ("int", "INT"),
    ("gov", "US"),
    ("mil", "US"),
    ("edu", "US"),
];
/// Two-letter domains that tell no country: sold to everybody.
const SOLD: &[&str] = &[
    "ai", "io", "co", "me", "tv", "fm", "ly", "gg", "so", "to", "sh", "cc",
];
/// Domains below a country's own.
const SECOND: &[&str] = &[
    "co", "com", "org", "net", "gov", "go", "gob", "gouv", "govt", "gc", "ac", "edu", "or", "ne",
    "re", "mil", "nic", "gv",
];

/// Makes an id (`fr-cnil`; other sources may have it too) and a country (ISO 3166 alpha-2, `EU`, `INT` or
/// nothing) of a site's address and language.
pub fn id_of_site(address: &str, lang: &str) -> (String, String) {
    let host = host_of(address).unwrap_or_default();
    let country = country_of(&host, lang);
    (id_of(&country, &host), country)
}

/// The source that a candidate would be.
pub fn draft_source(found: &Found, candidate: &Candidate) -> Source {
    let lang = candidate
        .language
        .clone()
        .or_else(|| found.language.clone());
    let lang = lang.unwrap_or_default();
    let (id, country) = id_of_site(&found.url, &lang);
    let mostly = candidate.entries as f64 * MOSTLY_ABOUT_AI;
    Source {
        id: SourceId::new(id),
        name: name_of(found, candidate),
        kind: candidate.kind,
        url: candidate.url.clone(),
        site: Url::parse(&found.url)
            .map_or_else(|_| String::new(), |url| url.origin().ascii_serialization()),
        country,
        lang,
        category: String::new(),
        topics: Vec::new(),
        enabled: true,
        keyword_filter: (candidate.about_ai as f64) < mostly,
        link_selector: None,
        min_gap_s: None,
        min_interval_min: None,
    }
}

fn name_of(found: &Found, candidate: &Candidate) -> String {
    let title = candidate.title.as_deref().or(found.title.as_deref());
    let title = title.map(tocsin_core::text::one_line).unwrap_or_default();
    match title.is_empty() {
        true => host_of(&found.url).unwrap_or_default(),
        false => title,
    }
}

fn country_of(host: &str, lang: &str) -> String {
    let domain = host.rsplit('.').next().unwrap_or_default();
    if let Some((_, country)) = COUNTRIES.iter().find(|(known, _)| *known == domain) {
        return (*country).to_owned();
    }
    if domain.len() == 2 && !SOLD.contains(&domain) {
        return domain.to_ascii_uppercase();
    }
    // `en-GB` names a country, `zh-Hant` a script.
    let region = lang.split(['-', '_']).next_back().unwrap_or_default();
    let names_country = lang.len() > 3 && region.len() == 2;
    if names_country {
        region.to_ascii_uppercase()
    } else {
        String::new()
    }
}

/// The country and the site's name: `fr-cnil`.
fn id_of(country: &str, host: &str) -> String {
    let mut labels: Vec<&str> = host.split('.').filter(|label| !label.is_empty()).collect();
    labels.pop();
    while labels.len() > 1 && labels.last().is_some_and(|label| SECOND.contains(label)) {
        labels.pop();
    }
    let name: String = labels
        .last()
        .copied()
        .unwrap_or("site")
        .chars()
        .map(slug_char)
        .collect();
    let parts = [country.to_ascii_lowercase(), name];
    let words = parts
        .iter()
        .flat_map(|part| part.split('-'))
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

fn slug_char(c: char) -> char {
    if c.is_ascii_alphanumeric() {
        c.to_ascii_lowercase()
    } else {
        '-'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_country_and_site() {
        for (host, lang, expected) in [
            ("www.cnil.fr", "fr", "fr-cnil"),
            ("www.ministry.gov.uk", "en", "gb-ministry"),
            ("www.meti.go.jp", "ja", "jp-meti"),
            ("blog.some_lab.com", "en-US", "us-some-lab"),
            ("lab.ai", "en", "lab"),
            ("digital.europa.eu", "en", "eu-europa"),
            ("", "", "site"),
        ] {
            assert_eq!(id_of(&country_of(host, lang), host), expected, "{host}");
        }
    }
}
