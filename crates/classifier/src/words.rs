//! The words of a head and their neighbours, as numbers.
//!
//! In: folded text. Out: for each word, pair of words, word stem, and run of two to four characters of
//! a script without spaces, its hash and where it stands. Never: keeps a text.

use crate::fold::is_unspaced;

/// A word or run of characters at a place; bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gram {
    /// What it is, as a number.
    pub(crate) hash: u64,
    /// First byte.
    pub(crate) start: usize,
    /// One past the last.
    pub(crate) end: usize,
}

/// Letters that a longer word's stem keeps.
const STEM: usize = 5;
/// Most characters of a run in a script without spaces.
const LONGEST_RUN: usize = 4;

/// FNV-1a over bytes, from a seed, so that different kinds of thing do not meet.
pub(crate) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The usual start of FNV-1a.
pub(crate) const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// Every gram of a folded text, in order of appearance.
pub(crate) fn grams(text: &str) -> Vec<Gram> {
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut before: Option<Gram> = None;
    for (start, end, unspaced) in tokens(text) {
        let Some(token) = text.get(start..end) else {
            continue;
        };
        if unspaced {
            runs(token, start, &mut out);
            before = None;
        } else {
            before = Some(word(token, start, before, &mut out));
        }
    }
    out
}

/// Adds a word, its stem, and the pair that it makes with the word before it.
fn word(token: &str, start: usize, before: Option<Gram>, out: &mut Vec<Gram>) -> Gram {
    let end = start + token.len();
    let number = token.bytes().all(|b| b.is_ascii_digit());
    // The length of a number says more than its digits: a year, a count.
    let own = match number {
        true => hash(
            SEED,
            &[b'0', u8::try_from(token.len()).unwrap_or(u8::MAX).min(4)],
        ),
        false => hash(SEED, token.as_bytes()),
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
    if let Some((cut, _)) = token.char_indices().nth(STEM) {
        let stem = token.get(..cut).unwrap_or_default();
        out.push(Gram {
            hash: hash(SEED ^ 0x57e3, stem.as_bytes()),
            start,
            end,
        });
    }
    gram
}

/// Adds every run of two to four characters; a character that stands alone is a run of its own.
fn runs(token: &str, start: usize, out: &mut Vec<Gram>) {
    let borders: Vec<usize> = token
        .char_indices()
        .map(|(i, _)| i)
        .chain([token.len()])
        .collect();
    let characters = borders.len() - 1;
    let shortest = characters.min(2);
    for (first, from) in borders.iter().enumerate() {
        for length in shortest..=LONGEST_RUN {
            let Some(to) = borders.get(first + length) else {
                break;
            };
            let run = token.get(*from..*to).unwrap_or_default();
            out.push(Gram {
                hash: hash(SEED, run.as_bytes()),
                start: start + from,
                end: start + to,
            });
        }
    }
}

/// Start, end and "of a script without spaces" of each stretch of letters or digits.
fn tokens(text: &str) -> Vec<(usize, usize, bool)> {
    let mut out: Vec<(usize, usize, bool)> = Vec::with_capacity(text.len() / 6);
    let mut open: Option<(usize, Kind)> = None;
    for (at, c) in text.char_indices() {
        let kind = Kind::of(c);
        if let Some((start, known)) = open
            && Some(known) != kind
        {
            out.push((start, at, known != Kind::Spaced));
            open = None;
        }
        if let (None, Some(kind)) = (open, kind) {
            open = Some((at, kind));
        }
    }
    if let Some((start, kind)) = open {
        out.push((start, text.len(), kind != Kind::Spaced));
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Spaced,
    Hangul,
    Unspaced,
}

impl Kind {
    fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' | '0'..='9' => Some(Self::Spaced),
            c if c.is_ascii() || !c.is_alphanumeric() => None,
            '\u{ac00}'..='\u{d7a3}' => Some(Self::Hangul),
            c if is_unspaced(c) => Some(Self::Unspaced),
            _ => Some(Self::Spaced),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<&str> {
        grams(text)
            .iter()
            .filter_map(|g| text.get(g.start..g.end))
            .collect()
    }

    #[test]
    fn words_pairs_and_stems() {
        assert_eq!(
            shown("chip exports,"),
            ["chip", "exports", "chip exports", "exports"]
        );
        let same =
            |a: &str, b: &str| grams(a).first().map(|g| g.hash) == grams(b).first().map(|g| g.hash);
        assert!(same("2026", "1999") && !same("2026", "26"));
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
            for gram in grams(&s) {
                prop_assert!(s.get(gram.start..gram.end).is_some_and(|g| !g.is_empty()));
            }
        }
    }
}
