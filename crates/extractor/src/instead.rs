//! What a page holds instead of an article: an error in the form of a page, a wall before the article, a list.
//!
//! In: a page that was read and what was taken for its text. Out: the outcome that it should be, if not an article. A page
//! that declares an article with its day is believed to hold one. Words are looked for where such pages have them: in
//! the title, the heading, and the text of a page that holds little else.

mod phrases;

use crate::ExtractError;
use crate::outline::{Outline, Place, TITLE_LINK};
use crate::reading::Reading;
use phrases::{AGREE, CHALLENGE, CONSENT, COOKIES, FOR_SUBSCRIBERS, NOT_FOUND, NOT_FOUND_ALONE};
use rustc_hash::FxHashMap;
use std::fmt;

/// Letters of a page below which it may be a wall and nothing else.
const WALL_LETTERS: usize = 6_000;
/// Letters of a page that asks for a login.
const LOGIN_LETTERS: usize = 1_500;
/// Letters of what a page that asks for a login says of it.
const PLEA: usize = 200;
/// Letters that a title may have beside the words that give the page away.
const BESIDE: usize = 30;
/// Letters of a text below which it may be the beginning of one that is for subscribers.
const TEASER_LETTERS: usize = 1_500;

/// Items of one kind under one element from which on they are a list.
const MANY: usize = 5;
/// Letters of an item that may only announce another page.
const ITEM: usize = 400;

/// Looks whether a page that says nothing of an article's day is something else. `taken` says which blocks became its
/// text.
pub(crate) fn of(reading: &Reading, taken: &[bool]) -> Option<ExtractError> {
    if reading.metadata.declares_day {
        return None;
    }
    let letters = reading.outline.letters();
    if says_not_found(reading) {
        Some(ExtractError::NotFound)
    } else if letters < WALL_LETTERS && is_challenge(reading) {
        Some(ExtractError::Wall(Wall::Challenge))
    } else if letters < WALL_LETTERS && is_consent(reading, taken) {
        Some(ExtractError::Wall(Wall::Consent))
    } else if letters < LOGIN_LETTERS
        && reading.facts.asks_password
        && taken_letters(reading, taken) < PLEA
    {
        Some(ExtractError::Wall(Wall::Login))
    } else if is_list(&reading.outline, taken) {
        Some(ExtractError::List)
    } else {
        None
    }
}

/// What keeps a reader from a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    /// The site wants to see that a person reads.
    Challenge,
    /// The site wants leave to watch its readers.
    Consent,
    /// The site wants to know who reads.
    Login,
}

impl fmt::Display for Wall {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Challenge => "a test whether a person is reading",
            Self::Consent => "a question about cookies",
            Self::Login => "a login",
        })
    }
}

fn says_not_found(reading: &Reading) -> bool {
    titles(reading).any(|t| NOT_FOUND_ALONE.contains(&bare(&t)) || says_little_else(&t, NOT_FOUND))
}

fn is_challenge(reading: &Reading) -> bool {
    let says = |words: &str| CHALLENGE.iter().any(|w| words.contains(w));
    titles(reading).any(|t| says_little_else(&t, CHALLENGE))
        || (reading.outline.letters() < LOGIN_LETTERS && blocks(reading).any(|b| says(&b)))
}

/// Whether a title is one of some phrases and hardly a word more: with more it tells of something.
fn says_little_else(title: &str, phrases: &[&str]) -> bool {
    let title = bare(title);
    let is = |phrase: &&str| title.contains(bare(phrase)) && title.len() < phrase.len() + BESIDE;
    phrases.iter().any(is)
}

fn bare(words: &str) -> &str {
    words.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Whether most of a text is about consent, cookies are spoken of, and a button says yes to them.
fn is_consent(reading: &Reading, taken: &[bool]) -> bool {
    let (mut about, mut whole, mut of_cookies) = (0, 0, false);
    for (words, _) in blocks(reading).zip(taken).filter(|(_, taken)| **taken) {
        let says = |list: &[&str]| list.iter().any(|w| words.contains(w));
        whole += words.len();
        about += if says(CONSENT) || says(COOKIES) {
            words.len()
        } else {
            0
        };
        of_cookies |= says(COOKIES);
    }
    let is_button = |b: String| {
        let mut words = b.split(|c: char| !c.is_alphanumeric());
        b.len() < TITLE_LINK * 2 && words.any(|w| AGREE.contains(&w))
    };
    of_cookies && about * 2 > whole && blocks(reading).any(is_button)
}

fn taken_letters(reading: &Reading, taken: &[bool]) -> usize {
    let sums = reading.outline.sums(taken.iter().copied());
    sums.last().copied().unwrap_or_default()
}

/// Whether most of a text stands in items of one kind that each begin with a link to another page.
fn is_list(outline: &Outline, taken: &[bool]) -> bool {
    let sums = outline.sums(taken.iter().copied());
    let whole = sums.last().copied().unwrap_or_default();
    let mut lists: FxHashMap<(Option<usize>, usize), [usize; 2]> = FxHashMap::default();
    for place in outline.places.iter().filter(|p| !p.tag.is_inline()) {
        let [start, end] = place.edges(&sums);
        if end - start < ITEM && is_announcement(outline, place) {
            let [items, letters] = lists.entry((place.parent, place.kind)).or_default();
            *items += 1;
            *letters += end - start;
        }
    }
    lists
        .values()
        .any(|[items, letters]| *items >= MANY && letters * 2 > whole)
}

/// Whether an element begins with a link as long as a title; a rubric and a date may come before it.
fn is_announcement(outline: &Outline, place: &Place) -> bool {
    let blocks = outline.blocks.get(place.blocks.clone()).unwrap_or_default();
    let mut beginning = blocks
        .iter()
        .take_while(|b| b.is_all_link() || b.bytes < TITLE_LINK * 2);
    beginning.any(|b| b.is_all_link() && b.bytes >= TITLE_LINK)
}

/// Whether a text is the beginning of one that is for those who pay or log in: it is short, and the page says so in its data
/// or in words below the text that are no part of it.
pub(crate) fn is_teaser(reading: &Reading, taken: &[bool], text: &str) -> bool {
    if text.len() >= TEASER_LETTERS {
        return false;
    }
    let first = taken.iter().position(|t| *t).unwrap_or_default();
    let mut below = blocks(reading).zip(taken).skip(first);
    let says = |words: &str| FOR_SUBSCRIBERS.iter().any(|w| words.contains(w));
    reading.metadata.is_paid || below.any(|(words, is_taken)| !is_taken && says(&words))
}

fn titles(reading: &Reading) -> impl Iterator<Item = String> {
    let titles = reading
        .metadata
        .title
        .iter()
        .chain(&reading.facts.title)
        .chain(&reading.facts.headings);
    titles.map(|t| t.to_lowercase())
}

fn blocks(reading: &Reading) -> impl Iterator<Item = String> {
    reading.outline.blocks.iter().map(|b| b.text.to_lowercase())
}
