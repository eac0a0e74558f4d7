//! Bytes to text: which charset, and then no bad character left.
//!
//! A byte order mark decides; then bytes that can hardly be anything but UTF-8; then HTTP's
//! charset, the XML declaration, the pattern of UTF-16 and UTF-32 without a mark; then the bytes
//! themselves: UTF-8, also with some strays, windows-1252 or ISO 8859-2.

use crate::unpack::unpacked;
use encoding_rs::{Encoding, ISO_8859_2, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Valid sequences of several bytes that settle for UTF-8 whatever a label says: by chance four in a
/// row are rarer in other charsets than servers with a wrong label are.
const SURE: usize = 4;
/// A declaration, XML's or a page's `meta`, stands in the first bytes or nowhere.
const DECLARATION: usize = 2_048;

/// Bytes of a document that are read; the rest is cut off like a truncated end.
pub(crate) const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The text of a document of any charset, packed or not; its charset as it says itself.
pub(crate) fn text_of(body: &[u8]) -> String {
    decode(&unpacked(body, MAX_BYTES), None).into_owned()
}

/// The text of a document; `content_type` is HTTP's header.
pub(crate) fn decode<'b>(body: &'b [u8], content_type: Option<&str>) -> Cow<'b, str> {
    if let Some(text) = utf32(body) {
        return text.into();
    }
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return encoding.decode(body).0;
    }
    if let Some(encoding) = utf16_pattern(body) {
        return encoding.decode(body).0;
    }
    let (valid, invalid) = utf8_sequences(body);
    let label = http_charset(content_type).or_else(|| declared(body));
    match label {
        _ if invalid == 0 && valid >= SURE => UTF_8.decode_without_bom_handling(body).0,
        Some(other) if other != UTF_8 => other.decode_without_bom_handling(body).0,
        // UTF-8 with some bytes of another charset, or cut in the middle of a character.
        _ if invalid * 4 <= valid => utf8_with_strays(body),
        _ => one_byte(body),
    }
}

/// How many sequences of several bytes are valid UTF-8, and how many are not.
fn utf8_sequences(body: &[u8]) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in body.utf8_chunks() {
        let leads = chunk.valid().bytes().filter(|b| *b >= 0xc0);
        valid += leads.count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    (valid, invalid)
}

/// What is no UTF-8 was pasted from windows-1252; at the very end it is a character that was cut.
fn utf8_with_strays(body: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(body) {
        return text.into();
    }
    let mut text = String::with_capacity(body.len());
    let mut chunks = body.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        if chunks.peek().is_some() {
            let (stray, _) = WINDOWS_1252.decode_without_bom_handling(chunk.invalid());
            text.push_str(&stray);
        }
    }
    text.into()
}

/// Bytes that say nothing of their charset: windows-1252, or where it lacks one of them, ISO 8859-2, the
/// order in which other readers try.
fn one_byte(body: &[u8]) -> Cow<'_, str> {
    let lacks = |b: &u8| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    if !body.iter().any(lacks) {
        return WINDOWS_1252.decode_without_bom_handling(body).0;
    }
    let (text, _) = ISO_8859_2.decode_without_bom_handling(body);
    // Its control characters are windows-1252's quotation marks and dashes.
    let mended = text.chars().map(|c| match u8::try_from(c) {
        Ok(byte @ 0x80..=0x9f) => windows_1252(byte).unwrap_or(c),
        _ => c,
    });
    mended.collect::<String>().into()
}

/// What a byte means in windows-1252.
pub(crate) fn windows_1252(byte: u8) -> Option<char> {
    let bytes = [byte];
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    text.chars().next()
}

fn http_charset(content_type: Option<&str>) -> Option<&'static Encoding> {
    let lower = content_type?.to_ascii_lowercase();
    let value = lower.split(';').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        (name.trim() == "charset").then_some(value)
    })?;
    Encoding::for_label(value.trim_matches([' ', '"', '\'']).as_bytes())
}

/// A declaration that could be read as ASCII does not stand in UTF-16, whatever it says.
fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let head = body.get(..DECLARATION).unwrap_or(body);
    let head = String::from_utf8_lossy(head).into_owned();
    let label = xml_label(&head).or_else(|| meta_label(&head))?;
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    (encoding != UTF_16LE && encoding != UTF_16BE).then_some(encoding)
}

fn xml_label(head: &str) -> Option<&str> {
    let declaration = head
        .trim_start()
        .strip_prefix("<?xml")?
        .split("?>")
        .next()?;
    let (_, after) = declaration.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    value.split(['"', '\'']).nth(1)
}

/// `<meta charset="…">` and `<meta http-equiv content="…; charset=…">`.
fn meta_label(head: &str) -> Option<&str> {
    let metas = head.split("<meta").skip(1);
    metas
        .filter_map(|meta| meta.split('>').next()?.split_once("charset"))
        .find_map(|(_, after)| {
            let value = after.trim_start().strip_prefix('=')?;
            value
                .trim_start_matches([' ', '"', '\''])
                .split(['"', '\'', ' ', '/', ';'])
                .next()
        })
}

fn utf16_pattern(body: &[u8]) -> Option<&'static Encoding> {
    match body {
        [b'<', 0, next, 0, ..] if *next != 0 => Some(UTF_16LE),
        [0, b'<', 0, next, ..] if *next != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-32 by its mark or by the pattern of its first `<`; the Encoding Standard does not know it.
fn utf32(body: &[u8]) -> Option<String> {
    let to_u32: fn([u8; 4]) -> u32 = match body {
        [0xff, 0xfe, 0, 0, ..] | [b'<', 0, 0, 0, ..] => u32::from_le_bytes,
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, b'<', ..] => u32::from_be_bytes,
        _ => return None,
    };
    let (quads, _) = body.as_chunks::<4>();
    let chars = quads
        .iter()
        .map(|quad| char::from_u32(to_u32(*quad)).unwrap_or('\u{fffd}'));
    Some(chars.filter(|c| *c != '\u{feff}').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_is_found_wherever_it_is_told() {
        let cases: [(&[u8], Option<&str>, &str); 8] = [
            (b"<html><meta charset=shift_jis><p>\x93\xfa</p>", None, "日"),
            (
                b"\xef\xbb\xbf<a>\xc3\xa9</a>",
                Some("text/xml; charset=iso-8859-1"),
                "é",
            ),
            (
                b"<a>\xe9</a>",
                Some("text/xml; charset=\"ISO-8859-1\""),
                "é",
            ),
            (
                b"<?xml version='1.0' encoding='euc-kr'?><a>\xb3\xe2</a>",
                None,
                "년",
            ),
            (
                b"<?xml version=\"1.0\" encoding=\"utf-16\"?><a>\xc3\xa9</a>",
                None,
                "é",
            ),
            (b"<a>\x93\xe9\x94</a>", None, "“é”"),
            (b"<\0a\0>\0\xe9\0<\0/\0a\0>\0", None, "é"),
            (b"<\0\0\0a\0\0\0>\0\0\0\xe9\0\0\0", None, "é"),
        ];
        for (body, content_type, expected) in cases {
            let text = decode(body, content_type);
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn a_wrong_label_does_not_ruin_utf8() {
        let body = "<a>Künstliche Intelligenz für Behörden, überall</a>";
        let text = decode(body.as_bytes(), Some("text/xml; charset=iso-8859-1"));
        assert_eq!(text, body);
    }

    #[test]
    fn a_cut_character_does_not_turn_utf8_into_latin() {
        let text = decode(b"<a>\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3", None);
        assert_eq!(text, "<a>ééééé");
    }

    #[test]
    fn strays_in_utf8_are_read_as_windows_1252() {
        let text = decode(b"<a>\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xa9</a>", None);
        assert_eq!(text, "<a>éééé ©</a>");
    }

    #[test]
    fn bytes_of_no_charset_become_characters() {
        assert_eq!(decode(b"<a>\x80\x9d\xa9</a>", None), "<a>€\u{9d}Š</a>");
    }
}
