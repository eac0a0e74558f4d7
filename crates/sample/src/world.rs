//! The whole sample world, read from the bundled files.

use crate::day::Day;
use crate::expected::{self, Expectation};
use crate::item::Item;
use crate::piece::Piece;
use crate::serve::{self, Served};
use crate::site::{self, Site};
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::io;
use tocsin_core::{ConfigError, Source, SourceId};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/world");

/// Outlets, articles and the right answers.
#[derive(Debug, Clone)]
pub struct World {
    sites: Vec<Site>,
    /// In order of publication.
    pieces: Vec<Piece>,
    expected: Vec<Expectation>,
    templates: BTreeMap<String, &'static str>,
}

impl World {
    /// Reads the bundled files.
    ///
    /// # Errors
    /// A mistake in one of them, with file and line. The tests read them all, so a released program
    /// never meets one.
    pub fn load() -> Result<Self, ConfigError> {
        let sites = site::read(
            file("sources.toml")?,
            file("sites.toml")?,
            file("words.toml")?,
        )?;
        let mut pieces = read_pieces()?;
        pieces.sort_by(|a, b| (a.published, &a.slug).cmp(&(b.published, &b.slug)));
        Ok(Self {
            sites,
            pieces,
            expected: expected::read("expected.toml", file("expected.toml")?)?,
            templates: texts("templates")?.collect::<Result<_, _>>()?,
        })
    }

    /// The world's `sources.toml`, as a user would write one.
    pub fn sources_toml(&self) -> &'static str {
        file("sources.toml").unwrap_or_default()
    }

    /// The outlets as sources, in the order of the file.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sites.iter().map(|site| &site.source)
    }

    /// Every host that the served world answers for.
    pub fn hosts(&self) -> Vec<&str> {
        self.sites.iter().map(|site| site.host.as_str()).collect()
    }

    /// The articles that are out on a day, the oldest first; those of sites that cannot be read
    /// then are among them.
    pub fn pieces(&self, day: Day) -> impl Iterator<Item = &Piece> {
        let out = move |piece: &&Piece| piece.published <= day.now();
        self.pieces.iter().filter(out)
    }

    /// The canonical address of an article; `None` for an unknown slug.
    pub fn url_of(&self, slug: &str) -> Option<String> {
        let piece = self.pieces.iter().find(|piece| piece.slug == slug)?;
        let site = self.site(&piece.source)?;
        Some(site.address(&site.path(slug, piece.published)))
    }

    /// What a careful reader makes of the articles; for tests.
    pub fn expected(&self) -> &[Expectation] {
        &self.expected
    }

    /// Serves the world as it stands on a day, on a free port of 127.0.0.1. Needs a tokio runtime.
    ///
    /// # Errors
    /// The system gives no port.
    pub async fn serve(&self, day: Day) -> Result<Served, io::Error> {
        serve::serve(self, day).await
    }

    pub(crate) fn site_at(&self, host: &str) -> Option<&Site> {
        let mut sites = self.sites.iter();
        sites.find(|site| site.host.eq_ignore_ascii_case(host))
    }

    /// A site's articles on a day, the newest first.
    pub(crate) fn items<'a>(&'a self, site: &'a Site, day: Day) -> Vec<Item<'a>> {
        let mut items: Vec<Item<'a>> = self
            .pieces(day)
            .filter(|piece| piece.source == site.source.id)
            .map(|piece| Item::new(piece, site, day))
            .collect();
        items.reverse();
        items
    }

    /// A template by its name; empty for an unknown one, which a test excludes.
    pub(crate) fn template(&self, name: &str) -> &'static str {
        self.templates.get(name).copied().unwrap_or_default()
    }

    fn site(&self, id: &SourceId) -> Option<&Site> {
        self.sites.iter().find(|site| site.source.id == *id)
    }
}

fn file(path: &str) -> Result<&'static str, ConfigError> {
    FILES
        .get_file(path)
        .and_then(|file| file.contents_utf8())
        .ok_or_else(|| ConfigError::new(path, "the sample world lacks this file"))
}

/// The files of a folder by their names without ending.
fn texts(
    folder: &str,
) -> Result<impl Iterator<Item = Result<(String, &'static str), ConfigError>>, ConfigError> {
    let dir = FILES
        .get_dir(folder)
        .ok_or_else(|| ConfigError::new(folder, "the sample world lacks this folder"))?;
    Ok(dir.files().map(|file| {
        let name = file.path().file_stem().and_then(|stem| stem.to_str());
        let wrong = || ConfigError::new(&file.path().to_string_lossy(), "not plain UTF-8");
        let (name, text) = name.zip(file.contents_utf8()).ok_or_else(wrong)?;
        Ok((name.to_owned(), text))
    }))
}

fn read_pieces() -> Result<Vec<Piece>, ConfigError> {
    texts("articles")?
        .map(|read| {
            let (name, text) = read?;
            let path = format!("articles/{name}.md");
            // The day comes first in the name only to sort the folder.
            let (_, slug) = name
                .split_once('-')
                .ok_or_else(|| ConfigError::new(&path, "its name is not DAY-SLUG"))?;
            Piece::parse(&path, slug, text)
        })
        .collect()
}

#[cfg(test)]
mod tests;
