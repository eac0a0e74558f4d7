//! Finds thousands of phrases in one pass over a folded text.
//!
//! In: phrases, and how strictly each is compared; then texts. Out: where each phrase stands, on word
//! borders, overlaps included. Never: knows what a phrase means.

use crate::buckets::Buckets;
use crate::fold::Folded;
use crate::words::{STEM, Token, is_word, tokens};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Range;

/// How the case of letters counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// Not at all.
    Any,
    /// Capitals exactly where the phrase has them.
    Exact,
    /// The first letter is a capital if the phrase's is.
    Initial,
}

/// A phrase of a config file, where possible as it stands there: there are tens of thousands.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Phrase<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Phrases in the form in which they are looked for. Each has a number, in the order in which they
/// were added.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    /// All their words, folded, one piece after another.
    text: String,
    /// For each byte of `text`, whether it came from a capital.
    upper: Vec<bool>,
    patterns: Vec<Pattern>,
    /// What must follow the beginnings, see [`Pattern::rest`].
    pieces: Vec<Range<usize>>,
    /// The index by how each begins.
    filed: Vec<(u64, u32)>,
    /// The hashes of complete first words.
    firsts: Vec<u64>,
    /// Which lengths of stem there are, less one.
    stems: [bool; STEM],
    /// Whether stems of second words are there.
    second_stems: bool,
    /// Used again for each, so that thousands of phrases are not thousands of allocations.
    scratch: Folded,
}

/// A phrase.
#[derive(Debug, Clone)]
struct Pattern {
    /// What is looked for: all of the phrase, or what stands before its first `*`.
    beginning: Range<usize>,
    case: Case,
    /// Whether the beginning is all capitals, which are looked for even in a text of capitals.
    capitals: bool,
    /// What must follow, each piece after the rest of a word: one for each `*`, the last often empty.
    rest: Range<usize>,
}

impl Phrases {
    /// Adds a phrase of the taxonomy: `*` stands for the rest of a word, `=Word` and all capitals are
    /// compared by case. `None` where nothing is left to look for.
    pub(crate) fn add_phrase(&mut self, phrase: &str) -> Option<usize> {
        let phrase = phrase.trim();
        let (phrase, marked) = match phrase.strip_prefix('=') {
            Some(rest) => (rest, true),
            None => (phrase, false),
        };
        self.scratch.refold(phrase);
        let exact = marked || self.scratch.is_all_capitals();
        let case = if exact { Case::Exact } else { Case::Any };
        let mut pieces = phrase.split('*');
        let first = pieces.next()?;
        if first.len() < phrase.len() {
            self.scratch.refold(first);
        }
        self.add(case, pieces)
    }

    /// Adds a name: compared as `case` says of its folded form. `None` where nothing is left.
    pub(crate) fn add_name(&mut self, name: &str, case: impl Fn(&Folded) -> Case) -> Option<usize> {
        self.scratch.refold(name.trim());
        let case = case(&self.scratch);
        self.add(case, std::iter::empty())
    }

    /// Adds the pattern whose beginning is in `scratch`.
    fn add<'a>(&mut self, case: Case, pieces: impl Iterator<Item = &'a str>) -> Option<usize> {
        if self.scratch.text.is_empty() {
            return None;
        }
        let capitals = self.scratch.is_all_capitals();
        let beginning = self.keep(0);
        let first = self.pieces.len();
        for piece in pieces {
            self.scratch.refold(piece.trim());
            // The space before it is kept, since it ends the word.
            let gap = usize::from(piece.starts_with([' ', '-']));
            let kept = self.keep(gap);
            self.pieces.push(kept);
        }
        let pattern = Pattern {
            beginning,
            case,
            capitals,
            rest: first..self.pieces.len(),
        };
        let number = self.patterns.len();
        let hash = self.filed_under(&pattern);
        self.filed.push((hash, u32::try_from(number).ok()?));
        self.patterns.push(pattern);
        Some(number)
    }

    /// Keeps what is in `scratch`, after so many spaces.
    fn keep(&mut self, spaces: usize) -> Range<usize> {
        let start = self.text.len();
        for _ in 0..spaces {
            self.text.push(' ');
            self.upper.push(false);
        }
        self.text.push_str(&self.scratch.text);
        let upper = self.scratch.capitals(0, self.scratch.text.len());
        self.upper.extend(upper);
        start..self.text.len()
    }

    /// The folded form of a phrase, as far as its first `*`.
    pub(crate) fn beginning(&self, number: usize) -> &str {
        let pattern = self.patterns.get(number);
        pattern.map_or("", |pattern| self.piece(&pattern.beginning))
    }

    fn piece(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The hash of how a pattern begins: its first two words, or three characters of a script without
    /// spaces, as far as they are complete; of the last word a stem where a `*` follows.
    fn filed_under(&mut self, pattern: &Pattern) -> u64 {
        let text = self.piece(&pattern.beginning);
        let length = text.len();
        let tokens: [Option<Token>; 3] = {
            let mut tokens = tokens(text);
            std::array::from_fn(|_| tokens.next())
        };
        let open = !pattern.rest.is_empty();
        let cut = |token: &Token| open && token.is_word() && token.end == length;
        let [a, b, c] = tokens.map(|token| token.filter(|t| !cut(t)));
        self.firsts.extend(a.as_ref().map(one));
        match (a, b, c) {
            (Some(a), Some(b), Some(c)) if ![a, b, c].iter().any(Token::is_word) => {
                three(&a, &b, &c)
            }
            (Some(a), Some(b), _) => two(&a, &b),
            (Some(a), None, _) => match tokens[1].filter(|cut| cut.stems[STEM - 1] != 0) {
                Some(cut) => {
                    self.second_stems = true;
                    two_stem(&a, &cut)
                }
                None => one(&a),
            },
            (None, ..) => tokens[0].map_or(0, |cut| self.stem(&cut)),
        }
    }

    /// The hash of a word's longest stem; notes that there are stems of its length.
    fn stem(&mut self, cut: &Token) -> u64 {
        let stems = cut.stems.iter().zip(&mut self.stems);
        let longest = stems.take_while(|(own, _)| **own != 0).last();
        longest.map_or(0, |(own, known)| {
            *known = true;
            stem(*own)
        })
    }
}

/// Spreads a hash over all bits (Fibonacci hashing, Knuth, volume 3, 6.4).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// What tells stems from words.
const STEMS: u64 = 0x0057_e300_0000_57e3;

fn one(a: &Token) -> u64 {
    a.hash.wrapping_mul(SPREAD)
}

fn two(a: &Token, b: &Token) -> u64 {
    joined(a.hash, b.hash)
}

fn three(a: &Token, b: &Token, c: &Token) -> u64 {
    joined(joined(a.hash, b.hash), c.hash)
}

fn stem(stem: u64) -> u64 {
    (stem ^ STEMS).wrapping_mul(SPREAD)
}

fn two_stem(a: &Token, b: &Token) -> u64 {
    let stem = b.stems.last().copied().unwrap_or_default();
    joined(a.hash, stem ^ STEMS)
}

fn joined(a: u64, b: u64) -> u64 {
    (a.rotate_left(23) ^ b).wrapping_mul(SPREAD)
}

/// A place where a pattern stands; bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The phrase's number.
    pub(crate) pattern: usize,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
}

/// All phrases, ready to be looked for at once.
///
/// A phrase can only begin where a word begins, or at any character of a script without spaces. So
/// each is filed under how it begins, and a text is asked for at those places alone.
#[derive(Debug)]
pub(crate) struct Matcher {
    phrases: Phrases,
    index: Index,
}

/// Patterns by the hash of how they begin.
#[derive(Debug)]
struct Index {
    /// Hash and number, by bucket.
    entries: Vec<(u64, u32)>,
    /// Where the entries of each bucket, the upper bits of the hash, begin.
    buckets: Buckets,
    /// A bit for each hash and each first word, by other bits: small enough to stay near at hand, it
    /// spares most words a look at the buckets.
    known: Vec<u64>,
}

/// Upper bits of a hash that make a bucket.
const BUCKET_BITS: u32 = 16;
/// Bits of a hash that the table of known hashes goes by.
const KNOWN_BITS: u32 = 20;

impl Index {
    fn new(mut entries: Vec<(u64, u32)>, firsts: &[u64]) -> Self {
        entries.sort_unstable();
        let buckets = Buckets::new(1 << BUCKET_BITS, entries.iter().map(|e| bucket(e.0)));
        let mut known = vec![0_u64; 1 << (KNOWN_BITS - 6)];
        for hash in entries.iter().map(|(hash, _)| hash).chain(firsts) {
            let (word, bit) = known_bit(*hash);
            if let Some(word) = known.get_mut(word) {
                *word |= bit;
            }
        }
        Self {
            entries,
            buckets,
            known,
        }
    }

    /// Whether a hash may be one that patterns are filed under, or that of a first word.
    #[inline]
    fn knows(&self, hash: u64) -> bool {
        let (word, bit) = known_bit(hash);
        self.known.get(word).is_some_and(|known| known & bit != 0)
    }

    /// Calls `each` with the patterns that are filed under a hash.
    #[inline]
    fn under(&self, hash: u64, each: &mut impl FnMut(usize)) {
        if self.knows(hash) {
            let entries = self.entries.get(self.buckets.places(bucket(hash)));
            for (_, number) in entries.unwrap_or_default().iter().filter(|e| e.0 == hash) {
                each(*number as usize);
            }
        }
    }
}

fn known_bit(hash: u64) -> (usize, u64) {
    // Other bits than those of the bucket, so that the two do not fail together.
    let bits = (hash >> 24) & ((1 << KNOWN_BITS) - 1);
    (
        usize::try_from(bits >> 6).unwrap_or_default(),
        1 << (bits & 63),
    )
}

fn bucket(hash: u64) -> usize {
    usize::try_from(hash >> (u64::BITS - BUCKET_BITS)).unwrap_or_default()
}

impl Matcher {
    /// Files the phrases.
    pub(crate) fn new(mut phrases: Phrases) -> Self {
        let index = Index::new(std::mem::take(&mut phrases.filed), &phrases.firsts);
        phrases.firsts = Vec::new();
        Self { index, phrases }
    }

    /// The phrases that it looks for.
    pub(crate) fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    /// Every place of every phrase in a text with these tokens, by their start.
    pub(crate) fn find(&self, text: &Folded, tokens: &[Token]) -> Vec<Found> {
        let shouted = text.is_all_capitals();
        let mut found = Vec::with_capacity(tokens.len());
        let mut rest = tokens;
        while let [first, after @ ..] = rest {
            let mut each = |pattern| {
                found.extend(self.phrases.verify(text, pattern, first.start, shouted));
            };
            self.candidates(first, after, &mut each);
            rest = after;
        }
        found
    }

    /// Calls `each` with every pattern that may begin with these tokens.
    #[inline]
    fn candidates(&self, first: &Token, after: &[Token], each: &mut impl FnMut(usize)) {
        for (known, length) in first.stems.iter().zip(&self.phrases.stems) {
            if *length && *known != 0 {
                self.index.under(stem(*known), each);
            }
        }
        if !self.index.knows(one(first)) {
            return;
        }
        self.index.under(one(first), each);
        let [second, after @ ..] = after else { return };
        self.index.under(two(first, second), each);
        if second.is_word() && self.phrases.second_stems {
            self.index.under(two_stem(first, second), each);
        } else if !(second.is_word() || first.is_word())
            && let Some(third) = after.first().filter(|third| !third.is_word())
        {
            self.index.under(three(first, second, third), each);
        }
    }
}

impl Phrases {
    /// The place of a pattern, if it stands there.
    fn verify(&self, text: &Folded, pattern: usize, start: usize, shouted: bool) -> Option<Found> {
        let known = self.patterns.get(pattern)?;
        let hit = self.piece(&known.beginning);
        let after = text.text.get(start..)?.strip_prefix(hit)?;
        if known.case != Case::Any && !self.case_fits(known, text, start, shouted) {
            return None;
        }
        Some(Found {
            pattern,
            start,
            end: start + hit.len() + self.tail(known, hit, after)?,
        })
    }

    fn case_fits(&self, known: &Pattern, text: &Folded, start: usize, shouted: bool) -> bool {
        let mut here = text.capitals(start, start + known.beginning.len());
        let own = self.upper.get(known.beginning.clone()).unwrap_or_default();
        let mut own = own.iter().copied();
        match known.case {
            Case::Any => true,
            Case::Exact => (shouted && !known.capitals) || here.eq(own),
            Case::Initial => shouted || here.next() >= own.next(),
        }
    }

    /// The bytes that the pattern goes on for after `hit`, its beginning; `None` where it does not go
    /// on as it should.
    fn tail(&self, known: &Pattern, hit: &str, after: &str) -> Option<usize> {
        if known.rest.is_empty() {
            let ends = tail_of_word(hit, after) == 0 && !goes_on_as_number(hit, after);
            return ends.then_some(0);
        }
        let mut at = 0;
        let mut last = hit;
        for piece in self.pieces.get(known.rest.clone())? {
            let piece = self.piece(piece);
            at += tail_of_word(last, after.get(at..)?);
            let next = after.get(at..)?;
            if !next.starts_with(piece) {
                return None;
            }
            at += piece.len();
            last = if piece.is_empty() { last } else { piece };
        }
        let closed = self
            .pieces
            .get(known.rest.end - 1)
            .is_some_and(|p| !p.is_empty());
        let joined = closed && tail_of_word(last, after.get(at..)?) > 0;
        (!joined).then_some(at)
    }
}

/// Bytes of `after` that belong to the word that `hit` ends with.
fn tail_of_word(hit: &str, after: &str) -> usize {
    if !hit.chars().next_back().is_some_and(is_word) {
        return 0;
    }
    after
        .char_indices()
        .find(|(_, c)| !is_word(*c))
        .map_or(after.len(), |(i, _)| i)
}

/// Whether "5" is really the head of "5.5".
fn goes_on_as_number(hit: &str, after: &str) -> bool {
    let mut next = after.bytes();
    hit.ends_with(|c: char| c.is_ascii_digit())
        && next.next() == Some(b'.')
        && next.next().is_some_and(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(patterns: &[&str], text: &str) -> Vec<String> {
        let mut phrases = Phrases::default();
        for pattern in patterns {
            phrases.add_phrase(pattern);
        }
        let folded = Folded::new(text);
        let found = Matcher::new(phrases).find(&folded, &tokens(&folded.text).collect::<Vec<_>>());
        found
            .iter()
            .map(|f| {
                let (a, b) = folded.original_span(text, f.start, f.end);
                text.get(a..b).unwrap().to_owned()
            })
            .collect()
    }

    #[test]
    fn words_end_at_borders_and_stars_run_on() {
        assert_eq!(
            hits(&["chip", "restrict*"], "Chips: chip restrictions"),
            ["chip", "restrictions"]
        );
        assert_eq!(hits(&["open-weight"], "Open weight"), ["Open weight"]);
        let text = "violating export rules, violated exports, violation";
        assert_eq!(hits(&["violat* export"], text), ["violating export"]);
        assert_eq!(hits(&["violat* export*"], text).len(), 2);
    }

    #[test]
    fn capitals_and_marked_words_are_compared_by_case() {
        assert_eq!(hits(&["AI"], "ai Ai AI J'ai AIR"), ["AI"]);
        assert_eq!(hits(&["=Claude"], "claude Claude"), ["Claude"]);
        assert_eq!(hits(&["=Claude"], "CLAUDE WINS"), ["CLAUDE"]);
        assert_eq!(hits(&["ai act"], "AI Act"), ["AI Act"]);
    }

    #[test]
    fn scripts_without_spaces_are_found_anywhere_and_bound_latin_words() {
        assert_eq!(hits(&["芯片", "AI"], "国产AI芯片🙂出口"), ["AI", "芯片"]);
        assert_eq!(hits(&["규제"], "반도체규제를"), ["규제"]);
    }

    #[test]
    fn a_version_is_not_the_head_of_another() {
        assert_eq!(hits(&["GPT-5"], "GPT-5.5, GPT-5."), ["GPT-5"]);
    }

    #[test]
    fn names_may_be_followed_by_an_apostrophe() {
        let mut phrases = Phrases::default();
        phrases.add_name("Huawei", |_| Case::Initial);
        let matcher = Matcher::new(phrases);
        let found = |text: &str| {
            let folded = Folded::new(text);
            matcher
                .find(&folded, &tokens(&folded.text).collect::<Vec<_>>())
                .len()
        };
        assert_eq!(found("Huawei’s huawei"), 1);
        assert_eq!(found("HUAWEI BANNED"), 1);
    }
}
