//! What a text states, sentence by sentence: deeds that were done, and figures.
//!
//! A figure is a value: "€3.4 billion", "3,4 Milliarden" and "3400m" are the same. A deed is one of a
//! few kinds (a vote, a ruling, a fine, …), so that "halts" and "suspended" are the same; what may yet
//! be done ("will vote", "faces a fine") is none.

use crate::deeds::{self, Deeds};
use crate::words::{self, Kind, Part, Word};
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Words of a sentence; fewer are a heading, a by-line or a button.
const LEAST_WORDS: usize = 6;
/// A sentence is broken off after so many words: nobody writes longer ones.
const MOST_WORDS: usize = 80;
/// Sentences of a text that are looked at.
const MOST_SENTENCES: usize = 200;

/// Sets the hash of a number apart from that of a word.
const FIGURE: u64 = 1 << 40;

/// A sentence and what it states.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sentence {
    /// Byte offsets in its text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Of its words, in their order.
    pub(crate) print: u32,
    /// What its words say of a subject, figures left out.
    pub(crate) terms: Vec<u32>,
    /// Its numbers, months and weekdays.
    pub(crate) figures: Vec<u32>,
    pub(crate) deeds: Deeds,
}

/// What a story states.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    pub(crate) title: Sentence,
    /// The sentences of the text that are long enough to state something.
    pub(crate) body: Vec<Sentence>,
    /// Every figure of the text, ascending.
    pub(crate) figures: Vec<u32>,
}

impl Facts {
    pub(crate) fn new(title: &Part<'_>, body: &Part<'_>) -> Self {
        let text = body.text;
        Self {
            figures: figures(text, &body.words),
            title: sentence(title.text, &title.words),
            body: sentences(text, &body.words)
                .filter(|words| words.len() >= LEAST_WORDS)
                .map(|words| sentence(text, words))
                .take(MOST_SENTENCES)
                .collect(),
        }
    }
}

fn sentences<'a>(text: &'a str, words: &'a [Word]) -> impl Iterator<Item = &'a [Word]> {
    let mut rest = words;
    std::iter::from_fn(move || {
        let pairs = rest.windows(2).take(MOST_WORDS - 1);
        let ends = |pair: &[Word]| matches!(pair, [a, b] if is_end(text, a, b));
        let length = pairs
            .clone()
            .position(ends)
            .map_or(rest.len().min(MOST_WORDS), |at| at + 1);
        let (sentence, others) = rest.split_at_checked(length)?;
        rest = others;
        (!sentence.is_empty()).then_some(sentence)
    })
}

/// Whether a sentence ends between two words. A point may also stand in a number, or after one: "am
/// 1. April".
fn is_end(text: &str, before: &Word, after: &Word) -> bool {
    let gap = text.get(before.end..after.start).unwrap_or_default();
    let is_ordinal = || {
        let written = written(text, before);
        gap.starts_with('.')
            && written.len() <= 2
            && written.bytes().all(|b| b.is_ascii_digit())
            && after.kind == Kind::Figure
    };
    gap.contains(['\n', '。', '！', '？'])
        || (gap.contains(['.', '!', '?']) && gap.contains(char::is_whitespace) && !is_ordinal())
}

fn sentence(text: &str, words: &[Word]) -> Sentence {
    let mut print = FxHasher::default();
    for word in words {
        word.hash.hash(&mut print);
    }
    let mut terms: Vec<u32> = words
        .iter()
        .filter(|word| word.kind != Kind::Figure)
        .filter_map(|word| word.term)
        .collect();
    terms.sort_unstable();
    terms.dedup();
    Sentence {
        start: words.first().map_or(0, |word| word.start),
        end: words.last().map_or(0, |word| word.end),
        print: words::fold(print.finish()),
        terms,
        figures: figures(text, words),
        deeds: deeds::done(words),
    }
}

/// The figures of a text: each number as its value, each month and weekday as its name.
pub(crate) fn figures(text: &str, words: &[Word]) -> Vec<u32> {
    let mut found = Vec::new();
    let mut rest = words;
    while let Some((word, others)) = rest.split_first() {
        rest = others;
        if written(text, word).starts_with(|c: char| c.is_ascii_digit()) {
            let (number, after) = number(text, word, others);
            found.extend(number.map(value));
            rest = after;
        } else if word.kind == Kind::Figure {
            found.push(word.hash);
        } else if let Some(small) = deeds::small_number(word.hash) {
            found.push(value(f64::from(small)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The number that begins with a word, and the words after it. Points and commas before three digits
/// part thousands, others decimals; a word of scale after it multiplies it.
fn number<'a>(text: &str, word: &Word, others: &'a [Word]) -> (Option<f64>, &'a [Word]) {
    let (digits, mut suffix) = leading_digits(written(text, word));
    let mut digits = digits.to_owned();
    let mut end = word.end;
    let mut rest = others;
    while let Some((next, after)) = rest.split_first() {
        let gap = text.get(end..next.start).unwrap_or_default();
        let (more, tail) = leading_digits(written(text, next));
        if !suffix.is_empty() || more.is_empty() || !matches!(gap, "." | ",") {
            break;
        }
        if more.len() != 3 || digits.contains('.') {
            digits.push('.');
        }
        digits.push_str(more);
        (suffix, end, rest) = (tail, next.end, after);
    }
    let mut scale = deeds::scale(&suffix.to_lowercase()).or_else(|| {
        let next = text.get(end..)?.chars().next()?;
        deeds::scale(next.encode_utf8(&mut [0; 4]))
    });
    if let Some((next, after)) = rest
        .split_first()
        .filter(|_| suffix.is_empty() && scale.is_none())
    {
        scale = deeds::scale(&written(text, next).to_lowercase());
        rest = if scale.is_some() { after } else { rest };
    }
    let number = digits.parse::<f64>().ok();
    (number.map(|number| number * scale.unwrap_or(1.0)), rest)
}

fn leading_digits(written: &str) -> (&str, &str) {
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    written.split_at_checked(digits).unwrap_or(("", written))
}

fn written<'a>(text: &'a str, word: &Word) -> &'a str {
    text.get(word.start..word.end).unwrap_or_default()
}

/// A number as a hash of its seven leading digits or so: those of single precision.
fn value(number: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "precision is given up on purpose"
    )]
    let single = number as f32;
    words::fold(u64::from(single.to_bits()) | FIGURE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Facts {
        Facts::new(&Part::read("", 1_000), &Part::read(text, 1_000))
    }

    fn figures_of(text: &str) -> Vec<u32> {
        super::figures(text, &words::read(text, 1_000))
    }

    #[test]
    fn a_number_is_its_value_however_it_is_written() {
        for same in [
            "3,400 million",
            "3.400 Millionen",
            "3.4 billion",
            "3,4 Milliarden",
            "3400m",
            "3.4bn",
            "3400 millones",
        ] {
            assert_eq!(figures_of(same), figures_of("3400000000"), "{same}");
        }
        assert_eq!(figures_of("fourteen"), figures_of("14th"));
        assert_ne!(figures_of("3.5"), figures_of("35"));
        assert_eq!(figures_of("the H20 chip"), []);
    }

    #[test]
    fn sentences_end_at_points_but_not_inside_numbers() {
        let facts = read(
            "The agency fined the chip maker 3.5 million euros today. The maker will appeal the fine in court, it said.",
        );
        assert_eq!(facts.body.len(), 2);
        assert!(facts.body.iter().all(|s| s.end > s.start));
    }

    #[test]
    fn what_is_planned_is_no_deed() {
        let deeds = |text: &str| read(text).body.first().map(|s| s.deeds);
        let planned = deeds("Parliament will approve the chip law next week");
        let done = deeds("Parliament approved the chip law last week");
        let voted = deeds("Parliament voted to approve the chip law last week");
        assert_eq!(planned, Some(Deeds::default()));
        assert!(done.is_some_and(|d| !d.is_empty()));
        assert_eq!(done, voted);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,300}") {
            for sentence in read(&text).body {
                proptest::prop_assert!(text.get(sentence.start..sentence.end).is_some());
            }
        }
    }
}
