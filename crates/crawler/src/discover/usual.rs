//! Addresses where feeds and sitemaps often lie though nobody names them.

use url::Url;

/// Paths of feeds, by how often sites have them.
const FEEDS: &[&str] = &[
    "feed/",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "rss",
    "index.xml",
    "feed",
    "?feed=rss2",
    "feeds/all.atom.xml",
    "rss/",
    "feed.json",
    "rss/news.xml",
];
/// Paths of sitemaps; those for news first.
const SITEMAPS: &[&str] = &[
    "news-sitemap.xml",
    "sitemap-news.xml",
    "sitemap_news.xml",
    "sitemap.xml",
    "sitemap_index.xml",
];
/// Addresses of feeds that are tried below a section; the rest is tried at the root only.
const IN_SECTION: usize = 4;

/// Where a feed may lie: below the given page first, then at the site's root.
pub(super) fn feeds(start: &Url) -> Vec<String> {
    let mut section = start.clone();
    section.set_query(None);
    if !section.path().ends_with('/') {
        section.set_path(&format!("{}/", section.path()));
    }
    let is_root = section.path() == "/";
    let below = FEEDS.iter().take(if is_root { 0 } else { IN_SECTION });
    let below = below.filter_map(|path| section.join(path).ok());
    below
        .chain(at_root(start, FEEDS))
        .map(String::from)
        .collect()
}

/// Where a sitemap may lie.
pub(super) fn sitemaps(start: &Url) -> Vec<String> {
    at_root(start, SITEMAPS).map(String::from).collect()
}

fn at_root(start: &Url, paths: &'static [&'static str]) -> impl Iterator<Item = Url> {
    let root = start.join("/").ok();
    paths
        .iter()
        .filter_map(move |path| root.as_ref()?.join(path).ok())
}

/// The sitemaps with news before the others.
pub(super) fn likely_sitemaps(mut named: Vec<String>) -> Vec<String> {
    named.sort_by_key(|address| !address.to_ascii_lowercase().contains("news"));
    named
}

/// The feed of a page on a service whose feeds lie at known addresses.
pub fn feed_of_known_site(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let parts: Vec<&str> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    match (host.as_str(), parts.as_slice()) {
        ("youtube.com" | "m.youtube.com", ["channel", id, ..]) => Some(format!(
            "https://www.youtube.com/feeds/videos.xml?channel_id={id}"
        )),
        ("youtube.com" | "m.youtube.com", ["playlist" | "watch"]) => {
            let list = url.query_pairs().find(|(name, _)| name == "list")?.1;
            Some(format!(
                "https://www.youtube.com/feeds/videos.xml?playlist_id={list}"
            ))
        }
        ("github.com", [owner, repository]) => Some(format!(
            "https://github.com/{owner}/{repository}/releases.atom"
        )),
        ("reddit.com" | "old.reddit.com", ["r", name, ..]) => {
            Some(format!("https://www.reddit.com/r/{name}/.rss"))
        }
        ("medium.com", [writer]) => Some(format!("https://medium.com/feed/{writer}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_tried_before_the_root() {
        let start = Url::parse("https://a.example/press?x=1").unwrap();
        let addresses = feeds(&start);
        assert_eq!(addresses[0], "https://a.example/press/feed/");
        assert!(addresses.contains(&"https://a.example/feed/".to_owned()));
        let root = feeds(&Url::parse("https://a.example").unwrap());
        assert_eq!(root.len(), FEEDS.len());
    }

    #[test]
    fn services_have_their_feeds_at_known_addresses() {
        for (page, feed) in [
            (
                "https://www.youtube.com/channel/UC1",
                Some("https://www.youtube.com/feeds/videos.xml?channel_id=UC1"),
            ),
            (
                "https://www.youtube.com/playlist?list=PL1",
                Some("https://www.youtube.com/feeds/videos.xml?playlist_id=PL1"),
            ),
            (
                "https://www.youtube.com/watch?v=v1&list=PL1",
                Some("https://www.youtube.com/feeds/videos.xml?playlist_id=PL1"),
            ),
            ("https://www.youtube.com/watch?v=v1", None),
            (
                "https://github.com/a/b",
                Some("https://github.com/a/b/releases.atom"),
            ),
            ("https://a.example/channel/UC1", None),
        ] {
            assert_eq!(feed_of_known_site(page).as_deref(), feed, "{page}");
        }
    }
}
