//! An outlet of the sample world: its entry in `sources.toml`, and how it looks and behaves.

use jiff::tz::{Offset, TimeZone};
use serde::Deserialize;
use std::collections::BTreeMap;
use tocsin_core::{ConfigError, Source, SourceId, Timestamp, host_of, parse_toml};

/// What `sites.toml` says of one outlet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Look {
    pub(crate) id: SourceId,
    pub(crate) tagline: String,
    pub(crate) format: Format,
    /// Whether the feed holds whole articles.
    #[serde(default)]
    pub(crate) full_text: bool,
    pub(crate) template: String,
    path: String,
    /// Appended to the feed's links, as a marketing department would.
    #[serde(default)]
    pub(crate) link_query: String,
    utc_offset: i8,
    #[serde(default)]
    pub(crate) manner: Manner,
    pub(crate) nav: Vec<String>,
}

/// The form in which an outlet lists its articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    Rss,
    BrokenRss,
    Rdf,
    Atom,
    Json,
    Sitemap,
    Listing,
}

impl Format {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Rss | Self::BrokenRss => "application/rss+xml; charset=utf-8",
            Self::Rdf => "application/rdf+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
            Self::Sitemap => "application/xml; charset=utf-8",
            Self::Listing => "text/html; charset=utf-8",
        }
    }
}

/// How an outlet treats a robot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Manner {
    /// A robots.txt that leaves the articles open.
    #[default]
    Open,
    /// No robots.txt at all.
    Bare,
    /// A robots.txt that forbids everything.
    Closed,
    /// Open, but too busy to answer on the first day.
    Late,
}

/// The words round an article, in one language.
pub(crate) type Words = BTreeMap<String, String>;

/// One outlet.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) source: Source,
    pub(crate) look: Look,
    pub(crate) words: Words,
    pub(crate) host: String,
    zone: TimeZone,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    source: Vec<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    site: Vec<Look>,
}

/// Brings `sources.toml`, `sites.toml` and `words.toml` together.
pub(crate) fn read(sources: &str, sites: &str, words: &str) -> Result<Vec<Site>, ConfigError> {
    let mut looks = parse_toml::<SiteFile>("sites.toml", sites)?.site;
    let words: BTreeMap<String, Words> = parse_toml("words.toml", words)?;
    let listed = parse_toml::<SourceFile>("sources.toml", sources)?.source;
    let join = |source: Source| {
        let wrong = |what: &str| ConfigError::new("sites.toml", format!("`{}`: {what}", source.id));
        let at = looks.iter().position(|look| look.id == source.id);
        let look = looks.swap_remove(at.ok_or_else(|| wrong("no table for this source"))?);
        let words = words.get(&source.lang).cloned();
        let offset = Offset::from_hours(look.utc_offset);
        Ok(Site {
            words: words.ok_or_else(|| wrong("no words for its language in words.toml"))?,
            host: host_of(&source.url).ok_or_else(|| wrong("its url has no host"))?,
            zone: offset.map_err(|e| wrong(&e.to_string()))?.to_time_zone(),
            source,
            look,
        })
    };
    listed.into_iter().map(join).collect()
}

impl Site {
    /// The path of an article on this site.
    pub(crate) fn path(&self, slug: &str, published: Timestamp) -> String {
        let path = self.look.path.replace("{slug}", slug);
        let path = path.replace("{date}", &self.local(published, "%Y/%m/%d"));
        path.replace("{day}", &self.local(published, "%Y%m%d"))
    }

    /// The whole address of a path of this site.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// The path of its feed, sitemap or listing.
    pub(crate) fn list_path(&self) -> &str {
        let authority = self
            .source
            .url
            .split_once("://")
            .map_or("", |(_, rest)| rest);
        authority.strip_prefix(&self.host).unwrap_or("/")
    }

    /// A moment in the site's own time, by a strftime pattern.
    pub(crate) fn local(&self, moment: Timestamp, pattern: &str) -> String {
        let zoned = moment.to_zoned_datetime(self.zone.clone());
        zoned.strftime(pattern).to_string()
    }

    /// RFC 3339 with the site's offset.
    pub(crate) fn rfc3339(&self, moment: Timestamp) -> String {
        self.local(moment, "%Y-%m-%dT%H:%M:%S%:z")
    }

    /// A word of the site's language; empty where there is none.
    pub(crate) fn word(&self, name: &str) -> &str {
        self.words.get(name).map_or("", String::as_str)
    }
}
