//! Text measured in Unicode scalar values, as evidence and mentions count it.

use std::borrow::Cow;

/// The slice of `text` from scalar value `start` to `end` (exclusive); `None` where it is out of
/// range.
///
/// ```
/// assert_eq!(tocsin_core::text::slice("华为 chip", 0, 2), Some("华为"));
/// ```
pub fn slice(text: &str, start: usize, end: usize) -> Option<&str> {
    let from = byte_of(text, start)?;
    let to = from + byte_of(text.get(from..)?, end.checked_sub(start)?)?;
    text.get(from..to)
}

fn byte_of(text: &str, scalar: usize) -> Option<usize> {
    text.char_indices()
        .map(|(i, _)| i)
        .chain([text.len()])
        .nth(scalar)
}

/// Turns byte offsets into scalar offsets; made once for a text, asked many times.
#[derive(Debug)]
pub struct ScalarIndex {
    /// Byte offset of every 64th scalar value; `None` for pure ASCII, where both counts agree.
    marks: Option<Vec<usize>>,
}

/// Scalar values between two marks of a [`ScalarIndex`].
const STRIDE: usize = 64;

impl ScalarIndex {
    /// Reads the text once.
    pub fn new(text: &str) -> Self {
        let marks = (!text.is_ascii()).then(|| {
            text.char_indices()
                .step_by(STRIDE)
                .map(|(i, _)| i)
                .collect()
        });
        Self { marks }
    }

    /// The scalar offset of byte offset `byte` in the text that this index was made of.
    pub fn scalar(&self, text: &str, byte: usize) -> usize {
        let Some(marks) = &self.marks else {
            return byte;
        };
        let mark = marks.partition_point(|m| *m <= byte).saturating_sub(1);
        let from = marks.get(mark).copied().unwrap_or(0);
        mark * STRIDE + text.get(from..byte).map_or(0, |part| part.chars().count())
    }
}

/// The first `limit` scalar values; an ellipsis takes the place of the last one where text was cut.
pub fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    if text.chars().nth(limit).is_none() {
        return Cow::Borrowed(text);
    }
    let head: String = text.chars().take(limit.saturating_sub(1)).collect();
    Cow::Owned(format!("{}…", head.trim_end()))
}

/// Text as it may stand in HTML, between tags or in an attribute in quotes.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Runs of white space become one space, ends are trimmed, control and invisible characters go.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = !line.is_empty();
        } else if c.is_ascii() || !is_invisible(c) {
            if gap {
                line.push(' ');
                gap = false;
            }
            line.push(c);
        }
    }
    line
}

/// Characters that take no room and only confuse comparison: soft hyphen, zero-width marks, BOM.
/// Joiners are left alone: Persian, Hindi and emoji need them.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'
            ..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Whether a character belongs to a script that writes words without spaces between them.
pub fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shortening_counts_characters() {
        assert_eq!(shorten("华为芯片", 4), "华为芯片");
        assert_eq!(shorten("华为芯片", 3), "华为…");
    }

    #[test]
    fn one_line_drops_breaks_and_soft_hyphens() {
        assert_eq!(one_line(" a\r\n\tb\u{ad}c \u{feff}"), "a bc");
    }

    proptest! {
        #[test]
        fn index_and_slice_agree(s in "\\PC{0,300}", a in 0_usize..300, b in 0_usize..300) {
            let bytes: Vec<usize> = s.char_indices().map(|(i, _)| i).chain([s.len()]).collect();
            let (a, b) = (a.min(b).min(bytes.len() - 1), a.max(b).min(bytes.len() - 1));
            let index = ScalarIndex::new(&s);
            prop_assert_eq!(index.scalar(&s, bytes[a]), a);
            prop_assert_eq!(slice(&s, a, b), s.get(bytes[a]..bytes[b]));
        }
    }
}
