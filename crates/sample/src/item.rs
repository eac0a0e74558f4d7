//! An article as its site shows it on a given day.

use crate::day::Day;
use crate::piece::Piece;
use crate::site::Site;
use tocsin_core::Timestamp;

/// A piece on its site, with the headline of the day.
#[derive(Debug, Clone)]
pub(crate) struct Item<'a> {
    pub(crate) piece: &'a Piece,
    pub(crate) site: &'a Site,
    pub(crate) title: &'a str,
    /// When it was changed, if that has happened yet.
    pub(crate) modified: Option<Timestamp>,
    /// The canonical address.
    pub(crate) url: String,
}

impl<'a> Item<'a> {
    pub(crate) fn new(piece: &'a Piece, site: &'a Site, day: Day) -> Self {
        let modified = piece.modified.filter(|moment| *moment <= day.now());
        let new_title = modified.and(piece.retitled.as_deref());
        Self {
            piece,
            site,
            title: new_title.unwrap_or(&piece.title),
            modified,
            url: site.address(&site.path(&piece.slug, piece.published)),
        }
    }

    /// The address as the feed gives it.
    pub(crate) fn link(&self) -> String {
        format!("{}{}", self.url, self.site.look.link_query)
    }

    /// When it changed last.
    pub(crate) fn changed(&self) -> Timestamp {
        self.modified.unwrap_or(self.piece.published)
    }

    /// BCP 47.
    pub(crate) fn lang(&self) -> &str {
        self.piece.lang.as_deref().unwrap_or(&self.site.source.lang)
    }
}
