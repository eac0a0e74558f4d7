//! Finds thousands of phrases in one pass over a folded text.
//!
//! In: phrases, and how strictly each is compared; then texts. Out: where each phrase stands, on word
//! borders, overlaps included. Never: knows what a phrase means.

use crate::buckets::Buckets;
use crate::fold::{Folded, is_unspaced};
use crate::words::{SEED, hash};

/// How the case of letters counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Case {
    /// Not at all.
    Any,
    /// Capitals exactly where the phrase has them.
    Exact,
    /// The first letter is a capital if the phrase's is.
    Initial,
}

/// A phrase in the form in which it is looked for.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// What is looked for: all of the phrase, or what stands before its first `*`.
    folded: Folded,
    case: Case,
    /// What must follow, each piece after the rest of a word: one for each `*`, the last often empty.
    rest: Vec<String>,
}

impl Pattern {
    /// A phrase of the taxonomy: `*` stands for the rest of a word, `=Word` and all capitals are
    /// compared by case. `None` where nothing is left to look for.
    pub(crate) fn of_phrase(phrase: &str) -> Option<Self> {
        let phrase = phrase.trim();
        let (phrase, marked) = match phrase.strip_prefix('=') {
            Some(rest) => (rest, true),
            None => (phrase, false),
        };
        let exact = marked || Folded::new(phrase).is_all_capitals();
        let mut pieces = phrase.split('*');
        let folded = Folded::new(pieces.next()?);
        let rest = pieces.map(after_word).collect();
        let case = if exact { Case::Exact } else { Case::Any };
        (!folded.text.is_empty()).then_some(Self { folded, case, rest })
    }

    /// A name: compared as `case` says. `None` where nothing is left.
    pub(crate) fn of_name(name: &str, case: Case) -> Option<Self> {
        let folded = Folded::new(name.trim());
        let rest = Vec::new();
        (!folded.text.is_empty()).then_some(Self { folded, case, rest })
    }

    /// What tells it from other patterns: two that differ in capitals alone are two where case counts.
    pub(crate) fn key(&self) -> (String, Case, bool) {
        let own = match self.case {
            Case::Any => self.folded.text.clone(),
            Case::Exact | Case::Initial => self.folded.with_capitals(),
        };
        let whole = [std::slice::from_ref(&own), self.rest.as_slice()].concat();
        (whole.join("*"), self.case, self.rest.is_empty())
    }

    /// The bytes that the pattern goes on for after `hit`, its fixed beginning; `None` where it does
    /// not go on as it should.
    fn tail(&self, hit: &str, after: &str) -> Option<usize> {
        if self.rest.is_empty() {
            let ends = tail_of_word(hit, after) == 0 && !goes_on_as_number(hit, after);
            return ends.then_some(0);
        }
        let mut at = 0;
        let mut last = hit;
        for piece in &self.rest {
            at += tail_of_word(last, after.get(at..)?);
            let next = after.get(at..)?;
            if !next.starts_with(piece.as_str()) {
                return None;
            }
            at += piece.len();
            last = if piece.is_empty() { last } else { piece };
        }
        let closed = self.rest.last().is_some_and(|piece| !piece.is_empty());
        let joined = closed && tail_of_word(last, after.get(at..)?) > 0;
        (!joined).then_some(at)
    }

    fn case_fits(&self, text: &Folded, start: usize, shouted: bool) -> bool {
        let here = text.capitals(start, start + self.folded.text.len());
        let own = self.folded.capitals(0, self.folded.text.len());
        match self.case {
            Case::Any => true,
            Case::Exact => here == own || (shouted && !self.folded.is_all_capitals()),
            Case::Initial => shouted || here.first() >= own.first(),
        }
    }
}

/// A place where a pattern stands; bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The pattern's number, in the order given.
    pub(crate) pattern: usize,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
}

/// All patterns, ready to be looked for at once.
///
/// A phrase can only begin where a word begins, or at any character of a script without spaces. So
/// each is filed under how it begins: its first word, the stem of it where a `*` follows, or its first
/// two characters; and a text is asked for at those places alone.
#[derive(Debug)]
pub(crate) struct Matcher {
    patterns: Vec<Pattern>,
    index: Index,
}

/// Patterns by the hash of how they begin.
#[derive(Debug)]
struct Index {
    /// By bucket.
    entries: Vec<Entry>,
    /// Where the entries of each bucket, the lower bits of the hash, begin.
    buckets: Buckets,
    /// A bit for each hash, by its lower bits: small enough to stay near at hand, it spares most
    /// words a look at the buckets.
    known: Vec<u64>,
    /// Which lengths of stem there are, in characters.
    stems: [bool; STEM + 1],
}

/// A pattern in the index, with what tells soonest that it does not stand somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    hash: u64,
    number: u32,
    /// Bytes of its fixed beginning, and the last of them.
    length: u32,
    last: u8,
}

impl Entry {
    fn may_stand(&self, rest: &str) -> bool {
        let last = (self.length as usize).checked_sub(1);
        last.and_then(|at| rest.as_bytes().get(at)) == Some(&self.last)
    }
}

/// Characters of a first word that a phrase is filed under where a `*` follows.
const STEM: usize = 4;
/// Lower bits of a hash that make a bucket.
const BUCKET_BITS: u32 = 15;
/// Bits of a hash that the small table of known hashes goes by.
const KNOWN_BITS: u32 = 18;
/// What a hash begins with, so that words, stems and characters do not meet.
const WHOLE: u64 = SEED;
const STEMS: u64 = SEED ^ 0x0057_e300;
const SIGNS: u64 = SEED ^ 0x0051_6e00;

impl Index {
    fn new(patterns: &[Pattern]) -> Self {
        let mut stems = [false; STEM + 1];
        let numbered = patterns.iter().zip(0..);
        let mut entries: Vec<Entry> = numbered
            .map(|(pattern, number)| {
                let text = pattern.folded.text.as_bytes();
                Entry {
                    hash: pattern.beginning(&mut stems),
                    number,
                    length: u32::try_from(text.len()).unwrap_or(u32::MAX),
                    last: text.last().copied().unwrap_or_default(),
                }
            })
            .collect();
        entries.sort_unstable_by_key(|entry| (bucket(entry.hash), *entry));
        let buckets = Buckets::new(1 << BUCKET_BITS, entries.iter().map(|e| bucket(e.hash)));
        let mut known = vec![0_u64; 1 << (KNOWN_BITS - 6)];
        for entry in &entries {
            let (word, bit) = known_bit(entry.hash);
            if let Some(word) = known.get_mut(word) {
                *word |= bit;
            }
        }
        Self {
            entries,
            buckets,
            known,
            stems,
        }
    }

    /// Calls `each` with the patterns that begin so and may stand here.
    fn beginning(&self, hash: u64, rest: &str, each: &mut impl FnMut(usize)) {
        let (word, bit) = known_bit(hash);
        if self.known.get(word).is_none_or(|known| known & bit == 0) {
            return;
        }
        let entries = self.entries.get(self.buckets.places(bucket(hash)));
        for entry in entries.unwrap_or_default() {
            if entry.hash == hash && entry.may_stand(rest) {
                each(entry.number as usize);
            }
        }
    }

    /// Calls `each` with every pattern that may begin with the word or the character that `rest`
    /// begins with. Gives the bytes of that word or character.
    fn candidates(&self, rest: &str, mut each: impl FnMut(usize)) -> usize {
        let mut characters = rest.chars();
        let Some(first) = characters.next() else {
            return 0;
        };
        if is_word(first) {
            return self.words(rest, &mut each);
        }
        let one = first.len_utf8();
        let single = hash(SIGNS, prefix(rest, one));
        self.beginning(single, rest, &mut each);
        if let Some(second) = characters.next() {
            let both = rest.as_bytes().get(one..one + second.len_utf8());
            self.beginning(hash(single, both.unwrap_or_default()), rest, &mut each);
        }
        one
    }

    fn words(&self, rest: &str, each: &mut impl FnMut(usize)) -> usize {
        // The hash of a longer beginning goes on from that of a shorter one.
        let (mut whole, mut stem) = (WHOLE, STEMS);
        let (mut end, mut length) = (0, 0);
        while let Some(bytes) = word_character(rest, end) {
            end += bytes.len();
            length += 1;
            whole = hash(whole, bytes);
            if length <= STEM {
                stem = hash(stem, bytes);
                if self.stems.get(length) == Some(&true) {
                    self.beginning(stem, rest, each);
                }
            }
        }
        self.beginning(whole, rest, each);
        end
    }
}

/// The bytes of the character at `at`, if it is part of a word.
fn word_character(text: &str, at: usize) -> Option<&[u8]> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at)?;
    if first.is_ascii() {
        return bytes.get(at..=at).filter(|_| first.is_ascii_alphanumeric());
    }
    let c = text.get(at..)?.chars().next().filter(|c| is_word(*c))?;
    bytes.get(at..at + c.len_utf8())
}

fn known_bit(hash: u64) -> (usize, u64) {
    // Other bits than those of the bucket, so that the two do not fail together.
    let bits = (hash >> 20) & ((1 << KNOWN_BITS) - 1);
    (
        usize::try_from(bits >> 6).unwrap_or_default(),
        1 << (bits & 63),
    )
}

fn bucket(hash: u64) -> usize {
    // The lower bits of FNV are the better mixed ones.
    usize::try_from(hash & ((1 << BUCKET_BITS) - 1)).unwrap_or_default()
}

fn prefix(text: &str, end: usize) -> &[u8] {
    text.as_bytes().get(..end).unwrap_or_default()
}

impl Pattern {
    /// The hash that it is filed under; notes the length of its stem.
    fn beginning(&self, stems: &mut [bool; STEM + 1]) -> u64 {
        let text = self.folded.text.as_str();
        let Some(first) = text.chars().next() else {
            return 0;
        };
        if !is_word(first) {
            let two = text.chars().take(2).map(char::len_utf8).sum();
            return hash(SIGNS, prefix(text, two));
        }
        let word = text.find(|c| !is_word(c)).unwrap_or(text.len());
        if word < text.len() || self.rest.is_empty() {
            return hash(WHOLE, prefix(text, word));
        }
        let length = text.chars().count().min(STEM);
        if let Some(flag) = stems.get_mut(length) {
            *flag = true;
        }
        let end = text.chars().take(length).map(char::len_utf8).sum();
        hash(STEMS, prefix(text, end))
    }
}

impl Matcher {
    /// Files the patterns.
    pub(crate) fn new(patterns: Vec<Pattern>) -> Self {
        Self {
            index: Index::new(&patterns),
            patterns,
        }
    }

    /// Every place of every pattern, by their start.
    pub(crate) fn find(&self, text: &Folded) -> Vec<Found> {
        let shouted = text.is_all_capitals();
        let mut found = Vec::new();
        let mut start = 0;
        while let Some(rest) = text.text.get(start..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with(' ') {
                start += 1;
                continue;
            }
            start += self.index.candidates(rest, |pattern| {
                found.extend(self.verify(text, pattern, start, shouted));
            });
        }
        found
    }

    /// The place of a pattern, if it stands there.
    fn verify(&self, text: &Folded, pattern: usize, start: usize, shouted: bool) -> Option<Found> {
        let known = self.patterns.get(pattern)?;
        let rest = text.text.get(start..)?;
        let after = rest.strip_prefix(known.folded.text.as_str())?;
        if !known.case_fits(text, start, shouted) {
            return None;
        }
        let hit = known.folded.text.as_str();
        Some(Found {
            pattern,
            start,
            end: start + hit.len() + known.tail(hit, after)?,
        })
    }
}

/// A later piece of a phrase, folded; the space before it is kept, since it ends the word.
fn after_word(piece: &str) -> String {
    let gap = if piece.starts_with([' ', '-']) {
        " "
    } else {
        ""
    };
    format!("{gap}{}", Folded::new(piece.trim()).text)
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

/// Whether a character is part of a word that has borders.
fn is_word(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_alphanumeric(),
        false => c.is_alphanumeric() && !is_unspaced(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(patterns: &[&str], text: &str) -> Vec<String> {
        let patterns = patterns.iter().filter_map(|p| Pattern::of_phrase(p));
        let folded = Folded::new(text);
        let found = Matcher::new(patterns.collect()).find(&folded);
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
        let pattern = Pattern::of_name("Huawei", Case::Initial).unwrap();
        let matcher = Matcher::new(vec![pattern]);
        assert_eq!(matcher.find(&Folded::new("Huawei’s huawei")).len(), 1);
        assert_eq!(matcher.find(&Folded::new("HUAWEI BANNED")).len(), 1);
    }
}
