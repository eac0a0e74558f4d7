//! Text as the matcher sees it: lower case, no accents, one space for any gap or hyphen.
//!
//! In: a title or a text. Out: its folded form, with the way back to the original's bytes and the
//! knowledge which letters were capitals. Never: changes the length of what evidence is cut from.

use tocsin_core::text::{is_cjk, is_invisible};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text in folded form. All offsets into it are bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folded {
    /// The folded text; a line break of the original is one `\n`, any other gap one space.
    pub(crate) text: String,
    /// For each byte of `text`, where it came from.
    origin: Vec<Origin>,
}

/// The first byte of the original character that a folded byte came from, and in the highest bit
/// whether that was a capital letter.
#[derive(Debug, Clone, Copy)]
struct Origin(u32);

impl Origin {
    const CAPITAL: u32 = 1 << 31;

    fn new(at: u32, capital: bool) -> Self {
        Self(if capital { at | Self::CAPITAL } else { at })
    }

    fn at(self) -> usize {
        (self.0 & !Self::CAPITAL) as usize
    }

    fn is_capital(self) -> bool {
        self.0 & Self::CAPITAL != 0
    }
}

impl Folded {
    /// Folds a text. What lies beyond 2 GiB is not looked at.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            origin: Vec::with_capacity(text.len()),
        };
        folded.refold(text);
        folded
    }

    /// Becomes the folded form of another text.
    pub(crate) fn refold(&mut self, text: &str) {
        self.text.clear();
        self.origin.clear();
        for (at, c) in text.char_indices() {
            match u32::try_from(at) {
                Ok(at) if at < Origin::CAPITAL => self.push(at, c),
                _ => break,
            }
        }
    }

    #[inline]
    fn push(&mut self, at: u32, c: char) {
        match c {
            'a'..='z' | '0'..='9' => self.put(at, c, false),
            'A'..='Z' => self.put(at, c.to_ascii_lowercase(), true),
            ' ' => self.gap(at, false),
            c => self.push_other(at, c),
        }
    }

    fn push_other(&mut self, at: u32, c: char) {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => self.gap(at, true),
            '-' | '_' | '\u{2010}'..='\u{2015}' => self.gap(at, false),
            '\u{2018}' | '\u{2019}' => self.put(at, '\'', false),
            '\u{201c}' | '\u{201d}' => self.put(at, '"', false),
            c if c.is_whitespace() => self.gap(at, false),
            c if c.is_ascii() || is_unspaced(c) => self.put(at, c, false),
            c if is_invisible(c) || is_combining_mark(c) => {}
            c => self.decomposed(at, c),
        }
    }

    fn decomposed(&mut self, at: u32, c: char) {
        for part in std::iter::once(c).nfkd().filter(|p| !is_combining_mark(*p)) {
            if part.is_whitespace() {
                self.gap(at, false);
                continue;
            }
            for low in part.to_lowercase() {
                self.put(at, low, part.is_uppercase());
            }
        }
    }

    #[inline]
    fn put(&mut self, at: u32, c: char, capital: bool) {
        self.text.push(c);
        for _ in 0..c.len_utf8() {
            self.origin.push(Origin::new(at, capital));
        }
    }

    /// A gap joins the gap before it; a line break outlives the spaces around it.
    #[inline]
    fn gap(&mut self, at: u32, line: bool) {
        match self.text.as_bytes().last() {
            None | Some(b'\n') => {}
            Some(b' ') if line => {
                self.text.pop();
                self.text.push('\n');
            }
            Some(b' ') => {}
            Some(_) => self.put(at, if line { '\n' } else { ' ' }, false),
        }
    }

    /// Of each byte of a span, whether it came from a capital.
    pub(crate) fn capitals(&self, start: usize, end: usize) -> impl Iterator<Item = bool> {
        let span = self.origin.get(start..end).unwrap_or_default();
        span.iter().map(|origin| origin.is_capital())
    }

    /// Whether it has letters with case, and all of them are capitals.
    pub(crate) fn is_all_capitals(&self) -> bool {
        let mut cased = self
            .letters()
            .filter(|(c, upper)| *upper || (!is_unspaced(*c) && c.is_lowercase()));
        let first = cased.next();
        first.is_some_and(|(_, upper)| upper) && cased.all(|(_, upper)| upper)
    }

    /// Its letters, and whether each was a capital.
    pub(crate) fn letters(&self) -> impl Iterator<Item = (char, bool)> {
        self.text
            .char_indices()
            .filter(|(_, c)| is_letter(*c))
            .map(|(i, c)| (c, self.origin.get(i).is_some_and(|o| o.is_capital())))
    }

    /// The bytes of `original`, the text that this was made of, which a span of folded bytes covers.
    pub(crate) fn original_span(&self, original: &str, start: usize, end: usize) -> (usize, usize) {
        let at = |i: usize| self.origin.get(i).map_or(original.len(), |o| o.at());
        let last = at(end.saturating_sub(1));
        let width = original
            .get(last..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        (at(start), last + width)
    }
}

/// Whether a character is a letter; for the many of Chinese and Korean without a look at a table.
fn is_letter(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}') || c.is_alphabetic()
}

/// Whether a character is of a script whose words are matched anywhere, not only at word borders:
/// han, kana and, for its endings, hangul.
pub(crate) fn is_unspaced(c: char) -> bool {
    is_cjk(c)
        || matches!(c, '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' | '\u{31f0}'..='\u{31ff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fold(text: &str) -> String {
        Folded::new(text).text
    }

    #[test]
    fn case_accents_gaps_and_width_vanish() {
        assert_eq!(
            fold("Open-Weight  MODÈLES\u{a0}ＡＩ"),
            "open weight modeles ai"
        );
        assert_eq!(fold("a \n\n b"), "a\nb");
        assert_eq!(fold("soft\u{ad}ware’s"), "software's");
    }

    #[test]
    fn kana_and_hangul_keep_their_marks() {
        assert_eq!(fold("ガイド 규제"), "ガイド 규제");
    }

    #[test]
    fn a_span_leads_back_to_its_original() {
        let text = "🙂 É—华为 ＡＩ";
        let folded = Folded::new(text);
        let start = folded.text.find("ai").unwrap();
        let (from, to) = folded.original_span(text, start, start + 2);
        assert_eq!(text.get(from..to), Some("ＡＩ"));
    }

    #[test]
    fn capitals_are_remembered() {
        let folded = Folded::new("US us");
        assert!(folded.capitals(0, 2).eq([true, true]));
        assert!(folded.capitals(3, 5).eq([false, false]));
        assert!(Folded::new("AI ACT 2").is_all_capitals());
        assert!(!folded.is_all_capitals() && !Folded::new("华为 2").is_all_capitals());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_folded_byte_has_an_origin_on_a_border(s in "\\PC{0,80}") {
            let folded = Folded::new(&s);
            prop_assert_eq!(folded.origin.len(), folded.text.len());
            for i in 0..folded.text.len() {
                let (a, b) = folded.original_span(&s, i, i + 1);
                prop_assert!(a < b && s.is_char_boundary(a) && s.is_char_boundary(b));
            }
        }
    }
}
