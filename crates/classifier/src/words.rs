//! The words of a text and their neighbours, as numbers.
//!
//! In: folded text. Out: its [`Token`]s; for each word, pair of words, word stem, and run of two to four
//! characters of a script without spaces, its hash and where it stands. Never: keeps a text.

use crate::fold::{begins_han, begins_hangul, is_unspaced};

/// A word, or one character that is no part of a word: of a script without spaces, or a sign. Gaps
/// between them are no tokens. All offsets are bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// First byte.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
    /// What it is, as a number.
    pub(crate) hash: u64,
    kind: Kind,
}

/// What a token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Hangul,
    Unspaced,
    Sign,
}

impl Token {
    /// Whether it is a word with borders, so that it may be a part of a longer one.
    pub(crate) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    /// Whether it is neither a letter nor a digit.
    pub(crate) fn is_sign(&self) -> bool {
        self.kind == Kind::Sign
    }

    fn single(start: usize, character: &[u8], kind: Kind) -> Self {
        Self {
            start,
            end: start + character.len(),
            hash: hash(SEED, character),
            kind,
        }
    }

    /// The character of three bytes that begins at `start`.
    #[inline]
    fn of_three(text: &str, start: usize, kind: Kind) -> Option<Self> {
        let character = text.as_bytes().get(start..start + 3)?;
        Some(Self::single(start, character, kind))
    }

    /// The word that begins at `start`.
    #[inline]
    fn word(text: &str, start: usize) -> Self {
        let bytes = text.as_bytes();
        let (mut own, mut end) = (SEED, start);
        loop {
            match bytes.get(end) {
                Some(byte) if byte.is_ascii_alphanumeric() => {
                    own = step(own, *byte);
                    end += 1;
                }
                Some(0x80..) => match word_character(text, end, own) {
                    Some(after) => (end, own) = after,
                    None => break,
                },
                _ => break,
            }
        }
        Self {
            start,
            end,
            hash: own,
            kind: Kind::Word,
        }
    }
}

impl Kind {
    /// `None` for a gap.
    fn of(c: char) -> Option<Self> {
        match c {
            ' ' | '\n' => None,
            c if c.is_ascii() => Some(match c.is_ascii_alphanumeric() {
                true => Self::Word,
                false => Self::Sign,
            }),
            '\u{ac00}'..='\u{d7a3}' => Some(Self::Hangul),
            // Most characters beyond ASCII; the next line asks a slow table.
            '\u{3400}'..='\u{9fff}' => Some(Self::Unspaced),
            c if !c.is_alphanumeric() => Some(Self::Sign),
            c if is_unspaced(c) => Some(Self::Unspaced),
            _ => Some(Self::Word),
        }
    }
}

/// The tokens of a folded text, in order.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let token = match text.as_bytes().get(at)? {
                b' ' | b'\n' => {
                    at += 1;
                    continue;
                }
                byte if byte.is_ascii_alphanumeric() => Token::word(text, at),
                byte if byte.is_ascii() => Token::single(at, &[*byte], Kind::Sign),
                byte if begins_han(*byte) => Token::of_three(text, at, Kind::Unspaced)?,
                byte if begins_hangul(*byte) => Token::of_three(text, at, Kind::Hangul)?,
                _ => beyond_ascii(text, at)?,
            };
            at = token.end;
            return Some(token);
        }
    })
}

/// The token that begins with a character beyond ASCII.
fn beyond_ascii(text: &str, at: usize) -> Option<Token> {
    let c = text.get(at..)?.chars().next()?;
    Some(match Kind::of(c)? {
        Kind::Word => Token::word(text, at),
        kind => Token::single(at, text.as_bytes().get(at..at + c.len_utf8())?, kind),
    })
}

/// Where the character at `at`, which is beyond ASCII, ends, if it is part of a word, and the hash with
/// it.
fn word_character(text: &str, at: usize, before: u64) -> Option<(usize, u64)> {
    let c = text.get(at..)?.chars().next().filter(|c| is_word(*c))?;
    let end = at + c.len_utf8();
    Some((end, hash(before, text.as_bytes().get(at..end)?)))
}

/// Whether a character is part of a word that has borders.
pub(crate) fn is_word(c: char) -> bool {
    Kind::of(c) == Some(Kind::Word)
}

/// A word or run of characters at a place; bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gram {
    /// What it is, as a number.
    pub(crate) hash: u64,
    /// First byte.
    pub(crate) start: u32,
    /// One past the last.
    pub(crate) end: u32,
}

/// A place or number in half the room: neither a text nor a config file of 4 GiB is read.
pub(crate) fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Letters that a longer word's stem keeps.
const GRAM_STEM: usize = 5;
/// Most characters of a run in a script without spaces.
const LONGEST_RUN: usize = 4;

/// FNV-1a over bytes, from a seed, so that different kinds of thing do not meet.
pub(crate) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |hash, byte| step(hash, *byte))
}

/// One byte more of [`hash`].
pub(crate) fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// The usual start of FNV-1a.
pub(crate) const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// Every gram of the tokens of a folded text, in order of appearance.
pub(crate) fn grams(text: &str, tokens: &[Token]) -> Vec<Gram> {
    all(text, tokens, true)
}

/// The same without pairs of words.
pub(crate) fn terms(text: &str, tokens: &[Token]) -> Vec<Gram> {
    all(text, tokens, false)
}

fn all(text: &str, tokens: &[Token], pairs: bool) -> Vec<Gram> {
    let mut out = Vec::with_capacity(3 * tokens.len());
    let mut before: Option<Gram> = None;
    for run in tokens.chunk_by(|a, b| a.kind == b.kind && a.kind != Kind::Word && a.end == b.start)
    {
        match run {
            [sign, ..] if sign.kind == Kind::Sign => {}
            [word] if word.is_word() => {
                let gram = grams_of_word(text, word, before, &mut out);
                before = pairs.then_some(gram);
            }
            run => {
                runs(text, run, &mut out);
                before = None;
            }
        }
    }
    out
}

/// Adds a word, its stem, and the pair that it makes with the word before it.
fn grams_of_word(text: &str, token: &Token, before: Option<Gram>, out: &mut Vec<Gram>) -> Gram {
    let word = text.get(token.start..token.end).unwrap_or_default();
    let (start, end) = (short(token.start), short(token.end));
    let number = word.bytes().all(|b| b.is_ascii_digit());
    // The length of a number says more than its digits: a year, a count.
    let own = match number {
        true => hash(
            SEED,
            &[b'0', u8::try_from(word.len()).unwrap_or(u8::MAX).min(4)],
        ),
        false => token.hash,
    };
    let gram = Gram {
        hash: own,
        start,
        end,
    };
    out.push(gram);
    if let Some(before) = before {
        out.push(Gram {
            hash: hash(before.hash.rotate_left(17), &own.to_le_bytes()),
            start: before.start,
            end,
        });
    }
    if let Some((cut, _)) = word.char_indices().nth(GRAM_STEM) {
        let stem = word.get(..cut).unwrap_or_default();
        out.push(Gram {
            hash: hash(SEED ^ 0x57e3, stem.as_bytes()),
            start,
            end,
        });
    }
    gram
}

/// Adds every run of two to four characters; a character that stands alone is a run of its own.
fn runs(text: &str, tokens: &[Token], out: &mut Vec<Gram>) {
    let shortest = tokens.len().min(2);
    for from in 0..tokens.len() {
        for length in shortest..=LONGEST_RUN {
            let run = tokens.get(from..from + length);
            let Some((first, last)) = run.and_then(|r| Some((r.first()?, r.last()?))) else {
                break;
            };
            let run = text.as_bytes().get(first.start..last.end);
            out.push(Gram {
                hash: hash(SEED, run.unwrap_or_default()),
                start: short(first.start),
                end: short(last.end),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<&str> {
        grams(text, &tokens(text).collect::<Vec<_>>())
            .iter()
            .filter_map(|g| text.get(g.start as usize..g.end as usize))
            .collect()
    }

    #[test]
    fn words_pairs_and_stems() {
        assert_eq!(
            shown("chip exports,"),
            ["chip", "exports", "chip exports", "exports"]
        );
        let first = |text: &str| {
            grams(text, &tokens(text).collect::<Vec<_>>())
                .first()
                .map(|g| g.hash)
        };
        let same = |a: &str, b: &str| first(a) == first(b);
        assert!(same("2026", "1999") && !same("2026", "26"));
    }

    #[test]
    fn characters_told_by_their_first_byte_are_what_the_tables_say() {
        for c in '\u{800}'..='\u{ffff}' {
            let first = c.to_string().as_bytes()[0];
            let told = match first {
                byte if begins_han(byte) => Kind::Unspaced,
                byte if begins_hangul(byte) => Kind::Hangul,
                _ => continue,
            };
            assert_eq!(Kind::of(c), Some(told), "{c}");
            assert!(is_unspaced(c), "{c}");
        }
    }

    #[test]
    fn runs_of_characters() {
        assert_eq!(
            shown("芯片出口"),
            ["芯片", "芯片出", "芯片出口", "片出", "片出口", "出口"]
        );
        assert_eq!(shown("美 ai"), ["美", "ai"]);
        assert_eq!(shown("ai칩").len(), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_gram_lies_on_borders(s in "\\PC{0,60}") {
            for gram in grams(&s, &tokens(&s).collect::<Vec<_>>()) {
                let span = gram.start as usize..gram.end as usize;
                prop_assert!(s.get(span).is_some_and(|g| !g.is_empty()));
            }
        }
    }
}
