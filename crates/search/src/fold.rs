//! Text as it is compared: lower case, no accents, one space for any gap or hyphen.

use tocsin_core::text::{is_cjk, is_invisible};
use unicode_normalization::UnicodeNormalization;

/// The folded form of a text.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| push(&mut folded, c));
    } else {
        // Composed first, so that kana and hangul are whole before accents are looked for.
        text.nfkc().for_each(|c| push(&mut folded, c));
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn push(folded: &mut String, c: char) {
    match c {
        'a'..='z' | '0'..='9' => folded.push(c),
        'A'..='Z' => folded.push(c.to_ascii_lowercase()),
        '-' | '_' | '\u{2010}'..='\u{2015}' => gap(folded),
        c if c.is_whitespace() => gap(folded),
        '\u{2018}' | '\u{2019}' => folded.push('\''),
        '\u{201c}' | '\u{201d}' => folded.push('"'),
        c if c.is_ascii() || is_unspaced(c) => folded.push(c),
        c if is_invisible(c) || is_accent(c) => {}
        c => {
            let letters = std::iter::once(c).nfd().filter(|part| !is_accent(*part));
            for low in letters.flat_map(char::to_lowercase) {
                push_letter(folded, low);
            }
        }
    }
}

/// Letters whose stroke or ligature is no accent to Unicode, but is one to who types them.
fn push_letter(folded: &mut String, c: char) {
    match c {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' => folded.push('d'),
        'ı' => folded.push('i'),
        c if is_accent(c) => {}
        c => folded.push(c),
    }
}

fn gap(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// Marks that may be left out in writing: accents, and the vowel points of Hebrew and Arabic. The
/// vowel signs of Indian scripts are letters and stay.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{652}')
}

/// Whether words of this script are found anywhere, not only at word borders: written without
/// spaces, or, as Korean, with endings joined to the word.
fn is_unspaced(c: char) -> bool {
    is_cjk(c)
        || matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
            | '\u{1780}'..='\u{17ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ac00}'..='\u{d7a3}')
}

/// How often a folded phrase stands in a folded text as whole words, counted up to `most`.
pub(crate) fn count(text: &str, phrase: &str, most: usize) -> usize {
    let step = phrase.chars().next().map_or(1, char::len_utf8);
    let (mut from, mut found) = (0, 0);
    while found < most {
        let Some(hit) = text.get(from..).and_then(|rest| rest.find(phrase)) else {
            break;
        };
        let start = from + hit;
        found += usize::from(stands_alone(text, start, start + phrase.len()));
        // One character on and not one phrase: "a a" stands in "xa a a" at its second a.
        from = start + step;
    }
    found
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let after = text.get(end..).and_then(|t| t.chars().next());
    let mut inside = text.get(start..end).unwrap_or_default().chars();
    let first = inside.next();
    let last = inside.next_back().or(first);
    is_border(before, first) && is_border(last, after)
}

/// Whether a word may end between two characters.
fn is_border(left: Option<char>, right: Option<char>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return true;
    };
    let joins = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    !(joins(left) && joins(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stands(phrase: &str, text: &str) -> bool {
        count(&fold(text), &fold(phrase), 1) > 0
    }

    #[test]
    fn case_accents_gaps_and_width_vanish() {
        assert_eq!(
            fold("  Élysée – AI‑Act\n\n２０２６ Łódź "),
            "elysee ai act 2026 lodz"
        );
        assert_eq!(fold("Straße İstanbul"), "strasse istanbul");
    }

    #[test]
    fn scripts_that_need_their_marks_keep_them() {
        assert_eq!(fold("ガイド"), "ガイド");
        assert_eq!(fold("か\u{3099}"), "が");
        assert_eq!(fold("한국"), "한국");
        assert_eq!(fold("नीति"), "नीति");
    }

    #[test]
    fn words_match_whole() {
        assert!(stands("chip", "The CHIP, again."));
        assert!(!stands("chip", "chips and microchip"));
        assert!(stands("export control", "Export-\ncontrol list"));
        assert!(stands("a a", "xa a a"));
        assert!(stands("C++", "written in C++."));
        assert!(!stands("u.s", "menu.s"));
    }

    #[test]
    fn unspaced_scripts_match_anywhere() {
        assert!(stands("出口管制", "商务部公布出口管制规定"));
        assert!(stands("반도체", "첨단 반도체를 수출"));
        assert!(stands("AI", "欧盟AI法案"));
        assert!(!stands("管制出口", "商务部公布出口管制规定"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_text_holds_each_of_its_words(text in "\\PC{0,40}") {
            for word in text.split_whitespace().filter(|w| !fold(w).is_empty()) {
                prop_assert!(stands(word, &text), "{word:?}");
            }
        }
    }
}
