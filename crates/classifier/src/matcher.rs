//! Finds thousands of phrases in one pass over a folded text.
//!
//! In: phrases that were put into form by [`Phrases`]; then texts. Out: where
//! each phrase stands, on word borders, overlaps included. Never: knows what a phrase means.

mod phrases;
mod table;

pub(crate) use phrases::Phrases;

use crate::fold::Folded;
use crate::words::{SEED, Token, is_word, step};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use table::{Key, Table};

/// How the case of letters counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Case {
    /// Not at all.
    #[default]
    Any,
    /// Capitals exactly where the phrase has them.
    Exact,
    /// The first letter is a capital if the phrase's is.
    Initial,
}

/// All phrases, ready to be looked for at once, each with its meanings, `S`.
///
/// A phrase can only begin where a word begins, or at any character of a script without spaces. So
/// each is filed under how it begins, and a text is asked for at those places alone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Matcher<S> {
    /// All words of the patterns, in the patterns' order.
    text: String,
    /// By what they are filed under.
    patterns: Vec<Pattern<S>>,
    /// What only some patterns need.
    rests: Vec<Rest>,
    pieces: Vec<Span>,
    /// Which letters are capitals, for the patterns where that counts.
    upper: Vec<bool>,
    /// Further meanings, in the patterns' order.
    senses: Vec<S>,
    table: Table,
    /// Lengths of stems of first words, and of second words.
    stems: (Lengths, Lengths),
}

/// A phrase, or several that are equal. All that most of them need stands side by side, since there are
/// tens of thousands, strewn over memory.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Pattern<S> {
    /// What it is filed under.
    hash: u64,
    /// What is looked for: all of the phrase, or what stands before its first `*`.
    beginning: Span,
    /// Whether the hash is that of all the beginning, so that its letters need not be compared.
    whole: bool,
    form: Form,
    /// Its first meaning.
    sense: S,
    /// Where its further ones begin in [`Matcher::senses`].
    more: u32,
}

/// What must follow the beginning of a pattern.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Form {
    /// The end of the word.
    Ends,
    /// The rest of the word, if there is any.
    RunsOn,
    /// What [`Matcher::rests`] has at this place.
    Other(u32),
}

/// What is to be compared beyond the letters of a beginning.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Rest {
    case: Case,
    /// Whether the beginning is all capitals, which are looked for even in a text of capitals.
    capitals: bool,
    /// Where its capitals begin in [`Matcher::upper`].
    upper: u32,
    /// What must follow, each piece after the rest of a word: one for each `*`, the last often empty.
    pieces: Span,
}

/// A part of a text or list.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Span {
    start: u32,
    length: u32,
}

impl Span {
    fn range(self) -> Range<usize> {
        self.start as usize..self.start as usize + self.length as usize
    }
}

/// The lengths of stem that phrases are filed under, in characters: a few, since each is looked up for
/// each word.
const STEMS: [usize; 5] = [1, 2, 3, 5, 8];

/// Which of them there are.
type Lengths = [bool; STEMS.len()];

/// The hashes of a word's first characters, by [`STEMS`].
#[derive(Debug, Clone, Copy, Default)]
struct Stems {
    hashes: [u64; STEMS.len()],
    count: usize,
}

impl Stems {
    /// Of a word; of anything else there are none.
    fn new(text: &str, token: &Token) -> Self {
        let mut stems = Self::default();
        if !token.is_word() {
            return stems;
        }
        let word = text.as_bytes().get(token.start..token.end);
        let mut bytes = word.unwrap_or_default().iter().peekable();
        let (mut hash, mut length) = (SEED, 0);
        for (slot, wanted) in stems.hashes.iter_mut().zip(STEMS) {
            while length < wanted {
                let Some(byte) = bytes.next() else {
                    return stems;
                };
                hash = step(hash, *byte);
                // Where the next byte does not go on with the same character.
                length += usize::from(bytes.peek().is_none_or(|next| *next & 0xc0 != 0x80));
            }
            *slot = hash;
            stems.count += 1;
        }
        stems
    }

    /// Those of such lengths.
    fn of(&self, lengths: &Lengths) -> impl Iterator<Item = u64> {
        let known = self.hashes.iter().zip(lengths).take(self.count);
        known
            .filter(|(_, there)| **there)
            .map(|(hash, _)| stem(*hash))
    }

    /// The longest one and its place; `None` where there are none.
    fn longest(&self) -> Option<(u64, usize)> {
        let last = self.count.checked_sub(1)?;
        Some((stem(*self.hashes.get(last)?), last))
    }
}

/// What tells stems from words.
const STEM: u64 = 0x0057_e300_0000_57e3;

fn stem(stem: u64) -> u64 {
    stem ^ STEM
}

/// A place where a phrase stands, with one of its meanings; bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found<S> {
    pub(crate) sense: S,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
}

/// A hash that patterns may be filed under, and where its words begin.
#[derive(Debug, Clone, Copy)]
struct Clue {
    hash: u64,
    start: usize,
}

/// Tokens that are looked at together.
const STRETCH: usize = 128;

impl<S: Copy> Matcher<S> {
    /// Every place of every phrase with a wanted meaning in a text with these tokens, by their start.
    ///
    /// In passes (hashes, their places, the patterns), each over what the one before left. What a pass reads
    /// is strewn over memory, but no reading waits for another: the processor does many at once, which takes
    /// a third of the time. A stretch of the text at a time, so that what they leave stays near at hand.
    pub(crate) fn find(
        &self,
        text: &Folded,
        tokens: &[Token],
        wanted: impl Fn(&S) -> bool,
    ) -> Vec<Found<S>> {
        let shouted = text.is_all_capitals();
        let mut found = Vec::new();
        let (mut clues, mut numbers) = (Vec::new(), Vec::new());
        for first in (0..tokens.len()).step_by(STRETCH) {
            let rest = tokens.get(first..).unwrap_or_default();
            clues.clear();
            self.clues(text.text(), rest, &mut clues);
            let numbered = |clue: Clue| self.table.places(clue.hash).map(move |n| (n, clue));
            numbers.clear();
            numbers.extend(clues.iter().copied().flat_map(numbered));
            for (number, Clue { hash, start }) in numbers.iter().copied() {
                let pattern = self.patterns.get(number);
                let Some(pattern) = pattern.filter(|p| p.hash == hash) else {
                    continue;
                };
                let mut senses = self.senses(number, pattern).filter(&wanted).peekable();
                if senses.peek().is_some()
                    && let Some(end) = self.verify(text, pattern, start, shouted)
                {
                    found.extend(senses.map(|sense| Found { sense, start, end }));
                }
            }
        }
        found
    }

    /// Adds the hashes of what stands at each token of a stretch, as far as patterns may be filed under
    /// them; `tokens` go on beyond it.
    fn clues(&self, text: &str, tokens: &[Token], found: &mut Vec<Clue>) {
        let any = [self.stems.0, self.stems.1].as_flattened().contains(&true);
        let stems = |token: Option<&Token>| match token {
            Some(token) if any => Stems::new(text, token),
            _ => Stems::default(),
        };
        let mut own = stems(tokens.first());
        for nth in 0..STRETCH {
            let Some([first, after @ ..]) = tokens.get(nth..) else {
                break;
            };
            let next = stems(after.first());
            let mut add = |key: Key| {
                let (hash, start) = (key.hash, first.start);
                found.extend(self.table.knows(key).then_some(Clue { hash, start }));
            };
            own.of(&self.stems.0).for_each(|stem| add(Key::one(stem)));
            add(Key::one(first.hash));
            if self.table.knows(Key::beginning(first.hash)) {
                self.longer(text, (first, after), &next, add);
            }
            own = next;
        }
    }

    /// Calls `each` with the keys of a known first word together with what follows it.
    #[inline]
    fn longer(
        &self,
        text: &str,
        (first, after): (&Token, &[Token]),
        next: &Stems,
        mut each: impl FnMut(Key),
    ) {
        let [second, after @ ..] = after else { return };
        let Some(gap) = spaces(text, first, second) else {
            return;
        };
        let one = Key::one(first.hash);
        let two = one.and(gap, second.hash);
        each(two);
        next.of(&self.stems.1)
            .for_each(|stem| each(one.and(gap, stem)));
        if !(second.is_word() || first.is_word())
            && let Some(third) = after.first().filter(|third| !third.is_word())
            && let Some(gap) = spaces(text, second, third)
        {
            each(two.and(gap, third.hash));
        }
    }

    /// The folded form of each phrase, as far as its first `*`, with each of its meanings.
    pub(crate) fn phrases(&self) -> impl Iterator<Item = (&str, S)> {
        let numbered = self.patterns.iter().enumerate();
        numbered.flat_map(|(at, pattern)| {
            let senses = self.senses(at, pattern);
            senses.map(|sense| (self.piece(pattern.beginning), sense))
        })
    }

    fn piece(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The meanings of a pattern, by its number.
    fn senses(&self, number: usize, pattern: &Pattern<S>) -> impl Iterator<Item = S> {
        let next = self.patterns.get(number + 1);
        let end = next.map_or(self.senses.len(), |next| next.more as usize);
        let more = self.senses.get(pattern.more as usize..end);
        let more = more.unwrap_or_default().iter().copied();
        std::iter::once(pattern.sense).chain(more)
    }
}

/// The spaces between two tokens: none or one; `None` where a line ends between them.
fn spaces(text: &str, a: &Token, b: &Token) -> Option<usize> {
    match text.as_bytes().get(a.end..b.start)? {
        [] => Some(0),
        [b' '] => Some(1),
        _ => None,
    }
}

impl<S> Matcher<S> {
    /// One past the last byte of a pattern, if it stands at a place.
    fn verify(
        &self,
        text: &Folded,
        known: &Pattern<S>,
        start: usize,
        shouted: bool,
    ) -> Option<usize> {
        let end = start + known.beginning.length as usize;
        let hit = text.text().get(start..end)?;
        let after = text.text().get(end..)?;
        if !known.whole && self.text.get(known.beginning.range())? != hit {
            return None;
        }
        let beyond = match known.form {
            Form::Ends => ends(hit, after).then_some(0),
            Form::RunsOn => Some(tail_of_word(hit, after)),
            Form::Other(rest) => {
                let rest = self.rests.get(rest as usize)?;
                let fits = self.case_fits(rest, text, (start, end), shouted);
                fits.then(|| self.tail(rest, hit, after))?
            }
        };
        Some(end + beyond?)
    }

    fn case_fits(
        &self,
        rest: &Rest,
        text: &Folded,
        (start, end): (usize, usize),
        shouted: bool,
    ) -> bool {
        let first = rest.upper as usize;
        let own = || {
            self.upper
                .get(first..first + (end - start))
                .unwrap_or_default()
        };
        let mut here = text.capitals(start, end);
        match rest.case {
            Case::Any => true,
            Case::Exact => (shouted && !rest.capitals) || here.eq(own().iter().copied()),
            Case::Initial => shouted || here.next() >= own().first().copied(),
        }
    }

    /// The bytes that the pattern goes on for after `hit`, its beginning; `None` where it does not go
    /// on as it should.
    fn tail(&self, rest: &Rest, hit: &str, after: &str) -> Option<usize> {
        let pieces = self.pieces.get(rest.pieces.range())?;
        if pieces.is_empty() {
            return ends(hit, after).then_some(0);
        }
        let mut at = 0;
        let mut last = hit;
        for piece in pieces {
            let piece = self.text.get(piece.range())?;
            at += tail_of_word(last, after.get(at..)?);
            let next = after.get(at..)?;
            if !next.starts_with(piece) {
                return None;
            }
            at += piece.len();
            last = if piece.is_empty() { last } else { piece };
        }
        let closed = pieces.last().is_some_and(|piece| piece.length > 0);
        let joined = closed && goes_on(last, after.get(at..)?);
        (!joined).then_some(at)
    }
}

/// Whether `hit` is a whole word or number where `after` follows it.
fn ends(hit: &str, after: &str) -> bool {
    !goes_on(hit, after) && !goes_on_as_number(hit, after)
}

/// Whether the word that `hit` ends with goes on in `after`.
fn goes_on(hit: &str, after: &str) -> bool {
    after.chars().next().is_some_and(is_word) && hit.chars().next_back().is_some_and(is_word)
}

/// Bytes of `after` that belong to the word that `hit` ends with.
fn tail_of_word(hit: &str, after: &str) -> usize {
    if !goes_on(hit, after) {
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
    next.next() == Some(b'.')
        && next.next().is_some_and(|b| b.is_ascii_digit())
        && hit.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tokens;

    fn hits(patterns: &[&str], text: &str) -> Vec<String> {
        let mut phrases = Phrases::default();
        for pattern in patterns {
            phrases.add_phrase(pattern, ());
        }
        let folded = Folded::new(text);
        let words: Vec<Token> = tokens(folded.text()).collect();
        let found = phrases.finish().find(&folded, &words, |()| true);
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
    fn phrases_are_found_across_the_borders_of_stretches() {
        let patterns = ["export rule", "chip restrict*", "出口管", "ban*"];
        for before in STRETCH - 6..STRETCH + 6 {
            let text = "x ".repeat(before) + "export rule chip restriction 出口管制 banned";
            let found = hits(&patterns, &text);
            let told = ["export rule", "chip restriction", "出口管", "banned"];
            assert_eq!(found, told, "{before}");
        }
    }

    #[test]
    fn a_version_is_not_the_head_of_another() {
        assert_eq!(hits(&["GPT-5"], "GPT-5.5, GPT-5."), ["GPT-5"]);
    }

    #[test]
    fn names_may_be_followed_by_an_apostrophe() {
        let mut phrases = Phrases::default();
        phrases.add_name("Huawei", |_| Case::Initial, ());
        let matcher = phrases.finish();
        let found = |text: &str| {
            let folded = Folded::new(text);
            let words: Vec<Token> = tokens(folded.text()).collect();
            matcher.find(&folded, &words, |()| true).len()
        };
        assert_eq!(found("Huawei’s huawei"), 1);
        assert_eq!(found("HUAWEI BANNED"), 1);
    }
}
