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
    /// A line break of the original is one `\n`, any other gap one space.
    text: String,
    /// A bit for each byte of `text`: whether it came from a capital letter.
    capitals: Vec<u64>,
    /// Where the distance between folded and original bytes changes.
    moves: Vec<Move>,
}

/// From here on folded bytes and original bytes go side by side, until the next move.
#[derive(Debug, Clone, Copy, Default)]
struct Move {
    folded: usize,
    original: usize,
}

impl Folded {
    /// Folds a text.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            ..Self::default()
        };
        folded.refold(text);
        folded
    }

    /// The folded text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Becomes the folded form of another text.
    pub(crate) fn refold(&mut self, text: &str) {
        self.text.clear();
        self.capitals.clear();
        self.moves.clear();
        let mut at = 0;
        while let Some(byte) = text.as_bytes().get(at).copied() {
            match byte {
                b' ' => {
                    self.gap(at, false);
                    at += 1;
                }
                b'A'..=b'Z' => {
                    self.put(at, char::from(byte.to_ascii_lowercase()), true);
                    at += 1;
                }
                byte if stays(byte) || begins_unspaced(byte) => at = self.copy(text, at),
                _ => {
                    let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
                        break;
                    };
                    self.push_other(at, c);
                    at += c.len_utf8();
                }
            }
        }
        self.capitals.resize(self.text.len().div_ceil(64), 0);
    }

    /// Takes what folding does not change: small ASCII letters and signs, han and hangul, single spaces
    /// between them. Returns where that ends.
    #[inline]
    fn copy(&mut self, text: &str, start: usize) -> usize {
        let (mut end, mut before) = (start, b' ');
        while let Some(byte) = text.as_bytes().get(end).copied() {
            end += match byte {
                b' ' if before != b' ' => 1,
                byte if stays(byte) => 1,
                byte if begins_unspaced(byte) => 3,
                _ => break,
            };
            before = byte;
        }
        self.moved(start);
        self.text.push_str(text.get(start..end).unwrap_or_default());
        end
    }

    fn push_other(&mut self, at: usize, c: char) {
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

    fn decomposed(&mut self, at: usize, c: char) {
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
    fn put(&mut self, at: usize, c: char, capital: bool) {
        self.moved(at);
        if capital {
            for byte in self.text.len()..self.text.len() + c.len_utf8() {
                self.capitals.resize(byte / 64 + 1, 0);
                if let Some(bits) = self.capitals.last_mut() {
                    *bits |= 1 << (byte % 64);
                }
            }
        }
        self.text.push(c);
    }

    /// Notes where the next folded byte comes from.
    #[inline]
    fn moved(&mut self, original: usize) {
        let folded = self.text.len();
        let last = self.moves.last().copied().unwrap_or_default();
        if last.original + (folded - last.folded) != original {
            self.moves.push(Move { folded, original });
        }
    }

    /// A gap joins the gap before it; a line break outlives the spaces around it.
    #[inline]
    fn gap(&mut self, at: usize, line: bool) {
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

    /// Whether what stands before a folded byte takes as many bytes in the original.
    pub(crate) fn is_in_step(&self, byte: usize) -> bool {
        let found = self.moves.binary_search_by_key(&byte, |m| m.folded);
        found.is_err()
    }

    /// Of each byte of a span, whether it came from a capital.
    pub(crate) fn capitals(&self, start: usize, end: usize) -> impl Iterator<Item = bool> {
        (start..end.min(self.text.len())).map(|byte| self.is_capital(byte))
    }

    fn is_capital(&self, byte: usize) -> bool {
        let bits = self.capitals.get(byte / 64);
        bits.is_some_and(|bits| bits >> (byte % 64) & 1 == 1)
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
            .map(|(i, c)| (c, self.is_capital(i)))
    }

    /// The bytes of `original`, the text that this was made of, which a span of folded bytes covers.
    pub(crate) fn original_span(&self, original: &str, start: usize, end: usize) -> (usize, usize) {
        let last = self.origin(original, end.saturating_sub(1));
        let width = original
            .get(last..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        (self.origin(original, start), last + width)
    }

    /// The first byte of the original character that a folded byte came from.
    fn origin(&self, original: &str, folded: usize) -> usize {
        if folded >= self.text.len() {
            return original.len();
        }
        // The two go side by side from character to character, not within one.
        let folded = self.text.floor_char_boundary(folded);
        let next = self.moves.partition_point(|m| m.folded <= folded);
        let last = next.checked_sub(1).and_then(|last| self.moves.get(last));
        let last = last.copied().unwrap_or_default();
        last.original + (folded - last.folded)
    }
}

/// Whether folding leaves a byte of a text as it is; a space it may leave.
#[inline]
fn stays(byte: u8) -> bool {
    !matches!(byte, b'A'..=b'Z' | b' ' | b'-' | b'_' | b'\t'..=b'\r' | 0x80..)
}

/// Whether a byte begins a character of three bytes that is surely [unspaced](is_unspaced): most of han
/// and hangul, told without a look at the character.
#[inline]
pub(crate) fn begins_unspaced(byte: u8) -> bool {
    begins_han(byte) || begins_hangul(byte)
}

/// Of U+4000 to U+9FFF.
#[inline]
pub(crate) fn begins_han(byte: u8) -> bool {
    matches!(byte, 0xe4..=0xe9)
}

/// Of U+B000 to U+CFFF.
#[inline]
pub(crate) fn begins_hangul(byte: u8) -> bool {
    matches!(byte, 0xeb | 0xec)
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
        assert_eq!(fold("华  为 \n 가 A가-나"), "华 为\n가 a가 나");
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
            for i in 0..folded.text.len() {
                let (a, b) = folded.original_span(&s, i, i + 1);
                prop_assert!(a < b && s.is_char_boundary(a) && s.is_char_boundary(b));
            }
        }

        #[test]
        fn every_folded_character_is_in_the_folded_form_of_its_origin(
            s in "([a-z ]|[A-Z-]|\\n|[ⱥȺﬁ½É™ŉ芯가]|\\PC){0,60}",
        ) {
            let folded = Folded::new(&s);
            for (at, c) in folded.text().char_indices().filter(|(_, c)| *c != ' ' && *c != '\n') {
                let (a, b) = folded.original_span(&s, at, at + c.len_utf8());
                let origin = s.get(a..b).unwrap();
                prop_assert_eq!(origin.chars().count(), 1);
                let own = Folded::new(origin);
                let place = own.text().find(c);
                prop_assert!(place.is_some(), "{c} of {origin}");
                prop_assert_eq!(folded.is_capital(at), own.is_capital(place.unwrap()));
            }
        }
    }
}
