//! A page that was read and is not judged yet.

use crate::address::Address;
use crate::facts::Facts;
use crate::features::Said;
use crate::judge::Judge;
use crate::metadata::Metadata;
use crate::metadata::calendar::Calendar;
use crate::outline::Outline;
use crate::{ExtractError, Page, markup, script_data};
use scraper::Html;

/// Letters below which a page with scripts is the shell that they would fill.
const SHELL_LETTERS: usize = 100;

/// What a page holds and says.
pub(crate) struct Reading {
    pub(crate) outline: Outline,
    pub(crate) facts: Facts,
    pub(crate) metadata: Metadata,
    pub(crate) calendar: Calendar,
    /// What the publisher's rule says of each block; empty where there is none.
    verdicts: Vec<Option<bool>>,
}

impl Reading {
    /// Reads a page from its source.
    ///
    /// # Errors
    /// [`ExtractError::TooTangled`].
    pub(crate) fn of(
        source: &str,
        address: &Address,
        about: &Page<'_>,
    ) -> Result<Self, ExtractError> {
        // The tree is the largest part of all that a page takes, and not needed any more.
        Self::with_tree(source, address, about).map(|(reading, _)| reading)
    }

    /// The same, with the tree.
    ///
    /// # Errors
    /// [`ExtractError::TooTangled`].
    pub(crate) fn with_tree(
        source: &str,
        address: &Address,
        about: &Page<'_>,
    ) -> Result<(Self, Html), ExtractError> {
        let tree = markup::tree(source)?;
        let outline = Outline::of(&tree);
        let facts = Facts::of(&tree, &outline);
        let calendar = Calendar::of(facts.lang.as_deref(), address.host(), about.read_at);
        let mut metadata = Metadata::of(&facts, address, calendar);
        if metadata.published.is_none() {
            metadata.published = script_data::published(source, calendar);
        }
        let mut verdicts = Vec::new();
        if let Some((_, rule)) = about.publishers.of(address.host()) {
            rule.correct(&tree, calendar, &mut metadata);
            verdicts = rule.verdicts(&tree, &outline);
        }
        let mut reading = Self {
            outline,
            facts,
            metadata,
            calendar,
            verdicts,
        };
        let filled = reading.filled(source)?;
        Ok((reading, filled.unwrap_or(tree)))
    }

    /// Whether there is next to no text, and scripts that would bring it.
    pub(crate) fn is_shell(&self) -> bool {
        self.facts.scripts > 0 && self.outline.letters() < SHELL_LETTERS
    }

    /// Fills a shell with the text that a browser would find in its scripts, if there is one; gives the tree of that.
    fn filled(&mut self, source: &str) -> Result<Option<Html>, ExtractError> {
        if !self.is_shell() {
            return Ok(None);
        }
        let Some(article) = script_data::article(source) else {
            return Ok(None);
        };
        let tree = markup::tree(&format!("<article>{article}</article>"))?;
        self.outline = Outline::of(&tree);
        // They are about the blocks that were.
        self.verdicts.clear();
        Ok(Some(tree))
    }

    pub(crate) fn said(&self) -> Said<'_> {
        Said::of(&self.metadata, &self.facts)
    }

    /// For each block how likely it is part of the article.
    pub(crate) fn chances(&self) -> Vec<f32> {
        let mut chances = Judge::standard().chances(&self.outline, self.said());
        for (chance, verdict) in chances.iter_mut().zip(&self.verdicts) {
            *chance = verdict.map_or(*chance, |is_text| f32::from(u8::from(is_text)));
        }
        chances
    }
}
