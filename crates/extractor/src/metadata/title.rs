//! The title of an article without the name of its site.

use super::json_ld::ArticleLd;
use crate::facts::Facts;

/// What stands between a title and a site's name.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " · ", " • ", " » ", " :: ", " / ", "｜", " ‹ ", " « ", "_", " ~ ", "|"];

/// The title, or `None` where the page has none.
pub(crate) fn of(facts: &Facts, article: Option<&ArticleLd>, site: Option<&str>, host: &str) -> Option<String> {
    let ld = article.and_then(|a| a.headline.clone());
    let og = facts.meta(&["og:title", "twitter:title", "title", "dc.title", "sailthru.title", "parsely-title"]);
    let strip = |t: &str| without_site(t, site, host);
    let heading = facts.headings.iter().find(|h| !h.is_empty());
    ld.map(|t| strip(&t)).or_else(|| og.map(strip)).or_else(|| heading.cloned()).or_else(|| facts.title.as_deref().map(strip)).filter(|t| !t.is_empty())
}

/// A title without the site's name at either end.
pub(crate) fn without_site(title: &str, site: Option<&str>, host: &str) -> String {
    for separator in SEPARATORS {
        if let Some((head, tail)) = title.rsplit_once(separator)
            && is_site(tail, site, host) && !head.trim().is_empty()
        {
            return without_site(head.trim(), site, host);
        }
        if let Some((head, tail)) = title.split_once(separator)
            && is_site(head, site, host) && !tail.trim().is_empty()
        {
            return tail.trim().to_owned();
        }
    }
    title.trim().to_owned()
}

/// Whether words are the site's name: as it says itself, or as its host spells it.
fn is_site(words: &str, site: Option<&str>, host: &str) -> bool {
    let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let words = letters(words);
    if words.is_empty() {
        return false;
    }
    if let Some(site) = site.map(letters).filter(|s| !s.is_empty())
        && (site == words || (words.len() > 3 && (site.contains(&words) || words.contains(&site)) && words.len() < site.len() * 3))
    {
        return true;
    }
    let host = letters(host.strip_prefix("www.").unwrap_or(host));
    words.len() > 2 && host.contains(&words)
}
