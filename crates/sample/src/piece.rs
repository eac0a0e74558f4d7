//! One invented article as it was written: a head in TOML between `+++` lines, then paragraphs.

use serde::Deserialize;
use tocsin_core::{ConfigError, SourceId, Timestamp, parse_toml};

/// An article of the sample world, before any site puts it on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its name in addresses; unique in the world.
    pub slug: String,
    /// The outlet that prints it.
    pub source: SourceId,
    /// The headline at first.
    pub title: String,
    /// The headline from `modified` on, where the outlet changed it.
    pub retitled: Option<String>,
    /// Names of invented writers and desks.
    pub authors: Vec<String>,
    /// When it appeared.
    pub published: Timestamp,
    /// When it was changed.
    pub modified: Option<Timestamp>,
    /// BCP 47, where it is not its outlet's language.
    pub lang: Option<String>,
    /// The rubric it stands in.
    pub section: String,
    /// One or two sentences; the first paragraph where the outlet wrote none.
    pub summary: String,
    /// The text.
    pub body: Vec<Block>,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A subheading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
}

impl Block {
    /// The words.
    pub fn text(&self) -> &str {
        match self {
            Self::Heading(text) | Self::Paragraph(text) => text,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    source: SourceId,
    title: String,
    retitled: Option<String>,
    authors: Vec<String>,
    published: Timestamp,
    modified: Option<Timestamp>,
    lang: Option<String>,
    section: String,
    summary: Option<String>,
}

impl Piece {
    /// The text as an extractor should give it: blocks with one blank line between them.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.body.iter().map(Block::text).collect();
        texts.join("\n\n")
    }

    /// Reads an article's file.
    pub(crate) fn parse(file: &str, slug: &str, text: &str) -> Result<Self, ConfigError> {
        let (head, body) = split(text).ok_or_else(|| {
            ConfigError::new(
                file,
                "an article begins with a head between two `+++` lines",
            )
        })?;
        // The head keeps the line break before it, so that a mistake's line is the file's own.
        let head: Head = parse_toml(file, head)?;
        let body: Vec<Block> = blocks(body).collect();
        let first = body.first().map(|block| block.text().to_owned());
        Ok(Self {
            slug: slug.to_owned(),
            source: head.source,
            title: head.title,
            retitled: head.retitled,
            authors: head.authors,
            published: head.published,
            modified: head.modified,
            lang: head.lang,
            section: head.section,
            summary: head.summary.or(first).unwrap_or_default(),
            body,
        })
    }
}

fn split(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("+++")?.split_once("\n+++\n")
}

fn blocks(body: &str) -> impl Iterator<Item = Block> {
    body.split("\n\n")
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| match text.strip_prefix("## ") {
            Some(heading) => Block::Heading(heading.to_owned()),
            None => Block::Paragraph(text.to_owned()),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "+++\nsource = \"a\"\ntitle = \"T\"\nauthors = []\n\
        published = \"2026-10-05T08:00:00Z\"\nsection = \"S\"\n+++\n";

    #[test]
    fn headings_and_paragraphs_come_in_order() {
        let piece =
            Piece::parse("a.md", "a", &format!("{HEAD}One.\n\n## Two\n\nThree.\n")).unwrap();
        assert_eq!(piece.text(), "One.\n\nTwo\n\nThree.");
        assert_eq!(piece.body[1], Block::Heading("Two".to_owned()));
        assert_eq!(piece.summary, "One.");
    }

    #[test]
    fn a_mistake_in_the_head_is_told_with_its_line() {
        let text = HEAD.replace("title", "tilte");
        let error = Piece::parse("a.md", "a", &text).unwrap_err();
        assert_eq!(error.line, Some(3));
        assert!(Piece::parse("a.md", "a", "no head").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_file_is_survived(text in "(\\+\\+\\+\n)?[ -~\n]{0,60}(\n\\+\\+\\+\n)?\\PC{0,60}") {
            let _ = Piece::parse("a.md", "a", &text);
        }
    }
}
