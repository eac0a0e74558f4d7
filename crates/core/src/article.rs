//! What a page says, without the page.

use crate::{StoryId, Timestamp};
use jiff::tz::Offset;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// An article taken out of a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
    /// Minutes east of UTC of the page's own clock, where it says so: by it the page counts the day it appeared on.
    #[serde(default)]
    pub utc_offset_minutes: Option<i16>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// The site's own name.
    pub site_name: Option<String>,
    /// ISO 639-1, from the text.
    pub language: Option<String>,
    /// Plain paragraphs, one blank line between them.
    pub text: String,
    /// The text is the beginning of one that only those read who pay or log in.
    #[serde(default)]
    pub teaser: bool,
    /// The rubric it stands in.
    pub section: Option<String>,
    /// The lead image's address.
    pub image: Option<String>,
}

impl Article {
    /// A moment of the article by the page's own clock, as RFC 3339 with its offset.
    pub fn by_own_clock(&self, at: Timestamp) -> String {
        let seconds = i32::from(self.utc_offset_minutes.unwrap_or(0)) * 60;
        match Offset::from_seconds(seconds) {
            Ok(offset) if seconds != 0 => at.display_with_offset(offset).to_string(),
            _ => at.to_string(),
        }
    }
}

impl Serialize for Article {
    /// As the fields are, but with times by the page's own clock.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // By name, so that a field that is added here is not forgotten there.
        let Self {
            id,
            url,
            canonical_url,
            title,
            byline,
            published,
            published_precision,
            utc_offset_minutes,
            modified,
            site_name,
            language,
            text,
            teaser,
            section,
            image,
        } = self;
        let own = |at: &Option<Timestamp>| at.map(|at| self.by_own_clock(at));
        let mut fields = serializer.serialize_struct("Article", 15)?;
        fields.serialize_field("id", id)?;
        fields.serialize_field("url", url)?;
        fields.serialize_field("canonical_url", canonical_url)?;
        fields.serialize_field("title", title)?;
        fields.serialize_field("byline", byline)?;
        fields.serialize_field("published", &own(published))?;
        fields.serialize_field("published_precision", published_precision)?;
        match utc_offset_minutes {
            Some(minutes) => fields.serialize_field("utc_offset_minutes", minutes)?,
            None => fields.skip_field("utc_offset_minutes")?,
        }
        fields.serialize_field("modified", &own(modified))?;
        fields.serialize_field("site_name", site_name)?;
        fields.serialize_field("language", language)?;
        fields.serialize_field("text", text)?;
        if *teaser {
            fields.serialize_field("teaser", teaser)?;
        } else {
            fields.skip_field("teaser")?;
        }
        fields.serialize_field("section", section)?;
        fields.serialize_field("image", image)?;
        fields.end()
    }
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
