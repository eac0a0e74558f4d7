//! One entry of a feed, a sitemap or a listing.

use crate::{SourceId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a source says about one of its articles, before the article's page is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedEntry {
    /// The source that listed it; `None` where a feed is parsed outside a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
    /// The source's own id for it.
    pub guid: Option<String>,
    /// Absolute address of the article.
    pub url: Option<String>,
    /// Plain text.
    pub title: Option<String>,
    /// Sanitised HTML or text.
    pub summary: Option<String>,
    /// Sanitised HTML: the whole article, where the source gives it.
    pub content_html: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// Names.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Labels that the source gives.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Attached media.
    #[serde(default)]
    pub enclosures: Vec<Enclosure>,
}

/// A file attached to an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// Where it lies.
    pub url: String,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Its length in bytes.
    pub length: Option<u64>,
}
