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

/// Pairs of paragraphs that are compared at most.
const MOST_PAIRS: usize = 40_000;

/// Words of lines that say when a page was touched, or by how many.
const STAMPS: [&str; 40] = [
    "last updated",
    "updated",
    "last modified",
    "modified",
    "last reviewed",
    "reviewed",
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
    "stand",
    "zuletzt geändert",
    "seitenaufrufe",
    "mise à jour",
    "mis à jour",
    "modifié le",
    "vues",
    "actualizado",
    "última actualización",
    "última modificación",
    "visitas",
    "aggiornato",
    "ultimo aggiornamento",
    "visite",
    "atualizado",
    "bijgewerkt",
    "zaktualizowano",
    "обновлено",
    "更新时间",
    "更新日",
    "浏览次数",
    "浏览量",
    "最終更新",
    "조회수",
];
/// Words beside them that say nothing more.
const BESIDE: [&str; 18] = [
    "page", "this", "was", "on", "at", "am", "le", "el", "il", "last", "um", "uhr", "年", "月",
    "日", "년", "월", "일",
];
/// How months begin in the languages of most pages.
const MONTHS: [&str; 36] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär",
    "mai", "okt", "dez", "janv", "fév", "avr", "juin", "juil", "aoû", "déc", "ene", "abr", "ago",
    "dic", "gen", "mag", "giu", "lug", "set", "ott", "fev", "out", "dez",
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
        let everything = vec![true; reading.outline.blocks.len()];
        let all = paragraphs(&reading.outline, &everything);
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
            None => main_blocks(&reading.outline, &[]),
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
        is_ruin(length(before), length(self))
    }

    /// What changed since an earlier version; `None` where nothing did that matters.
    pub fn since(&self, before: &Self) -> Option<Changes> {
        let (known, there) = (before.keys(), self.keys());
        let new = |paragraph: &&String| !is_stamp(paragraph) && !known.contains(&key(paragraph));
        let gone = |paragraph: &&String| !is_stamp(paragraph) && !there.contains(&key(paragraph));
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

/// Whether a text of so many bytes, now of so many, has lost nearly all of itself.
pub fn is_ruin(before: usize, now: usize) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
    let is_short = (now as f64) < RUIN * before as f64;
    is_short
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
    /// What changed between two texts of paragraphs with blank lines between them; `None` where nothing did that
    /// matters.
    pub fn between(before: &str, now: &str) -> Option<Self> {
        let version = |text: &str| Version {
            main: text.split("\n\n").map(str::to_owned).collect(),
            ..Version::default()
        };
        version(now).since(&version(before))
    }

    /// Of those that came and went, the ones that are one paragraph that changed. Of a page that changed as a whole
    /// none is: each with each would take too long.
    fn paired(added: Vec<String>, removed: Vec<String>) -> Self {
        if added.len() * removed.len() > MOST_PAIRS {
            return Self {
                added,
                removed,
                changed: Vec::new(),
            };
        }
        let mut removed: Vec<(HashSet<String>, String)> = removed
            .into_iter()
            .map(|text| (words(&text), text))
            .collect();
        let (mut changed, mut new) = (Vec::new(), Vec::new());
        for now in added {
            let these = words(&now);
            let best = removed
                .iter()
                .enumerate()
                .map(|(place, (before, _))| (likeness(before, &these), place))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            match best.filter(|(likeness, _)| *likeness >= ALIKE) {
                Some((_, place)) => changed.push((removed.remove(place).1, now)),
                None => new.push(now),
            }
        }
        Self {
            added: new,
            removed: removed.into_iter().map(|(_, text)| text).collect(),
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

/// A line that says when the page was touched, how often it was looked at, or whose it is, and nothing else: of its
/// words hardly one is left besides those that say so, months and numbers.
fn is_stamp(paragraph: &str) -> bool {
    let line = paragraph.to_lowercase();
    if line.chars().count() > STAMP || !line.chars().any(char::is_numeric) {
        return false;
    }
    if line.contains('©') || line.starts_with("copyright") || line.starts_with("(c) ") {
        return true;
    }
    let says_so = STAMPS.iter().any(|stamp| has_words(&line, stamp));
    let rest = STAMPS
        .iter()
        .chain(&BESIDE)
        .fold(line.clone(), |rest, stamp| without(&rest, stamp));
    let left = rest
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    let left: usize = left
        .map(|word| {
            if word.chars().any(tocsin_core::text::is_cjk) {
                word.chars().count()
            } else {
                1
            }
        })
        .sum();
    // A date alone: a month and what joins it to the rest.
    says_so && left <= 2 || is_date(&line)
}

/// Whether these words stand in a line as words; in scripts without spaces, anywhere.
fn has_words(line: &str, words: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    line.match_indices(words).any(|(start, found)| {
        let (before, behind) = (line.get(..start), line.get(start + found.len()..));
        let is_whole = !is_letter(before.and_then(|b| b.chars().next_back()))
            && !is_letter(behind.and_then(|b| b.chars().next()));
        is_whole || words.chars().any(|c| !c.is_ascii() && !c.is_lowercase())
    })
}

fn without(line: &str, words: &str) -> String {
    match has_words(line, words) {
        true => line.replace(words, " "),
        false => line.to_owned(),
    }
}

/// A date and perhaps a time: figures, a month, at most one more short word.
fn is_date(line: &str) -> bool {
    let words: Vec<&str> = line
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .collect();
    let is_numeric = line.chars().filter(|c| c.is_ascii_digit()).count() >= 4;
    let is_month = |word: &&str| MONTHS.iter().any(|month| word.starts_with(month));
    let is_clock = |word: &&str| {
        matches!(
            *word,
            "at" | "um"
                | "uhr"
                | "à"
                | "h"
                | "utc"
                | "gmt"
                | "cet"
                | "de"
                | "the"
                | "am"
                | "pm"
                | "年"
                | "月"
                | "日"
        )
    };
    let is_said = words.iter().all(|word| is_month(word) || is_clock(word));
    is_numeric && is_said && !line.contains('%')
}

/// Words of a text; of scripts that write none, its characters.
fn words(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .flat_map(|word| match word.chars().any(tocsin_core::text::is_cjk) {
            true => word.chars().map(String::from).collect(),
            false => vec![word.to_owned()],
        })
        .collect()
}

/// The part of their words that two paragraphs share (Dice's coefficient).
fn likeness(a: &HashSet<String>, b: &HashSet<String>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "numbers of words")]
    let share = 2.0 * a.intersection(b).count() as f64 / (a.len() + b.len()).max(1) as f64;
    share
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
    fn lines_that_only_say_when_are_told_from_those_that_say_what() {
        for stamp in [
            "Last updated: 3 March 2026, 14:05",
            "This page was last reviewed on 4 March 2026",
            "Stand: 3. März 2026",
            "Mis à jour le 3 mars 2026",
            "Views: 12,345",
            "更新时间：2026年3月3日",
            "3 March 2026",
            "2026-03-03 14:05",
            "© 2026 AI office",
        ] {
            assert!(is_stamp(stamp), "{stamp}");
        }
        for news in [
            "AI-generated content must be labelled from 2 August 2026",
            "The rule applies as of 2 August 2027",
            "The fine was updated to 20 million euro",
            "zuletzt geändert durch Art. 5 G v. 1.3.2026",
            "Les amendes prévues à l'article 5",
            "Fine: 7 %",
            "GPT-5 | 10^26",
            "罚款上限提高至5000万元",
            "In force since 2026",
            "Deadline: 3 March 2026",
        ] {
            assert!(!is_stamp(news), "{news}");
        }
    }

    #[test]
    fn a_row_that_becomes_like_another_is_a_change() {
        let table = |rows: &[(&str, &str)]| {
            let rows: String = rows
                .iter()
                .map(|(a, b)| format!("<tr><td>{a}</td><td>{b}</td></tr>"))
                .collect();
            let html = format!(
                "<html><body><main><h1>Register</h1><p>{}</p><table>{rows}</table></main></body></html>",
                TEXT[0]
            );
            Version::of(&Page::new(
                html.as_bytes(),
                "https://office.example/register",
            ))
            .unwrap()
        };
        let before = table(&[("Model Alpha", "Proposed"), ("Model Beta", "In force")]);
        let now = table(&[("Model Alpha", "In force"), ("Model Beta", "In force")]);
        let changes = now.since(&before).unwrap();
        let row = (
            "Model Alpha | Proposed".to_owned(),
            "Model Alpha | In force".to_owned(),
        );
        assert_eq!(changes.changed, [row]);
        let swapped = table(&[("Model Alpha", "In force"), ("Model Beta", "Proposed")]);
        assert_eq!(swapped.since(&before).unwrap().changed.len(), 2);
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
