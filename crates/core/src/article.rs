//! What a page says, without the page.

use crate::{StoryId, Timestamp};
use serde::{Deserialize, Serialize};

/// An article taken out of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// The id of the story that it becomes.
    pub id: StoryId,
    /// The address it was read at.
    pub url: String,
    /// The address it wants to be known by, in canonical form.
    pub canonical_url: String,
    /// Without the site's name.
    pub title: String,
    /// Names of persons.
    pub byline: Vec<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// How exactly that is known.
    pub published_precision: Option<Precision>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// The site's own name.
    pub site_name: Option<String>,
    /// ISO 639-1, from the text.
    pub language: Option<String>,
    /// Plain paragraphs, one blank line between them.
    pub text: String,
    /// The rubric it stands in.
    pub section: Option<String>,
    /// The lead image's address.
    pub image: Option<String>,
}

/// How exactly a moment is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// To the second.
    Second,
    /// To the minute.
    Minute,
    /// Only the day; the time is noon UTC.
    Day,
}
