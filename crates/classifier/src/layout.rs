//! Where things stand in a story: title, lead, later passages, and the sentences of each.
//!
//! In: a title and a text. Out: both folded, cut into sentences, each in its zone. Never: judges.

use crate::fold::{Folded, begins_unspaced, is_unspaced};
use crate::words::{Token, tokens};
use tocsin_core::{Evidence, Field, Mention, text::ScalarIndex};

/// The zone of the title.
pub(crate) const TITLE: usize = 0;
/// The zone of the first part of the text; later passages have higher numbers.
pub(crate) const LEAD: usize = 1;

/// How a text is cut. Widths are in columns: a han, kana or hangul character takes two.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// Sentences that begin before this width are the lead.
    pub(crate) lead: usize,
    /// A later paragraph longer than this is several passages.
    pub(crate) passage: usize,
}

/// A title or a text, ready to be searched.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    field: Field,
    original: &'a str,
    /// Its folded form.
    pub(crate) folded: Folded,
    /// The words of the folded form.
    pub(crate) tokens: Vec<Token>,
    sentences: Vec<Sentence>,
    index: ScalarIndex,
}

#[derive(Debug, Clone, Copy)]
struct Sentence {
    start: usize,
    zone: usize,
}

/// A story, ready to be searched.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    /// The title and the text.
    pub(crate) parts: [Part<'a>; 2],
    /// Columns of the text.
    pub(crate) width: usize,
    /// Whether the title is (nearly) all there is.
    pub(crate) headline_only: bool,
}

/// Texts narrower than this add nothing to a headline.
const LEAST_TEXT: usize = 80;

impl<'a> Document<'a> {
    /// Folds and cuts a story.
    pub(crate) fn new(title: &'a str, text: &'a str, cut: Cut) -> Self {
        let head = Folded::new(title);
        let body = Folded::new(text);
        let (sentences, width) = zoned(&body, cut);
        let first = vec![Sentence {
            start: 0,
            zone: TITLE,
        }];
        Self {
            width,
            headline_only: width < LEAST_TEXT,
            parts: [
                Part::new(Field::Title, title, head, first),
                Part::new(Field::Text, text, body, sentences),
            ],
        }
    }
}

impl<'a> Part<'a> {
    fn new(field: Field, original: &'a str, folded: Folded, sentences: Vec<Sentence>) -> Self {
        let index = ScalarIndex::new(original);
        Self {
            field,
            original,
            tokens: words(&folded),
            folded,
            sentences,
            index,
        }
    }

    /// The number of the sentence that a folded byte lies in, and its zone.
    pub(crate) fn place(&self, byte: usize) -> (usize, usize) {
        let after = self.sentences.partition_point(|s| s.start <= byte);
        self.with_zone(after.saturating_sub(1))
    }

    /// The same for one byte after another, none of which lies before the one asked for last.
    pub(crate) fn walk(&self) -> impl FnMut(usize) -> (usize, usize) {
        let mut number = 0;
        move |byte| {
            let begun = |next: &Sentence| next.start <= byte;
            debug_assert!(self.sentences.get(number).is_none_or(begun), "gone back");
            while self.sentences.get(number + 1).is_some_and(begun) {
                number += 1;
            }
            self.with_zone(number)
        }
    }

    fn with_zone(&self, number: usize) -> (usize, usize) {
        let zone = self.sentences.get(number).map_or(LEAD, |s| s.zone);
        (number, zone)
    }

    /// The words of the title, or of the lead of a text.
    pub(crate) fn head(&self) -> &[Token] {
        let later = self.sentences.iter().find(|s| s.zone > LEAD);
        let end = later.map_or(self.folded.text().len(), |s| s.start);
        let count = self.tokens.partition_point(|token| token.start < end);
        self.tokens.get(..count).unwrap_or_default()
    }

    /// How many sentences it has.
    pub(crate) fn sentences(&self) -> usize {
        self.sentences.len()
    }

    /// First byte and one past the last of the sentence with this number, without the gaps around it.
    pub(crate) fn sentence(&self, number: usize) -> (usize, usize) {
        let start_of = |n: usize| self.sentences.get(n).map(|s| s.start);
        let start = start_of(number).unwrap_or_default();
        let end = start_of(number + 1).unwrap_or(self.folded.text().len());
        let text = self.folded.text().get(start..end).unwrap_or_default();
        let begin = start + (text.len() - text.trim_start().len());
        (begin, begin + text.trim().len())
    }

    /// A span of folded bytes as evidence.
    pub(crate) fn evidence(&self, start: usize, end: usize) -> Evidence {
        let (from, to) = self.folded.original_span(self.original, start, end);
        Evidence {
            field: self.field,
            start: self.index.scalar(self.original, from),
            end: self.index.scalar(self.original, to),
            text: self.original.get(from..to).unwrap_or_default().to_owned(),
        }
    }

    /// The original text of a span of folded bytes.
    pub(crate) fn original(&self, start: usize, end: usize) -> &'a str {
        let (from, to) = self.folded.original_span(self.original, start, end);
        self.original.get(from..to).unwrap_or_default()
    }

    /// What stands in the original between a folded byte that ends something and one that begins
    /// something.
    pub(crate) fn gap(&self, end: usize, start: usize) -> &'a str {
        let (_, from) = self
            .folded
            .original_span(self.original, end.saturating_sub(1), end);
        let (to, _) = self.folded.original_span(self.original, start, start + 1);
        self.original.get(from..to).unwrap_or_default()
    }

    /// A span of folded bytes as the mention of a name.
    pub(crate) fn mention(&self, start: usize, end: usize) -> Mention {
        let (from, to) = self.folded.original_span(self.original, start, end);
        Mention {
            field: self.field,
            start: self.index.scalar(self.original, from),
            end: self.index.scalar(self.original, to),
        }
    }
}

fn words(folded: &Folded) -> Vec<Token> {
    // A character of Chinese takes three bytes, most words take more, signs less.
    let mut words = Vec::with_capacity(folded.text().len() * 2 / 5);
    words.extend(tokens(folded.text()));
    words
}

/// Columns that a text takes: two for a character of a script without spaces, one for any other.
pub(crate) fn columns(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => {
            let bytes = text.bytes().enumerate();
            bytes.map(|(at, byte)| columns_at(text, at, byte)).sum()
        }
    }
}

/// Columns of the character that begins with a byte; none where it only goes on.
fn columns_at(text: &str, at: usize, byte: u8) -> usize {
    let character = || text.get(at..)?.chars().next();
    match byte {
        0x80..0xc0 => 0,
        0..0x80 => 1,
        byte if begins_unspaced(byte) => 2,
        _ => 1 + usize::from(character().is_some_and(is_unspaced)),
    }
}

/// The sentences of a text with their zones, and the columns of it all.
fn zoned(text: &Folded, cut: Cut) -> (Vec<Sentence>, usize) {
    let mut sentences = Vec::new();
    let (mut zone, mut passed, mut in_passage) = (LEAD, 0, 0);
    for (start, end, new_paragraph) in sentences_of(text) {
        if passed >= cut.lead && (zone == LEAD || new_paragraph || in_passage >= cut.passage) {
            zone += 1;
            in_passage = 0;
        }
        let wide = text.text().get(start..end).map_or(0, columns);
        passed += wide;
        in_passage += wide;
        sentences.push(Sentence { start, zone });
    }
    (sentences, passed)
}

/// The first byte of the full stop of Chinese and Japanese, "。".
const FULL_STOP: u8 = 0xe3;

/// Start, end and "opens a paragraph" of each sentence.
fn sentences_of(text: &Folded) -> Vec<(usize, usize, bool)> {
    let mut out = Vec::new();
    let (mut start, mut new_paragraph) = (0, true);
    for (i, byte) in text.text().bytes().enumerate() {
        // The other bytes, most of all, end nothing.
        if !matches!(byte, b'\n' | b'.' | b'!' | b'?' | FULL_STOP) {
            continue;
        }
        let Some(c) = text.text().get(i..).and_then(|rest| rest.chars().next()) else {
            continue;
        };
        let end = i + c.len_utf8();
        if c == '\n' || ends_sentence(text, i, c) {
            out.push((start, end, new_paragraph));
            start = end;
            new_paragraph = c == '\n';
        }
    }
    if start < text.text().len() {
        out.push((start, text.text().len(), new_paragraph));
    }
    out
}

fn ends_sentence(text: &Folded, at: usize, c: char) -> bool {
    if c == '。' {
        return true;
    }
    if !matches!(c, '.' | '!' | '?') {
        return false;
    }
    let rest = text.text().get(at + 1..).unwrap_or_default();
    let rest = rest.trim_start_matches(['"', '\'', ')', ']', '»']);
    let mut next = rest.chars();
    match next.next() {
        Some(' ') => {
            let first = text.text().len() - rest.len() + 1;
            let capital = text.capitals(first, first + 1).next() == Some(true);
            let opens = next.next().is_some_and(|n| !n.is_lowercase()) || capital;
            opens && !(c == '.' && abbreviated(text.text().get(..at).unwrap_or_default()))
        }
        Some(n) => c != '.' && is_unspaced(n),
        None => true,
    }
}

/// Words that a full stop shortens rather than ends.
const SHORT_WORDS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "st", "no", "inc", "corp", "ltd", "co", "sen", "rep", "gov", "prof",
    "vs", "jan", "feb", "aug", "sept", "oct", "nov", "dec", "art", "bzw",
];

fn abbreviated(before: &str) -> bool {
    let word = before
        .rsplit([' ', '.', '\n', '('])
        .next()
        .unwrap_or_default();
    word.chars().nth(1).is_none() || SHORT_WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut {
        lead: 20,
        passage: 40,
    };

    fn zones(text: &str) -> Vec<(String, usize)> {
        let folded = Folded::new(text);
        let (found, _) = zoned(&folded, CUT);
        let ends = found
            .iter()
            .skip(1)
            .map(|s| s.start)
            .chain([folded.text().len()]);
        found
            .iter()
            .zip(ends)
            .map(|(s, end)| {
                (
                    folded.text().get(s.start..end).unwrap().trim().to_owned(),
                    s.zone,
                )
            })
            .collect()
    }

    #[test]
    fn columns_are_those_of_the_characters() {
        for text in ["chip", "é 芯片", "カナ・한글 ㄱ", "（ａ）🙂", ""] {
            let wide = |c: char| 1 + usize::from(!c.is_ascii() && is_unspaced(c));
            assert_eq!(
                columns(text),
                text.chars().map(wide).sum::<usize>(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_walk_gives_the_places_of_all_words() {
        let text = "Lead of one line.\nMore of it.\n芯片。出口！Last one here.";
        let document = Document::new("A title", text, CUT);
        for part in &document.parts {
            let mut walk = part.walk();
            for token in &part.tokens {
                assert_eq!(walk(token.start), part.place(token.start));
            }
        }
    }

    #[test]
    fn sentences_end_where_a_capital_follows_and_not_in_abbreviations() {
        let got = zones("The U.S. Senate met. It voted 3.5 to 2 for e.g. chips.");
        assert_eq!(got.len(), 2, "{got:?}");
        assert_eq!(zones("芯片。出口！管制").len(), 3);
    }

    #[test]
    fn the_lead_is_followed_by_passages() {
        let got: Vec<usize> = zones("Lead of one line.\nMore of it.\nNext.\nLast one here.")
            .iter()
            .map(|z| z.1)
            .collect();
        assert_eq!(got, [1, 1, 2, 3]);
    }

    #[test]
    fn evidence_counts_scalar_values() {
        let title = "🙂 华为 ÉCOLE";
        let doc = Document::new(title, "", CUT);
        assert!(doc.headline_only);
        let part = &doc.parts[0];
        let start = part.folded.text().find("ecole").unwrap();
        let got = part.evidence(start, start + 5);
        assert_eq!((got.start, got.end, got.text.as_str()), (5, 10, "ÉCOLE"));
    }
}
