//! A page that is watched itself: its text now, and what changed since it was read last. Pure.
//!
//! A paragraph came where it is part of the main text now and stood nowhere on the page before; it went where it
//! was part of the main text and stands nowhere now. So a block that is taken for furniture once and for text
//! another time is no change, nor is one that moved. Date stamps, counters and copyright lines never are.

use crate::address::Address;
use crate::engine::{chosen, paragraphs};
use crate::outline::Outline;
use crate::reading::Reading;
use crate::tag::Tag;
use crate::{ExtractError, Page, extract, opened};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use tocsin_core::text::{one_line, shorten};

/// Longer paragraphs are no date stamps or counters.
const STAMP: usize = 120;
/// Two paragraphs that share so many of their words are one that changed.
const ALIKE: f64 = 0.5;
/// A version with a smaller part of the last one's text may be an error page.
const RUIN: f64 = 0.25;
/// Characters of a title that name what is new.
const TITLE: usize = 90;

/// Words of lines that say when a page was touched, or by how many.
const STAMPS: [&str; 44] = [
    "updated",
    "update:",
    "modified",
    "reviewed",
    "revised on",
    "as of",
    "retrieved",
    "generated",
    "printed",
    "page views",
    "views",
    "visits",
    "visitors",
    "online now",
    "aktualisiert",
    "stand:",
    "geändert am",
    "zuletzt",
    "seitenaufrufe",
    "mise à jour",
    "mis à jour",
    "modifié le",
    "consulté",
    "vues",
    "actualizado",
    "actualización",
    "última modificación",
    "visitas",
    "aggiornato",
    "aggiornamento",
    "visite",
    "atualizado",
    "atualização",
    "bijgewerkt",
    "zaktualizowano",
    "обновлено",
    "更新",
    "浏览",
    "浏览量",
    "阅读",
    "最終更新",
    "수정",
    "조회",
    "تحديث",
];

/// A page's text at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The page's title.
    pub title: String,
    /// The language that the page names or that was found (ISO 639).
    pub language: Option<String>,
    /// The paragraphs of the main text.
    pub main: Vec<String>,
    /// Every block of text on the page, furniture included.
    pub all: Vec<String>,
}

/// What differs between two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Paragraphs that came.
    pub added: Vec<String>,
    /// Paragraphs that went.
    pub removed: Vec<String>,
    /// Paragraphs that changed: before and now.
    pub changed: Vec<(String, String)>,
}

impl Version {
    /// Reads a page: its main text, or, where there is none that looks like an article, all of it.
    ///
    /// # Errors
    /// Where the page cannot be read, is empty, or something stands before it; see [`ExtractError`].
    pub fn of(page: &Page<'_>) -> Result<Self, ExtractError> {
        let (_, source) = opened(page)?;
        let address = Address::parse(page.url)?;
        let reading = Reading::of(&source, &address, page)?;
        let blocks = reading.outline.blocks.iter();
        let all: Vec<String> = blocks.map(|block| block.text.clone()).collect();
        let article = match extract(page) {
            Ok(article) => Some(article),
            Err(ExtractError::NoArticle | ExtractError::List) => None,
            Err(error) => return Err(error),
        };
        let taken = match &article {
            Some(_) => main_blocks(
                &reading.outline,
                &chosen(&reading.outline, &reading.chances()),
            ),
            None => main_blocks(&reading.outline, &vec![false; all.len()]),
        };
        let mut main = paragraphs(&reading.outline, &taken);
        if main.is_empty() {
            main.clone_from(&all);
        }
        let title = reading.metadata.title.unwrap_or_default();
        Ok(Self {
            title: article
                .as_ref()
                .map_or(title, |article| article.title.clone()),
            language: article.and_then(|article| article.language),
            main,
            all,
        })
    }

    /// Whether so little of an earlier version is left that this may be an error page: believed where it is
    /// still there at the next look.
    pub fn is_ruin_of(&self, before: &Self) -> bool {
        let length = |version: &Self| version.main.iter().map(String::len).sum::<usize>();
        let (now, then) = (length(self), length(before));
        #[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
        let is_short = (now as f64) < RUIN * then as f64;
        is_short
    }

    /// What changed since an earlier version; `None` where nothing did that matters.
    pub fn since(&self, before: &Self) -> Option<Changes> {
        let (known, there) = (before.keys(), self.keys());
        let new = |paragraph: &&String| !is_stamp(paragraph) && !is_known(paragraph, &known);
        let gone = |paragraph: &&String| !is_stamp(paragraph) && !is_known(paragraph, &there);
        let added: Vec<String> = self.main.iter().filter(new).cloned().collect();
        let removed: Vec<String> = before.main.iter().filter(gone).cloned().collect();
        let changes = Changes::paired(added, removed);
        (!changes.is_empty()).then_some(changes)
    }

    fn keys(&self) -> HashSet<String> {
        let paragraphs = self.main.iter().chain(&self.all);
        paragraphs.map(|paragraph| key(paragraph)).collect()
    }
}

/// What the judge took, and all that stands in the page's `main` or `article` outside of menus and the like: a
/// table that the judge leaves out of a news story is what a register is about.
fn main_blocks(outline: &Outline, taken: &[bool]) -> Vec<bool> {
    let blocks = outline.blocks.iter().enumerate();
    blocks
        .map(|(number, block)| {
            let is_taken = taken.get(number).copied().unwrap_or(false);
            is_taken || (!block.is_all_link() && is_in_main(outline, block.place))
        })
        .collect()
}

fn is_in_main(outline: &Outline, place: usize) -> bool {
    let mut is_main = false;
    let mut next = Some(place);
    while let Some(place) = next.and_then(|place| outline.places.get(place)) {
        let is_beside = matches!(
            place.tag,
            Tag::Nav | Tag::Aside | Tag::Footer | Tag::Form | Tag::Button | Tag::Unseen
        );
        if is_beside || place.hidden {
            return false;
        }
        is_main |= matches!(place.tag, Tag::Main | Tag::Article);
        next = place.parent;
    }
    is_main
}

impl Changes {
    /// Of those that came and went, the ones that are one paragraph that changed.
    fn paired(mut added: Vec<String>, mut removed: Vec<String>) -> Self {
        let mut changed = Vec::new();
        added.retain(|now| {
            let best = removed
                .iter()
                .enumerate()
                .map(|(place, before)| (likeness(before, now), place))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            match best.filter(|(likeness, _)| *likeness >= ALIKE) {
                Some((_, place)) => {
                    changed.push((removed.remove(place), now.clone()));
                    false
                }
                None => true,
            }
        });
        Self {
            added,
            removed,
            changed,
        }
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// The changes as a text, paragraph by paragraph: what came, what changed, what went.
    pub fn text(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.added.is_empty() {
            parts.push("Added:".to_owned());
            parts.extend(self.added.iter().cloned());
        }
        for (before, now) in &self.changed {
            parts.push(format!("Now: {now}"));
            parts.push(format!("Before: {before}"));
        }
        if !self.removed.is_empty() {
            parts.push("Removed:".to_owned());
            parts.extend(self.removed.iter().cloned());
        }
        parts.join("\n\n")
    }

    /// A headline: the page's title, and the beginning of what is new.
    pub fn headline(&self, title: &str) -> String {
        let first = self
            .added
            .first()
            .or(self.changed.first().map(|(_, now)| now));
        match first.or(self.removed.first()) {
            Some(words) => format!("{title}: {}", shorten(words, TITLE)),
            None => title.to_owned(),
        }
    }
}

/// A row of a table is known where all its cells are.
fn is_known(paragraph: &str, keys: &HashSet<String>) -> bool {
    let mut cells = paragraph.split(" | ");
    keys.contains(&key(paragraph)) || cells.all(|cell| keys.contains(&key(cell)))
}

/// What stays the same where only the typography changes.
fn key(paragraph: &str) -> String {
    let same = |c: char| match c {
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '’' | '‘' | '‚' | '′' => '\'',
        '–' | '—' | '‑' | '−' => '-',
        c => c,
    };
    one_line(paragraph)
        .to_lowercase()
        .chars()
        .map(same)
        .collect()
}

/// A line that says when the page was touched, how often it was looked at, or whose it is.
fn is_stamp(paragraph: &str) -> bool {
    let line = paragraph.to_lowercase();
    if line.chars().count() > STAMP {
        return false;
    }
    let has_digit = line.chars().any(char::is_numeric);
    let is_copyright = line.contains('©') || line.contains("copyright") || line.contains("(c) 2");
    let is_date_alone = has_digit && line.chars().filter(|c| c.is_alphabetic()).count() <= 9;
    is_copyright || is_date_alone || (has_digit && STAMPS.iter().any(|stamp| line.contains(stamp)))
}

/// The part of their words that two paragraphs share (Dice's coefficient over sets).
fn likeness(a: &str, b: &str) -> f64 {
    let words = |text: &str| -> HashSet<String> { pieces(text).collect() };
    let (a, b) = (words(a), words(b));
    #[expect(clippy::cast_precision_loss, reason = "numbers of words")]
    let share = 2.0 * a.intersection(&b).count() as f64 / (a.len() + b.len()).max(1) as f64;
    share
}

/// Words; of scripts that write none, characters.
fn pieces(text: &str) -> impl Iterator<Item = String> + '_ {
    let lower = text.to_lowercase();
    let words: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .flat_map(|word| match word.chars().any(tocsin_core::text::is_cjk) {
            true => word.chars().map(String::from).collect(),
            false => vec![word.to_owned()],
        })
        .collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: [&str; 4] = [
        "The AI office publishes the list of models with systemic risk under the regulation on artificial intelligence.",
        "Providers have to notify the office within two weeks after a model reaches the threshold of 10^25 operations.",
        "The fine for a missing notification is up to 10 million euro or two per cent of the worldwide turnover.",
        "Questions about the list go to the register of the office, which answers within thirty days of their arrival.",
    ];

    fn page(menu: &str, paragraphs: &[&str], foot: &str) -> Version {
        let text: String = paragraphs.iter().map(|p| format!("<p>{p}</p>")).collect();
        let html = format!(
            "<html lang=en><head><title>Register of models</title></head><body><nav><ul>{menu}</ul></nav>\
             <main><article><h1>Register of models</h1>{text}</article></main><footer><p>{foot}</p></footer></body></html>"
        );
        Version::of(&Page::new(
            html.as_bytes(),
            "https://office.example/register",
        ))
        .unwrap()
    }

    fn plain(paragraphs: &[&str]) -> Version {
        page(
            "<li><a href=/a>Home</a><li><a href=/b>News</a>",
            paragraphs,
            "© 2025 AI office",
        )
    }

    #[test]
    fn what_matters_is_a_change() {
        let before = plain(&TEXT);
        let mut texts = TEXT;
        texts[2] = "The fine for a missing notification is up to 20 million euro or two per cent of the worldwide turnover.";
        let changes = plain(&texts).since(&before).unwrap();
        assert_eq!(changes.changed, [(TEXT[2].to_owned(), texts[2].to_owned())]);
        assert!(changes.added.is_empty() && changes.removed.is_empty());
        let fewer = plain(&TEXT[..3]).since(&before).unwrap();
        assert_eq!(fewer.removed, [TEXT[3]]);
        let more = before.since(&plain(&TEXT[..3])).unwrap();
        assert_eq!(more.added, [TEXT[3]]);
        assert_eq!(more.text(), format!("Added:\n\n{}", TEXT[3]));
        assert!(
            more.headline("Register")
                .starts_with("Register: Questions about the list")
        );
    }

    #[test]
    fn what_does_not_matter_is_none() {
        let before = plain(&TEXT);
        let menu = "<li><a href=/a>Home</a><li><a href=/b>News</a><li><a href=/c>Careers at the office</a>";
        let moved = [TEXT[1], TEXT[0], TEXT[3], TEXT[2]];
        let quoted = [TEXT[0], &TEXT[1].replace(' ', "  "), TEXT[2], TEXT[3]];
        for same in [
            page(menu, &TEXT, "© 2026 AI office"),
            page("", &TEXT, "Last updated: 3 March 2026, 14:05"),
            plain(&moved),
            plain(&quoted),
            plain(&[
                TEXT[0],
                TEXT[1],
                TEXT[2],
                TEXT[3],
                "Page last reviewed: 4 March 2026",
            ]),
            plain(&[TEXT[0], TEXT[1], TEXT[2], TEXT[3], "Views: 12,345"]),
        ] {
            assert_eq!(same.since(&before), None);
        }
    }

    #[test]
    fn a_ruin_is_told() {
        let before = plain(&TEXT);
        assert!(
            plain(&["Maintenance. Please come again later today, we are working on the pages."])
                .is_ruin_of(&before)
        );
        assert!(!plain(&TEXT[..2]).is_ruin_of(&before));
    }
}
