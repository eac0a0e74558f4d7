//! Text to words, as copies, events and fingerprints see them.
//!
//! In: any text. Out: [`Word`]s in reading order: folded (case, width, quotes), hashed, with what
//! kind they are and how they were written. Characters of scripts without spaces are words of one
//! character each. Never: allocates per word, looks at more than the caller asks for.

use std::hash::Hasher;
use tocsin_core::text::{is_cjk, is_invisible};

/// What a word is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, perhaps with digits after them.
    Letters,
    /// Begins with a digit: amounts, years, days.
    Number,
    /// One character of a script that is written without spaces.
    Sign,
}

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// As written.
    pub(crate) raw: &'a str,
    /// Hash of the folded form.
    pub(crate) hash: u64,
    /// What it is made of.
    pub(crate) kind: Kind,
    /// Written with a capital first letter.
    pub(crate) capital: bool,
    /// First of its sentence or line, where a capital says nothing.
    pub(crate) opens: bool,
}

/// The words of a text.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { rest: text, opens: true }
}

/// Iterator over the words of a text; made by [`words`].
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    rest: &'a str,
    opens: bool,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let (start, first) = self.rest.char_indices().find(|(_, c)| {
            self.opens |= ends_sentence(*c);
            c.is_alphanumeric()
        })?;
        let from = self.rest.get(start..)?;
        let (raw, rest) = from.split_at_checked(word_length(from, first))?;
        self.rest = skip_possessive(rest);
        let opens = std::mem::replace(&mut self.opens, false);
        Some(Word {
            raw,
            hash: hash_of(raw),
            kind: kind(first),
            capital: first.is_uppercase(),
            opens,
        })
    }
}

fn ends_sentence(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '\n' | ':' | '“' | '"' | '。' | '！' | '？' | '•' | '…'
    )
}

fn kind(first: char) -> Kind {
    match () {
        () if is_sign(first) => Kind::Sign,
        () if first.is_numeric() => Kind::Number,
        () => Kind::Letters,
    }
}

/// Whether a character belongs to a script without spaces between words. Hangul is written with
/// spaces and is left to them.
pub(crate) fn is_sign(c: char) -> bool {
    is_cjk(c)
        || matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Length in bytes of the word at the start of `from`, whose first character is `first`.
fn word_length(from: &str, first: char) -> usize {
    if is_sign(first) {
        return first.len_utf8();
    }
    let mut chars = from.char_indices().peekable();
    let mut digit_before = false;
    while let Some((at, c)) = chars.next() {
        let inside = (c.is_alphanumeric() && !is_sign(c)) || is_invisible(c) || is_mark(c);
        let digit_after = chars.peek().is_some_and(|(_, next)| next.is_numeric());
        let joins_digits = matches!(c, ',' | '.' | '，') && digit_before && digit_after;
        if !inside && !joins_digits {
            return at;
        }
        digit_before = c.is_numeric();
    }
    from.len()
}

/// Combining marks of decomposed and of Indic writing.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}')
}

/// “Nvidia’s” and “Nvidia” are one word.
fn skip_possessive(rest: &str) -> &str {
    let Some(after) = rest.strip_prefix(['\'', '’', '`']) else { return rest };
    let Some(tail) = after.strip_prefix(['s', 'S']) else { return rest };
    if tail.starts_with(char::is_alphanumeric) { rest } else { tail }
}

/// Folded characters: lower case, full-width forms as ASCII, no invisible characters, no commas
/// between thousands.
pub(crate) fn folded(raw: &str) -> impl Iterator<Item = char> + '_ {
    raw.chars()
        .filter(|c| !is_invisible(*c) && !matches!(c, ',' | '，'))
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .flat_map(char::to_lowercase)
}

/// A stable 64-bit hash of a word's folded form.
pub(crate) fn hash_of(word: &str) -> u64 {
    hash_chars(folded(word))
}

/// The same for characters that are folded already.
pub(crate) fn hash_chars(chars: impl Iterator<Item = char>) -> u64 {
    let mut hash = Fnv::default();
    for c in chars {
        hash.write_u32(u32::from(c));
    }
    hash.finish()
}

/// Joins two hashes into one, in order.
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    scatter(a.rotate_left(23) ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Spreads the bits of a hash, so that any of them may choose a sample.
fn scatter(mut h: u64) -> u64 {
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}

/// A hash that is the same on every machine and in every release: fingerprints are stored.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn write_u32(&mut self, i: u32) {
        self.0 = (self.0 ^ u64::from(i)).wrapping_mul(0x100_0000_01b3);
    }

    fn finish(&self) -> u64 {
        scatter(self.0)
    }
}
