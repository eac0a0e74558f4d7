//! What the words of a block look like, whatever its language.

use crate::hash::Fnv;
use crate::text::Line;
use tocsin_core::text::is_cjk;

/// Letters and words that one character of Chinese or Japanese stands for.
const CJK_LETTERS: f32 = 2.5;
const CJK_WORDS: f32 = 0.5;

/// Characters of a block of which words are read.
const LONGEST: usize = 500;

/// Traits of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Look {
    /// Letters; a character of Chinese or Japanese counts for more than one.
    pub(crate) size: f32,
    pub(crate) words: f32,
    /// Shares of words that begin with a capital, of characters that are digits.
    pub(crate) capitals: f32,
    pub(crate) digits: f32,
    /// Sentence ends, commas.
    pub(crate) stops: f32,
    pub(crate) commas: f32,
    pub(crate) end: End,
    /// Bars, bullets, arrows, copyright signs and such.
    pub(crate) signs: f32,
    /// What the lists of furniture say.
    pub(crate) line: Line,
}

/// How a text ends; the judge reads it as a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum End {
    #[default]
    Other,
    Colon,
    Comma,
    Ellipsis,
    Sentence,
}

impl End {
    fn of(text: &str) -> Self {
        let closing = |c: char| {
            matches!(
                c,
                '"' | '”' | '“' | '»' | '’' | '\'' | ')' | '」' | '』' | '）' | ']'
            )
        };
        match text.trim_end_matches(closing).chars().next_back() {
            Some(':' | '：') => Self::Colon,
            Some(',' | ';' | '，') => Self::Comma,
            Some('…') => Self::Ellipsis,
            Some('.') if text.ends_with("...") => Self::Ellipsis,
            Some('.' | '!' | '?' | '。' | '！' | '？' | '।') => Self::Sentence,
            _ => Self::Other,
        }
    }
}

impl Look {
    pub(crate) fn of(text: &str) -> Self {
        let mut look = Self::default();
        let mut length = 0.0_f32;
        let mut in_word = false;
        for c in text.chars() {
            length += 1.0;
            match c {
                '.' | '!' | '?' | '。' | '！' | '？' | '।' => look.stops += 1.0,
                ',' | '，' | '、' | ';' => look.commas += 1.0,
                '|' | '•' | '·' | '»' | '›' | '→' | '©' | '®' | '@' | '/' | '►' | '▶' | '★'
                | '☆' | '✓' | '#' => look.signs += 1.0,
                _ => {}
            }
            if is_cjk(c) {
                look.size += CJK_LETTERS;
                look.words += CJK_WORDS;
                in_word = false;
            } else if c.is_alphanumeric() {
                look.size += 1.0;
                look.digits += f32::from(u8::from(c.is_ascii_digit()));
                if !in_word {
                    look.words += 1.0;
                    look.capitals += f32::from(u8::from(c.is_uppercase()));
                }
                in_word = true;
            } else {
                in_word = false;
            }
        }
        look.digits /= length.max(1.0);
        look.capitals /= look.words.max(1.0);
        look.end = End::of(text);
        look.line = Line::of(text);
        look
    }

    /// Whether it reads as running text.
    pub(crate) fn is_prose(&self) -> bool {
        self.size >= 70.0 && self.stops >= 1.0
    }
}

/// Hashes of the words of a text, in small letters; of Chinese and Japanese each pair of characters.
pub(crate) fn words(text: &str) -> Vec<u32> {
    let mut words = Vec::new();
    let mut word = Fnv::default();
    let mut before = None;
    for c in text.chars().take(LONGEST) {
        if c.is_alphabetic() && !is_cjk(c) {
            c.to_lowercase().for_each(|c| word.push_char(c));
            before = None;
            continue;
        }
        words.extend(std::mem::take(&mut word).finish());
        if is_cjk(c) {
            if let Some(before) = before {
                let mut pair = Fnv::default();
                pair.push_char(before);
                pair.push_char(c);
                words.extend(pair.finish());
            }
            before = Some(c);
        } else {
            before = None;
        }
    }
    words.extend(word.finish());
    words
}
