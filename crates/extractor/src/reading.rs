//! A page that was read and is not judged yet.

use crate::address::Address;
use crate::facts::Facts;
use crate::features::Said;
use crate::judge::Judge;
use crate::metadata::Metadata;
use crate::metadata::calendar::Calendar;
use crate::outline::Outline;
use crate::{ExtractError, engine, markup, script_data};
use scraper::Html;
use tocsin_core::Timestamp;

/// What a page holds and says.
pub(crate) struct Reading {
    pub(crate) page: Html,
    pub(crate) outline: Outline,
    pub(crate) facts: Facts,
    pub(crate) metadata: Metadata,
}

impl Reading {
    /// Reads a page from its source; no date in it is later than `read_at`.
    ///
    /// # Errors
    /// [`ExtractError::TooTangled`].
    pub(crate) fn of(
        source: &str,
        address: &Address,
        read_at: Option<Timestamp>,
    ) -> Result<Self, ExtractError> {
        let html = markup::tame(source)?;
        let page = Html::parse_document(&html);
        let outline = Outline::of(&page);
        let facts = Facts::of(&page, &outline);
        let calendar = Calendar::of(facts.lang.as_deref(), address.host(), read_at);
        let mut metadata = Metadata::of(&facts, address, calendar);
        if metadata.published.is_none() {
            metadata.published = script_data::published(source, calendar);
        }
        Ok(Self {
            page,
            outline,
            facts,
            metadata,
        })
    }

    pub(crate) fn said(&self) -> Said<'_> {
        Said::of(&self.metadata, &self.facts)
    }

    /// For each block how likely it is part of the article.
    pub(crate) fn chances(&self) -> Vec<f32> {
        Judge::standard().chances(&self.outline, self.said())
    }

    /// The text that a browser would find in the scripts of the page's source.
    pub(crate) fn text_of_scripts(&self, source: &str) -> Option<String> {
        let markup = format!("<article>{}</article>", script_data::article(source)?);
        let page = Html::parse_document(&markup::tame(&markup).ok()?);
        let outline = Outline::of(&page);
        let chances = Judge::standard().chances(&outline, self.said());
        Some(engine::text(&outline, &chances, self.said()))
    }
}
